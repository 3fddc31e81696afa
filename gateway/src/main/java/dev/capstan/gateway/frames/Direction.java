package dev.capstan.gateway.frames;

/** Which way something went over a connection: whoever connected is the client. */
public enum Direction {
    TO_SERVER("->"),
    TO_CLIENT("<-");

    private final String arrow;

    Direction(String arrow) {
        this.arrow = arrow;
    }

    /** As a line shows it. */
    String arrow() {
        return arrow;
    }

    Direction opposite() {
        return this == TO_SERVER ? TO_CLIENT : TO_SERVER;
    }
}

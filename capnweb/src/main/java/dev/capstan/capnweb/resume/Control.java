package dev.capstan.capnweb.resume;

/**
 * What the two ends of a connection say to one another below the session: JSON objects, where the session's messages are arrays. The first member tells the kind. Numbers are whole, not
 * negative, and exact in JavaScript.
 */
sealed interface Control {
    /** A client's first word: a session is wanted. */
    record New() implements Control {}

    /**
     * A client's first word: the session of {@code token} is to go on.
     *
     * @param received messages that have come from the server so far, over all connections
     */
    record Resume(String token, long received) implements Control {}

    /**
     * The server's answer to both, and from then on messages of the session may follow.
     *
     * @param generation number of the token, to be confirmed
     * @param received messages that have come from the client so far
     * @param graceMillis how long a session is kept without a connection
     */
    record Welcome(String token, long generation, long received, long graceMillis) implements Control {}

    /** The server's other answer; the connection ends. */
    record Refuse(String word, String reason) implements Control {}

    /** Another token from now on. */
    record Renewal(String token, long generation) implements Control {}

    /** The token of that generation has arrived; earlier ones are worth nothing any more. */
    record Confirm(long generation) implements Control {}

    /** So many messages of the session have come, over all connections. */
    record Ack(long received) implements Control {}

    /** Are you there? */
    record Ping(long id) implements Control {}

    /** Yes. */
    record Pong(long id) implements Control {}

    /** The session is over, and why in words, or nothing. */
    record Close(String reason) implements Control {}
}

package dev.capstan.gateway.frames;

import java.util.Locale;

/** Frames as lines, for people and for programs: pure functions. */
public final class FrameLine {
    private static final String RESET = "\u001b[0m";
    private static final String RED = "\u001b[31m";
    private static final String CYAN = "\u001b[36m";
    private static final String GREEN = "\u001b[32m";
    private static final String DIM = "\u001b[2m";

    private FrameLine() {}

    /** A line for people, without an end of line: {@code 0.001203 #1 -> capnp call 1 on import 0: Adder.add (a = 1) 88 B}. */
    public static String text(Frame frame, boolean colours) {
        String head = String.format(
                Locale.ROOT, "%d.%06d #%d ", frame.micros() / 1_000_000, frame.micros() % 1_000_000, frame.session());
        String size = frame.bytes() > 0 ? " " + frame.bytes() + " B" : "";
        if (!colours) {
            return head + what(frame) + detail(frame) + size;
        }
        return DIM + head + RESET + colour(frame) + what(frame) + RESET + detail(frame) + DIM + size + RESET;
    }

    private static String colour(Frame frame) {
        return switch (frame.standing()) {
            case BROKEN -> RED;
            case CONTROL -> DIM;
            case MESSAGE -> frame.direction() == Direction.TO_SERVER ? CYAN : GREEN;
        };
    }

    /** What a frame is, without its time, content and size. */
    static String what(Frame frame) {
        StringBuilder line = new StringBuilder(frame.direction().arrow())
                .append(' ')
                .append(frame.wire())
                .append(' ')
                .append(frame.kind());
        append(line, " ", frame.id());
        append(line, " on ", frame.target());
        append(line, frame.target().isEmpty() ? " " : ": ", frame.method());
        append(line, " = ", frame.result());
        if (!frame.caps().isEmpty()) {
            line.append(" [").append(frame.caps()).append(']');
        }
        return line.toString();
    }

    private static String detail(Frame frame) {
        return frame.text().isEmpty()
                ? ""
                : frame.standing() == Frame.Standing.BROKEN ? " BROKEN: " + frame.text() : " " + frame.text();
    }

    private static void append(StringBuilder line, String before, String part) {
        if (!part.isEmpty()) {
            line.append(before).append(part);
        }
    }

    /** A line for programs: one JSON object with the names of {@link Frame}'s components; those without a value are left out. */
    public static String json(Frame frame) {
        StringBuilder line = new StringBuilder("{\"micros\":")
                .append(frame.micros())
                .append(",\"session\":")
                .append(frame.session());
        member(line, "direction", frame.direction() == Direction.TO_SERVER ? "to-server" : "to-client");
        member(line, "wire", frame.wire());
        member(line, "kind", frame.kind());
        member(line, "id", frame.id());
        member(line, "parent", frame.parent());
        member(line, "target", frame.target());
        member(line, "method", frame.method());
        member(line, "result", frame.result());
        member(line, "text", frame.text());
        member(line, "caps", frame.caps());
        line.append(",\"bytes\":").append(frame.bytes());
        member(line, "standing", frame.standing().name().toLowerCase(Locale.ROOT));
        return line.append('}').toString();
    }

    private static void member(StringBuilder line, String name, String value) {
        if (!value.isEmpty()) {
            line.append(",\"").append(name).append("\":").append(Text.json(value));
        }
    }
}

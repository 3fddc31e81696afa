package dev.capstan.capnweb.il;

import dev.capstan.cap.Failure;
import dev.capstan.capnweb.JsError;

/** A program is wrong, does what it must not, or costs too much. Whoever knows the place makes a {@link Failure} of it. */
final class Wrong extends RuntimeException {
    private static final long serialVersionUID = 1;

    private static final int LONGEST_NAME = 40;

    private final Failure.Kind kind;

    private Wrong(Failure.Kind kind, String what) {
        super(what, null, false, false);
        this.kind = kind;
    }

    /** What JavaScript calls a TypeError. */
    static Wrong type(String what) {
        return new Wrong(Failure.Kind.FAILED, what);
    }

    /** Something that a later version may know. */
    static Wrong unknown(String what) {
        return new Wrong(Failure.Kind.UNIMPLEMENTED, what);
    }

    /** A limit of the {@link Budget}. */
    static Wrong tooMuch(String what, String limit, long most) {
        return new Wrong(
                Failure.Kind.OVERLOADED, what + "; at most " + most + " are allowed here (Budget." + limit + ")");
    }

    /** What the call of the program fails with. */
    Failure at(Place place) {
        String text = place + ": " + getMessage();
        return kind == Failure.Kind.FAILED ? JsError.of("TypeError", text).failure() : new Failure(kind, text);
    }

    /** The beginning of a text that a peer sent. */
    static String excerpt(String text) {
        return text.length() > LONGEST_NAME ? text.substring(0, LONGEST_NAME) + "\u2026" : text;
    }
}

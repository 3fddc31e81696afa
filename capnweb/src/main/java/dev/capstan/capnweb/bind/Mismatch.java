package dev.capstan.capnweb.bind;

import dev.capstan.cap.Cap;
import dev.capstan.capnweb.JsError;
import dev.capstan.capnweb.JsValue;
import dev.capstan.capnweb.Stub;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A value is not what a Java type says. Knows the place; grows towards the root while it passes the callers. */
final class Mismatch extends RuntimeException {
    private static final long serialVersionUID = 1;

    private static final int EXCERPT = 40;
    private static final int LONGEST_PATH = 400;

    private final String fault;
    private String path = "";

    private Mismatch(String fault) {
        super(fault, null, false, false);
        this.fault = fault;
    }

    static Mismatch because(String fault) {
        return new Mismatch(fault);
    }

    static Mismatch expected(String what, @Nullable Object found) {
        return new Mismatch("expected " + what + ", got " + told(found));
    }

    /** A Java value is null where the type does not allow it. */
    static Mismatch isNull() {
        return new Mismatch("is null, which its type does not allow: annotate it @Nullable, or let it be an Optional");
    }

    /** This very fault, seen from what holds {@code name}. */
    Mismatch in(String name) {
        return under(name.length() > EXCERPT ? name.substring(0, EXCERPT) + "\u2026" : name);
    }

    /** This very fault, seen from the list that holds the element. */
    Mismatch in(int index) {
        return under("[" + index + "]");
    }

    private Mismatch under(String step) {
        if (path.length() < LONGEST_PATH) {
            path = path.isEmpty() || path.charAt(0) == '[' ? step + path : step + "." + path;
        } else if (!path.startsWith("\u2026")) {
            path = "\u2026" + path;
        }
        return this;
    }

    @Override
    public String getMessage() {
        return path.isEmpty() ? fault : path + ": " + fault;
    }

    /** A value of a peer in a few words. */
    private static String told(@Nullable Object tree) {
        return switch (tree) {
            case null -> "null";
            case JsValue special -> special == JsValue.UNDEFINED ? "undefined" : "an invalid date";
            case String text -> '"' + (text.length() > EXCERPT ? text.substring(0, EXCERPT) + "\u2026" : text) + '"';
            case Boolean truth -> truth.toString();
            case BigInteger n -> n.bitLength() > 64 ? "a bigint of " + n.bitLength() + " bits" : n + "n";
            case Double n when n == Math.rint(n) && Math.abs(n) < 1e15 -> Long.toString(n.longValue());
            case Number n -> n.toString();
            case List<?> list -> "an array of " + list.size();
            case Map<?, ?> map -> "an object";
            case Instant date -> "a Date";
            case byte[] bytes -> "a Uint8Array";
            case JsError error -> "an error";
            case Cap cap -> "a stub";
            case Stub stub -> "a stub";
            default -> "a " + tree.getClass().getSimpleName();
        };
    }
}

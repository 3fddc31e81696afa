package dev.capstan.capnweb;

import org.jspecify.annotations.Nullable;

/**
 * A message of Cap'n Web is malformed, is not what the protocol allows or exceeds the {@link Limits}; or a value cannot be sent.
 *
 * <p>The text says where, what is wrong and, where there is something to do about it, what. It quotes at most a few dozen characters of
 * what the peer sent.
 */
public final class WebException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private static final int LONGEST_NAME = 40;
    private static final int LONGEST_PATH = 400;

    private final long offset;
    private final String fault;
    private final boolean ofProtocol;
    /** Grows towards the root while the exception passes the callers, so that the way down costs nothing when nothing is wrong. */
    private String path = "";

    private WebException(long offset, String fault, boolean ofProtocol, @Nullable Throwable cause) {
        super(fault, cause);
        this.offset = offset;
        this.fault = fault;
        this.ofProtocol = ofProtocol;
    }

    /** A message that cannot come now: what it does or names is not there. */
    static WebException ofProtocol(String fault) {
        return new WebException(-1, fault, true, null);
    }

    /** A fault of a value. */
    static WebException of(String fault) {
        return new WebException(-1, fault, false, null);
    }

    /** A fault of a value that something else found. */
    static WebException of(String fault, Throwable cause) {
        return new WebException(-1, fault, false, cause);
    }

    /** A fault in a text. */
    static WebException at(long offset, String fault) {
        return new WebException(offset, fault, false, null);
    }

    /** A fault in a text that the parser found. */
    static WebException at(long offset, String fault, Throwable cause) {
        return new WebException(offset, fault, false, cause);
    }

    /** This very fault, seen from the object that holds the member {@code name}. */
    WebException in(String name) {
        return under(name.length() > LONGEST_NAME ? name.substring(0, LONGEST_NAME) + "\u2026" : name);
    }

    /** This very fault, seen from the array that holds the element. */
    WebException in(int index) {
        return under("[" + index + "]");
    }

    private WebException under(String step) {
        if (path.length() < LONGEST_PATH) {
            path = path.isEmpty() || path.charAt(0) == '[' ? step + path : step + "." + path;
        } else if (!path.startsWith("\u2026")) {
            path = "\u2026" + path;
        }
        return this;
    }

    @Override
    public String getMessage() {
        if (offset >= 0) {
            return "at byte " + offset + ": " + fault;
        }
        return path.isEmpty() ? fault : "at " + path + ": " + fault;
    }

    /** The class that the same fault has in JavaScript. */
    String className() {
        if (offset >= 0) {
            return "SyntaxError";
        }
        return ofProtocol ? "Error" : "TypeError";
    }

    /** What is wrong, without the place. */
    public String fault() {
        return fault;
    }

    /** The byte in the message where its JSON is wrong, from 0; -1 if the JSON is right and its meaning is not. */
    public long offset() {
        return offset;
    }

    /** The names and indexes that lead to the value, such as {@code rows[2].name}; empty at the root. Indexes are those of the JSON text. */
    public String path() {
        return path;
    }
}

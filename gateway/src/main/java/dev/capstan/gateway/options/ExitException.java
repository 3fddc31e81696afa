package dev.capstan.gateway.options;

import java.io.Serial;

/** A command ends with an exit code, for a reason that its user is told. */
public final class ExitException extends RuntimeException {
    /** Wrong usage, or too little memory. */
    public static final int USAGE = 1;

    /** Nobody could be reached, or listened to. */
    public static final int UNREACHABLE = 2;

    /** The other side or a plugin failed. */
    public static final int REMOTE_FAILURE = 3;

    /** It took longer than it may. */
    public static final int DEADLINE = 4;

    /** A schema is wrong or missing. */
    public static final int SCHEMA = 5;

    @Serial
    private static final long serialVersionUID = 1;

    private final int code;

    public ExitException(int code, String message) {
        super(message, null, false, false);
        this.code = code;
    }

    public int code() {
        return code;
    }
}

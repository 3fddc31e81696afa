package dev.capstan.gateway;

import java.io.Serial;

/** A command ends with an exit code of {@link Main}, for a reason that its user is told. */
final class ExitException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    private final int code;

    ExitException(int code, String message) {
        super(message, null, false, false);
        this.code = code;
    }

    int code() {
        return code;
    }
}

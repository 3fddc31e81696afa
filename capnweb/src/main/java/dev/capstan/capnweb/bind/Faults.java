package dev.capstan.capnweb.bind;

import dev.capstan.async.CanceledException;
import dev.capstan.cap.Failure;
import dev.capstan.capnweb.JsError;
import dev.capstan.capnweb.WebException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/**
 * What callers are told when a method fails: what was meant for them, and of everything else that it failed.
 *
 * @param shown whether they see the messages of all exceptions
 */
record Faults(boolean shown) {
    private static final Logger LOG = System.getLogger(Faults.class.getName());

    /** What JavaScript calls a TypeError. */
    static Failure type(String message) {
        return JsError.of("TypeError", message).failure();
    }

    /** The failure of a call of {@code operation}. */
    Failure of(Operation operation, Throwable thrown) {
        Throwable cause = inner(thrown);
        return switch (cause) {
            case Failure failure -> failure;
            case Mismatch mismatch -> type(operation.title() + ": " + mismatch.getMessage());
            case WebException unsendable -> type(operation.title() + ": " + unsendable.getMessage());
            case CanceledException canceled -> Failure.failed(operation.title() + " was cancelled");
            default -> operation.isDeclared(cause) ? declared(cause) : unexpected(operation, cause);
        };
    }

    private static Throwable inner(Throwable thrown) {
        Throwable cause = thrown;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    private static Failure declared(Throwable cause) {
        Class<?> type = cause.getClass();
        String message = cause.getMessage();
        String name = Names.of(type, type.getSimpleName());
        return JsError.of(name, message == null ? name : message).failure();
    }

    private Failure unexpected(Operation operation, Throwable cause) {
        LOG.log(Level.WARNING, operation.method() + " failed", cause);
        Failure told = Failure.of(cause);
        return new Failure(
                told.kind(), shown ? told.reason() : operation.title() + " failed; the log of the callee says why");
    }
}

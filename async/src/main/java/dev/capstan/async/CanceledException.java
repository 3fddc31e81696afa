package dev.capstan.async;

import java.util.concurrent.CancellationException;

/** The work was cancelled; nobody waits for its result. */
public final class CanceledException extends CancellationException {
    private static final long serialVersionUID = 1;

    /** {@code message} says who cancelled. */
    public CanceledException(String message) {
        super(message);
    }
}

package dev.capstan.async;

import org.jspecify.annotations.Nullable;

/** Cancels several things, each one also if another throws; the first exception is rethrown at the end. */
final class Canceling {
    private @Nullable RuntimeException thrown;

    void cancel(Promise.Cancelable each) {
        try {
            each.cancel();
        } catch (RuntimeException e) {
            if (thrown == null) {
                thrown = e;
            } else {
                thrown.addSuppressed(e);
            }
        }
    }

    void rethrow() {
        if (thrown != null) {
            throw thrown;
        }
    }
}

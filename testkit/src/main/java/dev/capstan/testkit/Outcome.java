package dev.capstan.testkit;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import org.jspecify.annotations.Nullable;

/** What became of a promise. Any thread may look. */
final class Outcome<T> {
    private final Scene scene;
    private final Loop loop;
    private @Nullable T value;
    private @Nullable Throwable failure;
    private volatile boolean settled;
    private volatile Promise.@Nullable Cancelable listening;

    /** Consumes {@code promise}. */
    Outcome(Scene scene, Loop loop, Promise<? extends T> promise) {
        this.scene = scene;
        this.loop = loop;
        Scene.run(loop, () -> {
            listening = promise.listen(loop, (result, cause) -> {
                value = result;
                failure = cause;
                settled = true;
            });
        });
    }

    boolean isSettled() {
        return settled;
    }

    boolean hasFailed() {
        return settled && failure != null;
    }

    /** Waits for the value. */
    T get() {
        scene.until("a result", this::isSettled);
        Throwable cause = failure;
        if (cause != null) {
            throw new AssertionError("the call failed: " + cause, cause);
        }
        return unchecked(value);
    }

    /** Waits for the failure. */
    Failure failure() {
        scene.until("a failure", this::isSettled);
        if (failure == null) {
            throw new AssertionError("the call returned, but was to fail");
        }
        if (failure instanceof Failure known) {
            return known;
        }
        throw new AssertionError("failed with something other than a Failure", failure);
    }

    void cancel() {
        Scene.run(loop, () -> {
            Promise.Cancelable now = listening;
            if (now != null && !settled) {
                now.cancel();
            }
        });
    }

    @SuppressWarnings("NullAway") // A promise of Void has no other value than null.
    private static <T> T unchecked(@Nullable T value) {
        return value;
    }
}

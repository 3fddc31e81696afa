package dev.capstan.async;

import org.jspecify.annotations.Nullable;

/**
 * The writing end of a promise.
 *
 * <p>Settling counts once, later attempts are ignored; it may be done from any thread and takes effect on the loop. The promise is taken
 * once, with {@link #promise}.
 */
public final class Completer<T> {
    private final Loop loop;
    private final SourceNode node;
    private @Nullable Promise<T> promise;

    /** A promise of {@code loop} that is pending. */
    public Completer(Loop loop) {
        this.loop = loop;
        this.node = new SourceNode(loop);
        this.promise = new Promise<>(node);
    }

    /** The reading end; can be taken once. */
    public Promise<T> promise() {
        Promise<T> taken = promise;
        if (taken == null) {
            throw new IllegalStateException("the promise of this completer was taken before: fork() that one");
        }
        promise = null;
        return taken;
    }

    /** Settles with a value. */
    public void complete(T value) {
        settle(value);
    }

    /** Settles with a failure. */
    public void fail(Throwable cause) {
        settle(new Node.Broken(cause));
    }

    /** Settles as {@code other} does; cancelling this promise cancels {@code other}. Consumes {@code other}; on the loop's thread. */
    public void follow(Promise<? extends T> other) {
        Promise.Cancelable following = other.listen(loop, (value, failure) -> {
            if (failure != null) {
                fail(failure);
            } else {
                settle(value);
            }
        });
        node.onCancel(following::cancel);
    }

    /** Runs {@code action} on the loop's thread when the promise is cancelled while pending; at once if that has happened already. */
    public void onCancel(Runnable action) {
        node.onCancel(action);
    }

    /** Runs {@code action} on the loop's thread when somebody begins to wait for the result: a promise that nobody consumes need not be kept. */
    public void onAwaited(Runnable action) {
        node.onAwaited(action);
    }

    /** Whether neither a result nor a cancellation has arrived. Meaningful on the loop's thread. */
    public boolean isPending() {
        return node.isPending();
    }

    private void settle(@Nullable Object result) {
        if (loop.inLoop()) {
            node.settle(result);
        } else {
            loop.post(() -> node.settle(result));
        }
    }
}

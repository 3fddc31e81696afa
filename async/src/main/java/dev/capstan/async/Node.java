package dev.capstan.async;

import org.jspecify.annotations.Nullable;

/**
 * One stage of a promise chain, pulled from its end.
 *
 * <p>A consumer calls {@link #onReady} once; when its event fires it calls {@link #get} once, which pulls the result through all stages
 * above. So a chain of plain transforms costs one event however long it is, and nothing runs that nobody consumes. Instead of {@code get}
 * (before or after the event is armed) the consumer may call {@link #cancel}, which walks up to the source at once.
 */
abstract class Node {
    /** Where the source settles; null for a chain made from constants, which takes the loop of its consumer. */
    final @Nullable Loop loop;

    /** Whether {@link #get} runs user code, so that the pulling event must be guarded. */
    final boolean user;

    Node(@Nullable Loop loop, boolean user) {
        this.loop = loop;
        this.user = user;
    }

    /**
     * How a consumer calls {@link #onReady}. Also when it throws, the consumer is done with this node.
     *
     * @throws IllegalStateException if the result settles on another loop than the consumer's
     */
    final void consume(Event event) {
        if (loop != null && loop != event.loop) {
            loop.post(this::cancel);
            throw new IllegalStateException(
                    "this promise settles on another loop: bring its result over with that loop's fetch()");
        }
        onReady(event);
    }

    /** Arms {@code event} once {@link #get} can be called; called at most once, on the event's loop. */
    abstract void onReady(Event event);

    /** The result, or a {@link Broken}; does not throw. Called at most once, after the event was armed. */
    abstract @Nullable Object get();

    /**
     * Gives the result up; called at most once, instead of {@link #get}. The node does not arm the consumer's event any more; taking the event
     * out of a queue is the consumer's business.
     */
    abstract void cancel();

    /** A result that nobody took: closed if it is something that has to be. */
    static void dispose(@Nullable Object result) {
        if (result instanceof AutoCloseable resource) {
            try {
                resource.close();
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException("closing the result of a cancelled promise failed", e);
            }
        }
    }

    /** A failed result. */
    record Broken(Throwable cause) {}
}

package dev.capstan.cap;

import dev.capstan.async.Promise;
import org.jspecify.annotations.Nullable;

/** A server object: what a local capability leads to. */
public interface Target {
    /** How the bodies of an object run. */
    enum Style {
        /** On the loop, to be left quickly: what takes time returns a promise. */
        ASYNC,
        /** Each call on a fiber of its own, which may await. */
        BLOCKING
    }

    /**
     * Does a call. The promise settles when the results in {@code context} are complete. Calls begin in the order in which they were sent;
     * a call that waits does not hold later ones up.
     *
     * @throws Exception to fail the call
     */
    Promise<Void> handle(Context context) throws Exception;

    /** How bodies run; asked once for each call. */
    default Style style() {
        return Style.ASYNC;
    }

    /** Whether calls of this method form a stream: while one runs, later calls on this object wait; if it fails, they all fail. */
    default boolean isStreaming(Method method) {
        return false;
    }

    /** The last reference was closed and no call runs: free what the object holds. On the loop's thread, as user code. */
    default void released() {}

    /** If this object only stands in for another that will be known later, the promise of that one; asked once. */
    default @Nullable Promise<Cap> shortenPath() {
        return null;
    }

    /** A target that makes an object callable which is none itself. */
    interface Wrapper extends Target {
        /** That object. */
        Object wrapped();
    }
}

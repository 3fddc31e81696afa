package dev.capstan.grpc;

import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * A stream of messages in the blocking style, to be read once: what a client gets from a server that streams, what it streams to one, and the same for a handler on the other side. Whoever
 * is given one closes it.
 *
 * <p>One thread reads. Waiting is for virtual threads and fibers, never for the turn of a loop.
 *
 * @param <T> messages
 */
public interface Messages<T> extends Iterable<T>, AutoCloseable {
    /**
     * The next message, waiting for it; null after the last one.
     *
     * @throws RuntimeException why there is none: a {@link GrpcFailure} of the call that they come from, what their writer threw
     * @throws dev.capstan.async.CanceledException if the waiting fiber is cancelled, the thread interrupted, or nobody wants the call any more
     */
    @Nullable
    T read();

    /** Gives up what has not been read: cancels the call of a client, stops a writer. Does nothing after the end. */
    @Override
    void close();

    /** All messages, once. A loop that is left early gives up nothing: close them, best in try-with-resources. */
    @Override
    default Iterator<T> iterator() {
        return new Iterator<>() {
            private @Nullable T next;

            @Override
            public boolean hasNext() {
                if (next == null) {
                    next = read();
                }
                return next != null;
            }

            @Override
            public T next() {
                T message = hasNext() ? next : null;
                if (message == null) {
                    throw new NoSuchElementException("that was the last message");
                }
                next = null;
                return message;
            }
        };
    }

    /**
     * Writes all messages to {@code out}, on the caller's thread, which waits where {@code out} makes it wait.
     *
     * @throws Exception why they have not come to their end
     */
    default void writeTo(Out<? super T> out) throws Exception {
        for (T message : this) {
            out.write(message);
        }
    }

    /** Where a {@link Writer} writes. Belongs to the writer's thread. */
    @FunctionalInterface
    interface Out<T> {
        /**
         * Writes {@code message} when the reader has room for it, waiting for that.
         *
         * @throws dev.capstan.async.CanceledException if nobody reads any more: let it pass
         */
        void write(T message);
    }

    /** Code that writes messages one after the other. */
    @FunctionalInterface
    interface Writer<T> {
        /** Writes them all to {@code out}; what it throws ends the stream for its reader, and the call that carries it. */
        void write(Out<? super T> out) throws Exception;
    }

    /** Those of {@code source}, each taken from it when there is room for it. */
    static <T> Messages<T> of(Iterable<? extends T> source) {
        return writing(out -> {
            for (T message : source) {
                out.write(message);
            }
        });
    }

    /**
     * What {@code writer} writes. It begins when the first message is wanted, and waits when the reader has enough: on the thread that carries the call, or on a virtual thread of its own
     * if somebody just reads.
     */
    static <T> Messages<T> writing(Writer<T> writer) {
        return new Written<>(writer);
    }
}

package dev.capstan.async;

import java.nio.ByteBuffer;

/**
 * A connection that carries whole messages both ways: what a wire speaks over.
 *
 * <p>The same rules as for {@link ByteStream}: one loop, delivery with {@link #pause}, output queued and written once at the end of the turn.
 */
public interface MessageStream extends AutoCloseable {
    /** Told what arrives, on the loop's thread. Exactly one of {@link #ended} and {@link #failed} comes last. */
    interface Receiver {
        /**
         * A message has arrived in {@code array[offset, offset + length)}. If {@code lent}, the array is valid until this method returns;
         * else it is the receiver's to keep.
         */
        void received(byte[] array, int offset, int length, boolean lent);

        /** The peer has finished sending, between two messages. */
        void ended();

        /** The stream broke or carried something that is no message. */
        void failed(Throwable cause);
    }

    /** Begins delivery; called once. */
    void start(Receiver receiver);

    /** Stops delivery until {@link #resume}; what was read already may still be delivered. */
    void pause();

    /** Delivers again. */
    void resume();

    /**
     * Queues one message, given in pieces (array-backed, between position and limit); they are copied before this returns. Ignored after
     * {@link #end} or {@link #abort}.
     *
     * @throws RuntimeException if this message cannot be sent; the stream stays usable
     */
    void send(ByteBuffer... pieces);

    /** Bytes that were queued and have not been handed to the operating system. */
    long queuedBytes();

    /** Settles when what is queued now has been handed over; fails if the stream breaks before. */
    Promise<Void> drained();

    /** Half-closes after what is queued. */
    void end();

    /** Closes both directions at once. The receiver hears {@code failed(cause)} if it has not heard an end. */
    void abort(Throwable cause);

    /** Aborts. So a connection whose promise is cancelled when it is already there is closed, as every result that nobody took is. */
    @Override
    default void close() {
        abort(new CanceledException("the stream was closed by its owner"));
    }
}

package dev.capstan.async;

import org.jspecify.annotations.Nullable;

/**
 * A connection that carries bytes both ways: a socket, one end of a pipe, a TLS session.
 *
 * <p>Belongs to one loop and is used on its thread. Input is delivered, not fetched: after {@link #start} the receiver gets every piece as it
 * arrives, and {@link #pause} holds the sender back. Output is queued by {@link #write} and leaves in one gathered write at the end of the
 * turn. The owner ends it with {@link #end} (after what is queued) or {@link #abort} (now).
 */
public interface ByteStream extends AutoCloseable {
    /**
     * Told what arrives, on the loop's thread. Exactly one of {@link #ended} and {@link #failed} comes last; a stream that breaks after
     * {@link #ended} while it still writes tells so through {@link #drained} alone. What {@link #received} throws breaks the stream.
     */
    interface Receiver {
        /** Bytes have arrived. The array is lent: it is valid until this method returns. */
        void received(byte[] array, int offset, int length);

        /** The peer has finished sending. Writing is still possible. */
        void ended();

        /** The stream broke, while reading or while writing; nothing more can be sent or received. */
        void failed(Throwable cause);
    }

    /** Begins delivery; called once. */
    void start(Receiver receiver);

    /** Stops reading until {@link #resume}; what was read already may still be delivered. */
    void pause();

    /** Reads again. */
    void resume();

    /** Queues bytes; they are copied before this returns. Ignored after {@link #end} or {@link #abort}. */
    void write(byte[] array, int offset, int length);

    /** Bytes that were queued and have not been handed to the operating system. */
    long queuedBytes();

    /** Settles when what is queued now has been handed over; fails if the stream breaks before. */
    Promise<Void> drained();

    /** Half-closes: sends what is queued, then tells the peer that nothing more will come. Reading goes on; the socket closes when both sides have ended. */
    void end();

    /** Closes both directions at once; what is queued is lost. The receiver hears {@code failed(cause)} if it has not heard an end. */
    void abort(Throwable cause);

    /** Where the other side is; null if that is not known, or not one place of a network. */
    default @Nullable Address remote() {
        return null;
    }

    /** Aborts. So a connection whose promise is cancelled when it is already there is closed, as every result that nobody took is. */
    @Override
    default void close() {
        abort(new CanceledException("the stream was closed by its owner"));
    }
}

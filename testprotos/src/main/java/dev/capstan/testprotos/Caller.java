package dev.capstan.testprotos;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How a client makes calls, as {@link InteropCases} wants it. Used by one thread. */
public interface Caller extends AutoCloseable {
    /** Begins a call. */
    <Q, S> Talk<Q, S> begin(MethodDescriptor<Q, S> method, Settings settings);

    /** Gives up what it has. */
    @Override
    void close();

    /**
     * What one call has of its own.
     *
     * @param metadata sent before its messages; shared by calls, so whoever adds to it copies it
     * @param deadline time that it may take; zero for no end
     * @param gzip whether its messages are compressed unless {@link Talk#compress} says otherwise
     */
    record Settings(Metadata metadata, Duration deadline, boolean gzip) {
        /** Nothing of its own. */
        public static final Settings NONE = new Settings(new Metadata(), Duration.ZERO, false);

        /** Messages are compressed. */
        public static final Settings GZIP = new Settings(new Metadata(), Duration.ZERO, true);
    }

    /** A call of any shape, which waits where it has to. Fails with {@link StatusRuntimeException}. */
    interface Talk<Q, S> {
        /** Whether the next messages are compressed. */
        void compress(boolean enabled);

        /** Sends a message. Whether it does is not told. */
        void write(Q message);

        /** Says that no more messages will come. */
        void end();

        /** The next answer; null after the last one. */
        @Nullable
        S read();

        /** What came before the answers. */
        Metadata headers();

        /** What came at the end. */
        Metadata trailers();

        /** Gives it up. */
        void cancel();
    }
}

package dev.capstan.grpc.client;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientStreamTracer;
import io.grpc.Grpc;
import io.grpc.Metadata;
import java.net.SocketAddress;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** Counts how often a call is sent, keeps the connection that it was last sent on, and knows how far that went. Told on whichever thread. */
final class Tries extends ClientStreamTracer.Factory {
    /** How far an attempt has come. */
    private enum Stage {
        /** A connection has it and may have to wait with it. */
        TAKEN,
        /** All of its headers have left. */
        WRITTEN,
        /** The server has said how it ended. */
        ANSWERED
    }

    private final AtomicInteger sent = new AtomicInteger();
    /** Calls that are counted here: one, unless an interceptor makes several with the same options. */
    private volatile int calls;
    /** Null before it was sent. */
    private volatile @Nullable Attempt last;
    /** The last one, when the call was about to be sent again. Of whoever sends it. */
    private @Nullable Attempt before;

    /** One time that a connection had the call. */
    private final class Attempt extends ClientStreamTracer {
        /** Null before a connection has it. */
        private @Nullable Attributes connection;
        /** Not volatile, as the call's listener is told after each of these, which is who asks. */
        private Stage stage = Stage.TAKEN;

        @Override
        public void streamCreated(Attributes on, Metadata with) {
            connection = on;
            sent.incrementAndGet();
            last = this;
        }

        @Override
        public void outboundHeaders() {
            stage = Stage.WRITTEN;
        }

        @Override
        public void inboundTrailers(Metadata trailers) {
            stage = Stage.ANSWERED;
        }
    }

    @Override
    public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
        return new Attempt();
    }

    /** Those among the tracers of {@code options}, if they are there. */
    static @Nullable Tries of(CallOptions options) {
        for (ClientStreamTracer.Factory each : options.getStreamTracerFactories()) {
            if (each instanceof Tries found) {
                return found;
            }
        }
        return null;
    }

    /** Another call is about to be counted here. How far each of several has come is not known, so none of them is taken for unseen. */
    synchronized void joined() {
        calls++;
    }

    /** The call is about to be sent again. */
    void begin() {
        before = last;
    }

    /** Whether a connection had the last attempt, and its headers never left. Of the call's listener, as {@link #isUnanswered}, and only where the channel makes one attempt at a time. */
    boolean isUnwritten() {
        return stage() == Stage.TAKEN;
    }

    /** Whether a connection had the last attempt, and no trailers have come for it. */
    boolean isUnanswered() {
        Stage stage = stage();
        return stage == Stage.TAKEN || stage == Stage.WRITTEN;
    }

    /** Null if no connection had it, or that is not known. */
    private @Nullable Stage stage() {
        Attempt now = last;
        // Looked at after it, so that another call that this may be of is seen.
        return now == null || now == before || calls != 1 ? null : now.stage;
    }

    int count() {
        return sent.get();
    }

    @Nullable
    SocketAddress peer() {
        return of(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
    }

    @Nullable
    SSLSession session() {
        return of(Grpc.TRANSPORT_ATTR_SSL_SESSION);
    }

    private <T> @Nullable T of(Attributes.Key<T> key) {
        Attempt now = last;
        Attributes connection = now == null ? null : now.connection;
        return connection == null ? null : connection.get(key);
    }
}

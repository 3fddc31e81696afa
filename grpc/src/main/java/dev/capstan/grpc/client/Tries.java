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
    /** How far the last attempt has come. */
    private enum Stage {
        /** No connection has it. */
        NOWHERE,
        /** A connection has it and may have to wait with it. */
        TAKEN,
        /** All of its headers have left. */
        WRITTEN,
        /** The server has said how it ended. */
        ANSWERED
    }

    private final AtomicInteger sent = new AtomicInteger();
    /** Not volatile, as the call's listener is told after each of these, which is who asks. */
    private Stage stage = Stage.NOWHERE;
    /** Calls that are counted here: one, unless an interceptor makes several with the same options. */
    private volatile int calls;
    /** Null before it was sent. */
    private volatile @Nullable Attributes connection;

    @Override
    public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
        return new ClientStreamTracer() {
            @Override
            public void streamCreated(Attributes on, Metadata with) {
                connection = on;
                sent.incrementAndGet();
                stage = Stage.TAKEN;
            }

            @Override
            public void outboundHeaders() {
                stage = Stage.WRITTEN;
            }

            @Override
            public void inboundTrailers(Metadata trailers) {
                stage = Stage.ANSWERED;
            }
        };
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
        stage = Stage.NOWHERE;
    }

    /** Whether a connection had the last attempt, and its headers never left. Of the call's listener, as {@link #isUnanswered}, and only where the channel makes one attempt at a time. */
    boolean isUnwritten() {
        return calls == 1 && stage == Stage.TAKEN;
    }

    /** Whether a connection had the last attempt, and no trailers have come for it. */
    boolean isUnanswered() {
        return calls == 1 && (stage == Stage.TAKEN || stage == Stage.WRITTEN);
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
        Attributes last = connection;
        return last == null ? null : last.get(key);
    }
}

package dev.capstan.grpc.client;

import io.grpc.Attributes;
import io.grpc.ClientStreamTracer;
import io.grpc.Grpc;
import io.grpc.Metadata;
import java.net.SocketAddress;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** Counts how often a call is sent, and keeps the connection that it was last sent on. Told on whichever thread. */
final class Tries extends ClientStreamTracer.Factory {
    private final AtomicInteger sent = new AtomicInteger();
    private volatile Attributes connection = Attributes.EMPTY;

    @Override
    public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
        return new ClientStreamTracer() {
            @Override
            public void streamCreated(Attributes on, Metadata with) {
                connection = on;
                sent.incrementAndGet();
            }
        };
    }

    int count() {
        return sent.get();
    }

    @Nullable
    SocketAddress peer() {
        return connection.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
    }

    @Nullable
    SSLSession session() {
        return connection.get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
    }
}

package dev.capstan.net.webtransport;

import io.netty.handler.codec.http3.Http3;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a client keeps of the servers that it was connected with, so that the next connection may begin with what it has to say: TLS's session tickets, in memory, and that the server takes WebTransport
 * sessions. For {@link WebTransportClient#connectEarly}.
 *
 * <p>A ticket stands for the certificate that was checked when it was given; the certificate itself is not shown again. Therefore tickets are forgotten after {@link #LONGEST}. A server that keeps
 * connections apart can recognise a client by them. One object for each {@link ServerTrust}; holds no resources. Made anywhere, used on one loop.
 */
public final class SessionTickets {
    /** How long a certificate that was checked once is relied upon. */
    public static final Duration LONGEST = Duration.ofHours(24);

    /** Servers that are remembered; the oldest is forgotten first. */
    private static final int SERVERS = 100;

    private final ServerTrust trust;
    private final boolean isEarly;
    private final Set<String> met = new LinkedHashSet<>();
    private @Nullable QuicSslContext context;
    private long sinceNanos;

    private SessionTickets(ServerTrust trust, boolean isEarly) {
        this.trust = trust;
        this.isEarly = isEarly;
    }

    /** No tickets yet; servers are known by {@code trust}. */
    public static SessionTickets of(ServerTrust trust) {
        return new SessionTickets(trust, true);
    }

    /** Keeps nothing: each connection is the first. */
    static SessionTickets none(ServerTrust trust) {
        return new SessionTickets(trust, false);
    }

    ServerTrust trust() {
        return trust;
    }

    /** For one connection. */
    QuicSslContext context(LongSupplier nanoTime) {
        QuicSslContext known = context;
        long now = nanoTime.getAsLong();
        if (known == null || !isEarly || now - sinceNanos > LONGEST.toNanos()) {
            met.clear();
            known = QuicSslContextBuilder.forClient()
                    .trustManager(trust.manager())
                    .endpointIdentificationAlgorithm(trust.checksHost() ? "HTTPS" : "")
                    .applicationProtocols(Http3.supportedApplicationProtocols())
                    .earlyData(isEarly)
                    .build();
            context = known;
            sinceNanos = now;
        }
        return known;
    }

    /** Whether the server at {@code authority} has taken a session lately. */
    boolean knows(String authority) {
        return isEarly && met.contains(authority);
    }

    void met(String authority) {
        if (isEarly && met.add(authority) && met.size() > SERVERS) {
            met.remove(met.iterator().next());
        }
    }

    /** What is known of it has misled: the next connection begins from nothing. */
    void forget(String authority) {
        met.remove(authority);
    }
}

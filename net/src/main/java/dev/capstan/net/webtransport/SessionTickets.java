package dev.capstan.net.webtransport;

import io.netty.handler.codec.http3.Http3;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a client keeps of the servers that it was connected with, so that the next connection may begin with what it has to say: TLS's session tickets, in memory, and that the server takes WebTransport
 * sessions. For {@link WebTransportClient#connectEarly}.
 *
 * <p>A ticket stands for the certificate that was checked when it was given; the certificate itself is not shown again. Therefore tickets are forgotten after {@link #LONGEST}, and are good only where they
 * were given: for the same authority at the same address. A server that keeps connections apart can recognise a client by them. One object for each {@link ServerTrust}; holds no resources. Made anywhere,
 * used on one loop.
 */
public final class SessionTickets {
    /** How long a certificate that was checked once is relied upon. */
    public static final Duration LONGEST = Duration.ofHours(24);

    /** Servers that are remembered; the oldest is forgotten first. */
    static final int SERVERS = 100;

    private final ServerTrust trust;
    private final boolean isEarly;
    private final Map<Place, Known> met = new LinkedHashMap<>();

    /** Where tickets are given and good. */
    record Place(String authority, InetSocketAddress address) {}

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

    /** For one connection that begins at {@code nowNanos}. */
    Known at(Place place, long nowNanos) {
        Known known = met.get(place);
        return known == null || nowNanos - known.sinceNanos > LONGEST.toNanos() ? new Known(place, nowNanos) : known;
    }

    /** What is known of the server at one place. Netty's context holds its tickets, so each place has a context of its own. */
    final class Known {
        private final Place place;
        private final long sinceNanos;
        private final QuicSslContext context;

        private Known(Place place, long sinceNanos) {
            this.place = place;
            this.sinceNanos = sinceNanos;
            this.context = QuicSslContextBuilder.forClient()
                    .trustManager(trust.manager())
                    .endpointIdentificationAlgorithm(trust.checksHost() ? "HTTPS" : "")
                    .applicationProtocols(Http3.supportedApplicationProtocols())
                    .earlyData(isEarly)
                    .build();
        }

        QuicSslContext context() {
            return context;
        }

        /** Whether the server has taken a session lately. */
        boolean isMet() {
            return met.get(place) == this;
        }

        /** The server takes sessions. */
        void meet() {
            if (isEarly && met.put(place, this) == null && met.size() > SERVERS) {
                met.remove(met.keySet().iterator().next());
            }
        }

        /** What is known has misled: the next connection begins from nothing. */
        void forget() {
            met.remove(place, this);
        }
    }
}

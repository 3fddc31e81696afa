package dev.capstan.net.webtransport;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http3.Http3;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicSslEngine;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * TLS of a server: with its present certificate, once for connections that take no early data and, if the server takes any, once for those that do. Both open the same tickets. Made anywhere, belongs to the
 * loop's thread then.
 */
final class ServerTls {
    /** Some megabytes. */
    private static final int MOST_EARLY = 100_000;

    private final @Nullable TicketKeys keys;
    private final @Nullable FirstFlights flights;
    private QuicSslContext plain;
    private @Nullable QuicSslContext early;

    ServerTls(@Nullable EarlyData options, LongSupplier nanoTime, PrivateKey key, X509Certificate... chain) {
        this.keys = options == null ? null : new TicketKeys(options.random());
        // A ticket lives as long as its key, which makes tickets for one key time and opens them for another.
        this.flights = options == null
                ? null
                : new FirstFlights(nanoTime, options.keyTime().multipliedBy(2), MOST_EARLY);
        this.plain = context(false, key, chain);
        this.early = keys == null ? null : context(true, key, chain);
        tellKeys();
    }

    private static QuicSslContext context(boolean isEarly, PrivateKey key, X509Certificate... chain) {
        return QuicSslContextBuilder.forServer(key, null, chain)
                .applicationProtocols(Http3.supportedApplicationProtocols())
                .earlyData(isEarly)
                .build();
    }

    private void tellKeys() {
        if (keys != null && early != null) {
            keys.putInto(plain);
            keys.putInto(early);
        }
    }

    /** Another certificate from now on. Tickets stay. */
    void become(Certificate fresh) {
        plain = context(false, fresh.key(), fresh.certificate());
        early = keys == null ? null : context(true, fresh.key(), fresh.certificate());
        tellKeys();
    }

    /** Another key makes tickets from now on. */
    void rotateKeys() {
        if (keys != null) {
            keys.rotate();
            tellKeys();
        }
    }

    /** Whether a client whose first packet was sent to {@code id} may say something early. */
    boolean mayBeEarly(byte[] id) {
        return flights != null && flights.isNew(id);
    }

    QuicSslEngine engine(ByteBufAllocator allocator, boolean isEarly) {
        QuicSslContext context = early;
        return (context == null || !isEarly ? plain : context).newEngine(allocator);
    }

    /** A client whose first packet was sent to {@code id} was heard. */
    void spent(byte[] id) {
        if (flights != null) {
            flights.spent(id);
        }
    }
}

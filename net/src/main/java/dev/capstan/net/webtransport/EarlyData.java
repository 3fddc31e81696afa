package dev.capstan.net.webtransport;

import java.security.SecureRandom;
import java.time.Duration;

/**
 * That a server listens to what clients say with the first datagrams of a connection (0-RTT, RFC 9001 section 4.6), before it can know that these are new. Whoever has recorded them can send them
 * again. A session that has begun like that says so by {@link WebTransportSession#isConfirmed}; a correct client says nothing in it that must not happen twice.
 *
 * <p>The server's tickets are encrypted with keys that are drawn here, live in memory, and are replaced: tickets, and what was recorded, are worth nothing after two {@code keyTime}s or to another
 * server. Clients that were heard are remembered for as long; when they are more than 100,000, nothing is taken early until it is certain again what is new. Servers with more visitors want shorter key times.
 *
 * @param random draws the keys
 * @param keyTime how long a key makes tickets; it opens them for as long again
 */
public record EarlyData(SecureRandom random, Duration keyTime) {
    /** A new key each hour. */
    public static EarlyData with(SecureRandom random) {
        return new EarlyData(random, Duration.ofHours(1));
    }

    /** Refuses keys that live no time. */
    public EarlyData {
        if (!keyTime.isPositive()) {
            throw new IllegalArgumentException("a key lives for some time, not " + keyTime);
        }
    }
}

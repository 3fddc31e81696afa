package dev.capstan.capnweb.connect;

import dev.capstan.async.Backoff;
import java.time.Duration;

/**
 * How a client connects.
 *
 * @param backoff the delays between attempts, and how many there are
 * @param connectTime how long an attempt may take. Stops targets that accept and then say nothing
 * @param waiting what may wait for a connection
 * @param health how a peer is found out that is gone
 */
public record ClientSettings(Backoff backoff, Duration connectTime, WaitLimits waiting, Health health) {
    /** {@link Backoff#DEFAULT}, ten seconds for an attempt, {@link WaitLimits#DEFAULT}, no probes. */
    public static final ClientSettings DEFAULT =
            new ClientSettings(Backoff.DEFAULT, Duration.ofSeconds(10), WaitLimits.DEFAULT, Health.NONE);

    /** Refuses attempts that may take no time. */
    public ClientSettings {
        if (!connectTime.isPositive()) {
            throw new IllegalArgumentException("an attempt takes time, not " + connectTime);
        }
    }

    /** These settings with other delays. */
    public ClientSettings withBackoff(Backoff other) {
        return new ClientSettings(other, connectTime, waiting, health);
    }

    /** These settings with another time for an attempt. */
    public ClientSettings withConnectTime(Duration longest) {
        return new ClientSettings(backoff, longest, waiting, health);
    }

    /** These settings with other limits for what waits. */
    public ClientSettings withWaiting(WaitLimits other) {
        return new ClientSettings(backoff, connectTime, other, health);
    }

    /** These settings with other probes. */
    public ClientSettings withHealth(Health other) {
        return new ClientSettings(backoff, connectTime, waiting, other);
    }
}

package dev.capstan.capnweb.connect;

import java.time.Duration;

/**
 * How many connections a pool has, and when.
 *
 * @param min connections that are there also when nobody needs them, and are replaced when lost; 0 or more
 * @param max connections at a time; at least 1 and {@code min}. Stops a program from opening ever more to a target that is slow
 * @param callsEach calls of one connection whose results are waited for at a time. Beyond them the next connection is used, or made; when all have as many, calls wait
 * @param idle how long a connection beyond {@code min} is kept that nobody uses
 * @param client how each connects, and what may wait for one
 */
public record PoolSettings(int min, int max, int callsEach, Duration idle, ClientSettings client) {
    /** None to four connections with 100 calls each, which are closed after a minute; {@link ClientSettings#DEFAULT}. */
    public static final PoolSettings DEFAULT =
            new PoolSettings(0, 4, 100, Duration.ofMinutes(1), ClientSettings.DEFAULT);

    /** Checks the ranges. */
    public PoolSettings {
        if (min < 0 || max < 1 || max < min || callsEach < 1 || !idle.isPositive()) {
            throw new IllegalArgumentException(
                    "a pool has 0 <= min <= max connections, 1 or more at most and for at least"
                            + " one call each, and keeps them for some time");
        }
    }

    /** These settings with other numbers of connections. */
    public PoolSettings withConnections(int least, int most) {
        return new PoolSettings(least, most, callsEach, idle, client);
    }

    /** These settings with another number of calls for each connection. */
    public PoolSettings withCallsEach(int most) {
        return new PoolSettings(min, max, most, idle, client);
    }

    /** These settings with another time for connections that nobody uses. */
    public PoolSettings withIdle(Duration time) {
        return new PoolSettings(min, max, callsEach, time, client);
    }

    /** These settings with others for each connection. */
    public PoolSettings withClient(ClientSettings other) {
        return new PoolSettings(min, max, callsEach, idle, other);
    }
}

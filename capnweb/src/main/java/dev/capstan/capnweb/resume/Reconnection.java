package dev.capstan.capnweb.resume;

import dev.capstan.async.Backoff;
import java.util.random.RandomGenerator;

/**
 * How a client comes back when its connection is cut. A value, but for what it draws from.
 *
 * @param backoff the pauses between attempts
 * @param random draws them; on the loop
 * @param limits what the session may cost
 */
public record Reconnection(Backoff backoff, RandomGenerator random, ResumeLimits limits) {
    /** With default pauses and limits. */
    public static Reconnection of(RandomGenerator random) {
        return new Reconnection(Backoff.DEFAULT, random, ResumeLimits.DEFAULT);
    }
}

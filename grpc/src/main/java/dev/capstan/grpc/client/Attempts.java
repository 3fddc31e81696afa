package dev.capstan.grpc.client;

import io.grpc.Status;
import java.time.Duration;
import java.util.Set;

/** Whether a call is sent more than once. */
public sealed interface Attempts {
    /** grpc-java makes no more, whatever it is told. */
    int MAX = 5;

    /** Once; again only if the server has certainly not seen it. */
    record Once() implements Attempts {}

    /**
     * Again after a failure, as long as no answer has begun.
     *
     * @param maxAttempts 2..5, the first included
     * @param initialBackoff upper end of the random time before the first repetition
     * @param maxBackoff upper end of later ones
     * @param multiplier by which the time grows from one to the next; more than 0
     * @param on codes after which it is worth trying; not OK, at least one
     */
    record Retry(int maxAttempts, Duration initialBackoff, Duration maxBackoff, double multiplier, Set<Status.Code> on)
            implements Attempts {
        /** Checks the ranges. */
        public Retry {
            ServiceConfig.between("maxAttempts", maxAttempts, 2, MAX);
            ServiceConfig.positive("initialBackoff", initialBackoff);
            ServiceConfig.positive("maxBackoff", maxBackoff);
            if (!(multiplier > 0)) {
                throw new IllegalArgumentException("multiplier must be more than 0, not " + multiplier);
            }
            if (maxBackoff.compareTo(initialBackoff) < 0) {
                throw new IllegalArgumentException(
                        "maxBackoff " + maxBackoff + " is less than initialBackoff " + initialBackoff);
            }
            if (on.isEmpty() || on.contains(Status.Code.OK)) {
                throw new IllegalArgumentException(
                        "retry needs at least one code to try again after, and OK is none; often UNAVAILABLE");
            }
            on = Set.copyOf(on);
        }
    }

    /**
     * Again before the first has answered; whichever answers first counts. For methods that may run twice.
     *
     * @param maxAttempts 2..5, the first included
     * @param delay time between two; zero for all at once
     * @param nonFatal codes of failure that leave the other attempts running; all others end the call. Not OK
     */
    record Hedging(int maxAttempts, Duration delay, Set<Status.Code> nonFatal) implements Attempts {
        /** Checks the ranges. */
        public Hedging {
            ServiceConfig.between("maxAttempts", maxAttempts, 2, MAX);
            if (delay.isNegative()) {
                throw new IllegalArgumentException("delay must not be negative, but is " + delay);
            }
            if (nonFatal.contains(Status.Code.OK)) {
                throw new IllegalArgumentException("OK is no failure: leave it out of nonFatal");
            }
            nonFatal = Set.copyOf(nonFatal);
        }
    }
}

package dev.capstan.capnweb.connect;

import java.time.Duration;

/**
 * How much may wait for a connection. What is beyond these limits fails as {@link dev.capstan.cap.Failure.Kind#OVERLOADED}, and was not sent.
 *
 * @param calls calls at a time; 0 if none may wait. Stops a program that goes on calling while its server is away from filling its memory
 * @param bytes size of their arguments together, roughly, as they take room in memory. Stops the same with few and large calls
 * @param time how long one waits. Stops callers from waiting for a server that does not come back
 */
public record WaitLimits(int calls, long bytes, Duration time) {
    /** 1,000 calls, 16 MiB, 10 seconds. */
    public static final WaitLimits DEFAULT = new WaitLimits(1_000, 16 << 20, Duration.ofSeconds(10));

    /** Refuses negative limits. */
    public WaitLimits {
        if (calls < 0 || bytes < 0 || !time.isPositive()) {
            throw new IllegalArgumentException("Limits are not negative, and a time is longer than nothing.");
        }
    }

    /** These limits with another number of calls. */
    public WaitLimits withCalls(int most) {
        return new WaitLimits(most, bytes, time);
    }

    /** These limits with another size. */
    public WaitLimits withBytes(long most) {
        return new WaitLimits(calls, most, time);
    }

    /** These limits with another time. */
    public WaitLimits withTime(Duration longest) {
        return new WaitLimits(calls, bytes, longest);
    }
}

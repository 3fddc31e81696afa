package dev.capstan.async;

import java.time.Duration;

/**
 * Bounds of one loop.
 *
 * @param turnEvents events that one turn may fire before dirty streams are flushed and I/O is looked at again; keeps a busy peer from
 *     starving the others. While more than these are queued, I/O waits for up to 16 turns
 * @param permitHold how long a fiber may hold the permit without awaiting before a warning names it; finds code that blocks a vat
 * @param pipeBytes bytes that one direction of an in-memory pipe holds before its writer is asked to wait
 */
public record Limits(int turnEvents, Duration permitHold, int pipeBytes) {
    /** 1,000 events, 1 second, 64 KiB. */
    public static final Limits DEFAULT = new Limits(1000, Duration.ofSeconds(1), 64 << 10);

    /** Checks the ranges. */
    public Limits {
        if (turnEvents < 1) {
            throw new IllegalArgumentException("turnEvents must be at least 1, not " + turnEvents);
        }
        if (permitHold.isNegative() || permitHold.isZero()) {
            throw new IllegalArgumentException("permitHold must be positive, not " + permitHold);
        }
        if (pipeBytes < 1) {
            throw new IllegalArgumentException("pipeBytes must be at least 1, not " + pipeBytes);
        }
    }
}

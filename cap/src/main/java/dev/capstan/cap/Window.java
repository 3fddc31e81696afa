package dev.capstan.cap;

/**
 * How many bytes of a stream may be on their way: an estimate of what the connection holds while a message goes there and its acknowledgement comes back.
 *
 * <p>Each acknowledgement is a sample of the rate at which bytes arrived between sending and acknowledgement; the shortest time that one took is that of an empty connection. Their product is what
 * the connection holds, and the window is somewhat more, so that a faster connection shows. In start-up that is twice as much, until three round trips have brought
 * nothing; then a quarter more. A round trip never makes it larger than by that factor, nor smaller than by an eighth; and it becomes smaller only by samples that were taken when it was full, as the
 * others tell how much there was to send and not how fast it went.
 *
 * <p>Invariant: {@code minBytes <= bytes <= maxBytes}. Time comes in with each event, so that a simulation decides it.
 */
final class Window {
    private static final double STARTUP_GROWTH = 2;
    private static final double GROWTH = 1.25;
    private static final double DECAY = 0.875;
    private static final int FLAT_ROUNDS = 3;

    private final long minBytes;
    private final long maxBytes;
    private long bytes;

    private long deliveredBytes;
    private long deliveredNanos;
    private long shortestNanos = Long.MAX_VALUE;

    private boolean startup = true;
    private int flatRounds;
    private long roundStartNanos;
    private double roundBytes;

    /** Starts with {@code startBytes}, its minimum, or {@code maxBytes} if that is less. */
    Window(long startBytes, long maxBytes, long nowNanos) {
        this.minBytes = Math.min(startBytes, maxBytes);
        this.maxBytes = maxBytes;
        this.bytes = minBytes;
        this.roundStartNanos = nowNanos;
        this.roundBytes = bytes;
    }

    /**
     * What was the case when a message was sent.
     *
     * @param bytes of the message
     * @param sentNanos when
     * @param deliveredBytes that were acknowledged by then
     * @param deliveredNanos when the last of them was, or when sending began again after that
     * @param windowBytes how large the window was
     * @param full whether the message filled it
     */
    record Sample(
            long bytes, long sentNanos, long deliveredBytes, long deliveredNanos, long windowBytes, boolean full) {}

    long bytes() {
        return bytes;
    }

    /**
     * A message is sent.
     *
     * @param idle nothing was on its way before: that time says nothing about the connection
     */
    Sample sent(long messageBytes, boolean idle, boolean full, long nowNanos) {
        if (idle) {
            deliveredNanos = nowNanos;
        }
        return new Sample(messageBytes, nowNanos, deliveredBytes, deliveredNanos, bytes, full);
    }

    void acknowledged(Sample sample, long nowNanos) {
        deliveredBytes += sample.bytes;
        deliveredNanos = nowNanos;
        shortestNanos = Math.min(shortestNanos, nowNanos - sample.sentNanos);
        long interval = nowNanos - sample.deliveredNanos;
        if (interval <= 0) {
            return; // No time has passed: whatever the window is, it does not hold anything up.
        }
        double growth = startup ? STARTUP_GROWTH : GROWTH;
        double held = (double) (deliveredBytes - sample.deliveredBytes) / interval * shortestNanos;
        double next = Math.min(held * growth, sample.windowBytes * growth);
        next = Math.max(next, sample.full ? sample.windowBytes * DECAY : bytes);
        bytes = Math.clamp((long) next, minBytes, maxBytes);
        if (startup && sample.sentNanos - roundStartNanos >= 0) {
            roundOver(sample.full, nowNanos);
        }
    }

    private void roundOver(boolean full, long nowNanos) {
        if (bytes > roundBytes * GROWTH) {
            flatRounds = 0;
        } else if (full && ++flatRounds == FLAT_ROUNDS) {
            startup = false;
        }
        roundStartNanos = nowNanos;
        roundBytes = bytes;
    }
}

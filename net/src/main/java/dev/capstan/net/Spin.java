package dev.capstan.net;

/**
 * Whether a loop that has nothing to do should look for input again and again for a moment before it sleeps: as long as that is mostly rewarded. Going to sleep and being woken costs some tens of
 * microseconds, of latency and of processor time; after a few moments in vain the next waits are slept through.
 */
final class Spin {
    /** Rewards that are remembered: so many moments in vain, one after the other, end the spinning. */
    private static final int MOST_CREDIT = 8;
    /** Waits that are slept through before it is tried again. */
    static final int PAUSE = 64;

    private final long nanos;
    private int credit = 1;
    private int pause;

    /** @param nanos the longest moment; 0 for never */
    Spin(long nanos) {
        this.nanos = nanos;
    }

    /** How long the wait that begins now may be spent looking. */
    long nanos() {
        if (pause > 0) {
            pause--;
            return 0;
        }
        return nanos;
    }

    /** Something came in the moment. */
    void rewarded() {
        credit = Math.min(MOST_CREDIT, credit + 1);
    }

    /** The moment has passed in vain. */
    void inVain() {
        credit--;
        if (credit <= 0) {
            credit = 1;
            pause = PAUSE;
        }
    }
}

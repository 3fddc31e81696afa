package dev.capstan.examples.database;

import java.time.Duration;

/** How many there are of something, for whoever asks or waits. May be used from any thread. */
final class Gauge {
    private int value;

    synchronized void add(int count) {
        value += count;
        notifyAll();
    }

    synchronized int get() {
        return value;
    }

    /** Waits until there are {@code wanted}, for as long as {@code patience} at most; whether there are. */
    synchronized boolean await(int wanted, Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        for (long left = patience.toMillis(); value != wanted && left > 0; left = (end - System.nanoTime()) / 1_000_000) {
            wait(left);
        }
        return value == wanted;
    }
}

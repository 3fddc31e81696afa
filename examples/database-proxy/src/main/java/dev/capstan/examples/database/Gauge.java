package dev.capstan.examples.database;

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

    /** Waits until there are {@code wanted}. */
    synchronized void await(int wanted) throws InterruptedException {
        while (value != wanted) {
            wait();
        }
    }
}

package dev.capstan.interop.offenders.cap;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.function.LongSupplier;

/** Time, threads and chance that no simulation could replace. */
final class Clocks {
    final LongSupplier clock = System::nanoTime;
    final Random dice = new Random(1);
    final SecureRandom secrets = new SecureRandom();

    long now() {
        return System.currentTimeMillis();
    }

    Instant date() {
        return Instant.now();
    }

    void pause() throws InterruptedException {
        Thread.sleep(1);
    }

    Thread thread() {
        return new Thread(() -> {});
    }

    Thread virtual() {
        return Thread.ofVirtual().unstarted(() -> {});
    }

    void pool() {
        Executors.newCachedThreadPool().close();
    }

    UUID name() {
        return UUID.randomUUID();
    }

    /** A thread by inheritance. */
    static final class Worker extends Thread {
        @Override
        public void run() {}
    }
}

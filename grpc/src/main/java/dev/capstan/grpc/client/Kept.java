package dev.capstan.grpc.client;

import dev.capstan.grpc.Limits;
import java.util.concurrent.atomic.AtomicLong;

/** What all calls of a client keep of their requests together. Used from any thread. */
final class Kept {
    private final Limits.Repeats limits;
    private final AtomicLong bytes = new AtomicLong();

    Kept(Limits.Repeats limits) {
        this.limits = limits;
    }

    Limits.Repeats limits() {
        return limits;
    }

    /** Whether there was room for {@code more}, which is given back by {@link #free}. */
    boolean add(long more) {
        long now;
        do {
            now = bytes.get();
            if (more > limits.bytes() - now) {
                return false;
            }
        } while (!bytes.compareAndSet(now, now + more));
        return true;
    }

    void free(long less) {
        bytes.addAndGet(-less);
    }

    long bytes() {
        return bytes.get();
    }
}

package dev.capstan.interop;

import static org.junit.jupiter.api.Assertions.fail;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for what another process, or another loop, will do soon. Every wait has a deadline. */
final class Eventually {
    private static final Duration DEADLINE = Duration.ofSeconds(10);
    /** Between two looks. */
    private static final Duration PAUSE = Duration.ofMillis(1);

    private Eventually() {}

    /** Looks, on the loop's thread as user code, until {@code leftovers} are none. */
    static void nothingLeft(Loop loop, Supplier<List<String>> leftovers) {
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        while (true) {
            List<String> left = loop.fetch(() -> Promise.of(leftovers.get())).await();
            if (left.isEmpty()) {
                return;
            }
            if (System.nanoTime() - deadline > 0) {
                fail("left after " + DEADLINE + ": " + left);
            }
            loop.timer().after(PAUSE).await();
        }
    }

    /** Asks again and again, on the calling thread; {@code condition} makes calls to the peer, which is what takes the time. */
    static void becomes(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                fail("not within " + DEADLINE + ": " + what);
            }
        }
    }
}

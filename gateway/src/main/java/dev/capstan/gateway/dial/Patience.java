package dev.capstan.gateway.dial;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.gateway.options.ExitException;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Waits for promises of a loop, on other threads, until the time is over that a command may take. */
public final class Patience {
    private final Loop loop;
    private final @Nullable Duration longest;
    private final long began;

    /** @param longest from now on; null for ever */
    public Patience(Loop loop, @Nullable Duration longest) {
        this.loop = loop;
        this.longest = longest;
        this.began = loop.timer().nanoTime();
    }

    /** What is left; null if there is no end. */
    @Nullable
    Duration left() {
        if (longest == null) {
            return null;
        }
        Duration left = longest.minusNanos(loop.timer().nanoTime() - began);
        return left.isPositive() ? left : Duration.ofNanos(1);
    }

    /**
     * Waits, and consumes the promise.
     *
     * @throws ExitException with {@link ExitException#DEADLINE} if the time is over; the promise is cancelled then
     * @throws RuntimeException what the promise failed with
     */
    public <T> T await(Promise<T> promise) {
        Duration left = left();
        return left == null
                ? promise.await()
                : await(
                        promise,
                        left,
                        "--max-time is over, after " + seconds(longest) + ". Allow more, or ask for less.");
    }

    /** As {@link #await(Promise)}, for no longer than {@code most} either; {@code why} is told then. */
    public <T> T await(Promise<T> promise, Duration most, String why) {
        try {
            return loop.fetch(() -> loop.timer().timeout(most, promise)).await();
        } catch (CompletionException e) {
            if (e.getCause() instanceof TimeoutException) {
                throw new ExitException(ExitException.DEADLINE, why);
            }
            throw e;
        }
    }

    public static String seconds(@Nullable Duration time) {
        return time == null ? "" : (time.toMillis() % 1000 == 0 ? time.toSeconds() + " s" : time.toMillis() + " ms");
    }
}

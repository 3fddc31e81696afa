package dev.capstan.grpc;

import dev.capstan.async.CanceledException;
import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How blocking code waits for something that another thread changes: a fiber gives up its permit meanwhile, any other thread parks. Of any number of threads on either side.
 */
public final class Changes {
    /** Who waits for the next change; mostly nobody. */
    private final AtomicReference<@Nullable CompletableFuture<Void>> next = new AtomicReference<>();

    /** Nothing has changed yet. */
    public Changes() {}

    /** Says that something has changed: who waits looks again. */
    public void tell() {
        if (next.get() != null) {
            CompletableFuture<Void> waiting = next.getAndSet(null);
            if (waiting != null) {
                waiting.complete(null);
            }
        }
    }

    /**
     * Returns when {@code condition} holds, which is asked again after each change. What it reads must be volatile, atomic or guarded: telling alone shows nobody anything.
     *
     * @throws CanceledException if the fiber is cancelled or the thread interrupted
     * @throws IllegalStateException within a turn of a loop, where nothing can be waited for
     */
    public void until(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            CompletableFuture<Void> change = next();
            // Asked for before the last look, so that a change in between is seen by one of the two.
            if (condition.getAsBoolean()) {
                return;
            }
            await(change);
        }
    }

    private CompletableFuture<Void> next() {
        CompletableFuture<Void> mine = new CompletableFuture<>();
        CompletableFuture<Void> there = next.compareAndExchange(null, mine);
        return there == null ? mine : there;
    }

    private static void await(CompletableFuture<Void> change) {
        Loop loop = Loop.current();
        if (loop != null) {
            Completer<Void> told = new Completer<>(loop);
            CompletableFuture<Void> _ = change.thenRun(() -> told.complete(Promise.nothing()));
            told.promise().await();
            return;
        }
        try {
            change.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CanceledException("the waiting thread was interrupted");
        } catch (ExecutionException e) {
            throw new IllegalStateException("a change is never a failure", e);
        }
    }
}

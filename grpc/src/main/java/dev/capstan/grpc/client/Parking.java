package dev.capstan.grpc.client;

import dev.capstan.async.CanceledException;
import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;

/** How blocking code waits for something that another thread tells: a fiber gives up its permit meanwhile, any other thread parks. */
final class Parking {
    private Parking() {}

    /**
     * Returns when {@code condition} holds, which is asked again after each change of {@code inbound}.
     *
     * @throws CanceledException if the fiber is cancelled or the thread interrupted
     * @throws IllegalStateException within a turn of a loop
     */
    static void until(BooleanSupplier condition, Inbound<?> inbound) {
        while (!condition.getAsBoolean()) {
            CompletableFuture<Void> change = inbound.nextChange();
            // Asked for before the last look, so that a change in between is seen by one of the two.
            if (condition.getAsBoolean()) {
                return;
            }
            await(change);
        }
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

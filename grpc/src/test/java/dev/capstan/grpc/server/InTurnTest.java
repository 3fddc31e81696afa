package dev.capstan.grpc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InTurnTest {
    private final NetLoop net = NetLoop.open("in-turn", Transport.AUTO);
    private final Loop loop = net.loop();
    private final InTurn inTurn = new InTurn(loop);
    private final List<Integer> order = new ArrayList<>();

    @AfterEach
    void close() {
        net.close();
    }

    private static <T> T soon(CompletableFuture<T> future) throws Exception {
        return future.get(60, TimeUnit.SECONDS);
    }

    private List<Integer> orderInTheEnd() {
        return loop.fetch(() -> Promise.of(List.copyOf(order))).await();
    }

    @Test
    void what_comes_when_a_fiber_has_just_ended_runs_after_what_waited_for_it() throws Exception {
        CompletableFuture<Thread> fiber = new CompletableFuture<>();
        CompletableFuture<String> mayEnd = new CompletableFuture<>();
        Promise<String> ended = loop.fiber(() -> {
            fiber.complete(Thread.currentThread());
            return soon(mayEnd);
        });
        Thread holder = soon(fiber);
        CompletableFuture<String> queued = new CompletableFuture<>();
        CompletableFuture<String> goOn = new CompletableFuture<>();
        loop.post(() -> {
            inTurn.execute(() -> order.add(1));
            queued.complete("queued");
            goOn.join();
        });
        soon(queued);
        // The loop stands still until the fiber's end and the second callback have both been posted, in this order.
        mayEnd.complete("end");
        holder.join();
        loop.post(() -> inTurn.execute(() -> order.add(2)));
        goOn.complete("go on");
        assertEquals("end", ended.await());
        assertEquals(List.of(1, 2), orderInTheEnd());
    }

    @Test
    void what_a_callback_asks_for_comes_after_it() {
        loop.post(() -> inTurn.execute(() -> {
            inTurn.execute(() -> order.add(2));
            order.add(1);
        }));
        assertEquals(List.of(1, 2), orderInTheEnd());
    }

    @Test
    void a_callback_runs_at_once_if_nothing_is_in_its_way() {
        loop.post(() -> {
            inTurn.execute(() -> order.add(1));
            order.add(2);
        });
        assertEquals(List.of(1, 2), orderInTheEnd());
    }
}

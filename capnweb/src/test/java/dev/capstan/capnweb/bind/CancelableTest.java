package dev.capstan.capnweb.bind;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.CanceledException;
import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.ParkPort;
import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import dev.capstan.capnweb.Stub;
import dev.capstan.capnweb.WebTarget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Calls whose results are given up while they run: those of marked methods stop, in each style, and others run to their end. */
class CancelableTest {
    private final Pair pair = new Pair();
    private final List<String> told = new ArrayList<>();
    private CompletableFuture<String> future = new CompletableFuture<>();
    private final Completer<String> go = new Completer<>(pair.sim.loop());

    @Remote
    interface Shop {
        @Cancelable
        Promise<String> offer(IntUnaryOperator tell);

        @Cancelable
        CompletionStage<String> stage();

        @Cancelable
        CompletionStage<String> stageWith(IntUnaryOperator tell);

        int count();

        Promise<String> order();
    }

    @Remote(blocking = true)
    interface Desk {
        @Cancelable
        String offer(IntUnaryOperator tell);

        String order();
    }

    @Remote
    @Cancelable
    interface Radio {
        Promise<String> listen();
    }

    private final class OurShop implements Shop, Radio {
        @Override
        public Promise<String> offer(IntUnaryOperator tell) {
            return untilCancelled();
        }

        @Override
        public CompletionStage<String> stage() {
            return future;
        }

        @Override
        public CompletionStage<String> stageWith(IntUnaryOperator tell) {
            return future;
        }

        @Override
        public int count() {
            return 7;
        }

        @Override
        public Promise<String> order() {
            return go.promise().convert(done -> {
                told.add("done");
                return done;
            });
        }

        @Override
        public Promise<String> listen() {
            return untilCancelled();
        }
    }

    private final class OurDesk implements Desk {
        @Override
        public String offer(IntUnaryOperator tell) {
            CanceledException stopped = assertThrows(
                    CanceledException.class,
                    () -> new Completer<String>(pair.sim.loop()).promise().await());
            told.add("cancelled");
            throw stopped;
        }

        @Override
        public String order() {
            told.add(go.promise().await());
            return "done";
        }
    }

    private Promise<String> untilCancelled() {
        Completer<String> never = new Completer<>(pair.sim.loop());
        never.onCancel(() -> told.add("cancelled"));
        return never.promise();
    }

    @AfterEach
    void nothing_is_left() {
        pair.assertNothingIsLeft();
        pair.close();
    }

    private Pair.Lines serving(Cap main) {
        return pair.lines(main);
    }

    /** A call that is begun, and then given up; what it was given is given back as soon as the call is over. */
    private static List<String> givenUp(Pair.Lines client, String method, String arguments) {
        assertEquals(List.of(), client.say("[\"push\",[\"pipeline\",0,[\"" + method + "\"]," + arguments + "]]"));
        return client.say("[\"release\",1,1]");
    }

    private Cap shop() {
        return pair.server.serve(pair.sim.loop(), new OurShop());
    }

    private Cap desk() {
        return pair.server.serve(pair.sim.loop(), new OurDesk());
    }

    @Test
    void a_promise_is_cancelled_and_the_parameters_are_given_back() {
        assertEquals(List.of("[\"release\",-1,1]"), givenUp(serving(shop()), "offer", "[[\"export\",-1]]"));
        assertEquals(List.of("cancelled"), told);
    }

    @Test
    void a_future_is_cancelled() {
        givenUp(serving(shop()), "stage", "[]");
        assertEquals(true, future.isCancelled());
    }

    /** A future whose {@code cancel} does something else before, or instead. */
    private CompletableFuture<String> cancelledBy(Runnable action) {
        return new CompletableFuture<>() {
            @Override
            public boolean cancel(boolean mayInterrupt) {
                action.run();
                return super.cancel(mayInterrupt);
            }
        };
    }

    @Test
    void a_future_that_throws_when_it_is_cancelled_harms_nobody() {
        future = cancelledBy(() -> {
            throw new IllegalStateException("does not want to be cancelled");
        });
        Pair.Lines client = serving(shop());
        client.say("[\"push\",[\"pipeline\",0,[\"stageWith\"],[[\"export\",-1]]]]", "[\"pull\",1]");
        assertEquals(List.of("[\"release\",-1,1]"), client.say("[\"release\",1,1]"));
        client.say("[\"push\",[\"pipeline\",0,[\"stage\"],[]]]", "[\"push\",[\"pipeline\",0,[\"listen\"],[]]]");
        assertEquals(
                List.of("[\"resolve\",4,7]"), client.say("[\"push\",[\"pipeline\",0,[\"count\"],[]]]", "[\"pull\",4]"));
        client.say("[\"release\",2,1]", "[\"release\",3,1]", "[\"release\",4,1]");
        assertEquals(List.of("cancelled"), told);
        assertEquals(0, pair.sim.await(pair.newest().drain(Duration.ofHours(1))), "nobody waits for what was given up");
    }

    @Test
    void a_future_that_uses_the_loop_when_it_is_cancelled_harms_nobody() {
        Shop ours = new OurShop();
        Loop loop = pair.sim.loop();
        try (Stub stub = Stub.of(loop, pair.server.serve(loop, ours))) {
            future = cancelledBy(() -> {
                stub.call("count").value().listen(loop, (count, failure) -> told.add("counted " + count));
                assertThrows(
                        IllegalStateException.class,
                        () -> stub.call("count").value().await());
                loop.post(() -> told.add("posted"));
                pair.cut();
            });
            Pair.Lines client = serving(shop());
            client.say("[\"push\",[\"pipeline\",0,[\"stage\"],[]]]", "[\"push\",[\"pipeline\",0,[\"listen\"],[]]]");
            assertEquals(List.of("end"), client.say("[\"release\",1,1]"));
            assertEquals(
                    List.of("cancelled", "counted 7", "posted"),
                    told.stream().sorted().toList());
        }
    }

    @Test
    void a_future_is_not_cancelled_while_a_fiber_runs_code_of_the_same_loop() throws Exception {
        Loop loop = new Loop(new ParkPort());
        Thread driver = Thread.ofPlatform().start(loop::run);
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch idle = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        try {
            Stub shop = Stub.of(loop, pair.server.serve(loop, new OurShop()));
            Stub call = shop.call("stage");
            CompletableFuture<?> begun = call.value().toCompletionStage().toCompletableFuture();
            shop.call("count").value().await();
            loop.post(() -> loop.fiber(() -> {
                        held.countDown();
                        return go.await(1, TimeUnit.MINUTES);
                    })
                    .listen(loop, (done, failure) -> {}));
            assertTrue(held.await(1, TimeUnit.MINUTES));
            loop.post(() -> {
                begun.cancel(true);
                call.close();
                loop.whenIdle().listen(loop, (done, failure) -> idle.countDown());
            });
            assertTrue(idle.await(1, TimeUnit.MINUTES));
            assertFalse(future.isDone());
            go.countDown();
            assertThrows(CancellationException.class, () -> future.get(1, TimeUnit.MINUTES));
            shop.close();
        } finally {
            go.countDown();
            loop.stop();
            driver.join();
        }
    }

    @Test
    void a_method_that_waits_is_interrupted_and_the_parameters_are_given_back() {
        assertEquals(List.of("[\"release\",-1,1]"), givenUp(serving(desk()), "offer", "[[\"export\",-1]]"));
        assertEquals(List.of("cancelled"), told);
    }

    @Test
    void all_methods_of_an_interface_may_be_marked() {
        givenUp(serving(shop()), "listen", "[]");
        assertEquals(List.of("cancelled"), told);
    }

    @Test
    void a_method_that_is_not_marked_runs_to_its_end() {
        givenUp(serving(shop()), "order", "[]");
        assertEquals(List.of(), told);
        go.complete("go");
        pair.sim.poll();
        assertEquals(List.of("done"), told);
    }

    @Test
    void so_does_one_that_waits() {
        givenUp(serving(desk()), "order", "[]");
        assertEquals(List.of(), told);
        go.complete("go");
        pair.sim.poll();
        assertEquals(List.of("go"), told);
    }

    @Test
    void the_end_of_a_session_gives_its_calls_up() {
        Pair.Lines client = serving(shop());
        client.say("[\"push\",[\"pipeline\",0,[\"listen\"],[]]]");
        pair.close();
        assertEquals(List.of("cancelled"), told);
    }

    @Test
    void a_call_that_something_was_called_on_goes_on() {
        Pair.Lines client = serving(shop());
        client.say("[\"push\",[\"pipeline\",0,[\"listen\"],[]]]", "[\"push\",[\"pipeline\",1,[\"length\"]]]");
        client.say("[\"release\",1,1]");
        assertEquals(List.of(), told);
        client.say("[\"release\",2,1]");
        assertEquals(List.of("cancelled"), told);
    }

    @Test
    void objects_of_functions_are_marked_as_a_whole() {
        WebTarget target = WebTarget.empty().method("listen", args -> untilCancelled());
        givenUp(serving(target.on(pair.sim.loop())), "listen", "[]");
        assertEquals(List.of(), told);
        givenUp(serving(target.cancelable().on(pair.sim.loop())), "listen", "[]");
        assertEquals(List.of("cancelled"), told);
    }
}

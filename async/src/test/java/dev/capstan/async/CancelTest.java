package dev.capstan.async;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Cancelling the end of a chain reaches its source before it returns, through every kind of stage, whether or not the chain was begun. */
final class CancelTest {
    private final SimLoop sim = new SimLoop();
    private final Loop loop = sim.loop();
    private final List<String> log = new ArrayList<>();
    private Promise.Cancelable self = () -> log.add("not set");

    enum Stage {
        NONE,
        MAP,
        CONVERT,
        THEN,
        INSIDE_THEN,
        INSIDE_TWO_THENS,
        INSIDE_THEN_MAPPED,
        HANDLE,
        INSIDE_RECOVER,
        ALL,
        RACE,
        ATTACH,
        FORK;

        <T> Promise<T> over(Promise<T> p) {
            return switch (this) {
                case NONE -> p;
                case MAP -> p.map(x -> x);
                case CONVERT -> p.convert(x -> x);
                case THEN -> p.then(Promise::of);
                case INSIDE_THEN -> Promise.of("").then(x -> p);
                case INSIDE_TWO_THENS -> Promise.of("").then(x -> Promise.of("").then(y -> p));
                case INSIDE_THEN_MAPPED ->
                    Promise.of("").then(x -> p.map(y -> y)).map(z -> z);
                case HANDLE -> p.handle(Promise::of, Promise::failed);
                case INSIDE_RECOVER ->
                    Promise.<T>failed(new CanceledException("")).recover(e -> p);
                case ALL -> Promise.all(List.of(p)).map(List::getFirst);
                case RACE -> Promise.race(List.of(p));
                case ATTACH -> p.attach(() -> {});
                case FORK -> {
                    Fork<T> fork = p.fork();
                    Promise<T> branch = fork.branch();
                    fork.close();
                    yield branch;
                }
            };
        }
    }

    private Promise<String> source() {
        Completer<String> completer = new Completer<>(loop);
        completer.onCancel(() -> log.add("canceled"));
        return completer.promise();
    }

    private static boolean reachableBeforeRunning(Stage stage) {
        return !stage.name().startsWith("INSIDE");
    }

    @ParameterizedTest
    @EnumSource
    void reaches_the_source_of_a_chain_that_was_not_begun(Stage stage) {
        Promise<String> chain = stage.over(source());
        chain.cancel();
        assertEquals(reachableBeforeRunning(stage) ? List.of("canceled") : List.of(), log);
    }

    @ParameterizedTest
    @EnumSource
    void reaches_the_source_of_a_running_chain(Stage stage) {
        Promise.Cancelable running = stage.over(source()).listen(loop, (v, e) -> log.add("settled"));
        sim.poll();
        running.cancel();
        running.cancel();
        assertEquals(List.of("canceled"), log);
        sim.poll();
        assertEquals(List.of("canceled"), log);
    }

    @ParameterizedTest
    @EnumSource
    void reaches_the_source_through_eager(Stage stage) {
        List<Promise<String>> eager = new ArrayList<>();
        loop.post(() -> eager.add(stage.over(source()).eager()));
        sim.poll();
        eager.getFirst().cancel();
        assertEquals(List.of("canceled"), log);
    }

    @ParameterizedTest
    @EnumSource
    void reaches_the_source_through_every_pair_of_stages(Stage outer) {
        for (Stage inner : Stage.values()) {
            log.clear();
            Promise.Cancelable running = outer.over(inner.over(source())).listen(loop, (v, e) -> log.add("settled"));
            sim.poll();
            running.cancel();
            assertEquals(List.of("canceled"), log, inner + " in " + outer);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_result_that_is_ready_but_not_delivered_is_not_delivered_after_cancel(Stage stage) {
        Completer<String> completer = new Completer<>(loop);
        Promise.Cancelable running = stage.over(completer.promise()).listen(loop, (v, e) -> log.add("settled"));
        sim.poll();
        completer.complete("x");
        running.cancel();
        sim.poll();
        assertTrue(log.isEmpty());
    }

    @ParameterizedTest
    @EnumSource
    void a_result_that_nobody_took_is_closed_once(Stage stage) {
        if (stage == Stage.FORK) {
            return; // A fork's result is shared.
        }
        for (boolean pulled : new boolean[] {false, true}) {
            List<String> closed = new ArrayList<>();
            AutoCloseable resource = () -> closed.add("closed");
            Completer<AutoCloseable> completer = new Completer<>(loop);
            Promise.Cancelable running = stage.over(completer.promise()).listen(loop, (v, e) -> log.add("settled"));
            sim.poll();
            if (pulled) {
                completer.complete(resource);
                running.cancel();
            } else {
                running.cancel();
                completer.complete(resource);
            }
            sim.poll();
            assertEquals(List.of("closed"), closed);
        }
    }

    @Test
    void a_connection_that_nobody_took_is_closed() {
        BytePipe pipe = new BytePipe(loop);
        pipe.right().start(new ByteStream.Receiver() {
            @Override
            public void received(byte[] array, int offset, int length) {
                log.add("received");
            }

            @Override
            public void ended() {
                log.add("ended");
            }

            @Override
            public void failed(Throwable cause) {
                log.add("failed");
            }
        });
        Completer<ByteStream> connecting = new Completer<>(loop);
        Promise.Cancelable running = connecting.promise().listen(loop, (v, e) -> log.add("settled"));
        connecting.complete(pipe.left());
        running.cancel();
        sim.poll();
        assertEquals(List.of("failed"), log);
    }

    @Test
    void the_values_of_a_join_that_fails_are_closed() {
        List<String> closed = new ArrayList<>();
        Promise<AutoCloseable> value = loop.pause().map(x -> () -> closed.add("closed"));
        Promise<AutoCloseable> failure = loop.pause().then(x -> Promise.failed(new CanceledException("f")));
        Promise.Cancelable _ = Promise.all(List.of(value, failure)).listen(loop, (v, e) -> log.add("settled"));
        sim.poll();
        assertEquals(List.of("closed"), closed);
        assertEquals(List.of("settled"), log);
    }

    @Test
    void a_pause_that_was_cancelled_does_not_fire() {
        for (Promise<Void> pause : List.of(loop.pause(), loop.atLast(), loop.whenIdle())) {
            Promise.Cancelable running = pause.listen(loop, (v, e) -> log.add("settled"));
            running.cancel();
        }
        sim.poll();
        assertTrue(log.isEmpty());
        assertFalse(loop.isRunnable());
    }

    @Test
    void a_function_may_cancel_the_chain_that_runs_it() {
        self = loop.pause()
                .then(x -> {
                    self.cancel();
                    return source();
                })
                .listen(loop, (v, e) -> log.add("settled"));
        sim.poll();
        // The promise that the function returned has nobody to go to, so it is cancelled as well.
        assertEquals(List.of("canceled"), log);
    }

    @Test
    void a_function_may_cancel_the_join_that_runs_it() {
        Promise<String> suicidal = loop.pause().map(x -> {
            self.cancel();
            return "x";
        });
        self = Promise.all(List.of(suicidal, source())).listen(loop, (v, e) -> log.add("settled"));
        sim.poll();
        assertEquals(List.of("canceled"), log);
    }

    @Test
    void a_plain_function_may_cancel_the_chain_that_runs_it() {
        self = loop.pause()
                .map(x -> {
                    self.cancel();
                    return "x";
                })
                .attach(() -> log.add("closed"))
                .listen(loop, (v, e) -> log.add("settled"));
        sim.poll();
        assertEquals(List.of("closed"), log);
    }
}

package dev.capstan.async;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TaskSetTest {
    private final SimLoop sim = new SimLoop();
    private final Loop loop = sim.loop();
    private final List<String> log = new ArrayList<>();
    private final TaskSet tasks = new TaskSet(loop, e -> log.add("failed " + e.getMessage()));

    private Promise<Void> forever(String name) {
        Completer<Void> completer = new Completer<>(loop);
        completer.onCancel(() -> log.add(name + " canceled"));
        return completer.promise();
    }

    @Test
    void runs_what_is_added_and_forgets_it_when_done() {
        tasks.add(loop.pause().map(x -> log.add("ran")));
        assertEquals(1, tasks.size());
        assertFalse(tasks.isEmpty());
        sim.poll();
        assertEquals(List.of("ran"), log);
        assertTrue(tasks.isEmpty());
    }

    @Test
    void tells_of_failures_and_goes_on() {
        tasks.add(Promise.failed(new IllegalStateException("one")));
        tasks.add(Promise.failed(new IllegalStateException("two")));
        sim.poll();
        assertEquals(List.of("failed one", "failed two"), log);
        assertTrue(tasks.isEmpty());
    }

    @Test
    void closing_cancels_the_latest_first_and_leaves_the_set_usable() {
        tasks.add(forever("a"));
        tasks.add(forever("b"));
        tasks.add(forever("c"));
        tasks.close();
        assertEquals(List.of("c canceled", "b canceled", "a canceled"), log);
        assertTrue(tasks.isEmpty());
        tasks.add(loop.pause().map(x -> log.add("again")));
        sim.poll();
        assertEquals("again", log.getLast());
    }

    @Test
    void closing_reaches_all_also_when_one_throws() {
        tasks.add(forever("a"));
        Completer<Void> bad = new Completer<>(loop);
        bad.onCancel(() -> {
            throw new IllegalStateException("thrown");
        });
        tasks.add(bad.promise());
        assertThrows(IllegalStateException.class, tasks::close);
        assertEquals(List.of("a canceled"), log);
    }

    @Test
    void a_promise_of_another_loop_is_refused_and_not_kept() {
        Promise<Void> foreign = new SimLoop().loop().pause();
        assertThrows(IllegalStateException.class, () -> tasks.add(foreign));
        assertTrue(tasks.isEmpty());
    }
}

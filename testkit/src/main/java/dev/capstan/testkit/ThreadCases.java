package dev.capstan.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** References used from several threads. */
abstract class ThreadCases {
    private static final int THREADS = 6;
    private static final int CALLS = 100;
    private final Scene scene;

    ThreadCases(Scene scene) {
        this.scene = scene;
    }

    private static void inThreads(java.util.function.IntConsumer work) {
        List<Thread> threads = new ArrayList<>();
        List<Throwable> thrown = new CopyOnWriteArrayList<>();
        for (int t = 0; t < THREADS; t++) {
            int number = t;
            threads.add(Thread.ofPlatform().start(() -> {
                try {
                    work.accept(number);
                } catch (Throwable e) {
                    thrown.add(e);
                }
            }));
        }
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
        if (!thrown.isEmpty()) {
            throw new AssertionError("a thread failed", thrown.getFirst());
        }
    }

    /** House section 4: FIFO for each sender. */
    @Test
    void calls_of_each_thread_arrive_in_its_order() {
        TestObject object = scene.object().on(0, turn -> turn.reply(turn.number()));
        Stub stub = scene.reach(object);
        Map<Long, Reply> replies = new ConcurrentHashMap<>();
        inThreads(t -> {
            for (int i = 0; i < CALLS; i++) {
                long number = t * 1000L + i;
                replies.put(number, stub.call(0, number));
            }
        });
        replies.forEach((number, reply) -> assertEquals(number, reply.number()));
        for (int t = 0; t < THREADS; t++) {
            long from = t * 1000L;
            assertEquals(
                    LongStream.range(from, from + CALLS).boxed().toList(),
                    object.seen().stream().filter(n -> n / 1000 == from / 1000).toList());
        }
    }

    /** House section 4: the same for what is pipelined. */
    @Test
    void pipelined_calls_may_be_made_from_any_thread() {
        TestObject inner = scene.object().on(0, turn -> turn.reply(turn.number() + 1));
        Stub stub = scene.reach(scene.object().on(0, turn -> {
            try (Stub given = scene.theirs(inner)) {
                return turn.reply(0, given);
            }
        }));
        Map<Long, Reply> replies = new ConcurrentHashMap<>();
        inThreads(t -> {
            Reply reply = stub.call(0);
            Stub early = reply.cap(0);
            replies.put((long) t, early.call(0, t));
            early.close();
            reply.close();
        });
        replies.forEach((number, reply) -> assertEquals(number + 1, reply.number()));
    }

    /** R05: references are counted right whoever counts. */
    @Test
    void sharing_and_closing_from_many_threads_releases_once() {
        TestObject object = scene.object().counting(0);
        Stub stub = scene.reach(object);
        assertEquals(0, stub.call(0).number());
        inThreads(t -> {
            for (int i = 0; i < 1000; i++) {
                stub.cap().share().close();
            }
        });
        stub.close();
        scene.until("release", object::isReleased);
        assertEquals(1, object.releases());
    }

    /** R10: cancelling from another thread. */
    @Test
    void replies_may_be_given_up_on_any_thread() {
        TestObject object = scene.object()
                .on(0, turn -> {
                    turn.context().allowCancellation();
                    return scene.gate().promise();
                })
                .counting(1);
        Stub stub = scene.reach(object);
        assertEquals(0, stub.call(1).number());
        inThreads(t -> {
            for (int i = 0; i < 20; i++) {
                stub.call(0).close();
            }
        });
        stub.close();
        scene.until("release", object::isReleased);
    }

    /** House section 4: capabilities of one thread passed on by another. */
    @Test
    void capabilities_may_be_passed_on_from_any_thread() {
        TestObject mine = scene.object().counting(0);
        Stub stub = scene.reach(scene.object()
                .on(0, turn -> turn.cap(0).call(0).then(result -> turn.reply(result.number()))));
        Stub own = scene.mine(mine);
        Map<Integer, Reply> replies = new ConcurrentHashMap<>();
        inThreads(t -> replies.put(t, stub.call(0, t, own)));
        long sum = replies.values().stream().mapToLong(Reply::number).sum();
        assertEquals(THREADS * (THREADS - 1) / 2, sum);
        assertEquals(THREADS, mine.calls());
    }
}

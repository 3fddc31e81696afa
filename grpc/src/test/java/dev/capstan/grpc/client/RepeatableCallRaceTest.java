package dev.capstan.grpc.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Calls that are sent again while their callers, readers and connections do what they like. */
class RepeatableCallRaceTest extends PlayedConnections {
    @Test
    void nothing_is_lost_or_doubled_when_connections_go_away_while_the_caller_writes() throws Exception {
        for (int round = 0; round < 300; round++) {
            Line mine = new Line();
            int most = 50;
            ClientCall<Object, String> call =
                    new TransparentRetries(mine, kept, Map.of()).newCall(METHOD, CallOptions.DEFAULT);
            Told ended = new Told();
            call.start(ended, new Metadata());
            Thread writer = Thread.ofPlatform().start(() -> {
                for (int i = 0; i < most; i++) {
                    call.request(1);
                    call.sendMessage(i);
                }
                call.halfClose();
            });
            int attempts = 0;
            while (writer.isAlive() && attempts < Unbegun.MOST_MISSED) {
                mine.attempts.get(attempts++).taken().ends(LOST);
            }
            writer.join(TimeUnit.SECONDS.toMillis(30));
            assertFalse(writer.isAlive());
            List<String> done = mine.attempts.getLast().done;
            int asked = done.stream()
                    .filter(each -> each.startsWith("request "))
                    .mapToInt(each -> Integer.parseInt(each.substring(8)))
                    .sum();
            assertEquals(most, asked);
            assertEquals(
                    IntStream.range(0, most).mapToObj(i -> "send " + i).toList(),
                    done.stream().filter(each -> each.startsWith("send ")).toList());
            assertEquals("end", done.getLast());
            assertEquals(1, done.stream().filter("end"::equals).count());
            assertEquals(List.of(), ended.events);
        }
    }

    @Test
    void its_listener_hears_one_thing_at_a_time_and_one_end_whatever_its_caller_and_connections_do() throws Exception {
        for (int round = 0; round < 300; round++) {
            new Scramble(round).run();
        }
    }

    /** A writer, a reader, a canceller and connections that go away, all at once. */
    private final class Scramble {
        private final SplittableRandom random;
        private final String seed;
        private final Line mine = new Line();
        private final Told heard = new Told();
        private final CountDownLatch over = new CountDownLatch(1);
        private final AtomicInteger hearing = new AtomicInteger();
        private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

        Scramble(int seed) {
            this.random = new SplittableRandom(seed);
            this.seed = "seed " + seed;
        }

        private void alone(Runnable told) {
            if (hearing.getAndIncrement() != 0) {
                failure.set(new AssertionError("two things at a time"));
            }
            Thread.onSpinWait();
            told.run();
            hearing.decrementAndGet();
        }

        private Thread thread(Runnable what) {
            return Thread.ofPlatform()
                    .uncaughtExceptionHandler((t, e) -> failure.set(e))
                    .start(what);
        }

        /** What becomes of an attempt, on one of two threads, while another may still send it. */
        private void live(Attempt attempt, AtomicInteger losses, boolean answered) {
            ClientCall.Listener<String> listener = attempt.taken().listener();
            listener.onReady();
            if (losses.getAndDecrement() > 0) {
                attempt.ends(LOST);
                return;
            }
            if (answered) {
                listener.onHeaders(new Metadata());
                for (int i = 0; i < 10; i++) {
                    listener.onMessage("answer");
                }
            }
            attempt.ends(Status.ABORTED);
        }

        void run() throws InterruptedException {
            int messages = random.nextInt(40);
            int large = random.nextInt(80);
            int cancelAfter = random.nextInt(200);
            AtomicInteger losses = new AtomicInteger(random.nextInt(30));
            boolean answered = random.nextBoolean();
            boolean ends = random.nextBoolean();
            ExecutorService connections = Executors.newFixedThreadPool(2);
            mine.onStart = attempt -> connections.execute(() -> live(attempt, losses, answered));
            ClientCall<Object, String> call =
                    new TransparentRetries(mine, kept, Map.of()).newCall(METHOD, CallOptions.DEFAULT);
            call.start(
                    new ClientCall.Listener<>() {
                        @Override
                        public void onHeaders(Metadata headers) {
                            alone(() -> heard.onHeaders(headers));
                        }

                        @Override
                        public void onMessage(String message) {
                            alone(() -> heard.onMessage(message));
                        }

                        @Override
                        public void onReady() {
                            alone(() -> call.isReady());
                        }

                        @Override
                        public void onClose(Status status, Metadata trailers) {
                            alone(() -> heard.onClose(status, trailers));
                            over.countDown();
                        }
                    },
                    new Metadata());
            Thread writer = thread(() -> {
                for (int i = 0; i < messages; i++) {
                    try {
                        call.sendMessage(i == large ? new byte[2 << 20] : i);
                    } catch (IllegalStateException cancelled) {
                        return;
                    }
                }
                if (ends && cancelAfter >= 100) {
                    call.halfClose();
                }
            });
            Thread reader = thread(() -> {
                for (int i = 0; i < cancelAfter; i++) {
                    call.request(1);
                    call.isReady();
                }
                if (cancelAfter < 100) {
                    call.cancel("enough", null);
                }
            });
            for (Thread each : List.of(writer, reader)) {
                each.join(TimeUnit.SECONDS.toMillis(30));
                assertFalse(each.isAlive(), seed);
            }
            assertTrue(over.await(30, TimeUnit.SECONDS), seed);
            connections.shutdown();
            assertTrue(connections.awaitTermination(30, TimeUnit.SECONDS), seed);
            assertNull(failure.get(), seed);
            assertEquals(
                    1, heard.events.stream().filter(each -> each.contains(" ")).count(), seed);
            assertTrue(heard.events.getLast().contains(" "), seed);
            assertEquals(0, kept.bytes(), seed);
            for (Attempt each : mine.attempts) {
                List<String> sent = each.done.stream()
                        .filter(done -> done.startsWith("send ") && !done.contains("["))
                        .toList();
                assertEquals(
                        IntStream.range(0, messages)
                                .filter(i -> i != large)
                                .mapToObj(i -> "send " + i)
                                .limit(sent.size())
                                .toList(),
                        sent,
                        seed);
            }
        }
    }
}

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
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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
            assertTrue(done.indexOf("end") > done.indexOf("send " + (most - 1)));
            assertEquals(1, done.stream().filter("end"::equals).count());
            assertEquals(List.of(), ended.events);
        }
    }

    @Test
    void its_listener_hears_one_thing_at_a_time_and_one_end_whatever_its_caller_and_connections_do() throws Exception {
        for (int round = 0; round < 500; round++) {
            new Scramble(round).run();
        }
    }

    /** A writer, a reader that may cancel, and connections that go away, all at once. */
    private final class Scramble {
        private final String seed;
        private final boolean single;
        private final int messages;
        /** Too much to be kept, unless it is the first. */
        private final int large;

        private final int requests;
        private final boolean ends;
        private final boolean cancels;
        private final boolean answered;
        /** Whether the last attempt waits until its caller has done everything. */
        private final boolean complete;

        private final AtomicInteger losses;
        private final Line mine = new Line();
        private final Told heard = new Told();
        private final CountDownLatch done = new CountDownLatch(2);
        private final CountDownLatch over = new CountDownLatch(1);
        private final AtomicInteger hearing = new AtomicInteger();
        private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

        Scramble(int seed) {
            this.seed = "seed " + seed;
            SplittableRandom random = new SplittableRandom(seed);
            single = random.nextBoolean();
            messages = single ? 1 : random.nextInt(40);
            large = random.nextInt(80);
            requests = random.nextInt(200);
            ends = random.nextBoolean();
            cancels = random.nextInt(4) == 0;
            answered = random.nextBoolean();
            complete = random.nextBoolean();
            losses = new AtomicInteger(random.nextInt(30));
        }

        private void alone(Runnable told) {
            if (hearing.getAndIncrement() != 0) {
                failure.set(new AssertionError("two things at a time"));
            }
            Thread.onSpinWait();
            told.run();
            hearing.decrementAndGet();
        }

        /** What becomes of an attempt, on one of two threads, while another may still send it. */
        private void live(Attempt attempt) {
            ClientCall.Listener<String> listener = attempt.taken().listener();
            listener.onReady();
            if (losses.getAndDecrement() > 0) {
                attempt.ends(LOST);
                return;
            }
            if (complete && !cancels) {
                await(done);
                awaitComplete(attempt);
            }
            if (answered) {
                listener.onHeaders(new Metadata());
                for (int i = 0; i < 10; i++) {
                    listener.onMessage("answer");
                }
            }
            attempt.ends(Status.ABORTED);
        }

        private void await(CountDownLatch latch) {
            try {
                assertTrue(latch.await(30, TimeUnit.SECONDS), () -> seed + ", after " + failure.get());
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        private void write(ClientCall<Object, String> call) {
            try {
                for (int i = 0; i < messages; i++) {
                    call.setMessageCompression(i % 3 == 0);
                    call.sendMessage(i == large ? new byte[2 << 20] : i);
                }
                call.setMessageCompression(false);
                if (ends) {
                    call.halfClose();
                }
            } catch (IllegalStateException cancelled) {
                assertTrue(cancels, seed);
            }
            done.countDown();
        }

        private void read(ClientCall<Object, String> call) {
            for (int i = 0; i < requests; i++) {
                call.request(1);
                call.isReady();
            }
            if (cancels) {
                call.cancel("enough", null);
            }
            done.countDown();
        }

        private ClientCall.Listener<String> listener(ClientCall<Object, String> call) {
            return new ClientCall.Listener<>() {
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
                    alone(call::isReady);
                }

                @Override
                public void onClose(Status status, Metadata trailers) {
                    alone(() -> heard.onClose(status, trailers));
                    over.countDown();
                }
            };
        }

        void run() throws InterruptedException {
            ExecutorService connections = Executors.newFixedThreadPool(2);
            mine.onStart = attempt -> connections.execute(() -> live(attempt));
            ClientCall<Object, String> call =
                    new TransparentRetries(mine, kept, Map.of()).newCall(single ? SINGLE : METHOD, CallOptions.DEFAULT);
            call.start(listener(call), new Metadata());
            for (Consumer<ClientCall<Object, String>> each :
                    List.<Consumer<ClientCall<Object, String>>>of(this::write, this::read)) {
                Thread.ofPlatform()
                        .uncaughtExceptionHandler((thread, e) -> failure.set(e))
                        .start(() -> each.accept(call));
            }
            await(done);
            await(over);
            connections.shutdown();
            assertTrue(connections.awaitTermination(30, TimeUnit.SECONDS), seed);
            assertNull(failure.get(), seed);
            assertHeard();
            assertEquals(0, kept.bytes(), seed);
            mine.attempts.forEach(this::assertInOrder);
        }

        private void assertHeard() {
            List<String> expected = answered && heard.events.size() > 1
                    ? Stream.concat(
                                    Stream.of("headers"),
                                    Stream.generate(() -> "answer").limit(10))
                            .toList()
                    : List.of();
            assertEquals(expected, heard.events.subList(0, heard.events.size() - 1), seed);
            assertTrue(heard.events.getLast().contains(" "), seed);
        }

        private List<String> sent(Attempt attempt) {
            return attempt.done.stream()
                    .filter(each -> each.startsWith("send "))
                    .map(each -> each.contains("[") ? "large" : each)
                    .toList();
        }

        private List<String> written() {
            return IntStream.range(0, messages)
                    .mapToObj(i -> i == large ? "large" : (i % 3 == 0 ? "send " : "send plainly ") + i)
                    .toList();
        }

        private void assertInOrder(Attempt attempt) {
            List<String> sent = sent(attempt);
            assertEquals(written().subList(0, sent.size()), sent, seed);
        }

        /** Whatever the caller has done reaches the last attempt, which has not ended. */
        private void awaitComplete(Attempt attempt) {
            // A single message may wait for its end.
            boolean waits = single && !ends;
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while ((!waits && !sent(attempt).equals(written()))
                    || asked(attempt) != requests
                    || attempt.done.contains("end") != ends) {
                if (System.nanoTime() - end > 0) {
                    failure.set(new AssertionError(
                            seed + ": " + requests + " requests of " + written() + ", but " + attempt.done));
                    return;
                }
                Thread.onSpinWait();
            }
        }

        private int asked(Attempt attempt) {
            return attempt.done.stream()
                    .filter(each -> each.startsWith("request "))
                    .mapToInt(each -> Integer.parseInt(each.substring(8)))
                    .sum();
        }
    }
}

package dev.capstan.capnweb;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.BytePipe;
import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.Failure;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Streams that are read, without any session: where they come from, and the ways of reading them. */
class ReadableTest {
    private final SimLoop sim = new SimLoop();

    private @Nullable Object next(Readable stream) {
        try (Readable.Chunk chunk = sim.await(stream.read())) {
            return chunk.isEnd() ? "END" : chunk.take();
        }
    }

    private Failure fails(Promise<?> promise) {
        return assertThrows(Failure.class, () -> sim.await(promise));
    }

    @Nested
    class Sources {
        @Test
        void bytes_come_in_pieces_of_64_KiB() {
            byte[] bytes = new byte[150_000];
            Arrays.fill(bytes, (byte) 7);
            Readable stream = Readable.of(sim.loop(), bytes);
            assertEquals(65_536, ((byte[]) Objects.requireNonNull(next(stream))).length);
            assertEquals(65_536, ((byte[]) Objects.requireNonNull(next(stream))).length);
            assertEquals(150_000 - 131_072, ((byte[]) Objects.requireNonNull(next(stream))).length);
            assertEquals("END", next(stream));
            assertEquals("END", next(stream));
            stream.close();
        }

        @Test
        void elements_are_fetched_when_they_are_wanted() {
            AtomicInteger fetched = new AtomicInteger();
            Iterable<Integer> numbers =
                    () -> Stream.generate(fetched::incrementAndGet).iterator();
            Readable stream = Readable.of(sim.loop(), numbers);
            sim.poll();
            assertEquals(0, fetched.get());
            assertEquals(1, next(stream));
            assertEquals(2, next(stream));
            sim.poll();
            assertEquals(2, fetched.get());
            stream.close();
        }

        @Test
        void an_iterator_that_throws_fails_the_stream() {
            Iterable<Integer> broken = () -> {
                throw new IllegalStateException("no elements today");
            };
            Readable stream = Readable.of(sim.loop(), broken);
            assertEquals("no elements today", fails(stream.read()).reason());
            assertEquals("no elements today", fails(stream.read()).reason());
            stream.close();
        }

        @Test
        void an_input_stream_is_read_and_closed_at_its_end() {
            AtomicBoolean closed = new AtomicBoolean();
            InputStream in = new ByteArrayInputStream(new byte[] {1, 2, 3}) {
                @Override
                public void close() {
                    closed.set(true);
                }
            };
            Readable stream = Readable.of(sim.loop(), in);
            assertArrayEquals(new byte[] {1, 2, 3}, (byte[]) next(stream));
            assertFalse(closed.get());
            assertEquals("END", next(stream));
            assertTrue(closed.get());
            stream.close();
        }

        @Test
        void an_input_stream_that_fails_fails_the_stream_and_one_that_nobody_reads_is_closed() {
            InputStream broken = new InputStream() {
                @Override
                public int read() throws IOException {
                    throw new IOException("the disk is gone");
                }

                @Override
                public int read(byte[] into, int offset, int length) throws IOException {
                    return read();
                }
            };
            Readable failing = Readable.of(sim.loop(), broken);
            assertEquals("the disk is gone", fails(failing.read()).reason());
            failing.close();

            AtomicBoolean closed = new AtomicBoolean();
            InputStream in = new ByteArrayInputStream(new byte[100_000]) {
                @Override
                public void close() {
                    closed.set(true);
                }
            };
            Readable.of(sim.loop(), in).close();
            sim.await(sim.loop().offload(() -> {
                while (!closed.get()) {
                    Thread.onSpinWait();
                }
                return true;
            }));
        }

        @Test
        void a_connection_is_held_back_while_nobody_reads() {
            BytePipe pipe = new BytePipe(sim.loop());
            Readable stream = Readable.of(sim.loop(), pipe.right());
            pipe.left().write(new byte[1 << 20], 0, 1 << 20);
            sim.poll();
            assertTrue(
                    pipe.left().queuedBytes() > 500_000,
                    "not held back: " + pipe.left().queuedBytes());
            pipe.left().end();
            assertEquals(1 << 20, sim.await(stream.bytes(1 << 20)).length);
            assertEquals("END", next(stream));
            stream.close();
        }

        @Test
        void a_connection_that_breaks_fails_the_stream_and_a_reader_that_stops_breaks_the_connection() {
            BytePipe pipe = new BytePipe(sim.loop());
            Readable stream = Readable.of(sim.loop(), pipe.right());
            pipe.left().abort(new IOException("gone"));
            assertEquals(Failure.Kind.DISCONNECTED, fails(stream.read()).kind());
            stream.close();

            BytePipe other = new BytePipe(sim.loop());
            Readable.of(sim.loop(), other.right()).close();
            Readable left = Readable.of(sim.loop(), other.left());
            assertEquals(Failure.Kind.DISCONNECTED, fails(left.read()).kind());
            left.close();
        }

        /** A publisher that does what it is told. */
        private static final class Told implements Flow.Publisher<String>, Flow.Subscription {
            Flow.@Nullable Subscriber<? super String> subscriber;
            long wanted;
            boolean canceled;

            @Override
            public void subscribe(Flow.Subscriber<? super String> to) {
                subscriber = to;
                to.onSubscribe(this);
            }

            @Override
            public void request(long count) {
                wanted += count;
            }

            @Override
            public void cancel() {
                canceled = true;
            }
        }

        @Test
        void a_publisher_is_asked_for_what_is_read() {
            Told told = new Told();
            Readable stream = Readable.of(sim.loop(), told);
            sim.poll();
            assertNull(told.subscriber);
            Promise<Readable.Chunk> first = stream.read();
            sim.poll();
            Flow.Subscriber<? super String> subscriber = Objects.requireNonNull(told.subscriber);
            assertEquals(1, told.wanted);
            subscriber.onNext("a");
            assertEquals("a", sim.await(first).take());
            sim.poll();
            assertEquals(1, told.wanted);
            Promise<Readable.Chunk> second = stream.read();
            sim.poll();
            assertEquals(2, told.wanted);
            subscriber.onComplete();
            assertTrue(sim.await(second).isEnd());
            assertFalse(told.canceled);
            stream.close();
        }

        @Test
        void a_publisher_that_fails_fails_the_stream_and_one_that_nobody_reads_is_cancelled() {
            Told told = new Told();
            Readable stream = Readable.of(sim.loop(), told);
            Promise<Readable.Chunk> first = stream.read();
            sim.poll();
            Objects.requireNonNull(told.subscriber).onError(new IllegalStateException("dry"));
            assertEquals("dry", fails(first).reason());
            stream.close();

            Told other = new Told();
            Readable second = Readable.of(sim.loop(), other);
            second.read().cancel();
            sim.poll();
            second.close();
            sim.poll();
            assertTrue(other.canceled);
        }
    }

    @Nested
    class Reading {
        @Test
        void there_is_one_read_at_a_time_and_a_cancelled_one_loses_nothing_that_had_not_come() {
            Writable.Pair pipe = Writable.pipe(sim.loop());
            Promise<Readable.Chunk> first = pipe.readable().read();
            assertTrue(fails(pipe.readable().read()).reason().contains("wait for the read before"));
            first.cancel();
            pipe.writable().write("a").cancel();
            sim.poll();
            assertEquals("a", next(pipe.readable()));
            pipe.writable().end().cancel();
            assertEquals("END", next(pipe.readable()));
            pipe.readable().close();
            pipe.writable().close();
        }

        @Test
        void references_are_counted() {
            Writable.Pair pipe = Writable.pipe(sim.loop());
            Readable again = pipe.readable().share();
            pipe.readable().close();
            pipe.writable().write("a").cancel();
            assertEquals("a", next(again));
            again.close();
            assertEquals(Readable.CANCELED, fails(pipe.writable().write("b")).reason());
            assertThrows(IllegalStateException.class, again::close);
            assertThrows(IllegalStateException.class, again::share);
            pipe.writable().close();
        }

        @Test
        void a_read_that_waits_fails_when_the_stream_is_closed() {
            Writable.Pair pipe = Writable.pipe(sim.loop());
            Promise<Readable.Chunk> waiting = pipe.readable().read();
            assertFalse(sim.poll(waiting));
            pipe.readable().close();
            assertEquals(Readable.CANCELED, fails(waiting).reason());
            pipe.writable().close();
        }

        @Test
        void all_bytes_of_a_stream_may_be_so_many_and_no_more() {
            for (int most : List.of(2, 3, 4)) {
                Readable stream = Readable.of(sim.loop(), List.of(new byte[] {1, 2}, new byte[] {3}));
                if (most < 3) {
                    assertTrue(fails(stream.bytes(most)).reason().contains("more than 2 bytes"));
                } else {
                    assertArrayEquals(new byte[] {1, 2, 3}, sim.await(stream.bytes(most)));
                }
                stream.close();
            }
        }

        @Test
        void chunks_that_are_no_bytes_cannot_be_read_as_bytes() {
            Readable stream = Readable.of(sim.loop(), List.of("text"));
            assertTrue(fails(stream.bytes(100)).reason().contains("a String"));
            stream.close();
        }
    }

    @Nested
    class Views {
        @Test
        void an_input_stream_gives_the_bytes_to_whoever_can_wait() {
            Readable stream = Readable.of(sim.loop(), List.of(new byte[] {1, 2}, new byte[0], new byte[] {-3}));
            byte[] all = sim.await(sim.loop().fiber(() -> {
                try (InputStream in = stream.inputStream()) {
                    assertEquals(1, in.read());
                    assertEquals(1, in.available());
                    assertEquals(0, in.read(new byte[1], 0, 0));
                    return in.readAllBytes();
                }
            }));
            assertArrayEquals(new byte[] {2, -3}, all);
            stream.close();
        }

        @Test
        void an_input_stream_that_is_closed_early_closes_the_stream_when_nobody_else_has_it() {
            Writable.Pair pipe = Writable.pipe(sim.loop());
            sim.await(sim.loop().fiber(() -> {
                InputStream in = pipe.readable().inputStream();
                pipe.readable().close();
                in.close();
                in.close();
                return true;
            }));
            sim.poll();
            assertEquals(Readable.CANCELED, fails(pipe.writable().write("a")).reason());
            pipe.writable().close();
        }

        @Test
        void an_input_stream_tells_failures_as_such() {
            Readable stream = Readable.of(sim.loop(), List.of("text"));
            sim.await(sim.loop().fiber(() -> {
                InputStream in = stream.inputStream();
                IOException failure = assertThrows(IOException.class, in::read);
                assertTrue(String.valueOf(failure.getMessage()).contains("a String"));
                assertThrows(IOException.class, in::read);
                return true;
            }));
            stream.close();
        }

        @Test
        void an_iterator_gives_the_chunks_to_whoever_can_wait() {
            Readable stream = Readable.of(sim.loop(), Arrays.asList("a", null, 2L));
            List<@Nullable Object> all = sim.await(sim.loop().fiber(() -> {
                List<@Nullable Object> read = new ArrayList<>();
                Iterator<@Nullable Object> chunks = stream.iterator();
                while (chunks.hasNext()) {
                    read.add(chunks.next());
                }
                assertThrows(java.util.NoSuchElementException.class, chunks::next);
                return read;
            }));
            assertEquals(Arrays.asList("a", null, 2L), all);
            stream.close();
        }

        /** Writes down what it hears. */
        private static final class Log implements Flow.Subscriber<Readable.Chunk> {
            final List<@Nullable Object> heard = new ArrayList<>();
            Flow.@Nullable Subscription subscription;

            @Override
            public void onSubscribe(Flow.Subscription to) {
                subscription = to;
            }

            @Override
            public void onNext(Readable.Chunk chunk) {
                heard.add(chunk.take());
            }

            @Override
            public void onError(Throwable cause) {
                heard.add("ERROR " + cause.getMessage());
            }

            @Override
            public void onComplete() {
                heard.add("COMPLETE");
            }

            void request(long count) {
                Objects.requireNonNull(subscription).request(count);
            }
        }

        private Log subscribed(Readable stream) {
            Log log = new Log();
            stream.publisher().subscribe(log);
            sim.poll();
            return log;
        }

        @Test
        void a_publisher_gives_what_is_asked_for_and_completes() {
            Readable stream = Readable.of(sim.loop(), List.of("a", "b", "c"));
            Log log = subscribed(stream);
            assertEquals(List.of(), log.heard);
            log.request(2);
            sim.poll();
            assertEquals(List.of("a", "b"), log.heard);
            log.request(Long.MAX_VALUE);
            log.request(Long.MAX_VALUE);
            sim.poll();
            assertEquals(List.of("a", "b", "c", "COMPLETE"), log.heard);
            stream.close();
        }

        @Test
        void a_publisher_tells_failures_and_cancelling_closes_the_stream() {
            Writable.Pair pipe = Writable.pipe(sim.loop());
            Log log = subscribed(pipe.readable());
            log.request(1);
            pipe.writable().abort(Failure.failed("dry")).cancel();
            sim.poll();
            assertEquals(List.of("ERROR dry"), log.heard);
            pipe.readable().close();
            pipe.writable().close();

            Writable.Pair other = Writable.pipe(sim.loop());
            Log gone = subscribed(other.readable());
            other.readable().close();
            gone.request(1);
            sim.poll();
            Objects.requireNonNull(gone.subscription).cancel();
            sim.poll();
            assertEquals(Readable.CANCELED, fails(other.writable().write("a")).reason());
            assertEquals(List.of(), gone.heard);
            other.writable().close();
        }

        @Test
        void a_subscriber_that_breaks_the_rules_is_told() {
            Readable stream = Readable.of(sim.loop(), List.of("a"));
            Flow.Publisher<Readable.Chunk> publisher = stream.publisher();
            Log first = new Log();
            Log second = new Log();
            publisher.subscribe(first);
            publisher.subscribe(second);
            sim.poll();
            assertEquals(List.of("ERROR a stream has one subscriber: it is read once"), second.heard);
            first.request(0);
            sim.poll();
            assertEquals(List.of("ERROR a subscriber asks for a positive number, not 0"), first.heard);
            stream.close();
        }

        @Test
        void a_stream_that_is_carried_into_another_takes_its_end_along() {
            Writable.Pair pipe = Writable.pipe(sim.loop());
            Readable from = Readable.of(sim.loop(), List.of("a", "b"));
            Promise<Void> carried = from.pipeTo(pipe.writable()).eager();
            assertTrue(fails(from.read()).reason().contains("used once"));
            assertTrue(fails(pipe.writable().write("x")).reason().contains("used once"));
            assertTrue(fails(from.pipeTo(pipe.writable())).reason().contains("used once"));
            from.close();
            pipe.writable().close();
            assertEquals("a", next(pipe.readable()));
            assertEquals("b", next(pipe.readable()));
            assertFalse(sim.poll(carried));
            assertEquals("END", next(pipe.readable()));
            sim.await(carried);
            pipe.readable().close();
        }

        @Test
        void a_failure_on_either_side_of_what_is_carried_reaches_the_other() {
            Writable.Pair from = Writable.pipe(sim.loop());
            Writable.Pair to = Writable.pipe(sim.loop());
            Promise<Void> carried = from.readable().pipeTo(to.writable()).eager();
            to.readable().cancel(Failure.failed("full"));
            assertEquals("full", fails(carried).reason());
            assertEquals("full", fails(from.writable().write("a")).reason());

            Writable.Pair third = Writable.pipe(sim.loop());
            Writable.Pair fourth = Writable.pipe(sim.loop());
            Promise<Void> other = third.readable().pipeTo(fourth.writable()).eager();
            third.writable().abort(Failure.failed("dry")).cancel();
            assertEquals("dry", fails(other).reason());
            assertEquals("dry", fails(fourth.readable().read()).reason());
            for (Writable.Pair pipe : List.of(from, to, third, fourth)) {
                pipe.readable().close();
                pipe.writable().close();
            }
        }

        @Test
        void carrying_that_is_cancelled_gives_both_sides_up() {
            Writable.Pair from = Writable.pipe(sim.loop());
            Writable.Pair to = Writable.pipe(sim.loop());
            Promise<Void> carried = from.readable().pipeTo(to.writable());
            sim.poll();
            carried.cancel();
            assertTrue(fails(from.writable().write("a")).reason().contains("given up"));
            assertTrue(fails(to.readable().read()).reason().contains("given up"));
        }
    }
}

package dev.capstan.capnweb;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Completer;
import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.Failure;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Streams that are written, without any session: where they lead to, and the ways of writing them. */
class WritableTest {
    private final SimLoop sim = new SimLoop();

    /** A sink whose calls end when the test says so. */
    private final class Slow implements Writable.Sink {
        final List<@Nullable Object> seen = new ArrayList<>();
        final ArrayDeque<Completer<Void>> running = new ArrayDeque<>();

        private Promise<Void> next(@Nullable Object what) {
            seen.add(what);
            Completer<Void> completer = new Completer<>(sim.loop());
            completer.onCancel(() -> seen.add("CANCELED"));
            running.add(completer);
            return completer.promise();
        }

        @Override
        public Promise<Void> write(Readable.Chunk chunk) {
            return next(chunk.value());
        }

        @Override
        public Promise<Void> end() {
            return next("END");
        }

        @Override
        public void abort(Failure reason) {
            seen.add("ABORT " + reason.reason());
        }

        void finish() {
            running.remove().complete(Promise.nothing());
            sim.poll();
        }
    }

    private Failure fails(Promise<?> promise) {
        return assertThrows(Failure.class, () -> sim.await(promise));
    }

    @Test
    void a_sink_is_called_once_at_a_time_and_in_order() {
        Slow sink = new Slow();
        try (Writable stream = Writable.of(sim.loop(), sink)) {
            Promise<Void> first = stream.write("a");
            stream.write("b").cancel();
            Promise<Void> end = stream.end();
            assertFalse(sim.poll(first));
            assertEquals(List.of("a"), sink.seen);
            sink.finish();
            assertTrue(sim.poll(first));
            assertEquals(List.of("a", "b"), sink.seen);
            sink.finish();
            assertFalse(sim.poll(end));
            sink.finish();
            sim.await(end);
            assertTrue(fails(stream.write("c")).reason().contains("ended"));
            assertTrue(fails(stream.end()).reason().contains("ended"));
        }
        sim.poll();
        assertEquals(List.of("a", "b", "END"), sink.seen);
    }

    @Test
    void a_sink_that_has_failed_is_left_alone() {
        Slow sink = new Slow();
        try (Writable stream = Writable.of(sim.loop(), sink)) {
            Promise<Void> first = stream.write("a");
            Promise<Void> second = stream.write("b");
            sim.poll();
            sink.running.remove().fail(Failure.failed("full"));
            assertEquals("full", fails(first).reason());
            assertEquals("full", fails(second).reason());
            assertEquals("full", fails(stream.write("c")).reason());
        }
        sim.poll();
        assertEquals(List.of("a"), sink.seen);
    }

    @Test
    void an_abort_cancels_what_runs_and_throws_away_what_waits() {
        Slow sink = new Slow();
        try (Writable stream = Writable.of(sim.loop(), sink)) {
            Promise<Void> first = stream.write("a");
            Promise<Void> second = stream.write("b");
            sim.poll();
            sim.await(stream.abort(Failure.failed("never mind")));
            assertEquals("never mind", fails(first).reason());
            assertEquals("never mind", fails(second).reason());
            sim.await(stream.abort(Failure.failed("again")));
        }
        assertEquals(List.of("a", "CANCELED", "ABORT never mind"), sink.seen);
    }

    @Test
    void a_stream_that_is_dropped_is_aborted() {
        Slow sink = new Slow();
        Writable stream = Writable.of(sim.loop(), sink);
        Writable again = stream.share();
        stream.close();
        sim.poll();
        assertEquals(List.of(), sink.seen);
        again.close();
        sim.poll();
        assertEquals(List.of("ABORT " + Writable.DROPPED), sink.seen);
        assertThrows(IllegalStateException.class, again::close);
        assertThrows(IllegalStateException.class, again::share);
    }

    @Test
    void a_chunk_that_is_not_taken_is_closed() {
        Writable.Pair pipe = Writable.pipe(sim.loop());
        Writable.Pair inside = Writable.pipe(sim.loop());
        pipe.readable().close();
        assertThrows(Failure.class, () -> sim.await(pipe.writable().write(List.of(inside.readable()))));
        assertEquals(Readable.CANCELED, fails(inside.writable().write("x")).reason());
        inside.writable().close();
        pipe.writable().close();
    }

    @Test
    void an_output_stream_takes_the_bytes_and_is_closed_at_the_end() {
        AtomicBoolean closed = new AtomicBoolean();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream() {
            @Override
            public void close() {
                closed.set(true);
            }
        };
        try (Writable stream = Writable.of(sim.loop(), bytes)) {
            sim.await(stream.write(new byte[] {1, 2}));
            sim.await(stream.write(new byte[] {3}));
            assertFalse(closed.get());
            sim.await(stream.end());
        }
        assertTrue(closed.get());
        assertArrayEquals(new byte[] {1, 2, 3}, bytes.toByteArray());
    }

    @Test
    void an_output_stream_that_fails_fails_the_stream_and_takes_bytes_alone() {
        OutputStream broken = new OutputStream() {
            @Override
            public void write(int octet) throws IOException {
                throw new IOException("no space");
            }
        };
        try (Writable stream = Writable.of(sim.loop(), broken)) {
            assertEquals("no space", fails(stream.write(new byte[1])).reason());
        }
        try (Writable stream = Writable.of(sim.loop(), new ByteArrayOutputStream())) {
            assertTrue(fails(stream.write("text")).reason().contains("a String"));
        }
    }

    @Test
    void as_an_output_stream_it_is_written_in_pieces_and_ended_by_closing() {
        Writable.Pair pipe = Writable.pipe(sim.loop());
        Promise<Boolean> writing = sim.loop()
                .fiber(() -> {
                    try (OutputStream out = pipe.writable().outputStream()) {
                        pipe.writable().close();
                        out.write(1);
                        out.write(new byte[] {2, 3});
                        out.flush();
                        out.write(new byte[70_000]);
                    }
                    return true;
                })
                .eager();
        List<Integer> sizes = new ArrayList<>();
        for (Readable.Chunk chunk = sim.await(pipe.readable().read());
                !chunk.isEnd();
                chunk = sim.await(pipe.readable().read())) {
            sizes.add(chunk.bytes().length);
        }
        sim.await(writing);
        assertEquals(List.of(3, 65_536, 70_000 - 65_536), sizes);
        pipe.readable().close();
    }

    @Test
    void as_an_output_stream_it_tells_failures_as_such() {
        Writable.Pair pipe = Writable.pipe(sim.loop());
        pipe.readable().cancel(Failure.failed("full"));
        sim.await(sim.loop().fiber(() -> {
            OutputStream out = pipe.writable().outputStream();
            out.write(1);
            assertEquals("full", assertThrows(IOException.class, out::flush).getMessage());
            assertThrows(IOException.class, out::close);
            assertThrows(IOException.class, () -> out.write(1));
            return true;
        }));
        pipe.writable().close();
        pipe.readable().close();
    }

    @Test
    void threads_outside_of_the_loop_write_and_read() throws Exception {
        byte[] sent = new byte[1 << 20];
        new java.util.Random(3).nextBytes(sent);
        try (NetLoop net = NetLoop.open("streams", Transport.AUTO)) {
            Writable.Pair pipe = Writable.pipe(net.loop());
            Thread writer = Thread.ofVirtual().start(() -> {
                try (OutputStream out = pipe.writable().outputStream()) {
                    pipe.writable().close();
                    out.write(sent);
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            try (InputStream in = pipe.readable().inputStream()) {
                pipe.readable().close();
                assertArrayEquals(sent, in.readAllBytes());
            }
            writer.join();
            Writable.Pair other = Writable.pipe(net.loop());
            for (int i = 0; i < 100; i++) {
                other.writable().write(i).cancel();
            }
            for (int i = 0; i < 100; i++) {
                assertEquals(
                        i,
                        Objects.requireNonNull(other.readable().read().await()).take());
            }
            other.readable().close();
            other.writable().close();
        }
    }
}

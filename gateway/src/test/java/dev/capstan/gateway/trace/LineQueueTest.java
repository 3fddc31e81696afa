package dev.capstan.gateway.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Address;
import dev.capstan.async.ByteStream;
import dev.capstan.async.Network;
import dev.capstan.async.Promise;
import dev.capstan.gateway.listen.Site;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Lines for an output that nobody may be reading. */
class LineQueueTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    /** A pipe that nobody reads, until it is opened. */
    private static final class Stuck extends OutputStream {
        private final CountDownLatch reached = new CountDownLatch(1);
        private final CountDownLatch opened = new CountDownLatch(1);
        private final ByteArrayOutputStream read = new ByteArrayOutputStream();

        @Override
        public void write(int b) throws IOException {
            reached.countDown();
            try {
                opened.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            read.write(b);
        }

        PrintWriter writer() {
            return new PrintWriter(this, true, StandardCharsets.UTF_8);
        }
    }

    @Test
    void lines_are_written_in_their_order() throws Exception {
        StringWriter out = new StringWriter();
        LineQueue lines = LineQueue.of(new PrintWriter(out), "frames");
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            String line = "line " + i;
            expected.add(line);
            lines.put(() -> line);
        }
        lines.finish();
        assertEquals(expected, out.toString().lines().toList());
    }

    @Test
    void what_comes_while_nobody_reads_is_left_out_and_counted_and_nobody_waits() throws Exception {
        Stuck out = new Stuck();
        LineQueue lines = LineQueue.of(out.writer(), "frames");
        lines.put(() -> "first");
        assertTrue(out.reached.await(LONG.toSeconds(), TimeUnit.SECONDS));
        for (int i = 0; i < LineQueue.MOST + 7; i++) {
            int number = i;
            lines.put(() -> "line " + number);
        }
        out.opened.countDown();
        lines.finish();
        List<String> written = out.read.toString(StandardCharsets.UTF_8).lines().toList();
        assertEquals(1 + LineQueue.MOST + 1, written.size());
        assertEquals("line " + (LineQueue.MOST - 1), written.get(LineQueue.MOST));
        assertEquals("7 frames not shown: they came faster than they were read", written.getLast());
    }

    @Test
    void who_reads_no_more_is_told_once_and_nothing_is_kept() throws Exception {
        CountDownLatch broken = new CountDownLatch(1);
        AtomicInteger told = new AtomicInteger();
        AtomicInteger made = new AtomicInteger();
        PrintWriter gone = new PrintWriter(
                new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        throw new IOException("Broken pipe");
                    }
                },
                true,
                StandardCharsets.UTF_8);
        LineQueue lines = new LineQueue(gone, Long::toString, () -> {
            told.incrementAndGet();
            broken.countDown();
        });
        lines.put(() -> "first");
        assertTrue(broken.await(LONG.toSeconds(), TimeUnit.SECONDS));
        lines.put(() -> "line " + made.incrementAndGet());
        lines.finish();
        assertEquals(1, told.get());
        assertEquals(0, made.get());
    }

    @Test
    void long_lines_that_nobody_reads_are_bounded_by_what_they_hold() throws Exception {
        Stuck out = new Stuck();
        LineQueue lines = LineQueue.of(out.writer(), "frames");
        lines.put(() -> "first");
        assertTrue(out.reached.await(LONG.toSeconds(), TimeUnit.SECONDS));
        for (int i = 0; i < 20; i++) {
            lines.put(1 << 20, () -> "long");
        }
        out.opened.countDown();
        lines.finish();
        List<String> written = out.read.toString(StandardCharsets.UTF_8).lines().toList();
        assertEquals(1 + (LineQueue.MOST_CHARACTERS >> 20) + 1, written.size());
        assertEquals("4 frames not shown: they came faster than they were read", written.getLast());
        lines.put(1 << 20, () -> "again");
        lines.finish();
        assertTrue(out.read.toString(StandardCharsets.UTF_8).endsWith("again" + System.lineSeparator()));
    }

    @Test
    void a_line_that_cannot_be_made_is_the_last_and_nobody_waits_for_more() throws Exception {
        CountDownLatch broken = new CountDownLatch(1);
        LineQueue lines = new LineQueue(
                new PrintWriter(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8),
                Long::toString,
                broken::countDown);
        lines.put(() -> {
            throw new OutOfMemoryError("as if");
        });
        assertTrue(broken.await(LONG.toSeconds(), TimeUnit.SECONDS));
        lines.finish();
    }

    @Test
    void a_server_whose_frames_nobody_reads_goes_on_serving() throws Exception {
        Stuck err = new Stuck();
        try (NetLoop net = NetLoop.open("debug", Transport.AUTO)) {
            Network shown = Site.shown(net, null, err.writer()).network();
            Network.Listener listener = net.loop()
                    .fetch(() -> shown.listen(new Address.Tcp("127.0.0.1", 0), Echo::start))
                    .await();
            CountDownLatch answered = new CountDownLatch(20);
            ByteStream client = net.loop()
                    .fetch(() -> net.network().connect(listener.address()))
                    .await();
            net.loop()
                    .fetch(() -> {
                        Asking.start(client, answered);
                        return Promise.done();
                    })
                    .await();
            assertTrue(err.reached.await(LONG.toSeconds(), TimeUnit.SECONDS), "frames are shown");
            boolean serves = answered.await(LONG.toSeconds(), TimeUnit.SECONDS);
            err.opened.countDown();
            assertTrue(serves, "the server stands");
        }
    }

    /** Says what it hears. */
    private record Echo(ByteStream stream) implements ByteStream.Receiver {
        static void start(ByteStream stream) {
            stream.start(new Echo(stream));
        }

        @Override
        public void received(byte[] array, int offset, int length) {
            stream.write(array, offset, length);
        }

        @Override
        public void ended() {
            stream.end();
        }

        @Override
        public void failed(Throwable cause) {
            // The client has gone.
        }
    }

    /** Asks again whenever it is answered. */
    private record Asking(ByteStream stream, CountDownLatch answered) implements ByteStream.Receiver {
        private static final byte[] REQUEST = "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

        static void start(ByteStream stream, CountDownLatch answered) {
            stream.start(new Asking(stream, answered));
            stream.write(REQUEST, 0, REQUEST.length);
        }

        @Override
        public void received(byte[] array, int offset, int length) {
            answered.countDown();
            stream.write(REQUEST, 0, REQUEST.length);
        }

        @Override
        public void ended() {
            stream.end();
        }

        @Override
        public void failed(Throwable cause) {
            // The test is over.
        }
    }
}

package dev.capstan.capnweb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import dev.capstan.net.http.Headers;
import dev.capstan.testkit.ForeignPeer;
import dev.capstan.testkit.Parity;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Streams between a client of ours and npm's package on Node: what they say, how far the writer is ahead of the reader, and what a cut does. */
@ForeignPeer
final class NodeStreamsTest extends ServedScene {
    private static final int CHUNK = 8 << 10;
    private static final int CHUNKS = 4_096;
    private static final int MANY_TURNS = 20;

    @Override
    Served serve() throws Exception {
        NodePeer.install();
        return Served.byNode();
    }

    private record Tapped(Client client, Tap tap) {}

    private Tapped connect(Limits limits) {
        return net().loop()
                .fetch(() -> http().webSocket(address(served().port()), Headers.of())
                        .map(socket -> {
                            Tap tap = new Tap(socket);
                            WebPeer peer = WebPeer.over(net().loop(), tap, null, Options.DEFAULT.withLimits(limits));
                            return new Tapped(new Client(peer), tap);
                        }))
                .await();
    }

    /** As often as it takes whatever is under way to come to a rest. */
    private static void someTurns(Client client) {
        for (long i = 0; i < MANY_TURNS; i++) {
            assertEquals(i * i, client.call("square", i));
        }
    }

    private Readable zeros(AtomicLong fetched, int chunks) {
        Iterable<byte[]> source = () -> Stream.generate(() -> {
                    fetched.incrementAndGet();
                    return new byte[CHUNK];
                })
                .limit(chunks)
                .iterator();
        return Readable.of(net().loop(), source);
    }

    @Test
    @Parity("PX-310")
    void a_write_is_neither_pulled_nor_released() throws IOException {
        Tapped tapped = connect(Limits.DEFAULT);
        try (Client client = tapped.client()) {
            List<Object> chunks = range(25, i -> i);
            assertEquals(chunks, client.call("readAll", Readable.of(net().loop(), chunks)));
            client.settle();
            List<String> sent = net().loop()
                    .fetch(() -> Promise.of(List.copyOf(tapped.tap().sent)))
                    .await();
            assertEquals(
                    26,
                    sent.stream().filter(line -> line.startsWith("[\"stream\"")).count(),
                    sent.toString());
            assertEquals(
                    List.of("[\"pull\",2]", "[\"release\",1,1]", "[\"release\",2,1]"),
                    sent.stream()
                            .filter(line -> line.startsWith("[\"pull\"") || line.startsWith("[\"release\""))
                            .sorted()
                            .collect(Collectors.toList()),
                    "the pipe has id 1, and the call 2");
        }
    }

    @Test
    @Parity("PX-311")
    void a_writer_that_waits_for_its_reader_is_let_go_when_the_session_ends() {
        Client client = connect(Limits.DEFAULT).client();
        AtomicLong read = new AtomicLong();
        CompletableFuture<Boolean> closed = new CompletableFuture<>();
        InputStream source = new InputStream() {
            @Override
            public int read() {
                read.incrementAndGet();
                return 0;
            }

            @Override
            public int read(byte[] into, int offset, int length) {
                read.addAndGet(length);
                return length;
            }

            @Override
            public void close() {
                closed.complete(true);
            }
        };
        Promise<Object> call = client.ask("readOneAndWait", Readable.of(net().loop(), source));
        someTurns(client);
        long before = read.get();
        assertTrue(before < (4 << 20), "nothing holds the writer up: " + before);
        client.peer.close(Failure.disconnected("enough"));
        assertEquals(Failure.Kind.DISCONNECTED, failure(call).kind());
        assertTrue(closed.join());
        client.end();
    }

    @Test
    @Parity("PX-312")
    void a_reader_hears_of_a_cut() {
        Tapped tapped = connect(Limits.DEFAULT);
        Client client = tapped.client();
        try (Readable stream = (Readable) client.call("zeros", 1_024, CHUNK)) {
            assertEquals(CHUNK, stream.read().await().bytes().length);
            net().loop().post(() -> tapped.tap().abort(new IOException("the cable is cut")));
            assertEquals(
                    Failure.Kind.DISCONNECTED,
                    failure(stream.bytes(1_024 * CHUNK)).kind());
        }
        client.end();
    }

    @Test
    @Parity("PX-313")
    void megabytes_to_node_never_pass_the_window() throws IOException {
        int window = 256 << 10;
        Tapped tapped = connect(Limits.DEFAULT.withStreams(new Limits.Streams(10, window, 64 << 20, 64 << 20)));
        try (Client client = tapped.client()) {
            AtomicLong fetched = new AtomicLong();
            assertEquals((long) CHUNKS * CHUNK, client.call("readAll2", zeros(fetched, CHUNKS)));
            assertEquals(CHUNKS, fetched.get());
            long most = tapped.tap().mostUnanswered.get();
            assertTrue(most > CHUNK && most <= window + 2 * CHUNK, "bytes without an answer: " + most);
        }
    }

    @Test
    @Parity("PX-314")
    void megabytes_of_node_arrive() throws IOException {
        try (Client client = connect();
                Readable stream = (Readable) client.call("zeros", CHUNKS, CHUNK)) {
            assertEquals(CHUNKS * CHUNK, stream.bytes(CHUNKS * CHUNK).await().length);
        }
    }

    @Test
    @Parity("PX-315")
    void a_slow_reader_holds_node_up() throws IOException {
        int chunks = 1_024;
        Tapped tapped = connect(Limits.DEFAULT);
        AtomicLong came = tapped.tap().bytesOfChunks;
        try (Client client = tapped.client();
                Readable stream = (Readable) client.call("zeros", chunks, CHUNK)) {
            assertEquals(CHUNK, stream.read().await().bytes().length);
            someTurns(client);
            long before = came.get();
            assertTrue(before < chunks * CHUNK / 4, "Node was ahead of its reader by " + before);
            someTurns(client);
            assertEquals(before, came.get(), "it waits");
            for (int i = 1; i < chunks; i++) {
                client.call("nul");
                assertEquals(CHUNK, stream.read().await().bytes().length);
            }
            assertTrue(stream.read().await().isEnd());
        }
    }
}

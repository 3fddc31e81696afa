package dev.capstan.capnweb;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.Answer;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Hints;
import dev.capstan.cap.Method;
import dev.capstan.cap.Path;
import dev.capstan.cap.Payload;
import dev.capstan.cap.Request;
import dev.capstan.testkit.Parity;
import dev.capstan.testkit.SimNetwork;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What streams do between two programs, whatever lies between them. */
abstract class StreamsContract {
    private final SimLoop sim = new SimLoop();
    private final SimNetwork network = new SimNetwork(sim, 1);
    private final List<WebPeer> peers = new ArrayList<>();
    private final Scripted server = new Scripted(sim.loop());
    private @Nullable Cap main;

    /** How many processes pass everything on between the two ends. */
    abstract int hops();

    private Cap main() {
        Cap known = main;
        if (known == null) {
            known = server.cap();
            for (int hop = 0; hop <= hops(); hop++) {
                known = connect("host " + hop, "host " + (hop + 1), known).main();
            }
            main = known;
        }
        return known;
    }

    private WebPeer connect(String from, String to, Cap object) {
        network.host(from).onAccept(stream -> peers.add(WebPeer.over(sim.loop(), stream, object)));
        WebPeer peer = WebPeer.over(sim.loop(), network.host(to).connect(from), null);
        sim.poll();
        peers.add(peer);
        return peer;
    }

    @AfterEach
    void nothing_is_left() {
        if (main != null) {
            main.close();
        }
        sim.poll();
        for (WebPeer peer : peers) {
            WebPeer.Tables tables = peer.tables();
            assertTrue(
                    tables.calls() == 0 && tables.imports() <= 1 && tables.exports() <= 1,
                    () -> "left over: " + tables);
        }
        peers.forEach(WebPeer::close);
        sim.poll();
    }

    private Promise<Payload> call(String name, @Nullable Object... arguments) {
        Request request =
                main().request(new Method.Member(Path.Names.of(name), false), WebFormat.INSTANCE, 0, Hints.NONE);
        WebPayload.of(request.params()).set(Arrays.asList(arguments));
        Answer answer = request.send();
        answer.pipeline().close();
        return answer.results();
    }

    private @Nullable Object result(String name, @Nullable Object... arguments) {
        return WebPayload.of(sim.await(call(name, arguments))).take();
    }

    private List<@Nullable Object> readAll(Readable stream) {
        List<@Nullable Object> all = new ArrayList<>();
        try (stream) {
            for (Readable.Chunk chunk = sim.await(stream.read()); !chunk.isEnd(); chunk = sim.await(stream.read())) {
                all.add(chunk.take());
            }
        }
        return all;
    }

    private static Promise<Scripted.Answered> all(Readable stream, List<@Nullable Object> before) {
        return stream.read().then(chunk -> {
            if (chunk.isEnd()) {
                return Scripted.value(before);
            }
            before.add(chunk.take());
            return all(stream, before);
        });
    }

    private static Readable readable(List<?> arguments) {
        return (Readable) Objects.requireNonNull(arguments.getFirst());
    }

    private static Writable writable(List<?> arguments) {
        return (Writable) Objects.requireNonNull(arguments.getFirst());
    }

    private static Failure failure(Promise<?> promise, SimLoop sim) {
        return assertThrows(Failure.class, () -> sim.await(promise));
    }

    /** Writes until that fails: each process on the way is told by the answer to a write, and can then tell the one before. */
    private Failure refusal(Writable to) {
        for (int i = 0; i <= 2 * hops() + 1; i++) {
            Promise<Void> room = to.write("more");
            if (sim.poll(room)) {
                try {
                    sim.await(room);
                } catch (Failure e) {
                    return e;
                }
            }
        }
        throw new AssertionError("nobody told the writer");
    }

    // ---- streams that are read

    @Test
    @Parity("CW-I155")
    void a_readable_argument_arrives_chunk_by_chunk() {
        server.on("readAll", args -> all(readable(args), new ArrayList<>()));
        assertEquals(
                List.of("x", 1L, Map.of("y", List.of(1L))),
                result("readAll", Readable.of(sim.loop(), List.of("x", 1L, Map.of("y", List.of(1L))))));
    }

    @Test
    @Parity("CW-I156")
    void a_readable_result_arrives_chunk_by_chunk() {
        server.on("stream", args -> Scripted.value(Readable.of(sim.loop(), List.of("a", "b"))));
        assertEquals(List.of("a", "b"), readAll((Readable) Objects.requireNonNull(result("stream"))));
    }

    @Test
    @Parity({"CW-I144", "CW-I157", "CW-I159", "CW-I162"})
    void streams_may_be_nested_and_of_both_kinds_in_one_message() {
        server.on("both", args -> {
            Map<?, ?> streams = (Map<?, ?>) Objects.requireNonNull(args.getFirst());
            Readable from = ((Readable) Objects.requireNonNull(streams.get("from"))).share();
            Writable to = ((Writable) Objects.requireNonNull(streams.get("to"))).share();
            return from.read()
                    .then(chunk -> to.write(chunk.take()))
                    .then(room -> to.end())
                    .map(done -> new Scripted.Answered("done"))
                    .attach(from)
                    .attach(to);
        });
        Writable.Pair pipe = Writable.pipe(sim.loop());
        Promise<Payload> done = call(
                "both", Map.of("from", Readable.of(sim.loop(), List.of(new byte[] {1, 2})), "to", pipe.writable()));
        Promise<Payload> running = done.eager();
        List<@Nullable Object> got = readAll(pipe.readable());
        assertArrayEquals(new byte[] {1, 2}, (byte[]) got.getFirst());
        assertEquals("done", WebPayload.of(sim.await(running)).take());
    }

    @Test
    @Parity("CW-I160")
    void a_failure_of_the_source_reaches_the_reader() {
        Writable.Pair pipe = Writable.pipe(sim.loop());
        server.on("stream", args -> Scripted.value(pipe.readable()));
        try (Readable stream = (Readable) Objects.requireNonNull(result("stream"))) {
            pipe.writable().write("one").cancel();
            assertEquals("one", sim.await(stream.read()).take());
            pipe.writable().abort(Failure.failed("stream broke")).cancel();
            assertEquals("stream broke", failure(stream.read(), sim).reason());
            assertEquals("stream broke", failure(stream.read(), sim).reason());
        }
        pipe.writable().close();
    }

    @Test
    @Parity({"CW-I161", "CW-I145", "PX-314"})
    void thousands_of_chunks_arrive_in_order() {
        List<Object> chunks = new ArrayList<>();
        for (long i = 0; i < 3_000; i++) {
            chunks.add(i);
        }
        server.on("stream", args -> Scripted.value(Readable.of(sim.loop(), chunks)));
        assertEquals(chunks, readAll((Readable) Objects.requireNonNull(result("stream"))));
    }

    @Test
    @Parity({"CW-I158", "CW-I163"})
    void closing_a_stream_before_its_end_tells_its_source() {
        Writable.Pair pipe = Writable.pipe(sim.loop());
        server.on("stream", args -> Scripted.value(pipe.readable()));
        Readable stream = (Readable) Objects.requireNonNull(result("stream"));
        pipe.writable().write("one").cancel();
        assertEquals("one", sim.await(stream.read()).take());
        stream.close();
        sim.poll();
        assertEquals(Readable.CANCELED, refusal(pipe.writable()).reason());
        pipe.writable().close();
    }

    @Test
    @Parity("CW-I163")
    void a_result_that_is_dropped_closes_the_streams_in_it() {
        Writable.Pair pipe = Writable.pipe(sim.loop());
        server.on("stream", args -> Scripted.value(List.of(pipe.readable())));
        sim.await(call("stream")).close();
        assertEquals(Readable.CANCELED, refusal(pipe.writable()).reason());
        pipe.writable().close();
    }

    @Test
    void a_handler_that_does_not_read_its_stream_closes_it() {
        server.on("ignore", args -> Scripted.value(1L));
        Writable.Pair pipe = Writable.pipe(sim.loop());
        assertEquals(1L, result("ignore", pipe.readable()));
        assertEquals(Readable.CANCELED, refusal(pipe.writable()).reason());
        pipe.writable().close();
    }

    @Test
    void a_handler_may_keep_a_stream() {
        List<Readable> kept = new ArrayList<>();
        server.on("keep", args -> {
            kept.add(readable(args).share());
            return Scripted.value(1L);
        });
        assertEquals(1L, result("keep", Readable.of(sim.loop(), List.of("a", "b"))));
        assertEquals(List.of("a", "b"), readAll(kept.getFirst()));
    }

    @Test
    @Parity({"CW-I164", "CW-I165", "CW-I166"})
    void objects_in_chunks_can_be_called() {
        Scripted one = new Scripted(sim.loop()).on("get", args -> Scripted.value(1L));
        Scripted two = new Scripted(sim.loop()).on("get", args -> Scripted.value(2L));
        server.on("stream", args -> Scripted.value(Readable.of(sim.loop(), List.of(one.cap(), List.of(two.cap())))));
        try (Readable stream = (Readable) Objects.requireNonNull(result("stream"));
                Readable.Chunk first = sim.await(stream.read());
                Readable.Chunk second = sim.await(stream.read())) {
            assertEquals(1L, get(assertInstanceOf(Cap.class, first.value())));
            List<?> inner = assertInstanceOf(List.class, second.value());
            assertEquals(2L, get(assertInstanceOf(Cap.class, inner.getFirst())));
        }
    }

    private @Nullable Object get(Cap cap) {
        Request request =
                cap.request(new Method.Member(Path.Names.of("get"), false), WebFormat.INSTANCE, 0, Hints.NONE);
        WebPayload.of(request.params()).set(List.of());
        Answer answer = request.send();
        answer.pipeline().close();
        return WebPayload.of(sim.await(answer.results())).take();
    }

    @Test
    @Parity("PX-315")
    void a_reader_that_does_not_read_holds_the_source_up() {
        AtomicInteger fetched = new AtomicInteger();
        Iterable<byte[]> source = () -> java.util.stream.Stream.generate(() -> {
                    fetched.incrementAndGet();
                    return new byte[8 << 10];
                })
                .limit(10_000)
                .iterator();
        server.on("stream", args -> Scripted.value(Readable.of(sim.loop(), source)));
        Readable stream = (Readable) Objects.requireNonNull(result("stream"));
        sim.poll();
        int before = fetched.get();
        assertTrue(before * (8L << 10) < (hops() + 1) * 3L * (64 << 10), "fetched ahead: " + before);
        for (int i = 0; i < 50; i++) {
            sim.await(stream.read()).close();
        }
        sim.poll();
        assertTrue(fetched.get() >= before + 40, "it went on");
        stream.close();
    }

    // ---- streams that are written

    @Test
    @Parity({"CW-I139", "CW-I140"})
    void a_writable_argument_takes_what_the_callee_writes() {
        server.on("writeTo", args -> {
            Writable to = writable(args);
            return to.write("a")
                    .then(room -> to.write(Map.of("b", List.of(1L))))
                    .then(room -> to.end())
                    .map(done -> new Scripted.Answered("done"));
        });
        Writable.Pair pipe = Writable.pipe(sim.loop());
        Promise<Payload> running = call("writeTo", pipe.writable()).eager();
        assertEquals(List.of("a", Map.of("b", List.of(1L))), readAll(pipe.readable()));
        assertEquals("done", WebPayload.of(sim.await(running)).take());
    }

    @Test
    void a_writable_result_takes_what_the_caller_writes() {
        Writable.Pair pipe = Writable.pipe(sim.loop());
        server.on("sink", args -> Scripted.value(pipe.writable()));
        try (Writable to = (Writable) Objects.requireNonNull(result("sink"))) {
            to.write("a").cancel();
            to.write("b").cancel();
            Promise<Void> ended = to.end().eager();
            assertEquals(List.of("a", "b"), readAll(pipe.readable()));
            sim.await(ended);
            assertTrue(failure(to.write("c"), sim).reason().contains("ended"));
        }
    }

    @Test
    @Parity({"CW-I141", "CW-I150"})
    void a_sink_that_fails_makes_the_writer_fail() {
        Writable.Pair pipe = Writable.pipe(sim.loop());
        server.on("sink", args -> Scripted.value(pipe.writable()));
        try (Writable to = (Writable) Objects.requireNonNull(result("sink"))) {
            to.write("a").cancel();
            sim.poll();
            pipe.readable().cancel(Failure.failed("the disk is full"));
            sim.poll();
            assertEquals("the disk is full", refusal(to).reason());
            assertEquals("the disk is full", failure(to.end(), sim).reason());
        }
        pipe.readable().close();
    }

    @Test
    @Parity("CW-I143")
    void an_abort_of_the_writer_reaches_the_reader() {
        Writable.Pair pipe = Writable.pipe(sim.loop());
        server.on("sink", args -> Scripted.value(pipe.writable()));
        try (Writable to = (Writable) Objects.requireNonNull(result("sink"))) {
            to.write("a").cancel();
            assertEquals("a", sim.await(pipe.readable().read()).take());
            sim.await(to.abort(Failure.failed("changed my mind")));
            assertEquals("changed my mind", failure(pipe.readable().read(), sim).reason());
        }
        pipe.readable().close();
    }

    @Test
    @Parity("CW-I152")
    void a_writer_that_goes_without_ending_aborts() {
        Writable.Pair pipe = Writable.pipe(sim.loop());
        server.on("sink", args -> Scripted.value(pipe.writable()));
        Writable to = (Writable) Objects.requireNonNull(result("sink"));
        to.write("a").cancel();
        assertEquals("a", sim.await(pipe.readable().read()).take());
        to.close();
        assertEquals(
                "WritableStream RPC stub was disposed without calling close()",
                failure(pipe.readable().read(), sim).reason());
        pipe.readable().close();
    }

    @Test
    @Parity("CW-I146")
    void a_writer_waits_when_the_window_is_full_and_goes_on_as_it_is_read() {
        Writable.Pair pipe = Writable.pipe(sim.loop());
        server.on("sink", args -> Scripted.value(pipe.writable()));
        try (Writable to = (Writable) Objects.requireNonNull(result("sink"))) {
            Promise<Void> room = Promise.done();
            int written = 0;
            while (sim.poll(room)) {
                assertTrue(++written < 1_000, "nothing holds the writer up");
                room = to.write(new byte[8 << 10]);
            }
            for (int i = 0; i < written; i++) {
                sim.await(pipe.readable().read()).close();
            }
            sim.await(room);
            Promise<Void> ended = to.end().eager();
            assertTrue(sim.await(pipe.readable().read()).isEnd());
            sim.await(ended);
        }
        pipe.readable().close();
    }

    // ---- blobs and bodies

    @Test
    @Parity({"CW-I172", "CW-I173", "CW-I179", "CW-I175"})
    void a_blob_arrives_when_all_of_it_is_here() {
        byte[] bytes = new byte[256];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) i;
        }
        server.on("echo", args -> Scripted.value(Map.of("back", Objects.requireNonNull(args.getFirst()))));
        assertEquals(Map.of("back", new Blob("text/x", bytes)), result("echo", new Blob("text/x", bytes)));
    }

    @Test
    @Parity({"CW-I174", "CW-I176", "CW-I177", "CW-I178", "CW-I180"})
    void blobs_may_be_empty_large_and_many() {
        server.on("echo", args -> Scripted.value(args.getFirst()));
        byte[] large = new byte[1_000_000];
        new java.util.Random(7).nextBytes(large);
        List<Blob> blobs = List.of(new Blob("", new byte[0]), new Blob("x/y", large), new Blob("", new byte[] {1}));
        assertEquals(blobs, result("echo", blobs));
    }

    @Test
    @Parity({"CW-I168", "CW-I169"})
    void bodies_are_streams() {
        server.on("swap", args -> {
            WebRequest request = (WebRequest) Objects.requireNonNull(args.getFirst());
            return Scripted.value(WebResponse.of(201, ((Readable) Objects.requireNonNull(request.body())).share()));
        });
        WebRequest request = new WebRequest(
                new Url("http://x.test/"),
                "POST",
                Headers.NONE,
                Readable.of(sim.loop(), new byte[] {1, 2, 3}),
                Map.of());
        WebResponse response = (WebResponse) Objects.requireNonNull(result("swap", request));
        assertEquals(201, response.status());
        List<@Nullable Object> got = readAll((Readable) Objects.requireNonNull(response.body()));
        assertArrayEquals(new byte[] {1, 2, 3}, (byte[]) got.getFirst());
    }

    @Test
    @Parity({"CW-I170", "CW-I171"})
    void there_need_not_be_a_body() {
        server.on("echo", args -> Scripted.value(args.getFirst()));
        WebRequest request = WebRequest.get(new Url("http://x.test/"), Headers.of("a", "b"));
        assertEquals(request, result("echo", request));
        assertEquals(WebResponse.of(204, null), result("echo", WebResponse.of(204, null)));
    }

    @Test
    @Parity("CW-I181")
    void without_a_session_blobs_and_streams_pass_as_they_are() {
        server.on("echo", args -> Scripted.value(Values.share(args.getFirst())));
        Blob blob = new Blob("x/y", new byte[] {1});
        try (Stub local = Stub.of(sim.loop(), server.cap());
                Stub echoed = local.call("echo", blob);
                Stub streamed = local.call("echo", Readable.of(sim.loop(), List.of("a")))) {
            assertSame(blob, sim.await(echoed.value()));
            assertEquals(List.of("a"), readAll((Readable) sim.await(streamed.value())));
        }
    }

    // ---- used twice, refused, cut

    @Test
    void a_stream_that_is_sent_twice_is_refused_and_the_first_goes_on() {
        server.on("readAll", args -> all(readable(args), new ArrayList<>()));
        Readable stream = Readable.of(sim.loop(), List.of("a"));
        Readable again = stream.share();
        Promise<Payload> first = call("readAll", stream).eager();
        Failure refused = failure(call("readAll", again), sim);
        assertTrue(refused.reason().contains("a stream can be used once"), refused.reason());
        assertEquals(List.of("a"), WebPayload.of(sim.await(first)).take());
    }

    @Test
    void a_message_that_cannot_be_sent_leaves_its_streams_as_they_were() {
        main();
        Readable stream = Readable.of(sim.loop(), List.of("a"));
        Writable.Pair pipe = Writable.pipe(sim.loop());
        Failure refused = failure(
                call("readAll", stream.share(), pipe.writable().share(), new Blob("", new byte[1]), new Object()), sim);
        assertTrue(refused.reason().contains("java.lang.Object"), refused.reason());
        assertEquals(List.of("a"), readAll(stream));
        pipe.writable().write("b").cancel();
        assertEquals("b", sim.await(pipe.readable().read()).take());
        pipe.writable().end().cancel();
        pipe.writable().close();
        pipe.readable().close();
    }

    @Test
    @Parity({"CW-I142", "PX-312"})
    void a_connection_that_breaks_fails_both_ends_of_its_streams() {
        Writable.Pair from = Writable.pipe(sim.loop());
        Writable.Pair to = Writable.pipe(sim.loop());
        server.on("streams", args -> Scripted.value(List.of(from.readable(), to.writable())));
        List<?> streams = (List<?>) Objects.requireNonNull(result("streams"));
        Readable reading = readable(streams);
        Writable writing = (Writable) Objects.requireNonNull(streams.get(1));
        writing.write("a").cancel();
        assertEquals("a", sim.await(to.readable().read()).take());
        peers.getLast().close();
        sim.poll();
        assertEquals(Failure.Kind.DISCONNECTED, failure(reading.read(), sim).kind());
        assertEquals(Failure.Kind.DISCONNECTED, failure(writing.write("b"), sim).kind());
        assertNotNull(failure(to.readable().read(), sim));
        assertNotNull(refusal(from.writable()));
        reading.close();
        writing.close();
        to.readable().close();
        from.writable().close();
    }
}

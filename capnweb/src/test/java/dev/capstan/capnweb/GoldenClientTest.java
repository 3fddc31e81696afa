package dev.capstan.capnweb;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.MessageStream;
import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.Failure;
import dev.capstan.testkit.SimNetwork;
import dev.capstan.testkit.SimStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A program on our side does what one in TypeScript did, and must say what that said (capnweb 0.12.0, recorded lines); what it hears is what that heard. Between two lines of the
 * server the order of pulls and releases among calls is a matter of timing.
 */
final class GoldenClientTest {
    private final SimLoop sim = new SimLoop();
    private final List<String> said = new ArrayList<>();
    private final Deque<Transcript.Line> script = new ArrayDeque<>();
    private final List<WebPeer> peers = new ArrayList<>();
    private @Nullable SimStream server;

    /** The server answers as it did, each line when the client has said all that stands before it. */
    private Stub play(String name) throws IOException {
        List<Transcript.Line> lines = Transcript.lines(name);
        script.addAll(lines);
        List<String> awaited = new ArrayList<>();
        SimNetwork network = new SimNetwork(sim, 1);
        network.host("server").onAccept(stream -> {
            server = stream;
            stream.start(new MessageStream.Receiver() {
                @Override
                public void received(byte[] array, int offset, int length, boolean lent) {
                    String line = new String(array, offset, length, StandardCharsets.UTF_8);
                    said.add(line);
                    awaited.add(line);
                    goOn(stream, awaited);
                }

                @Override
                public void ended() {
                    stream.end();
                }

                @Override
                public void failed(Throwable cause) {
                    throw new AssertionError(cause);
                }
            });
        });
        WebPeer peer = WebPeer.over(sim.loop(), network.host("client").connect("server"), null);
        peers.add(peer);
        sim.poll();
        return Stub.of(sim.loop(), peer.main());
    }

    private void goOn(SimStream stream, List<String> awaited) {
        while (!script.isEmpty()) {
            Transcript.Line next = script.getFirst();
            if (!next.fromClient()) {
                stream.send(ByteBuffer.wrap(next.text().getBytes(StandardCharsets.UTF_8)));
            } else if (!awaited.remove(next.text())) {
                return;
            }
            script.removeFirst();
        }
    }

    /** What the client should have said, and did, line by line but for the order in which it was sorted above. */
    private void same(String name) throws IOException {
        settle();
        List<String> expected = Transcript.lines(name).stream()
                .filter(Transcript.Line::fromClient)
                .map(Transcript.Line::text)
                .toList();
        assertEquals(String.join("\n", GoldenApi.sorted(expected)), String.join("\n", GoldenApi.sorted(said)));
        assertEquals(pushes(expected), pushes(said));
        assertTrue(script.isEmpty(), script::toString);
        assertEquals(new WebPeer.Tables(0, 1, 0), peers.getFirst().tables());
    }

    private static List<String> pushes(List<String> lines) {
        return lines.stream().filter(line -> line.startsWith("[\"push\"")).toList();
    }

    private void settle() {
        sim.poll();
        sim.advance(Duration.ofSeconds(1));
        sim.poll();
    }

    @AfterEach
    void the_session_ends() {
        peers.forEach(WebPeer::close);
        settle();
    }

    private Object value(Stub stub) {
        try (stub) {
            return await(stub.value());
        }
    }

    private <T> T await(Promise<T> promise) {
        try {
            return sim.await(promise);
        } catch (IllegalStateException e) {
            throw new AssertionError(
                    "the server waits for " + script.peekFirst() + " after\n" + String.join("\n", said), e);
        }
    }

    private JsError error(Stub stub) {
        Promise<Object> value = stub.value();
        Failure failure = assertThrows(Failure.class, () -> sim.await(value));
        stub.close();
        return (JsError) Objects.requireNonNull(Errors.value(failure));
    }

    @Test
    void a_simple_call() throws IOException {
        Stub api = play("01-simple-call");
        assertEquals(9L, value(api.call("square", 3)));
        assertEquals(JsValue.UNDEFINED, value(api.call("nothing")));
        same("01-simple-call");
    }

    @Test
    void a_chain_of_calls() throws IOException {
        Stub api = play("02-pipelined-chain");
        Stub counter = api.call("makeCounter", 4);
        Stub six = counter.call("increment", 2);
        Stub square = api.call("square", six);
        Promise<Object> one = six.value();
        Promise<Object> two = square.value();
        Promise<Object> three = counter.get("value").value();
        assertEquals(List.of(6L, 36L, 6L), await(Promise.all(List.of(one, two, three))));
        counter.close();
        same("02-pipelined-chain");
    }

    @Test
    void callbacks() throws IOException {
        Stub api = play("03-callback");
        Function<List<?>, Object> tenfold = args -> (Long) Objects.requireNonNull(args.getFirst()) * 10;
        assertEquals(Map.of("got", 50L), value(api.call("callMe", tenfold, 5)));
        WebTarget target = WebTarget.empty().method("make", args -> WebTarget.empty());
        ((Stub) value(api.call("pipelineBack", target))).close();
        same("03-callback");
    }

    @Test
    void objects_in_a_result() throws IOException {
        Stub api = play("04-nested-target");
        Map<?, ?> bundle = (Map<?, ?>) value(api.call("getBundle"));
        assertEquals(List.of("name", "counter", "list", "fn"), List.copyOf(bundle.keySet()));
        try (Stub counter = (Stub) Objects.requireNonNull(bundle.get("counter"));
                Stub first = (Stub)
                        Objects.requireNonNull(((List<?>) Objects.requireNonNull(bundle.get("list"))).getFirst());
                Stub function = (Stub) Objects.requireNonNull(bundle.get("fn"))) {
            assertEquals(15L, value(counter.call("increment", 5)));
            assertEquals(2L, value(first.call("increment")));
            assertEquals(2L, value(function.apply(1)));
        }
        same("04-nested-target");
    }

    @Test
    void failures() throws IOException {
        Stub api = play("06-error-pipelined");
        Stub failing = api.call("fail", "plain");
        Stub deeper = failing.get("foo").call("bar", 1);
        Stub square = api.call("square", failing);
        assertEquals("plain failure", error(deeper).message());
        assertEquals("TypeError", error(square).name());
        // In TypeScript nobody has disposed of the failing call.
        settle();
        assertEquals(1, peers.getFirst().tables().calls());
        failing.close();
        settle();
        said.remove("[\"release\",1,1]");
        same("06-error-pipelined");
    }

    @Test
    void an_error_with_properties() throws IOException {
        Stub api = play("06-error-props");
        JsError error = error(api.call("fail", "props"));
        assertEquals("CodedError: coded failure", error.name() + ": " + error.message());
        assertEquals("E_CODE", error.props().get("code"));
        same("06-error-props");
    }

    @Test
    void values_of_every_type() throws IOException {
        Stub api = play("07-types-in");
        for (Transcript.Line line : Transcript.lines("07-types-in")) {
            if (line.fromClient() && line.text().startsWith("[\"push\"")) {
                byte[] utf8 = line.text().getBytes(StandardCharsets.UTF_8);
                List<?> push = (List<?>) Objects.requireNonNull(Json.parse(utf8, 0, utf8.length, Limits.DEFAULT));
                List<?> call = (List<?>) Objects.requireNonNull(push.get(1));
                Object sent = new Decoder(Limits.DEFAULT, new FakeSession())
                        .value(((List<?>) Objects.requireNonNull(call.get(3))).getFirst());
                Promise<Object> echoed = api.call("echo", sent).value();
                String back = new FakeSession().encode(await(echoed));
                assertEquals(new FakeSession().encode(sent), back);
            }
        }
        same("07-types-in");
    }

    @Test
    void references_are_released() throws IOException {
        Stub api = play("08-release-dispose");
        Stub counter = (Stub) value(api.call("makeCounter", 1));
        assertEquals(2L, value(counter.call("increment")));
        Stub another = counter.dup();
        counter.close();
        assertEquals(3L, value(another.call("increment")));
        another.close();
        api.call("makeCounter", 2).close();
        Function<List<?>, Object> next = args -> (Long) Objects.requireNonNull(args.getFirst()) + 1;
        Stub callback = Stub.of(sim.loop(), WebTarget.of(next).on(sim.loop()));
        List<?> twice = (List<?>) value(api.call("dupEcho", List.of(callback, callback)));
        twice.forEach(each -> ((Stub) Objects.requireNonNull(each)).close());
        value(api.call("keep", callback));
        assertEquals(2L, value(api.call("callKept", 1)));
        value(api.call("dropKept"));
        callback.close();
        Stub slow = api.call("slow", 30);
        Promise.Cancelable waiting = slow.value().listen(sim.loop(), (value, failure) -> {});
        sim.poll();
        waiting.cancel();
        slow.close();
        same("08-release-dispose");
    }

    @Test
    void properties() throws IOException {
        Stub api = play("12-properties");
        assertEquals(7L, value(api.get("prop").get("deep").get("er")));
        assertEquals(4L, value(api.get("prop").get("counter").call("increment")));
        assertEquals(JsValue.UNDEFINED, value(api.get("nope")));
        assertEquals("'nope' is not a function.", error(api.call("nope")).message());
        assertEquals("TypeError", error(api.get("instanceProp")).name());
        assertEquals("TypeError", error(api.get("nope").get("deeper")).name());
        assertEquals("TypeError", error(api.call("unserializable")).name());
        assertEquals("TypeError", error(api.call("mapRet")).name());
        same("12-properties");
    }

    @Test
    void promises_of_both_sides() throws IOException {
        Stub api = play("13-later-promise");
        Stub counter = api.call("laterCounter");
        assertEquals(105L, value(counter.call("increment", 5)));
        WebTarget target = WebTarget.empty()
                .method(
                        "later",
                        args -> sim.loop().timer().after(Duration.ofMillis(5)).map(done -> "late value"));
        assertEquals(Map.of("p", "late value", "n", 1L), value(api.call("cbPromise", target)));
        Promise<Object> later = sim.loop().timer().after(Duration.ofMillis(5)).map(done -> 6L);
        assertEquals(36L, value(api.call("square", later)));
        counter.close();
        settle();
        said.remove("[\"release\",1,1]");
        same("13-later-promise");
    }

    @Test
    void objects_of_both_sides() throws IOException {
        Stub api = play("14-server-calls-client-main");
        Stub self = (Stub) value(api.call("self"));
        assertEquals(16L, value(self.call("square", 4)));
        Stub counter = (Stub) value(api.call("makeCounter", 1));
        assertEquals(4L, value(api.call("incrementCounter", counter, 3)));
        WebTarget own = WebTarget.empty().method("increment", by -> 70L + (Long) Objects.requireNonNull(by.getFirst()));
        assertEquals(73L, value(api.call("incrementCounter", own, 3)));
        self.close();
        counter.close();
        settle();
        said.removeAll(List.of("[\"release\",-1,1]", "[\"release\",-2,1]"));
        same("14-server-calls-client-main");
    }

    private List<@Nullable Object> read(Object stream) {
        List<@Nullable Object> all = new ArrayList<>();
        try (Readable readable = (Readable) stream) {
            for (Readable.Chunk chunk = await(readable.read()); !chunk.isEnd(); chunk = await(readable.read())) {
                all.add(chunk.take());
            }
        }
        return all;
    }

    @Test
    void streams_that_are_read() throws IOException {
        Stub api = play("09-readable-from-server");
        assertEquals(List.of("chunk0", "chunk1", "chunk2"), read(value(api.call("stream", 3))));
        List<@Nullable Object> bytes = read(value(api.call("byteStream")));
        assertArrayEquals(new byte[] {1, 2}, (byte[]) bytes.getFirst());
        assertArrayEquals(new byte[] {3}, (byte[]) bytes.getLast());
        same("09-readable-from-server");
    }

    @Test
    void a_stream_that_fails() throws IOException {
        Stub api = play("09-readable-error");
        try (Readable stream = (Readable) value(api.call("badStream"))) {
            assertEquals("one", await(stream.read()).take());
            Promise<Readable.Chunk> next = stream.read();
            assertEquals(
                    "stream broke",
                    assertThrows(Failure.class, () -> sim.await(next)).reason());
        }
        same("09-readable-error");
    }

    @Test
    void a_stream_that_is_sent() throws IOException {
        Stub api = play("09-readable-to-server");
        List<Object> chunks = List.of("x", Map.of("y", List.of(1L)));
        assertEquals(chunks, value(api.call("readAll", Readable.of(sim.loop(), chunks))));
        same("09-readable-to-server");
    }

    @Test
    void a_stream_that_the_server_writes() throws IOException {
        Stub api = play("09-writable");
        Writable.Pair pipe = Writable.pipe(sim.loop());
        Stub done = api.call("writeTo", pipe.writable());
        Promise<Object> result = done.value().eager();
        assertEquals(List.of("a", Map.of("b", List.of(1L))), read(pipe.readable()));
        assertEquals("done", await(result));
        done.close();
        same("09-writable");
    }

    @Test
    void blobs() throws IOException {
        Stub api = play("10-blob");
        Blob sent = new Blob("text/x", "abc".getBytes(StandardCharsets.UTF_8));
        assertEquals(Map.of("size", 3L, "type", "text/x", "text", "abc"), value(api.call("blobLen", sent)));
        assertEquals(new Blob("text/plain", "hi blob".getBytes(StandardCharsets.UTF_8)), value(api.call("makeBlob")));
        same("10-blob");
    }

    @Test
    void requests_and_responses() throws IOException {
        Stub api = play("11-fetch-types");
        WebRequest request = (WebRequest) value(api.call("request"));
        assertEquals(
                "POST http://x.test/p", request.method() + " " + request.url().href());
        assertEquals("hello", text(request.body()));
        WebResponse response = (WebResponse) value(api.call("response"));
        assertEquals(201, response.status());
        assertEquals("body!", text(response.body()));
        assertEquals(204, ((WebResponse) value(api.call("respNull"))).status());
        same("11-fetch-types");
    }

    private String text(@Nullable Object body) {
        try (Readable stream = (Readable) Objects.requireNonNull(body)) {
            return new String(await(stream.bytes(100)), StandardCharsets.UTF_8);
        }
    }
}

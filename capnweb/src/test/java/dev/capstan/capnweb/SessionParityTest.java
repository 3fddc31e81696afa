package dev.capstan.capnweb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Loop;
import dev.capstan.async.MessageStream;
import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.Answer;
import dev.capstan.cap.Call;
import dev.capstan.cap.Cap;
import dev.capstan.cap.CountedCap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Format;
import dev.capstan.cap.Hints;
import dev.capstan.cap.Method;
import dev.capstan.cap.Pipeline;
import dev.capstan.cap.Request;
import dev.capstan.testkit.Parity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What ends a session, what its options change and what is told of errors, as the tests of the TypeScript implementation have it. */
final class SessionParityTest {
    private final SimLoop sim = new SimLoop();
    private final List<String> sent = new ArrayList<>();

    /** A stream that refuses what it is given, as often as it is told to. */
    private final class Refusing implements MessageStream {
        @Nullable
        Receiver receiver;

        private int left;

        Refusing(int left) {
            this.left = left;
        }

        @Override
        public void start(Receiver to) {
            receiver = to;
        }

        @Override
        public void send(ByteBuffer... pieces) {
            if (left-- > 0) {
                throw new IllegalStateException("sync send failed");
            }
            for (ByteBuffer piece : pieces) {
                sent.add(UTF_8.decode(piece).toString());
            }
        }

        @Override
        public void pause() {}

        @Override
        public void resume() {}

        @Override
        public long queuedBytes() {
            return 0;
        }

        @Override
        public Promise<Void> drained() {
            return Promise.done();
        }

        @Override
        public void end() {}

        @Override
        public void abort(Throwable cause) {}
    }

    private Failure failure(Stub call) {
        Promise<Object> value = call.value();
        Failure failure = assertThrows(Failure.class, () -> sim.await(value));
        call.close();
        return failure;
    }

    @Test
    @Parity("CW-I037")
    @DisplayName("index.test.ts: propagates synchronous send failures from string transports")
    void a_stream_that_refuses_a_message_ends_the_session() {
        WebPeer peer = WebPeer.over(sim.loop(), new Refusing(1), null);
        try (Stub api = Stub.of(sim.loop(), peer.main())) {
            Stub one = api.call("square", 1);
            Stub other = api.call("square", 2);
            assertEquals("sync send failed", failure(one).reason());
            assertEquals(Failure.Kind.DISCONNECTED, failure(other).kind());
            assertEquals("sync send failed", failure(api.call("square", 3)).reason());
        }
        sim.await(peer.onDisconnect());
        assertEquals(new WebPeer.Tables(0, 0, 0), peer.tables());
        // What comes after the one that is missing would mean something else to the peer.
        assertEquals(List.of(), sent);
    }

    @Test
    @Parity({"CW-I036", "CW-I154"})
    @DisplayName("index.test.ts: propagates async send failures; aborting the transport ends the receive loop")
    void a_stream_that_breaks_ends_the_session_with_its_reason() {
        Refusing stream = new Refusing(0);
        WebPeer peer = WebPeer.over(sim.loop(), stream, null);
        try (Stub api = Stub.of(sim.loop(), peer.main())) {
            Stub call = api.call("square", 1);
            Promise<Object> value = call.value().eager();
            sim.poll();
            assertInstanceOf(MessageStream.Receiver.class, stream.receiver).failed(new IOException("boom"));
            assertEquals(
                    "boom", assertThrows(Failure.class, () -> sim.await(value)).reason());
            call.close();
        }
        sim.await(peer.onDisconnect());
        assertEquals(new WebPeer.Tables(0, 0, 0), peer.tables());
    }

    @Test
    @Parity("CW-I112")
    @DisplayName("index.test.ts: default stream() disposes the result when pull() throws")
    void a_reference_without_streams_of_its_own_lets_go_of_the_result_when_that_fails() {
        List<String> closed = new ArrayList<>();
        Pipeline watched = new Pipeline() {
            @Override
            public Cap cap(dev.capstan.cap.Path path) {
                throw new AssertionError("nobody looks inside");
            }

            @Override
            public Pipeline share() {
                throw new AssertionError("nobody keeps it");
            }

            @Override
            public void close() {
                closed.add("pipeline");
            }
        };
        Cap plain = new CountedCap(sim.loop()) {
            @Override
            public Request request(Method method, Format fallback, int sizeHint, Hints hints) {
                return Request.of(this, method, WebFormat.INSTANCE, sizeHint, hints);
            }

            @Override
            public Answer call(Call call) {
                call.close();
                return new Answer(Promise.failed(Failure.failed("pull failed")), watched);
            }

            @Override
            public @Nullable Cap resolved() {
                return null;
            }

            @Override
            public @Nullable Promise<Cap> resolution() {
                return null;
            }

            @Override
            public Object brand() {
                return closed;
            }

            @Override
            protected void released() {
                closed.add("object");
            }
        };
        Promise<Void> streamed = TwoPeers.request(plain, "write").sendStreaming();
        assertEquals(
                "pull failed",
                assertThrows(Failure.class, () -> sim.await(streamed)).reason());
        plain.close();
        assertEquals(List.of("pipeline", "object"), closed);
    }

    // ---- what is told of errors

    private JsError told(OnSendError hook, JsError thrown) {
        WebTarget main = WebTarget.empty().method("throwError", args -> {
            throw Errors.failure(thrown);
        });
        WebPeer.Pair pair = WebPeer.pair(sim.loop(), null, main.on(sim.loop()), Options.DEFAULT.withOnSendError(hook));
        try (Stub api = Stub.of(sim.loop(), pair.left().main())) {
            return assertInstanceOf(JsError.class, Errors.value(failure(api.call("throwError"))));
        } finally {
            pair.left().close();
            sim.poll();
        }
    }

    @Test
    @Parity({"CW-I098", "PY-109", "PY-111", "PY-132"})
    @DisplayName("index.test.ts: reveals the stack if the callback returns the error")
    void a_hook_that_returns_the_error_tells_the_stack() {
        JsError thrown = new JsError("RangeError", "test error", "at throwErrorImpl (test-util.ts)", Map.of());
        assertEquals(thrown, told((error, cause) -> error, thrown));
        assertEquals(thrown.withStack(null), told((error, cause) -> null, thrown));
    }

    @Test
    @Parity({"CW-I099", "CW-I100"})
    @DisplayName("index.test.ts: allows errors to be rewritten, own properties included")
    void a_hook_may_tell_another_error() {
        JsError rewritten = new JsError("TypeError", "rewritten", "test stack", Map.of("code", "E_REWRITTEN"));
        JsError thrown = new JsError("Error", "original", null, Map.of("code", "E_ORIGINAL"));
        assertEquals(rewritten, told((error, cause) -> rewritten, thrown));
    }

    @Test
    @Parity("CW-I101")
    @DisplayName("index.test.ts: respects the scrubbing of properties by onSendError")
    void a_hook_may_leave_properties_out() {
        JsError thrown = new JsError("Error", "with-secret", null, Map.of("code", "E_OK", "secret", "hunter2"));
        OnSendError scrub = (error, cause) -> {
            Map<String, Object> props = new HashMap<>(error.props());
            props.remove("secret");
            return new JsError(error.name(), error.message(), null, props);
        };
        assertEquals(new JsError("Error", "with-secret", null, Map.of("code", "E_OK")), told(scrub, thrown));
    }

    // ---- limits of a session

    /** What a session of these limits makes of one expression: its value, or the error. */
    private String pushed(UnaryOperator<Limits> limits, String expression) {
        Loop loop = sim.loop();
        List<String> answers = new ArrayList<>();
        Refusing stream = new Refusing(0);
        WebPeer peer = WebPeer.over(
                loop,
                stream,
                WebTarget.empty().method("echo", args -> args.getFirst()).on(loop),
                Options.DEFAULT.withLimits(limits.apply(Limits.DEFAULT)));
        MessageStream.Receiver receiver = assertInstanceOf(MessageStream.Receiver.class, stream.receiver);
        for (String line : List.of("[\"push\"," + expression + "]", "[\"pull\",1]", "[\"release\",1,1]")) {
            byte[] utf8 = line.getBytes(UTF_8);
            receiver.received(utf8, 0, utf8.length, false);
            sim.poll();
        }
        answers.addAll(sent);
        sent.clear();
        boolean up = peer.tables().equals(new WebPeer.Tables(0, 1, 1));
        peer.close();
        sim.poll();
        return (up ? "up " : "over ") + String.join(" ", answers);
    }

    @Test
    @Parity("CW-L005")
    @DisplayName("limits.test.ts: honors a per-session override of maxBigIntDigits")
    void a_session_may_take_shorter_bigints_only() {
        UnaryOperator<Limits> four = limits -> limits.withBigIntDigits(4);
        assertEquals("up [\"resolve\",1,[\"bigint\",\"1234\"]]", pushed(four, "[\"bigint\",\"1234\"]"));
        assertEquals("up [\"resolve\",1,[\"bigint\",\"-123\"]]", pushed(four, "[\"bigint\",\"-123\"]"));
        for (String digits : List.of("12345", "-12345")) {
            String refused = pushed(four, "[\"bigint\",\"" + digits + "\"]");
            assertTrue(refused.startsWith("up [\"reject\",1,"), refused);
            assertTrue(refused.contains("more than the limit of 4"), refused);
            assertTrue(
                    pushed(limits -> limits, "[\"bigint\",\"" + digits + "\"]").startsWith("up [\"resolve\""));
        }
    }

    private static String nested(int levels) {
        return "[".repeat(2 * levels) + "]".repeat(2 * levels);
    }

    @Test
    @Parity("CW-L008")
    @DisplayName("limits.test.ts: honors a per-session override of maxDepth")
    void a_session_may_take_shallower_values_only() {
        String refused = pushed(limits -> limits.withDepth(4), nested(10));
        assertTrue(refused.contains("\"error\""), refused);
        assertTrue(refused.contains("4"), refused);
        assertEquals("up [\"resolve\",1," + nested(10) + "]", pushed(limits -> limits, nested(10)));
    }

    @Test
    @Parity("CW-L014")
    @DisplayName("limits.test.ts: DEFAULT_LIMITS has the documented values")
    void the_defaults_are_those_of_typescript() {
        assertEquals(16_384, Limits.DEFAULT.bigIntDigits());
        assertEquals(256, Limits.DEFAULT.depth());
        assertEquals(32 * 1024 * 1024, Limits.DEFAULT.messageBytes());
    }

    @Test
    @Parity({"CW-L015", "CW-L016", "CW-L017"})
    @DisplayName("limits.test.ts: decoding, and sessions without options or with default ones, take what is normal")
    void ordinary_values_pass_with_and_without_options() {
        FakeSession alone = new FakeSession();
        List<String> values = List.of(
                "[\"bigint\",\"123\"]",
                "[\"bigint\",\"12345678901234567890\"]",
                "[[[[123,456]]]]",
                "{\"foo\":{\"bar\":123}}",
                "[\"bigint\",\"999\"]");
        WebTarget main = WebTarget.empty().method("echo", args -> args.getFirst());
        WebPeer.Pair pair = WebPeer.pair(sim.loop(), null, main.on(sim.loop()), Options.DEFAULT);
        try (Stub api = Stub.of(sim.loop(), pair.left().main())) {
            for (String json : values) {
                assertEquals(json, alone.encode(alone.decode(json)));
                assertEquals("up [\"resolve\",1," + json + "]", pushed(limits -> limits, json));
                try (Stub echo = api.call("echo", alone.decode(json))) {
                    assertEquals(json, alone.encode(sim.await(echo.value())));
                }
            }
        }
        pair.left().close();
        sim.poll();
    }

    @Test
    @Parity("CW-I020")
    @DisplayName("index.test.ts: throws when serializing a Blob without an RPC session")
    void a_blob_needs_a_session() {
        Encoder encoder = new Encoder(new JsonWriter(0), Limits.DEFAULT, new Unsendable(), Compat.V0_12);
        Blob blob = new Blob("text/plain", "hello".getBytes(UTF_8));
        WebException refused = assertThrows(WebException.class, () -> encoder.value(blob));
        assertTrue(refused.getMessage().contains("need a session"), refused.getMessage());
    }
}

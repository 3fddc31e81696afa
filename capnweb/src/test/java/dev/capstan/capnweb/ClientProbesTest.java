package dev.capstan.capnweb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.MessageStream;
import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.Failure;
import dev.capstan.testkit.Parity;
import dev.capstan.testkit.SimNetwork;
import dev.capstan.testkit.SimStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Servers that say what a decent one would not, as the client of TypeScript (0.12.0) met them (19-client-probes). Lines that both say are the same; where ours differs the test says why. Each
 * ends with nothing in the tables, or with the end of the session.
 */
final class ClientProbesTest {
    private final SimLoop sim = new SimLoop();
    private final List<String> said = new ArrayList<>();
    private final SimNetwork network = new SimNetwork(sim, 1);
    private @Nullable SimStream server;
    private final WebPeer peer = connect();
    private final Stub api = Stub.of(sim.loop(), peer.main());

    private WebPeer connect() {
        network.host("server").onAccept(stream -> {
            server = stream;
            stream.start(new MessageStream.Receiver() {
                @Override
                public void received(byte[] array, int offset, int length, boolean lent) {
                    said.add(new String(array, offset, length, StandardCharsets.UTF_8));
                }

                @Override
                public void ended() {
                    said.add("close");
                }

                @Override
                public void failed(Throwable cause) {
                    said.add("close");
                }
            });
        });
        WebPeer made = WebPeer.over(sim.loop(), network.host("client").connect("server"), null);
        sim.poll();
        return made;
    }

    private void answer(String... lines) {
        settle();
        for (String line : lines) {
            Objects.requireNonNull(server).send(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
            settle();
        }
    }

    private void settle() {
        sim.poll();
        sim.advance(Duration.ofSeconds(1));
        sim.poll();
    }

    /** What is called, and what the server answers to it. */
    private Object call(String name, String... lines) {
        try (Stub call = api.call(name)) {
            Promise<Object> value = call.value().eager();
            answer(lines);
            return sim.await(value);
        }
    }

    private Failure failure(String... lines) {
        try (Stub call = api.call("x")) {
            Promise<Object> value = call.value().eager();
            answer(lines);
            return assertThrows(Failure.class, () -> sim.await(value));
        }
    }

    /** Closes the stubs in an object. */
    private static void close(Object value) {
        ((Map<?, ?>) value).values().forEach(each -> ((Stub) Objects.requireNonNull(each)).close());
    }

    @AfterEach
    void nothing_is_left() {
        settle();
        WebPeer.Tables tables = peer.tables();
        assertTrue(
                tables.equals(new WebPeer.Tables(0, 1, 0)) || tables.equals(new WebPeer.Tables(0, 0, 0)),
                tables::toString);
        api.close();
        peer.close();
        settle();
        assertEquals(new WebPeer.Tables(0, 0, 0), peer.tables());
        assertEquals(0, sim.loop().timer().pending());
    }

    @Test
    @Parity({"PY-150", "PY-229"})
    void one_id_twice_in_a_result_is_given_back_twice() {
        close(call("x", "[\"resolve\",1,{\"a\":[\"export\",-1],\"b\":[\"export\",-1]}]"));
        settle();
        assertEquals("[\"push\",[\"pipeline\",0,[\"x\"],[]]]", said.get(0));
        // TypeScript gives back one of the two.
        long released = said.stream()
                .filter(line -> line.startsWith("[\"release\",-1,"))
                .mapToLong(line -> Long.parseLong(line.substring(14, line.length() - 1)))
                .sum();
        assertEquals(2, released, said::toString);
    }

    @Test
    @Parity("PY-326")
    void one_id_in_two_results_is_given_back_twice() {
        Object one = call("x", "[\"resolve\",1,{\"a\":[\"export\",-1]}]");
        Object other = call("y", "[\"resolve\",2,{\"a\":[\"export\",-1]}]");
        close(one);
        close(other);
        settle();
        long released = said.stream()
                .filter(line -> line.startsWith("[\"release\",-1,"))
                .mapToLong(line -> Long.parseLong(line.substring(14, line.length() - 1)))
                .sum();
        assertEquals(2, released, said::toString);
    }

    @Test
    @Parity({"PY-100", "PY-101", "PY-325"})
    void an_id_that_the_server_chose_is_used_as_it_is() {
        close(call("x", "[\"resolve\",1,{\"a\":[\"export\",-700]}]"));
        settle();
        assertEquals("[\"release\",-700,1]", said.getLast());
        try (Stub other = (Stub) call("x", "[\"resolve\",2,[\"export\",-3]]")) {
            other.call("hello").close();
            settle();
            assertTrue(said.contains("[\"push\",[\"pipeline\",-3,[\"hello\"],[]]]"), said::toString);
        }
    }

    private Object callback(String... lines) {
        Function<List<Object>, Object> five = args -> 5L;
        try (Stub call = api.call("x", five)) {
            Promise<Object> value = call.value().eager();
            answer(lines);
            return sim.await(value);
        }
    }

    @Test
    void a_callback_comes_home_in_a_result() {
        Object result = callback("[\"resolve\",1,{\"cb\":[\"import\",-1]}]");
        try (Stub cb = (Stub) Objects.requireNonNull(((Map<?, ?>) result).get("cb"));
                Stub five = cb.apply()) {
            assertEquals(5L, sim.await(five.value()));
        }
        answer("[\"release\",-1,1]");
        assertEquals("[\"release\",1,1]", said.getLast());
        assertEquals(3, said.size());
    }

    @Test
    @Parity("OWN-02")
    void a_callback_may_be_the_result() {
        // TypeScript 0.12 fails with "Tried to resolve a non-promise stub."
        try (Stub cb = (Stub) callback("[\"resolve\",1,[\"import\",-1]]");
                Stub five = cb.apply()) {
            assertEquals(5L, sim.await(five.value()));
        }
        answer("[\"release\",-1,1]");
    }

    @Test
    @Parity("PY-331")
    void the_first_of_two_results_counts() {
        assertEquals(1L, call("x", "[\"resolve\",1,1]", "[\"resolve\",1,2]"));
        settle();
        assertEquals(List.of("[\"push\",[\"pipeline\",0,[\"x\"],[]]]", "[\"pull\",1]", "[\"release\",1,1]"), said);
    }

    @Test
    @Parity("PY-333")
    void the_first_of_two_errors_counts() {
        assertEquals(
                "first",
                failure(
                                "[\"reject\",1,[\"error\",\"Error\",\"first\"]]",
                                "[\"reject\",1,[\"error\",\"Error\",\"second\"]]")
                        .reason());
        assertEquals(
                "first",
                failure("[\"reject\",2,[\"error\",\"Error\",\"first\"]]", "[\"resolve\",2,5]")
                        .reason());
    }

    @Test
    void a_text_may_be_thrown() {
        assertEquals("oops", failure("[\"reject\",1,\"oops\"]").reason());
    }

    @Test
    void a_result_that_makes_no_sense_fails_its_call_alone() {
        // TypeScript ends the session.
        assertTrue(failure("[\"resolve\",1,[\"map\",[[1,2]]]]").reason().contains("unknown special value: [\"map\""));
        assertEquals(7L, call("x", "[\"resolve\",2,7]"));
    }

    @Test
    @Parity({"PY-126", "PY-230"})
    void an_abort_fails_what_waits_with_its_reason() {
        Failure failure = failure("[\"abort\",[\"error\",\"RangeError\",\"quota\",null,{\"code\":7}]]");
        assertEquals(Failure.Kind.DISCONNECTED, failure.kind());
        assertEquals("quota", failure.reason());
        assertEquals(new JsError("RangeError", "quota", null, Map.of("code", 7L)), Errors.value(failure));
    }

    @Test
    void a_server_that_calls_first_is_told_that_there_is_nothing() {
        assertEquals(
                5L,
                call(
                        "x",
                        "[\"push\",[\"pipeline\",0,[\"hello\"],[]]]",
                        "[\"pull\",1]",
                        "[\"resolve\",1,5]",
                        "[\"release\",1,1]"));
        assertTrue(
                said.contains("[\"reject\",1,[\"error\",\"Error\",\"This connection has no main object.\"]]"),
                said::toString);
    }

    @Test
    void a_writable_may_be_the_result() {
        try (Writable writable = (Writable) call("x", "[\"resolve\",1,[\"writable\",-1]]")) {
            Promise<?> written = writable.write("a");
            answer("[\"resolve\",2,[\"undefined\"]]");
            sim.await(written);
            assertEquals("[\"stream\",[\"pipeline\",-1,[\"write\"],[\"a\"]]]", said.getLast());
            Promise<?> ended = writable.end();
            answer("[\"resolve\",3,[\"undefined\"]]");
            sim.await(ended);
        }
    }
}

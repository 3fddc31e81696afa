package dev.capstan.capnweb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Completer;
import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.Failure;
import dev.capstan.testkit.Parity;
import dev.capstan.testkit.SimNetwork;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Results are waited for so long and no longer; a call that took too long is given up on the wire. */
class CallTimeTest {
    private static final Duration TWO = Duration.ofSeconds(2);

    private final SimLoop sim = new SimLoop();
    private final List<String> sent = new ArrayList<>();
    private final List<Completer<Object>> unanswered = new ArrayList<>();
    private final List<WebPeer> peers = new ArrayList<>();

    private Stub connect(Options options) {
        SimNetwork network = new SimNetwork(sim, 1);
        WebTarget inner = WebTarget.empty().method("hello", args -> "hello");
        WebTarget main = WebTarget.empty()
                .method("later", args -> {
                    Completer<Object> answer = new Completer<>(sim.loop());
                    unanswered.add(answer);
                    return answer.promise();
                })
                .method("echo", args -> args.getFirst())
                .method("inner", args -> inner);
        network.host("server").onAccept(stream -> peers.add(WebPeer.over(sim.loop(), stream, main.on(sim.loop()))));
        network.host("client").onSend(line -> sent.add(new String(line, StandardCharsets.UTF_8)));
        peers.add(WebPeer.over(sim.loop(), network.host("client").connectAnew("server"), null, options));
        return Stub.of(sim.loop(), peers.getLast().main());
    }

    private static Promise<Object> value(Stub result) {
        try (result) {
            return result.value();
        }
    }

    private void assertLate(Promise<?> call) {
        Failure failure = assertThrows(Failure.class, () -> sim.await(call));
        assertEquals(Failure.Kind.OVERLOADED, failure.kind());
        assertTrue(failure.reason().contains("PT2S"), failure.reason());
    }

    private void end(Stub api) {
        sim.poll();
        assertEquals(new WebPeer.Tables(0, 1, 1), peers.getFirst().tables());
        assertEquals(new WebPeer.Tables(0, 1, 0), peers.getLast().tables());
        api.close();
        peers.forEach(WebPeer::close);
        sim.poll();
        assertEquals(0, sim.loop().timer().pending());
    }

    @Test
    @Parity({"PX-013", "PX-403", "PY-113", "PY-127"})
    void a_session_gives_up_calls_that_take_longer_than_its_time() {
        Stub api = connect(Options.DEFAULT.withCallTime(TWO));
        Stub result = api.call("later");
        Promise<Object> first = result.value();
        sim.advance(Duration.ofSeconds(1));
        Promise<Object> second = value(api.call("later"));
        sim.advance(Duration.ofMillis(999));
        assertFalse(sim.poll(first));
        sim.advance(Duration.ofMillis(1));
        assertTrue(sim.poll(first));
        assertLate(first);
        assertFalse(sim.poll(second));
        assertEquals("[\"release\",1,1]", sent.getLast());
        // An answer that comes too late is nobody's.
        unanswered.getFirst().complete(Map.of("late", true));
        sim.poll();
        assertLate(value(result.call("hello")));
        result.close();
        unanswered.getLast().complete("in time");
        assertEquals("in time", sim.await(second));
        assertEquals("quick", sim.await(value(api.call("echo", "quick"))));
        sim.advance(TWO);
        end(api);
    }

    @Test
    void what_nobody_waits_for_takes_as_long_as_it_likes() {
        Stub api = connect(Options.DEFAULT.withCallTime(TWO));
        Stub inner = api.call("inner");
        sim.advance(Duration.ofMinutes(1));
        assertEquals("hello", sim.await(value(inner.call("hello"))));
        inner.close();
        Promise<Object> given = value(api.call("later"));
        sim.poll();
        given.cancel();
        sim.advance(TWO);
        end(api);
    }

    @Test
    void a_stub_sets_a_time_for_its_own_calls_and_for_what_comes_from_them() {
        Stub api = connect(Options.DEFAULT);
        Stub limited = api.within(TWO);
        Stub result = limited.call("later");
        Promise<Object> call = result.value();
        Promise<Object> ahead = value(result.call("hello"));
        Promise<Object> unlimited = value(api.call("later"));
        sim.advance(Duration.ofMillis(1_999));
        assertFalse(sim.poll(call));
        sim.advance(Duration.ofMillis(1));
        assertLate(call);
        assertLate(ahead);
        assertLate(value(result.call("hello")));
        assertLate(result.value());
        result.close();
        assertFalse(sim.poll(unlimited));
        assertTrue(sent.contains("[\"release\",1,1]"), sent.toString());
        unanswered.forEach(each -> each.complete("x"));
        assertEquals("x", sim.await(unlimited));
        Stub inner = limited.call("inner");
        sim.advance(Duration.ofMinutes(1));
        assertEquals("hello", sim.await(value(inner.call("hello"))));
        inner.close();
        assertThrows(IllegalArgumentException.class, () -> api.within(Duration.ZERO));
        end(api);
    }
}

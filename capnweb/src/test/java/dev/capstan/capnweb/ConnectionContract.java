package dev.capstan.capnweb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import dev.capstan.testkit.Parity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** How sessions of a client of ours with whatever server begin, end and fail, and how long their calls may take; nothing is left of any. */
abstract class ConnectionContract extends ServedScene {
    private static final Duration SHORT = Duration.ofMillis(30);
    private static final Duration LONG = Duration.ofMinutes(1);
    /** Longer than any test, for methods that take that many milliseconds. */
    private static final long FOREVER = 3_600_000;

    // ---- beginning and ending

    @Test
    @Parity({
        "PX-088", "PX-089", "PX-092", "PX-093", "PX-098", "PX-099", "PX-100", "PX-101", "PX-192", "PX-193", "PX-206",
        "PX-207"
    })
    void sessions_one_after_the_other() throws IOException {
        for (long i = 0; i < 10; i++) {
            try (Client client = connect()) {
                assertEquals(i * i, client.call("square", i));
                assertEquals(i + 1, client.call("add", i, 1));
            }
            awaitSessions(0);
        }
    }

    @Test
    @Parity({"PX-090", "PX-091"})
    void a_session_without_calls_ends_like_any_other() throws IOException {
        Client client =
                new Client(web(Options.DEFAULT).open(address(served().port())).await());
        awaitSessions(1);
        client.close();
        // Also one that its owner is done with before it is connected.
        connect().end();
    }

    @Test
    @Parity({"PX-094", "PX-095"})
    void calls_after_the_end_fail_as_disconnected() {
        Client client = connect();
        assertEquals(25L, client.call("square", 5));
        client.peer.close();
        assertEquals(Failure.Kind.DISCONNECTED, failure(client.ask("square", 5)).kind());
        client.end();
        assertThrows(IllegalStateException.class, () -> client.ask("square", 5));
    }

    @Test
    @Parity({"PX-096", "PX-097"})
    void a_session_may_be_closed_twice() {
        Client client = connect();
        assertEquals(25L, client.call("square", 5));
        client.end();
        client.end();
    }

    @Test
    @Parity({
        "PX-102", "PX-103", "PX-104", "PX-105", "PX-329", "PX-330", "PX-331", "PX-332",
    })
    void many_sessions_at_a_time() throws IOException {
        List<Client> clients = connect(20);
        List<Promise<Object>> calls = new ArrayList<>();
        for (long i = 0; i < 20; i++) {
            Client client = clients.get((int) i);
            calls.add(i % 2 == 0 ? client.ask("square", i) : client.ask("add", i, 100));
        }
        assertEquals(
                range(20, i -> i % 2 == 0 ? i * i : i + 100), Promise.all(calls).await());
        List<Promise<Object>> more = new ArrayList<>();
        for (long j = 0; j < 10; j++) {
            for (long i = 0; i < 20; i++) {
                more.add(clients.get((int) i).ask("add", 20 * j, i));
            }
        }
        assertEquals(range(200, i -> i), Promise.all(more).await());
        closeAll(clients);
    }

    // ---- errors

    @Test
    @Parity({"PX-106", "PX-107", "PX-108", "PX-109", "PX-200", "PX-201", "PX-209"})
    void calls_go_on_after_errors_which_keep_their_class() throws IOException {
        for (int session = 0; session < 5; session++) {
            try (Client client = connect()) {
                for (int i = 0; i < 3; i++) {
                    assertEquals("TypeError: plain failure", error(client.ask("fail", "plain")));
                }
                assertEquals(30L, client.call("add", 10, 20));
            }
        }
    }

    @Test
    @Parity({"PX-147", "PX-148", "PX-149", "PX-150", "PX-202", "PX-203"})
    void methods_that_are_not_there_fail_their_calls_alone() throws IOException {
        for (int session = 0; session < 5; session++) {
            try (Client client = connect()) {
                assertEquals(25L, client.call("square", 5));
                assertEquals("TypeError: 'nope' is not a function.", error(client.ask("nope", 1)));
                assertEquals(36L, client.call("square", 6));
            }
        }
    }

    @Test
    @Parity({"PX-153", "PX-154"})
    void an_error_of_a_callback_fails_the_call_that_called_it() throws IOException {
        Function<List<Object>, Object> callback = args -> {
            throw new JsError("RangeError", "no number but " + args.getFirst(), null, Map.of()).failure();
        };
        try (Client client = connect()) {
            assertEquals("RangeError: no number but 5", error(client.ask("callMe", callback, 5)));
            client.call("keep", callback);
            assertEquals("RangeError: no number but 6", error(client.ask("callKept", 6)));
            client.call("dropKept");
            assertEquals(36L, client.call("square", 6));
        }
    }

    @Test
    @Parity("PX-157")
    void a_port_that_nobody_listens_at_fails_the_calls() throws IOException {
        int port;
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = taken.getLocalPort();
        }
        Client client = new Client(web(Options.DEFAULT).connect(address(port)));
        assertEquals(Failure.Kind.DISCONNECTED, failure(client.ask("square", 5)).kind());
        assertThrows(Exception.class, web(Options.DEFAULT).open(address(port))::await);
        client.end();
    }

    @Test
    @Parity({"PX-158", "PX-159"})
    void a_server_that_goes_fails_the_calls_that_wait_and_those_that_come() throws Exception {
        Served other = serve();
        Client client = new Client(web(Options.DEFAULT).connect(address(other.port())));
        Promise<Object> waiting = client.ask("slow", FOREVER);
        assertEquals(25L, client.call("square", 5));
        other.close();
        assertEquals(Failure.Kind.DISCONNECTED, failure(waiting).kind());
        assertEquals(Failure.Kind.DISCONNECTED, failure(client.ask("square", 6)).kind());
        client.end();
    }

    // ---- objects

    @Test
    @Parity({"PX-196", "PX-197", "PX-198", "PX-199"})
    void objects_are_given_back_by_their_holder_or_with_the_session() throws IOException {
        for (long session = 0; session < 5; session++) {
            try (Client client = connect();
                    Stub counter = (Stub) client.call("makeCounter", session)) {
                assertEquals(session + 1, asked(counter.call("increment")).await());
            }
            Client client = connect();
            Stub counter = (Stub) client.call("makeCounter", session);
            client.end();
            assertEquals(
                    Failure.Kind.DISCONNECTED,
                    failure(asked(counter.call("increment"))).kind());
            counter.close();
        }
    }

    // ---- time

    private static void assertLate(Promise<?> call) {
        assertEquals(Failure.Kind.OVERLOADED, failure(call).kind());
    }

    @Test
    @Parity({"PX-155", "PX-156", "PX-345", "PX-346", "PX-357", "PX-358"})
    void calls_within_their_time_succeed() throws IOException {
        try (Client client = new Client(web(Options.DEFAULT.withCallTime(LONG)).connect(address(served().port())))) {
            assertEquals(25L, client.call("square", 5));
            assertEquals("slow done", client.call("slow", 20));
            assertEquals(
                    "slow done", asked(client.api.within(LONG).call("slow", 20)).await());
        }
    }

    @Test
    @Parity({"PX-347", "PX-348", "PX-349", "PX-350", "PX-351", "PX-352", "PX-359", "PX-360"})
    void calls_that_take_longer_are_given_up_and_the_others_are_not() throws IOException {
        try (Client client = connect();
                Stub self = (Stub) client.call("self")) {
            Promise<Object> before = client.ask("square", 5);
            Promise<Object> slow = asked(client.api.within(SHORT).call("slow", FOREVER));
            Promise<Object> ofObject = asked(self.within(SHORT).call("slow", FOREVER));
            Promise<Object> after = asked(client.api.within(LONG).call("square", 6));
            assertLate(slow);
            assertLate(ofObject);
            assertEquals(25L, before.await());
            assertEquals(36L, after.await());
            assertEquals(49L, client.call("square", 7));
            assertEquals(64L, asked(self.call("square", 8)).await());
        }
        try (Client client = new Client(web(Options.DEFAULT.withCallTime(SHORT)).connect(address(served().port())))) {
            assertLate(client.ask("slow", FOREVER));
        }
    }

    @Test
    @Parity({"PX-353", "PX-354", "PX-355", "PX-356"})
    void no_time_is_refused_and_hardly_any_may_or_may_not_be_enough() throws IOException {
        try (Client client = connect()) {
            assertThrows(IllegalArgumentException.class, () -> client.api.within(Duration.ZERO));
            for (int i = 0; i < 20; i++) {
                Promise<Object> call =
                        asked(client.api.within(Duration.ofMillis(1)).call("square", 5));
                try {
                    assertEquals(25L, call.await());
                } catch (Failure late) {
                    assertEquals(Failure.Kind.OVERLOADED, late.kind());
                    assertTrue(late.reason().contains("PT0.001S"), late.reason());
                }
            }
            assertEquals(25L, client.call("square", 5));
        }
    }
}

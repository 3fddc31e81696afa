package dev.capstan.capnweb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.SimLoop;
import dev.capstan.cap.Failure;
import dev.capstan.testkit.Parity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a peer is told of errors, and who decides that. */
class OnSendErrorTest {
    private static final JsError WITH_STACK =
            new JsError("RangeError", "too far", "at secret.js:1", Map.of("code", 7L));

    private final SimLoop sim = new SimLoop();
    private final List<WebPeer> peers = new ArrayList<>();
    private final List<AutoCloseable> open = new ArrayList<>();
    private final List<String> seen = new ArrayList<>();

    private static WebTarget main() {
        return WebTarget.empty()
                .method("unknown", args -> {
                    throw new IllegalStateException("the password is hunter2");
                })
                .method("unsupported", args -> {
                    throw new UnsupportedOperationException("the password is hunter2");
                })
                .method("meant", args -> {
                    throw Failure.overloaded("come back later");
                })
                .method("thrown", args -> {
                    throw WITH_STACK.failure();
                })
                .method("value", args -> Map.of("error", WITH_STACK, "also", new IllegalStateException("hunter2")))
                .method("nested", args -> new JsError("Error", "outer", "at outer.js", Map.of("cause", WITH_STACK)));
    }

    private Stub connect(Options options, WebTarget target) {
        WebPeer.Pair pair = WebPeer.pair(sim.loop(), WebTarget.empty().on(sim.loop()), target.on(sim.loop()), options);
        peers.add(pair.left());
        peers.add(pair.right());
        Stub stub = Stub.of(sim.loop(), pair.left().main());
        open.add(stub);
        return stub;
    }

    private Stub connect(OnSendError hook) {
        return connect(Options.DEFAULT.withOnSendError(hook), main());
    }

    /** A process between the two, which tells on what it was told. */
    private Stub relay(Stub to) {
        return connect(
                Options.DEFAULT, WebTarget.empty().method("pass", args -> to.call(String.valueOf(args.getFirst()))));
    }

    private JsError error(Stub call) {
        return JsError.of(failure(call));
    }

    private static JsError withoutKind(JsError error) {
        return JsError.of(error.name(), error.message());
    }

    private Failure failure(Stub call) {
        try (call) {
            return assertThrows(Failure.class, () -> sim.await(call.value()));
        }
    }

    private Object value(Stub call) {
        try (call) {
            return Objects.requireNonNull(sim.await(call.value()));
        }
    }

    @AfterEach
    void nothing_is_left() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
        sim.poll();
        for (WebPeer peer : peers) {
            assertEquals(new WebPeer.Tables(0, 1, 1), peer.tables());
        }
    }

    @Test
    @Parity({"PX-030", "PX-031", "PY-068", "PY-126"})
    void the_message_of_an_exception_that_was_not_meant_for_the_peer_is_not_told() {
        Stub api = connect(Options.DEFAULT, main());
        assertEquals(
                JsError.of("Error", "this failed at the other side, whose log says why"), error(api.call("unknown")));
        Failure unsupported = failure(api.call("unsupported"));
        assertEquals(Failure.Kind.UNIMPLEMENTED, unsupported.kind());
        assertTrue(!unsupported.reason().contains("hunter2"), unsupported.reason());
    }

    @Test
    @Parity({"PX-032"})
    void a_failure_is_told_as_it_is() {
        Failure failure = failure(connect(Options.DEFAULT, main()).call("meant"));
        assertEquals("come back later", failure.reason());
        assertEquals(Failure.Kind.OVERLOADED, failure.kind());
    }

    @Test
    @Parity({"PX-014", "PY-108", "PY-110", "PY-133"})
    void stacks_are_not_told_not_even_those_of_errors_in_values_and_in_other_errors() {
        Stub api = connect(Options.DEFAULT, main());
        JsError without = WITH_STACK.withStack(null);
        assertEquals(without, error(api.call("thrown")));
        assertEquals(Map.of("error", without, "also", JsError.of("Error", "hunter2")), value(api.call("value")));
        assertEquals(new JsError("Error", "outer", null, Map.of("cause", without)), value(api.call("nested")));
    }

    @Test
    void a_stack_that_a_peer_has_told_is_not_passed_on() {
        Stub open = connect((error, thrown) -> error);
        assertEquals(WITH_STACK, error(open.call("thrown")));
        Stub relayed = relay(open);
        assertEquals(WITH_STACK.withStack(null), error(relayed.call("pass", "thrown")));
        assertEquals(
                Map.of("error", WITH_STACK.withStack(null), "also", JsError.of("Error", "hunter2")),
                value(relayed.call("pass", "value")));
    }

    @Test
    @Parity({"CW-I099", "CW-I100"})
    void the_hook_sees_what_was_thrown_and_may_add_to_it_or_replace_it() {
        Stub api = connect((error, thrown) -> {
            seen.add(error.message() + " of "
                    + (thrown == null
                            ? null
                            : thrown instanceof Failure
                                    ? "Failure"
                                    : thrown.getClass().getSimpleName()));
            return thrown instanceof IllegalStateException
                    ? new JsError("Error", "it was us", "at line 1", Map.of("ticket", 5L))
                    : null;
        });
        assertEquals(new JsError("Error", "it was us", "at line 1", Map.of("ticket", 5L)), error(api.call("unknown")));
        assertEquals(WITH_STACK.withStack(null), error(api.call("thrown")));
        assertEquals(JsError.of("Error", "come back later"), withoutKind(error(api.call("meant"))));
        assertEquals(
                List.of("the password is hunter2 of IllegalStateException", "too far of Failure"), seen.subList(0, 2));
    }

    @Test
    void the_hook_sees_errors_in_values_without_anything_thrown() {
        Stub api = connect((error, thrown) -> {
            seen.add(error.name() + " " + (thrown == null));
            return error.name().equals("Error") ? null : JsError.of(error.name(), "replaced");
        });
        assertEquals(
                new JsError("Error", "outer", null, Map.of("cause", JsError.of("RangeError", "replaced"))),
                value(api.call("nested")));
        assertEquals(List.of("Error true", "RangeError true"), seen);
    }

    @Test
    void a_hook_that_throws_costs_nothing() {
        Stub api = connect((error, thrown) -> {
            throw new IllegalStateException("a bug of the hook");
        });
        assertEquals(WITH_STACK.withStack(null), error(api.call("thrown")));
        assertTrue(!error(api.call("unknown")).message().contains("hunter2"));
    }

    @Test
    @Parity({"PX-033"})
    void a_program_may_show_all_messages() {
        Stub api = connect(Options.DEFAULT.withMessagesShown(), main());
        assertEquals(JsError.of("Error", "the password is hunter2"), error(api.call("unknown")));
        assertEquals(WITH_STACK.withStack(null), error(api.call("thrown")));
    }

    @Test
    void what_a_peer_has_thrown_that_is_no_error_is_passed_on_as_it_is() {
        Stub api = connect((error, thrown) -> {
            seen.add(error.message());
            return null;
        });
        Stub relayed = connect(Options.DEFAULT, WebTarget.empty().method("pass", args -> {
            throw Errors.received("just a text");
        }));
        assertEquals("just a text", Errors.value(failure(relayed.call("pass"))));
        assertEquals(List.of(), seen);
        assertEquals(JsError.of("Error", "come back later"), withoutKind(error(api.call("meant"))));
    }
}

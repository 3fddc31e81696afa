package dev.capstan.gateway.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Promise;
import dev.capstan.cap.Answer;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Hints;
import dev.capstan.cap.LocalCap;
import dev.capstan.cap.Method;
import dev.capstan.cap.Payload;
import dev.capstan.capnp.dynamic.DynamicCapability;
import dev.capstan.capnweb.JsError;
import dev.capstan.capnweb.Options;
import dev.capstan.capnweb.Stub;
import dev.capstan.capnweb.WebFormat;
import dev.capstan.capnweb.WebPeer;
import dev.capstan.capnweb.WebTarget;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Calls of a page, which reach a server of Cap'n Proto through the gateway, and calls of its callbacks. */
class CallsTest extends PageScene {
    // ---- calls

    @Test
    void one_object_names_the_arguments_and_an_object_names_the_results() {
        assertEquals(Map.of("c", 3L), value(connect().call("add", Map.of("a", 1, "b", 2))));
    }

    @Test
    void integers_of_64_bits_go_there_and_come_back_as_the_rule_says() {
        Stub api = connect();
        BigInteger large = BigInteger.ONE.shiftLeft(60);
        assertEquals(Map.of("c", large.add(BigInteger.ONE)), value(api.call("add", Map.of("a", large, "b", 1))));
        assertEquals(Map.of("c", 2L), value(api.call("add", Map.of("a", BigInteger.ONE, "b", BigInteger.ONE))));
    }

    @Test
    void inherited_methods_are_there() {
        assertEquals(Map.of("name", "nodes"), value(connect().call("name")));
    }

    @Test
    void a_method_that_there_is_not_is_no_function() {
        Stub api = connect();
        Failure unknown = failure(api.call("subtract", Map.of()));
        assertTrue(
                unknown.reason().startsWith("'subtract' is not a function. A Api has [add, getNode,"),
                unknown.reason());
        assertEquals("TypeError", JsError.of(unknown).name());
        assertTrue(failure(api.get("add").call("call")).reason().startsWith("'add.call' is not a function."));
        assertTrue(failure(api.apply()).reason().startsWith("a Api is no function; call one of [add,"));
    }

    @Test
    void a_method_can_be_taken_as_a_function() {
        Stub api = connect();
        Stub add = held((Stub) Objects.requireNonNull(value(api.get("add").dup())));
        assertEquals(Map.of("c", 5L), value(add.apply(Map.of("a", 2, "b", 3))));
    }

    // ---- pipelining

    @Test
    void three_dependent_calls_are_one_round_trip_on_each_leg() {
        Stub api = connect();
        object(api.call("name"));
        List<String> sent = new ArrayList<>();
        network.host("gateway").onSend(frame -> sent.add("gateway"));
        network.host("server").onSend(frame -> sent.add("server"));
        network.host("page").onSend(frame -> sent.add("page"));
        Duration before = sim.now();
        Stub node = held(api.call("getNode"));
        Stub next = held(node.get("node").call("getNext"));
        Stub depth = held(next.get("node").call("depth"));
        assertEquals(Map.of("value", 2L), sim.await(depth.value()));
        assertEquals(HOP.multipliedBy(4), sim.now().minus(before));
        // From the page: three calls and what asks for the last result. From the gateway: three calls, all before the
        // first answer.
        assertEquals(List.of("page", "page", "page", "page", "gateway", "gateway", "gateway"), sent.subList(0, 7));
        assertEquals("server", sent.get(7));
    }

    @Test
    void pipelining_goes_through_groups_in_structs() {
        Stub api = connect();
        object(api.call("name"));
        Duration before = sim.now();
        Stub deep = held(api.call("deep"));
        Stub node = deep.get("outer").get("where").get("inner").get("node");
        assertEquals(Map.of("value", 1L), value(node.call("depth")));
        assertEquals(HOP.multipliedBy(4), sim.now().minus(before));
    }

    @Test
    void what_is_in_a_result_may_be_asked_for_again_and_again_before_it_comes() {
        Stub api = connect();
        object(api.call("name"));
        Stub deep = held(api.call("deep"));
        List<Stub> same = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            same.add(held(deep.get("outer").get("where")));
        }
        List<Promise<Object>> values = same.stream().map(Stub::value).toList();
        for (Promise<Object> each : values) {
            Map<?, ?> where = assertInstanceOf(Map.class, sim.await(each));
            Map<?, ?> inner = assertInstanceOf(Map.class, where.get("inner"));
            Stub node = held(assertInstanceOf(Stub.class, inner.get("node")));
            assertEquals(Map.of("value", 1L), value(node.call("depth")));
        }
    }

    @Test
    void what_is_in_a_union_is_waited_for() {
        Stub api = connect();
        object(api.call("name"));
        Duration before = sim.now();
        Stub maybe = held(api.call("maybe", Map.of("there", true)));
        assertEquals(Map.of("value", 1L), value(maybe.get("one").get("node").call("depth")));
        assertEquals(HOP.multipliedBy(6), sim.now().minus(before));
        Stub none = held(api.call("maybe", Map.of("there", false)));
        Failure failure = failure(none.get("one").get("node").call("depth"));
        assertEquals("Cannot read properties of undefined (reading 'depth')", failure.reason());
    }

    @Test
    void a_result_that_was_read_can_be_called_before_it_is_there() {
        Stub api = connect();
        object(api.call("name"));
        Duration before = sim.now();
        try (Stub got = api.call("getNode");
                Stub node = Stub.holding(sim.loop(), got.get("node").value())) {
            assertEquals(Map.of("value", 1L), value(node.call("depth")));
        }
        assertTrue(sim.now().minus(before).compareTo(HOP.multipliedBy(8)) <= 0);
    }

    @Test
    void a_data_field_of_a_result_is_read_when_it_is_there() {
        Stub api = connect();
        try (Stub sum = api.call("add", Map.of("a", 1, "b", 2))) {
            assertEquals(3L, sim.await(sum.get("c").value()));
        }
    }

    @Test
    void calls_inside_a_result_keep_their_order_when_it_comes() {
        Stub api = connect();
        Stub got = held(api.call("openSink"));
        Stub sink = got.get("sink");
        for (int i = 0; i < 5; i++) {
            held(sink.call("write", Map.of("chunk", new byte[] {(byte) i})));
        }
        Stub known = held((Stub) Objects.requireNonNull(((Map<?, ?>) sim.await(got.value())).get("sink")));
        for (int i = 5; i < 10; i++) {
            held(known.call("write", Map.of("chunk", new byte[] {(byte) i})));
        }
        assertEquals(Map.of("bytes", 10L), value(known.call("done")));
        for (int i = 0; i < 10; i++) {
            assertEquals(i, nodes.written.get(i)[0]);
        }
    }

    // ---- callbacks

    private static long number(List<?> arguments) {
        return (Long) Objects.requireNonNull(((Map<?, ?>) arguments.getFirst()).get("n"));
    }

    @Test
    void a_function_stands_for_an_interface_with_one_method() {
        Stub api = connect();
        Function<List<?>, Object> doubled = arguments -> Map.of("m", 2 * number(arguments));
        assertEquals(Map.of("sum", 90L), value(api.call("callMe", doubled, 10)));
    }

    @Test
    void a_function_may_give_its_only_result_by_itself() {
        Function<List<?>, Object> one = arguments -> 1;
        assertEquals(Map.of("sum", 10L), value(connect().call("callMe", Map.of("cb", one, "times", 10))));
    }

    @Test
    void an_object_is_called_by_the_names_of_its_methods() {
        WebTarget target = WebTarget.empty().method("call", arguments -> Map.of("m", 3));
        assertEquals(Map.of("sum", 6L), value(connect().call("callMe", Map.of("cb", target, "times", 2))));
    }

    @Test
    void an_object_of_functions_stands_for_an_interface() {
        List<String> heard = new ArrayList<>();
        Function<List<?>, @Nullable Object> began = arguments -> {
            heard.add("began");
            return null;
        };
        Function<List<?>, Object> ended = arguments -> {
            heard.add("ended " + ((Map<?, ?>) arguments.getFirst()).get("n"));
            return Map.of("m", 21);
        };
        Map<?, ?> sum = object(connect().call("listen", Map.of("listener", Map.of("began", began, "ended", ended))));
        assertEquals(Map.of("sum", 21L), sum);
        assertEquals(List.of("began", "ended 20"), heard);
    }

    @Test
    void what_a_callback_throws_fails_the_call_that_it_was_made_for() {
        WebTarget target = WebTarget.empty().method("call", arguments -> {
            throw Failure.overloaded("not now");
        });
        Failure failure = failure(connect().call("callMe", Map.of("cb", target, "times", 2)));
        assertEquals(Failure.Kind.OVERLOADED, failure.kind());
        assertTrue(failure.reason().endsWith("not now"), failure.reason());
    }

    @Test
    void what_a_callback_gives_must_fit_the_schema() {
        WebTarget target = WebTarget.empty().method("call", arguments -> "three");
        Failure failure = failure(connect().call("callMe", Map.of("cb", target, "times", 1)));
        assertTrue(
                failure.reason()
                        .endsWith("call.m: expected a number without fraction, or a bigint (Int64), not a string"),
                failure.reason());
    }

    // ---- identity and life

    @Test
    void an_object_of_the_server_that_comes_back_is_the_original() {
        Stub api = connect();
        try (Stub got = api.call("getNode")) {
            Stub node = held((Stub) Objects.requireNonNull(((Map<?, ?>) sim.await(got.value())).get("node")));
            assertEquals(Map.of("mine", true), value(api.call("isMine", Map.of("node", node))));
        }
    }

    @Test
    void an_object_of_the_page_that_comes_back_is_the_original() {
        Stub api = connect();
        WebTarget mine = WebTarget.empty().method("depth", arguments -> Map.of("value", 77));
        Cap original = mine.on(sim.loop());
        try (Stub stub = Stub.of(sim.loop(), original.share())) {
            object(api.call("keep", Map.of("object", stub)));
        }
        assertEquals(Map.of("mine", false), value(api.call("isMine", Map.of("node", mine))));
        try (Stub back = (Stub) Objects.requireNonNull(object(api.call("kept")).get("object"))) {
            assertSame(original, back.cap().innermost());
        }
        original.close();
    }

    @Test
    void the_same_object_is_the_same_while_it_is_held() {
        Cap object = new LocalCap(sim.loop(), nodes.api());
        Cap first = bridge.toWeb(Nodes.API, object.share());
        Cap second = bridge.toWeb(Nodes.API, object.share());
        assertSame(first, second);
        Cap back = bridge.toCapnp(Nodes.API, second);
        assertSame(object, back);
        back.close();
        object.close();
        first.close();
        sim.poll();
        assertEquals(0, nodes.live());
    }

    @Test
    void disposing_a_stub_releases_the_object_in_the_server() {
        Stub api = connect();
        Stub got = api.call("getNode");
        Map<?, ?> result = object(got);
        assertEquals(2, nodes.live());
        ((Stub) Objects.requireNonNull(result.get("node"))).close();
        settle();
        assertEquals(1, nodes.live());
    }

    @Test
    void a_page_that_goes_away_releases_what_it_held() {
        Stub api = connect();
        held((Stub) Objects.requireNonNull(object(api.call("getNode")).get("node")));
        assertEquals(2, nodes.live());
        pages.getLast().close();
        settle();
        assertEquals(1, nodes.live());
    }

    // ---- failures and cancelling

    @Test
    void each_kind_of_failure_comes_with_its_reason_and_its_details() {
        Stub api = connect();
        for (Failure.Kind kind : Failure.Kind.values()) {
            Failure failure = failure(api.call("fail", Map.of("kind", kind.name())));
            assertEquals(kind, failure.kind());
            assertTrue(failure.reason().endsWith("as you wished"), failure.reason());
            assertEquals(3, failure.detail(7).orElseThrow().length);
        }
    }

    @Test
    void what_was_called_on_a_result_that_failed_fails_with_it() {
        Stub api = connect();
        try (Stub failed = api.call("fail", Map.of("kind", "OVERLOADED"))) {
            assertTrue(failure(failed.get("node").call("depth")).reason().endsWith("as you wished"));
        }
    }

    @Test
    void giving_up_a_call_cancels_it_in_the_server() {
        Stub api = connect();
        Stub asleep = api.call("sleep");
        settle();
        assertEquals(1, nodes.sleeping());
        assertEquals(0, nodes.cancelled());
        asleep.close();
        settle();
        assertEquals(1, nodes.cancelled());
    }

    @Test
    void a_server_that_goes_away_fails_the_calls_that_it_has() {
        Stub api = connect();
        Stub asleep = api.call("sleep");
        Promise<Object> value = asleep.value();
        settle();
        vats.getLast().close();
        Failure failure = assertThrows(Failure.class, () -> sim.await(value));
        assertEquals(Failure.Kind.DISCONNECTED, failure.kind());
        asleep.close();
        assertEquals(Failure.Kind.DISCONNECTED, failure(api.call("name")).kind());
    }

    // ---- map

    @Test
    void map_runs_in_the_gateway_against_objects_of_the_server() {
        Stub api = connect();
        object(api.call("name"));
        Duration before = sim.now();
        try (Stub numbers = api.call("numbers");
                Stub sums = numbers.get("list").map(n -> api.call("add", n, 10).get("c"))) {
            assertEquals(List.of(11L, 12L, 13L), sim.await(sums.value()));
        }
        // The list and the sums are two round trips of the gateway, and one of the page.
        assertEquals(HOP.multipliedBy(6), sim.now().minus(before));
    }

    // ---- the other way

    @Test
    void a_cap_n_proto_program_calls_an_object_of_cap_n_web() {
        WebTarget node = WebTarget.empty()
                .method("depth", arguments -> Map.of("value", 9))
                .method("getNext", arguments -> Map.of("node", WebTarget.empty().method("depth", more -> 10)));
        WebPeer.Pair pair = WebPeer.pair(sim.loop(), node.on(sim.loop()), null, Options.DEFAULT);
        try (DynamicCapability object = new DynamicCapability(
                Nodes.NODE, bridge.toCapnp(Nodes.NODE, pair.right().main()))) {
            try (var answer = object.request("getNext").send();
                    DynamicCapability next = answer.results().cap("node")) {
                long depth = sim.await(next.request("depth")
                        .send()
                        .then(results -> Promise.of(results.get("value").asLong())));
                assertEquals(10, depth);
            }
            try (DynamicCapability wrong =
                    new DynamicCapability(Nodes.API, object.cap().share())) {
                Promise<Boolean> sum = wrong.request("add").send().then(results -> Promise.of(true));
                Failure failure = assertThrows(Failure.class, () -> sim.await(sum));
                assertEquals(Failure.Kind.UNIMPLEMENTED, failure.kind());
            }
        }
        pair.right().close();
        settle();
    }

    @Test
    void a_call_by_number_of_an_object_with_names_is_refused() {
        Cap api = bridge.toWeb(Nodes.API, new LocalCap(sim.loop(), nodes.api()));
        try (api;
                Answer answer = api.request(new Method.Ordinal(1, 2), WebFormat.INSTANCE, 0, Hints.NONE)
                        .send()) {
            Promise<Payload> results = answer.results();
            assertEquals(
                    Failure.Kind.UNIMPLEMENTED,
                    assertThrows(Failure.class, () -> sim.await(results)).kind());
        }
        sim.poll();
    }
}

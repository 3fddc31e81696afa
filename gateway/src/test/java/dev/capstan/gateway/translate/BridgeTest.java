package dev.capstan.gateway.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Completer;
import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.Answer;
import dev.capstan.cap.BrokenCap;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Hints;
import dev.capstan.cap.Method;
import dev.capstan.cap.Path;
import dev.capstan.cap.Payload;
import dev.capstan.cap.Pipeline;
import dev.capstan.cap.QueuedCap;
import dev.capstan.cap.Request;
import dev.capstan.capnp.dynamic.DynamicCapability;
import dev.capstan.capnp.dynamic.InterfaceSchema;
import dev.capstan.capnp.rpc.Peer;
import dev.capstan.capnp.rpc.Vat;
import dev.capstan.capnweb.Stub;
import dev.capstan.capnweb.WebFormat;
import dev.capstan.capnweb.WebTarget;
import dev.capstan.testkit.SimNetwork;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The gateway by itself: what may lie before it and behind it, in one process and at the worst moment. */
class BridgeTest {
    private static final Schemas SCHEMAS = Schemas.of("""
            interface Store {
              put @0 (rows :List(Row)) -> ();
              text @1 (text :Text) -> ();
              any @2 () -> (tree :Tree);
              nodes @3 () -> (all :List(Store));
            }
            struct Row {
              a @0 :Int64; b @1 :Int64; c @2 :Int64; d @3 :Int64; e @4 :Int64; f @5 :Int64; g @6 :Int64; h @7 :Int64;
            }
            struct Tree { left @0 :Tree; right @1 :Tree; store @2 :Store; }
            """);

    private static final InterfaceSchema STORE = SCHEMAS.type("Store");
    private static final InterfaceSchema CALLBACK = Nodes.SCHEMAS.type("Callback");

    private final SimLoop sim = new SimLoop();
    private final Nodes nodes = new Nodes(sim.loop());
    private Bridge bridge = new Bridge(sim.loop(), Limits.DEFAULT);

    private static Method.Member member(String path) {
        return new Method.Member(Path.Names.of(path.split("\\.")), false);
    }

    private static Failure failure(SimLoop sim, Promise<?> promise) {
        return assertThrows(Failure.class, () -> sim.await(promise));
    }

    // ---- order

    /** A callback of a page. */
    private Cap hearing(List<Long> heard) {
        return WebTarget.empty()
                .method("call", arguments -> {
                    Object n = ((Map<?, ?>) arguments.getFirst()).get("n");
                    heard.add((Long) Objects.requireNonNull(n));
                    return Map.of("m", 0);
                })
                .on(sim.loop());
    }

    private Promise<Long> call(Cap callback, long n) {
        try (DynamicCapability typed = new DynamicCapability(CALLBACK, callback.share())) {
            var request = typed.request("call");
            request.params().set("n", n);
            return request.send()
                    .then(results -> Promise.of(results.get("m").asLong()))
                    .eager();
        }
    }

    @Test
    void a_call_that_waits_to_know_what_it_calls_is_not_overtaken() {
        List<Long> heard = new ArrayList<>();
        Cap page = hearing(heard);
        // What it is has been asked before, so that a call of it need not wait.
        Cap known = bridge.toCapnp(CALLBACK, page.share());
        sim.await(call(known, 0));
        QueuedCap promise = new QueuedCap(sim.loop());
        Cap through = bridge.toCapnp(CALLBACK, promise.share());
        Promise<Long> first = call(through, 1);
        sim.poll();
        promise.resolve(page);
        Promise<Long> second = call(through.innermost(), 2);
        Promise<Long> third = call(through, 3);
        sim.await(first);
        sim.await(second);
        sim.await(third);
        assertEquals(List.of(0L, 1L, 2L, 3L), heard);
        promise.close();
        through.close();
        known.close();
        sim.poll();
        assertEquals(0, bridge.size());
    }

    @Test
    void what_a_promise_turns_out_to_be_is_told_when_the_calls_that_waited_have_gone() {
        List<Long> heard = new ArrayList<>();
        Cap page = hearing(heard);
        Cap known = bridge.toCapnp(CALLBACK, page.share());
        sim.await(call(known, 0));
        QueuedCap promise = new QueuedCap(sim.loop());
        Cap through = bridge.toCapnp(CALLBACK, promise.share());
        Promise<Long> first = call(through, 1);
        Promise<Long> second =
                through.settled().then(cap -> call(cap, 2).attach(cap)).eager();
        sim.poll();
        promise.resolve(page);
        sim.await(first);
        sim.await(second);
        assertEquals(List.of(0L, 1L, 2L), heard);
        promise.close();
        through.close();
        known.close();
        sim.poll();
        assertEquals(0, bridge.size());
    }

    // ---- results

    @Test
    void a_single_result_that_is_given_by_itself_is_not_what_went_ahead() {
        WebTarget last = WebTarget.empty().method("depth", arguments -> Map.of("value", 10));
        Cap page = WebTarget.empty().method("getNext", arguments -> last).on(sim.loop());
        try (DynamicCapability node = new DynamicCapability(Nodes.NODE, bridge.toCapnp(Nodes.NODE, page));
                var answer = node.request("getNext").send();
                DynamicCapability early = answer.results().cap("node")) {
            Promise<?> ahead = early.request("depth").send().then(Promise::of);
            Promise<Long> depth = answer.then(results -> {
                DynamicCapability next = (DynamicCapability) results.get("node").asCapability();
                return next.request("depth")
                        .send()
                        .then(value -> Promise.of(value.get("value").asLong()))
                        .attach(next);
            });
            assertEquals(10, sim.await(depth));
            ahead.cancel();
        }
        sim.poll();
        assertEquals(0, bridge.size());
    }

    @Test
    void a_call_for_its_pipeline_alone_is_answered_as_far_as_the_pipeline_needs() {
        SimNetwork network = new SimNetwork(sim, 1);
        Vat server = Vat.on(sim.loop()).serving(nodes.api()).build();
        List<Peer> peers = new ArrayList<>();
        network.host("server").onAccept(stream -> peers.add(server.connect(stream)));
        Peer upstream =
                Vat.on(sim.loop()).build().connect(network.host("gateway").connect("server"));
        try (Cap api = bridge.toWeb(Nodes.API, upstream.bootstrap())) {
            Request request = api.request(member("maybe"), WebFormat.INSTANCE, 0, Hints.NONE);
            dev.capstan.capnweb.WebPayload.of(request.params()).set(List.of(Map.of("there", true)));
            try (Pipeline inside = request.sendForPipeline();
                    Cap node = inside.cap(Path.Names.of("one", "node"));
                    Answer depth = node.request(member("depth"), WebFormat.INSTANCE, 0, Hints.NONE)
                            .send();
                    Payload value = sim.await(depth.results())) {
                assertEquals(
                        Map.of("value", 1L),
                        dev.capstan.capnweb.WebPayload.of(value).value());
            }
        }
        sim.poll();
        upstream.close();
        peers.forEach(Peer::close);
        sim.poll();
        assertEquals(0, bridge.size());
    }

    // ---- limits

    private static DynamicServerOf server(Completer<Void> gate) {
        return new DynamicServerOf(STORE, context -> gate.promise());
    }

    private Stub store(Completer<Void> gate) {
        return Stub.of(sim.loop(), bridge.toWeb(STORE, server(gate).cap(sim.loop())));
    }

    @Test
    void what_a_value_takes_in_a_message_is_counted_and_not_how_it_was_written() {
        bridge = new Bridge(sim.loop(), Limits.DEFAULT.withBytes(10_000));
        Completer<Void> gate = new Completer<>(sim.loop());
        gate.complete(Promise.nothing());
        try (Stub store = store(gate);
                Stub put = store.call("put", Map.of("rows", java.util.Collections.nCopies(200, Map.of())))) {
            Failure failure = failure(sim, put.value());
            assertEquals(Failure.Kind.OVERLOADED, failure.kind());
            assertTrue(failure.reason().contains("Limits.bytes"), failure.reason());
            try (Stub less = store.call("put", Map.of("rows", java.util.Collections.nCopies(100, Map.of())))) {
                assertEquals(Map.of(), sim.await(less.value()));
            }
        }
        sim.poll();
    }

    @Test
    void a_text_counts_as_many_bytes_as_it_is_sent_as() {
        bridge = new Bridge(sim.loop(), Limits.DEFAULT.withBytes(10_000));
        try (Stub store = store(new Completer<>(sim.loop()));
                Stub put = store.call("text", Map.of("text", "\u20ac".repeat(5_000)))) {
            assertEquals(Failure.Kind.OVERLOADED, failure(sim, put.value()).kind());
        }
        sim.poll();
    }

    @Test
    void places_in_results_that_are_not_there_yet_are_bounded() {
        bridge = new Bridge(sim.loop(), Limits.DEFAULT.withPlaces(3));
        Completer<Void> gate = new Completer<>(sim.loop());
        try (Cap store = bridge.toWeb(STORE, server(gate).cap(sim.loop()));
                Answer any = store.request(member("any"), WebFormat.INSTANCE, 0, Hints.NONE)
                        .send()) {
            List<Cap> places = new ArrayList<>();
            for (String place : List.of("a", "b", "c")) {
                places.add(any.pipeline().cap(Path.Names.of(place)));
            }
            try (Cap fourth = any.pipeline().cap(Path.Names.of("d"));
                    Cap again = any.pipeline().cap(Path.Names.of("a"))) {
                BrokenCap broken = assertInstanceOf(BrokenCap.class, fourth.innermost());
                assertEquals(Failure.Kind.OVERLOADED, broken.failure().kind());
                assertTrue(broken.failure().reason().contains("Limits.places"));
                assertFalse(again.innermost() instanceof BrokenCap);
            }
            places.forEach(Cap::close);
            try (Cap fourth = any.pipeline().cap(Path.Names.of("d"))) {
                assertFalse(fourth.innermost() instanceof BrokenCap);
            }
        }
        sim.poll();
        assertEquals(0, bridge.size());
    }

    @Test
    @SuppressWarnings("try") // one stub is closed before its time
    void objects_that_cross_are_bounded_and_room_comes_back() {
        bridge = new Bridge(sim.loop(), Limits.DEFAULT.withObjects(10));
        DynamicServerOf leaf = new DynamicServerOf(STORE, context -> Promise.done());
        DynamicServerOf server = new DynamicServerOf(STORE, context -> {
            var all = context.results().initList("all", 5);
            for (int i = 0; i < 5; i++) {
                try (Cap one = leaf.cap(sim.loop())) {
                    all.any(i).setCap(one.share());
                }
            }
            return Promise.done();
        });
        try (Stub store = Stub.of(sim.loop(), bridge.toWeb(STORE, server.cap(sim.loop())));
                Stub first = store.call("nodes")) {
            Map<?, ?> five = (Map<?, ?>) sim.await(first.value());
            assertEquals(6, bridge.size());
            try (Stub second = store.call("nodes")) {
                Failure failure = failure(sim, second.value());
                assertEquals(Failure.Kind.OVERLOADED, failure.kind());
                assertTrue(failure.reason().contains("Limits.objects"), failure.reason());
            }
            sim.poll();
            assertEquals(6, bridge.size());
            close(five);
            first.close();
            try (Stub second = store.call("nodes")) {
                close((Map<?, ?>) sim.await(second.value()));
            }
        }
        sim.poll();
        assertEquals(0, bridge.size());
    }

    private static void close(Map<?, ?> nodes) {
        ((List<?>) Objects.requireNonNull(nodes.get("all"))).forEach(each -> ((Stub) each).close());
    }
}

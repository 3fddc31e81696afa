package dev.capstan.gateway.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Membrane;
import dev.capstan.capnp.rpc.Peer;
import dev.capstan.capnp.rpc.Vat;
import dev.capstan.capnweb.Options;
import dev.capstan.capnweb.Stub;
import dev.capstan.capnweb.WebPeer;
import dev.capstan.capnweb.WebTarget;
import dev.capstan.testkit.SimNetwork;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A page, three gateways in a row and a server: whatever the page does and gives up, nothing of it stays. */
class GatewaysTest {
    private static final Options SHOWN = Options.DEFAULT.withMessagesShown();

    private final SimLoop sim = new SimLoop();
    private final SimNetwork network = new SimNetwork(sim, 1);
    private final Nodes nodes = new Nodes(sim.loop());
    private final List<Bridge> bridges = List.of(
            new Bridge(sim.loop(), Limits.DEFAULT),
            new Bridge(sim.loop(), Limits.DEFAULT),
            new Bridge(sim.loop(), Limits.DEFAULT));
    private final Membrane border = new Membrane(sim.loop(), Membrane.Policy.ALL);
    private final List<Peer> peers = new ArrayList<>();
    private final List<WebPeer> webs = new ArrayList<>();
    private final Vat client = Vat.on(sim.loop()).build();

    private Stub connect() {
        Vat server = Vat.on(sim.loop()).serving(nodes.api()).build();
        network.host("server").onAccept(stream -> peers.add(server.connect(stream)));
        Peer toServer = client.connect(network.host("far").connect("server"));
        network.host("far")
                .onAccept(stream -> webs.add(WebPeer.over(
                        sim.loop(), stream, bridges.get(0).toWeb(Nodes.API, toServer.bootstrap()), SHOWN)));
        WebPeer toFar = WebPeer.over(sim.loop(), network.host("middle").connect("far"), null, SHOWN);
        Vat middle = Vat.on(sim.loop())
                .servingEach(peer -> bridges.get(1).toCapnp(Nodes.API, toFar.main()))
                .build();
        network.host("middle").onAccept(stream -> peers.add(middle.connect(stream)));
        Peer toMiddle = client.connect(network.host("near").connect("middle"));
        network.host("near")
                .onAccept(stream -> webs.add(WebPeer.over(
                        sim.loop(),
                        stream,
                        border.entrance(bridges.get(2).toWeb(Nodes.API, toMiddle.bootstrap())),
                        SHOWN)));
        peers.add(toServer);
        peers.add(toMiddle);
        webs.add(toFar);
        WebPeer page = WebPeer.over(sim.loop(), network.host("page").connect("near"), null, SHOWN);
        webs.add(page);
        Stub api = Stub.of(sim.loop(), page.main());
        sim.poll();
        network.latency(Duration.ofMillis(1), Duration.ofMillis(9));
        return api;
    }

    private static Stub own(@Nullable Stub some, Stub api, String method) {
        return some == null ? api.call(method) : some.dup();
    }

    /** Closes {@code outer}. */
    private static Stub inside(Stub outer, String... path) {
        try (outer) {
            Stub at = outer;
            for (String step : path) {
                at = at.get(step);
            }
            return at.dup();
        }
    }

    /** Closes {@code object}. */
    private static Stub called(Stub object, String method) {
        try (object) {
            return object.call(method);
        }
    }

    /** What a page does in one go: a few calls, some inside of results that are not there, some with objects of its own, and at any time some of it is given up. */
    private void script(Stub api, Random random) {
        List<Stub> held = new ArrayList<>();
        WebTarget mine = WebTarget.empty()
                .method("depth", arguments -> Map.of("value", 7))
                .method("getNext", arguments -> Promise.of(Map.of()))
                .method("call", arguments -> Map.of("m", 1));
        int steps = 2 + random.nextInt(12);
        for (int i = 0; i < steps; i++) {
            int at = held.isEmpty() ? -1 : random.nextInt(held.size());
            @Nullable Stub some = at < 0 ? null : held.get(at);
            switch (random.nextInt(14)) {
                case 0 -> held.add(api.call("add", Map.of("a", 1, "b", 2)));
                case 1 -> held.add(api.call("getNode"));
                case 2 -> held.add(inside(api.call("getNode"), "node"));
                case 3 -> held.add(called(inside(own(some, api, "getNode"), "node"), "getNext"));
                case 4 -> held.add(called(inside(own(some, api, "deep"), "outer", "where", "inner", "node"), "depth"));
                case 5 -> held.add(api.call("sleep"));
                case 6 ->
                    held.add(api.call("keep", Map.of("object", random.nextBoolean() && some != null ? some : mine)));
                case 7 -> held.add(api.call("kept"));
                case 8 -> held.add(api.call("callMe", Map.of("cb", mine, "times", random.nextInt(4))));
                case 9 -> held.add(api.call("fail", Map.of("kind", "OVERLOADED")));
                case 10 -> held.add(called(inside(api.call("kept"), "object"), "depth"));
                case 11 -> held.add(called(api.get("x".repeat(random.nextInt(3))), "depth"));
                default -> {
                    if (some != null) {
                        held.remove(at).close();
                    }
                }
            }
            if (random.nextBoolean()) {
                sim.advance(Duration.ofMillis(random.nextInt(30)));
            }
        }
        while (!held.isEmpty()) {
            held.remove(random.nextInt(held.size())).close();
            if (random.nextBoolean()) {
                sim.advance(Duration.ofMillis(random.nextInt(30)));
            }
        }
        // Whatever was on its way to be kept has come.
        sim.advance(Duration.ofSeconds(2));
        nodes.forget();
        sim.advance(Duration.ofSeconds(2));
    }

    /** What there is when nothing is under way. */
    private List<String> held() {
        List<String> held = new ArrayList<>();
        webs.forEach(web -> held.add(web.tables().toString()));
        peers.forEach(peer -> held.add(peer.tables().toString()));
        bridges.forEach(bridge -> held.add(bridge.size() + " objects, " + bridge.flightBytes() + " bytes"));
        held.add(border.size() + " objects, " + border.calls() + " calls, " + border.callBytes() + " bytes");
        held.add(nodes.live() + " objects in the server");
        return held;
    }

    @Test
    void a_thousand_random_scripts_leave_nothing_behind() {
        Stub api = connect();
        try (Stub name = api.call("name")) {
            assertEquals(Map.of("name", "nodes"), sim.await(name.value()));
        }
        sim.advance(Duration.ofSeconds(2));
        List<String> before = held();
        for (int seed = 0; seed < 1_000; seed++) {
            script(api, new Random(seed));
            assertEquals(before, held(), "after the script of seed " + seed);
        }
        api.close();
        webs.forEach(WebPeer::close);
        peers.forEach(Peer::close);
        sim.advance(Duration.ofSeconds(2));
        peers.forEach(
                peer -> assertTrue(peer.tables().isEmpty(), () -> peer.tables().toString()));
        bridges.forEach(bridge -> assertEquals(0, bridge.size()));
    }

    @Test
    void a_path_as_long_as_a_page_likes_is_refused_and_harms_nobody() {
        Stub api = connect();
        Stub deep = api;
        List<Stub> all = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            deep = deep.get("node");
            all.add(deep);
        }
        try (Stub result = deep.call("depth")) {
            assertThrows(Failure.class, () -> sim.await(result.value()));
        }
        all.forEach(Stub::close);
        try (Stub result = api.call("name")) {
            assertEquals(Map.of("name", "nodes"), sim.await(result.value()));
        }
        api.close();
        sim.advance(Duration.ofSeconds(2));
        webs.forEach(WebPeer::close);
        peers.forEach(Peer::close);
        sim.advance(Duration.ofSeconds(2));
        bridges.forEach(bridge -> assertEquals(0, bridge.size()));
    }
}

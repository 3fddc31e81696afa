package dev.capstan.gateway.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.SimLoop;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Membrane;
import dev.capstan.capnp.rpc.Peer;
import dev.capstan.capnp.rpc.Vat;
import dev.capstan.capnweb.Options;
import dev.capstan.capnweb.Stub;
import dev.capstan.capnweb.WebPeer;
import dev.capstan.testkit.SimNetwork;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** A page that speaks Cap'n Web, a gateway, and a server that speaks Cap'n Proto: each message takes 10 ms of virtual time on either leg. At the end nothing may be left of a case. */
abstract class PageScene {
    static final Duration HOP = Duration.ofMillis(10);

    final SimLoop sim = new SimLoop();
    final SimNetwork network = new SimNetwork(sim, 1);
    final Nodes nodes = new Nodes(sim.loop());
    final Bridge bridge = new Bridge(sim.loop(), Limits.DEFAULT);
    final List<Membrane> membranes = new ArrayList<>();
    final List<AutoCloseable> open = new ArrayList<>();
    final List<Peer> vats = new ArrayList<>();
    final List<WebPeer> pages = new ArrayList<>();
    /** The gateway's, which all pages share; it ends a connection over which more objects come than two pages may hold. */
    final Vat vat = Vat.on(sim.loop())
            .limits(dev.capstan.capnp.rpc.Limits.DEFAULT.withImports(22_000))
            .build();

    Stub connect() {
        Vat server = Vat.on(sim.loop()).serving(nodes.api()).build();
        network.host("server").onAccept(stream -> vats.add(server.connect(stream)));
        Peer upstream = vat.connect(network.host("gateway").connect("server"));
        vats.add(upstream);
        open.add(server);
        network.host("gateway")
                .onAccept(stream -> pages.add(WebPeer.over(
                        sim.loop(), stream, border(upstream.bootstrap()), Options.DEFAULT.withMessagesShown())));
        return page("page");
    }

    /** As the command has it: a membrane for each page. */
    private Cap border(Cap object) {
        Membrane membrane = new Membrane(sim.loop(), Membrane.Policy.ALL);
        membranes.add(membrane);
        return membrane.entrance(bridge.toWeb(Nodes.API, object));
    }

    Stub page(String name) {
        WebPeer page = WebPeer.over(
                sim.loop(), network.host(name).connect("gateway"), null, Options.DEFAULT.withMessagesShown());
        pages.add(page);
        Stub api = Stub.of(sim.loop(), page.main());
        open.addFirst(api);
        sim.poll();
        network.latency(HOP, HOP);
        return api;
    }

    @Nullable
    Object value(Stub result) {
        try (result) {
            return sim.await(result.value());
        }
    }

    Map<?, ?> object(Stub result) {
        return (Map<?, ?>) Objects.requireNonNull(value(result));
    }

    Stub held(Stub stub) {
        open.addFirst(stub);
        return stub;
    }

    Failure failure(Stub result) {
        try (result) {
            return assertThrows(Failure.class, () -> sim.await(result.value()));
        }
    }

    void settle() {
        sim.advance(Duration.ofSeconds(1));
    }

    /** Everything given back: on the page, in the gateway and in the server. */
    @AfterEach
    void nothing_is_left() throws Exception {
        nodes.forget();
        for (AutoCloseable each : open) {
            if (each instanceof Stub) {
                each.close();
            }
        }
        settle();
        List<String> left = new ArrayList<>();
        for (WebPeer page : pages) {
            WebPeer.Tables tables = page.tables();
            if (tables.calls() > 0 || tables.imports() > 1 || tables.exports() > 1) {
                left.add(tables.toString());
            }
        }
        assertEquals(List.of(), left);
        assertTrue(nodes.live() <= 1, () -> nodes.live() + " objects live in the server");
        pages.forEach(WebPeer::close);
        settle();
        vats.forEach(
                peer -> assertTrue(peer.tables().isEmpty(), () -> peer.tables().toString()));
        assertEquals(0, bridge.size());
        membranes.forEach(membrane -> assertEquals(0, membrane.size()));
        for (AutoCloseable each : open) {
            if (!(each instanceof Stub)) {
                each.close();
            }
        }
        settle();
        assertEquals(0, nodes.live());
    }
}

package dev.capstan.gateway.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.SimLoop;
import dev.capstan.cap.BrokenCap;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Membrane;
import dev.capstan.cap.QueuedCap;
import dev.capstan.capnp.rpc.Peer;
import dev.capstan.capnp.rpc.Vat;
import dev.capstan.capnweb.Options;
import dev.capstan.capnweb.Stub;
import dev.capstan.capnweb.WebPeer;
import dev.capstan.testkit.SimNetwork;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Ways that lead back to where they began, through several borders in one process. */
class CyclesTest {
    @Nested
    class Promises {
        private final SimLoop sim = new SimLoop();
        private final Bridge one = new Bridge(sim.loop(), Limits.DEFAULT);
        private final Bridge other = new Bridge(sim.loop(), Limits.DEFAULT);
        private final Membrane first = new Membrane(sim.loop(), Membrane.Policy.ALL);
        private final Membrane second = new Membrane(sim.loop(), Membrane.Policy.ALL);

        /** Through two gateways. */
        private Cap bridged(Cap object) {
            return other.toCapnp(Nodes.NODE, one.toWeb(Nodes.NODE, object));
        }

        private Cap bordered(Cap object) {
            return second.outward(first.outward(object));
        }

        private void assertBroken(QueuedCap promise, String why) {
            Failure failure = assertThrows(
                    Failure.class, () -> sim.await(promise.settled()).close());
            assertEquals(why, failure.reason());
        }

        private void leadsBack(UnaryOperator<Cap> way) {
            QueuedCap promise = new QueuedCap(sim.loop());
            promise.resolve(way.apply(promise.share()));
            assertBroken(promise, "this promise was resolved to itself");
            promise.close();
            sim.poll();
            assertEquals(0, one.size() + other.size() + first.size() + second.size());
        }

        @Test
        void a_promise_that_two_gateways_lead_back_to_is_broken() {
            leadsBack(this::bridged);
        }

        @Test
        void a_promise_that_two_membranes_lead_back_to_is_broken() {
            leadsBack(this::bordered);
        }

        @Test
        void two_promises_that_lead_to_one_another_through_gateways_and_membranes_are_broken() {
            QueuedCap here = new QueuedCap(sim.loop());
            QueuedCap there = new QueuedCap(sim.loop());
            here.resolve(bordered(bridged(there.share())));
            there.resolve(bridged(bordered(here.share())));
            assertBroken(there, "this promise was resolved to itself");
            assertBroken(here, "this promise was resolved to itself");
            here.close();
            there.close();
            sim.poll();
            assertEquals(0, one.size() + other.size() + first.size() + second.size());
        }

        /** @param forwards whether the first promise is known first, or the last one */
        private void longWay(boolean forwards) {
            int count = 5_000;
            List<QueuedCap> promises = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                promises.add(new QueuedCap(sim.loop()));
            }
            for (int i = 0; i < count - 1; i++) {
                int from = forwards ? i : count - 2 - i;
                promises.get(from)
                        .resolve(bordered(bridged(promises.get(from + 1).share())));
            }
            assertInstanceOf(BrokenCap.class, promises.getFirst().innermost());
            promises.forEach(Cap::close);
            sim.poll();
            assertEquals(0, one.size() + other.size() + first.size() + second.size());
        }

        @Test
        void a_way_of_ever_more_gateways_ends_somewhere() {
            longWay(true);
        }

        @Test
        void a_way_of_ever_more_gateways_that_is_known_from_its_end_on_ends_somewhere() {
            longWay(false);
        }
    }

    /** Two gateways, each of which is the server of the other. */
    @Nested
    class Ring {
        private final SimLoop sim = new SimLoop();
        private final SimNetwork network = new SimNetwork(sim, 1);
        private final Bridge one = new Bridge(sim.loop(), Limits.DEFAULT);
        private final Bridge other = new Bridge(sim.loop(), Limits.DEFAULT);
        private final List<Membrane> borders = new ArrayList<>();
        private final List<Peer> peers = new ArrayList<>();
        private final List<WebPeer> webs = new ArrayList<>();

        private Cap border(Cap object) {
            Membrane membrane =
                    new Membrane(sim.loop(), Membrane.Policy.ALL, new Membrane.Limits(100, 50, 1 << 20, 10));
            borders.add(membrane);
            return membrane.entrance(object);
        }

        @Test
        void a_call_that_goes_round_and_round_comes_to_an_end() {
            Vat vat = Vat.on(sim.loop()).build();
            Peer[] toOne = new Peer[1];
            WebPeer[] toOther = new WebPeer[1];
            network.host("other")
                    .onAccept(stream -> webs.add(WebPeer.over(
                            sim.loop(),
                            stream,
                            border(other.toWeb(Nodes.API, toOne[0].bootstrap())),
                            Options.DEFAULT.withMessagesShown())));
            Vat serving = Vat.on(sim.loop())
                    .servingEach(peer -> border(one.toCapnp(Nodes.API, toOther[0].main())))
                    .build();
            network.host("one").onAccept(stream -> peers.add(serving.connect(stream)));
            toOne[0] = vat.connect(network.host("other's client").connect("one"));
            peers.add(toOne[0]);
            toOther[0] = WebPeer.over(
                    sim.loop(),
                    network.host("one's client").connect("other"),
                    null,
                    Options.DEFAULT.withMessagesShown());
            webs.add(toOther[0]);
            WebPeer page = WebPeer.over(
                    sim.loop(), network.host("page").connect("other"), null, Options.DEFAULT.withMessagesShown());
            webs.add(page);
            try (Stub api = Stub.of(sim.loop(), page.main());
                    Stub result = api.call("name")) {
                Failure failure = assertThrows(Failure.class, () -> sim.await(result.value()));
                assertEquals(Failure.Kind.OVERLOADED, failure.kind());
            }
            sim.advance(Duration.ofSeconds(1));
            borders.forEach(membrane -> assertEquals(0, membrane.calls()));
            assertEquals(0, one.flightBytes() + other.flightBytes());
            webs.forEach(WebPeer::close);
            peers.forEach(Peer::close);
            sim.advance(Duration.ofSeconds(1));
            peers.forEach(peer ->
                    assertTrue(peer.tables().isEmpty(), () -> peer.tables().toString()));
            assertEquals(0, one.size() + other.size());
        }
    }
}

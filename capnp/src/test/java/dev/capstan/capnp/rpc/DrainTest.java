package dev.capstan.capnp.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Completer;
import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.Failure;
import dev.capstan.capnp.CallContext;
import dev.capstan.capnp.testfixture.TestInterface;
import dev.capstan.testkit.SimNetwork;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A vat that goes away while others call it. */
class DrainTest {
    private static final Duration TIME = Duration.ofSeconds(10);
    private static final Duration HALF = TIME.dividedBy(2);

    private final SimLoop sim = new SimLoop();
    private final SimNetwork net = new SimNetwork(sim, 0);
    private final ArrayDeque<Completer<Void>> begun = new ArrayDeque<>();
    private final Vat server = Vat.on(sim.loop()).serving(new Slow()).build();
    private final Vat client = Vat.on(sim.loop()).build();
    private final TestInterface.Client object;
    private final List<String> outcomes = new ArrayList<>();

    /** Its calls end when the test says so. */
    private final class Slow implements TestInterface.Server {
        @Override
        public Promise<Void> foo(CallContext<TestInterface.FooParams.Reader, TestInterface.FooResults.Builder> call) {
            Completer<Void> end = new Completer<>(sim.loop());
            begun.add(end);
            call.results().setX("done");
            return end.promise();
        }
    }

    DrainTest() {
        net.host("server").onAccept(server::connect);
        object = client.connect(net.host("client").connect("server")).bootstrap(TestInterface.TYPE);
    }

    @AfterEach
    void nothing_is_left() {
        object.close();
        client.close();
        server.close();
        sim.advance(Limits.DEFAULT.linger());
        assertEquals(0, sim.loop().timer().pending());
    }

    private void call() {
        object.foo(params -> params.setI(1)).listen(sim.loop(), (results, cause) -> {
            if (results != null) {
                outcomes.add(results.getX());
            } else {
                Failure failure = Failure.of(Objects.requireNonNull(cause));
                outcomes.add(failure.kind() + ": " + failure.reason());
            }
        });
        sim.poll();
    }

    private void endOne() {
        begun.remove().complete(Promise.nothing());
        sim.poll();
    }

    @Test
    void a_quiet_connection_ends_at_once() {
        call();
        endOne();
        Promise<Integer> drained = server.drain(TIME);
        sim.poll();
        assertEquals(0, sim.await(drained));
        assertEquals(List.of(), client.peers());
    }

    @Test
    void a_call_that_is_under_way_ends_first() {
        call();
        Promise<Integer> drained = server.drain(TIME);
        sim.advance(HALF);
        assertEquals(1, client.peers().size());
        endOne();
        assertEquals(0, sim.await(drained));
        assertEquals(List.of("done"), outcomes);
    }

    @Test
    void calls_of_a_peer_that_knows_nothing_are_served_in_the_first_half_of_the_time() {
        call();
        Promise<Integer> drained = server.drain(TIME);
        call();
        endOne();
        endOne();
        assertEquals(0, sim.await(drained));
        assertEquals(List.of("done", "done"), outcomes);
    }

    @Test
    void a_peer_that_is_never_quiet_is_told_in_the_second_half_that_its_new_calls_have_not_begun() {
        call();
        Promise<Integer> drained = server.drain(TIME);
        sim.advance(HALF);
        call();
        assertEquals(1, begun.size());
        assertTrue(outcomes.getFirst().startsWith("DISCONNECTED: "), outcomes::toString);
        assertTrue(outcomes.getFirst().contains("has not begun this call"), outcomes::toString);
        endOne();
        assertEquals(0, sim.await(drained));
        assertEquals("done", outcomes.getLast());
    }

    @Test
    void what_is_not_done_in_time_is_cut_and_counted() {
        call();
        call();
        Promise<Integer> drained = server.drain(TIME);
        sim.advance(TIME);
        assertEquals(2, sim.await(drained));
        assertEquals(2, outcomes.size());
        assertTrue(outcomes.getLast().startsWith("DISCONNECTED"), outcomes::toString);
        begun.forEach(each -> each.complete(Promise.nothing()));
        sim.poll();
    }

    @Test
    void a_call_of_ours_is_waited_for_too() {
        call();
        Promise<Integer> drained = client.drain(TIME);
        sim.poll();
        assertEquals(1, server.peers().size());
        endOne();
        assertEquals(0, sim.await(drained));
        assertEquals(List.of("done"), outcomes);
        assertEquals(List.of(), server.peers());
    }

    @Test
    void a_vat_that_is_drained_takes_no_more_connections() {
        call();
        Promise<Integer> drained = server.drain(TIME);
        net.host("elsewhere").onAccept(stream -> {});
        assertThrows(Failure.class, () -> server.connect(net.host("late").connect("elsewhere")));
        endOne();
        sim.await(drained);
    }
}

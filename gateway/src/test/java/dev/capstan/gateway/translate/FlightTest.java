package dev.capstan.gateway.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Completer;
import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.Answer;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Context;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Hints;
import dev.capstan.cap.LocalCap;
import dev.capstan.cap.Membrane;
import dev.capstan.cap.Method;
import dev.capstan.cap.Path;
import dev.capstan.cap.Payload;
import dev.capstan.cap.Request;
import dev.capstan.cap.Target;
import dev.capstan.capnp.CapnpFormat;
import dev.capstan.capnp.CapnpPayload;
import dev.capstan.capnp.dynamic.InterfaceSchema;
import dev.capstan.capnweb.WebFormat;
import dev.capstan.capnweb.WebPayload;
import dev.capstan.capnweb.WebTarget;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Calls whose server does not answer: what their arguments take is bounded, in bytes. */
class FlightTest {
    private static final InterfaceSchema STORE =
            Schemas.of("interface Store { put @0 (data :Data) -> (); }").type("Store");
    private static final int KIB_300 = 300 << 10;

    private final SimLoop sim = new SimLoop();
    private final Bridge bridge = new Bridge(sim.loop(), Limits.DEFAULT.withFlightBytes(1 << 20));
    private final List<Answer> answers = new ArrayList<>();
    private int waiting;
    private int cancelled;

    private Promise<Object> never() {
        waiting++;
        Completer<Object> never = new Completer<>(sim.loop());
        never.onCancel(() -> cancelled++);
        return never.promise();
    }

    private final class Store implements Target {
        @Override
        public Promise<Void> handle(Context context) {
            context.allowCancellation();
            return never().map(x -> null);
        }
    }

    private Answer byName(Cap store, int bytes) {
        Request request = store.request(
                new Method.Member(Path.Names.of("put"), false), WebFormat.INSTANCE, 0, Hints.NO_PIPELINING);
        WebPayload.of(request.params()).set(List.of(new byte[bytes]));
        return request.send();
    }

    private Answer byOrdinal(Cap store, int bytes) {
        InterfaceSchema.Method put = STORE.methods().getFirst();
        Request request =
                store.request(new Method.Ordinal(STORE.id(), 0), CapnpFormat.INSTANCE, 0, Hints.NO_PIPELINING);
        CapnpPayload.of(request.params())
                .builder()
                .init(put.params().structType())
                .set("data", new byte[bytes]);
        return request.send();
    }

    private interface Sending {
        Answer send(Cap store, int bytes);
    }

    /** Makes ten calls, of which {@code most} are taken. */
    private void assertTaken(Cap store, Sending sending, int most, String limit) {
        for (int i = 0; i < 10; i++) {
            answers.add(sending.send(store, KIB_300));
        }
        sim.poll();
        assertEquals(most, waiting);
        Failure failure = assertThrows(
                Failure.class, () -> sim.await(answers.get(most).results()).close());
        assertEquals(Failure.Kind.OVERLOADED, failure.kind());
        assertTrue(failure.reason().contains(limit), failure::reason);
        // Who gives one up has room for another.
        answers.removeFirst().close();
        sim.poll();
        assertEquals(1, cancelled);
        answers.add(sending.send(store, KIB_300));
        sim.poll();
        assertEquals(most + 1, waiting);
    }

    @AfterEach
    void nothing_is_left() {
        answers.forEach(Answer::close);
        sim.poll();
        assertEquals(0, bridge.flightBytes());
        assertEquals(0, bridge.size());
    }

    @Test
    void calls_of_cap_n_web_are_bounded_in_bytes() {
        try (Cap store = bridge.toWeb(STORE, new LocalCap(sim.loop(), new Store()))) {
            assertTaken(store, this::byName, 4, "Limits.flightBytes");
            long taken = bridge.flightBytes();
            assertTrue(taken > 4 * KIB_300 && taken < 4 * KIB_300 + 1_000, () -> taken + " bytes");
        }
    }

    @Test
    void calls_of_cap_n_proto_are_bounded_in_bytes() {
        WebTarget object = WebTarget.empty().cancelable().method("put", arguments -> never());
        try (Cap store = bridge.toCapnp(STORE, object.on(sim.loop()))) {
            assertTaken(store, this::byOrdinal, 4, "Limits.flightBytes");
            long taken = bridge.flightBytes();
            assertTrue(taken > 4 * KIB_300 && taken < 4 * KIB_300 + 1_000, () -> taken + " bytes");
        }
    }

    @Test
    void a_call_that_is_larger_than_the_limit_crosses_alone() {
        try (Cap store = bridge.toWeb(STORE, new LocalCap(sim.loop(), new Store()))) {
            answers.add(byName(store, 3 << 20));
            answers.add(byName(store, 1));
            sim.poll();
            assertEquals(1, waiting);
        }
    }

    @Test
    void what_one_visitor_has_on_its_way_is_bounded_without_the_others() {
        Membrane first = new Membrane(sim.loop(), Membrane.Policy.ALL, new Membrane.Limits(10, 100, 500 << 10, 10));
        Membrane second = new Membrane(sim.loop(), Membrane.Policy.ALL, new Membrane.Limits(10, 100, 500 << 10, 10));
        try (Cap store = bridge.toWeb(STORE, new LocalCap(sim.loop(), new Store()));
                Cap ofOne = first.outward(store.share());
                Cap ofOther = second.outward(store.share())) {
            assertTaken(ofOne, this::byName, 2, "Membrane.Limits.bytes");
            answers.add(byName(ofOther, KIB_300));
            sim.poll();
            assertEquals(4, waiting);
        }
        answers.forEach(Answer::close);
        answers.clear();
        sim.poll();
        assertEquals(0, first.callBytes() + second.callBytes());
    }

    @Test
    void what_parameters_take_is_their_structs_and_what_these_point_to() {
        try (Payload payload = CapnpFormat.INSTANCE.allocate(0)) {
            CapnpPayload.of(payload)
                    .builder()
                    .init(STORE.methods().getFirst().params().structType())
                    .set("data", new byte[800]);
            assertEquals(808, payload.bytes());
        }
    }
}

package dev.capstan.capnweb.bind;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import dev.capstan.capnweb.JsValue;
import dev.capstan.capnweb.Stub;
import dev.capstan.capnweb.bind.Library.Api;
import dev.capstan.capnweb.bind.Library.Circle;
import dev.capstan.capnweb.bind.Library.Counter;
import dev.capstan.capnweb.bind.Library.Everything;
import dev.capstan.capnweb.bind.Library.Group;
import dev.capstan.capnweb.bind.Library.Level;
import dev.capstan.capnweb.bind.Library.Page;
import dev.capstan.capnweb.bind.Library.User;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.testkit.Parity;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.math.BigInteger;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Typed stubs of typed services, over a session. */
class TypedClientTest {
    private final Pair pair = new Pair();
    private final LibraryServer object = new LibraryServer(pair.sim.loop());
    private final Api api = pair.connect(Api.class, pair.server.serveBlocking(pair.sim.loop(), object));

    @AfterEach
    void nothing_is_left() {
        Remotes.close(api);
        pair.assertNothingIsLeft();
        pair.close();
    }

    @Test
    void a_call_waits_for_its_result() {
        assertEquals(49, api.square(7));
        assertEquals("Ann is 41, LOW", api.greet(User.named("Ann"), Level.LOW));
        assertEquals(User.named("Bob"), api.byName("Bob"));
        assertEquals(1L << 52, api.exact(1L << 52));
    }

    @Test
    @Parity("PY-181")
    void values_are_what_they_were() {
        User user = new User("é\u2028", 0, List.of(), Optional.of("a@b"), "note", Map.of());
        assertEquals(List.of(Map.of("a", user)), api.table(List.of(Map.of("a", user))));
        Group group = new Group(List.of(new Circle(1.5), new Group(List.of())));
        assertEquals(group, api.figure(group));
        Page<User> page = new Page<>(List.of(user), Optional.of(4));
        assertEquals(page, api.page(page));
        Everything all = new Everything(
                true,
                (byte) -1,
                (short) 300,
                70_000,
                1L << 40,
                0.5f,
                0.1,
                'x',
                "text",
                BigInteger.TWO.pow(70),
                Instant.ofEpochMilli(1234),
                new byte[] {1, 2},
                new int[] {3, -4},
                new double[] {0.25},
                Set.of(Level.HIGH),
                Optional.of(URI.create("https://example.com/a?b=c")),
                new String[] {"a", "b"},
                List.of(1L, Map.of("a", "b")));
        Everything same = api.everything(all);
        assertEquals(all.big(), same.big());
        assertEquals(List.of((byte) 1, (byte) 2), List.of(same.bytes()[0], same.bytes()[1]));
        assertEquals(-4, same.numbers()[1]);
        assertEquals(0.25, same.doubles()[0]);
        assertEquals(all.levels(), same.levels());
        assertEquals(all.link(), same.link());
        assertEquals("b", same.words()[1]);
        assertEquals(all.any(), same.any());
        assertEquals(0.5f, same.single());
        assertEquals('x', same.letter());
    }

    @Test
    void anything_is_sent_as_its_own_class_says() {
        assertEquals(Map.of("street", "Main", "number", 7L), api.any(new Library.Address("Main", 7)));
        assertEquals("LOW", api.any(Level.LOW));
        assertEquals(List.of(1L, "x"), api.any(List.of(1, "x")));
        assertNull(api.any(null));
        assertSame(JsValue.UNDEFINED, api.any(Optional.empty()));
        Object object = Objects.requireNonNull(api.any(new LibraryServer.Count(3)));
        try (Stub counter = (Stub) object) {
            assertEquals(3L, counter.get("value").value().await());
        }
    }

    @Test
    void errors_are_values() {
        assertEquals("it was me", api.error(new IOException("it was me")).getMessage());
    }

    @Test
    void three_dependent_calls_take_one_round_trip() {
        pair.sim.poll();
        pair.sent.clear();
        pair.answered.clear();
        try (Counter counter = api.makeCounter(1);
                Pending<String> text = api.pending("abc")) {
            counter.increment(4);
            assertEquals(
                    List.of("push", "push", "push", "pull"), kinds(pair.sent).subList(0, 4));
            assertEquals(5, counter.value());
            pair.sent.clear();
            assertEquals(4, api.length(text));
            assertEquals("[\"push\",[\"pipeline\",0,[\"length\"],[[\"pipeline\",2]]]]", pair.sent.getFirst());
            assertEquals("abc?", text.await());
        }
    }

    private static List<String> kinds(List<String> lines) {
        return lines.stream()
                .map(line -> line.substring(2, line.indexOf('"', 2)))
                .toList();
    }

    @Test
    void what_is_inside_of_a_pending_value_can_be_taken_ahead() {
        try (Pending<User> user =
                pair.client.stub(Ahead.class, Remotes.stub(api).dup()).byName("Cy")) {
            assertEquals("Cy", user.get("name", String.class).await());
            assertEquals(3, api.length(Pending.of("abc")));
            assertEquals(2, api.length(user.get("name", String.class)));
            assertEquals("Cy", user.promise().await().name());
        }
    }

    /** The same object through other glasses. */
    @Remote
    interface Ahead {
        Pending<User> byName(String name);
    }

    @Test
    void promises_and_stages_are_what_they_are() {
        assertEquals(6, api.later(5).await());
        CompletableFuture<String> stage = api.stage("x").toCompletableFuture();
        pair.sim.poll();
        assertEquals("x!", stage.join());
    }

    @Test
    void what_another_thread_asks_for_is_asked_for_when_it_waits_so_that_a_batch_takes_it_with_what_follows()
            throws InterruptedException {
        AtomicReference<Promise<String>> asked = new AtomicReference<>();
        try (Pending<String> text = api.pending("abc")) {
            Thread other = new Thread(() -> asked.set(text.promise()));
            other.start();
            other.join();
            pair.sim.poll();
            assertFalse(pair.sent.stream().anyMatch(line -> line.startsWith("[\"pull\"")), pair.sent::toString);
        }
        assertEquals("abc?", pair.sim.await(Objects.requireNonNull(asked.get())));
    }

    @Test
    void a_promise_that_another_thread_has_given_up_keeps_nothing() throws InterruptedException {
        AtomicReference<Promise<String>> asked = new AtomicReference<>();
        try (Pending<String> text = api.pending("abc")) {
            Thread other = new Thread(() -> asked.set(text.promise()));
            other.start();
            other.join();
        }
        Objects.requireNonNull(asked.get()).cancel();
    }

    @Test
    void functions_are_called_back_and_given_back() {
        assertEquals(12, api.twice(n -> n * 2, 3));
        assertEquals(11, api.apply(n -> Promise.of(n + 3), 5).await());
        IntUnaryOperator adder = api.adder(30);
        assertEquals(42, adder.applyAsInt(12));
        assertEquals(43, adder.andThen(n -> n + 1).applyAsInt(12));
        Remotes.close(adder);
    }

    @Test
    void a_callback_is_kept_by_another_reference_to_it() {
        List<String> heard = new ArrayList<>();
        api.keep(heard::add);
        api.tell("one");
        api.tell("two");
        assertEquals(List.of("one", "two"), heard);
        api.forget();
    }

    @Test
    void a_callback_that_was_only_remembered_is_closed_and_says_how_to_keep_it() {
        api.keepBadly(text -> {});
        assertEquals(
                "tell failed; the log of the callee says why",
                assertThrows(Failure.class, () -> api.tell("x")).reason());
        assertThrows(
                IllegalStateException.class,
                () -> Objects.requireNonNull(object.listener).accept("x"));
    }

    @Test
    void an_object_that_goes_round_is_the_original() {
        Counter shared = api.shared();
        assertTrue(api.isMine(shared));
        assertEquals(0, api.read(shared));
        shared.increment(2);
        assertEquals(2, api.read(shared));
        LibraryServer.Count own = new LibraryServer.Count(9);
        assertEquals(9, api.read(own));
        assertFalse(api.isMine(own));
        assertTrue(own.closed);
    }

    @Test
    @Parity({"PY-355", "PY-365"})
    void a_reference_is_compared_and_shown_without_asking_the_peer() {
        Counter one = api.makeCounter(1);
        Counter same = Remotes.dup(one);
        pair.sim.poll();
        pair.sent.clear();
        assertEquals(one, one);
        assertNotEquals(one, same);
        assertEquals(one.hashCode(), one.hashCode());
        assertTrue(one.toString().startsWith("Counter on "), one.toString());
        assertEquals(List.of(), pair.sent);
        one.close();
        assertEquals("Counter (closed)", one.toString());
        assertThrows(IllegalStateException.class, one::value);
        assertEquals(1, same.value());
        same.close();
        same.close();
    }

    @Test
    void a_peer_that_answers_something_else_is_told_by_method_and_place() {
        Other other = pair.client.stub(Other.class, Remotes.stub(api).dup());
        assertEquals(
                "byName: result.age: expected one of LOW, top, got 41",
                assertThrows(Failure.class, () -> other.byName("x")).reason());
        assertEquals(
                "square: result: expected a string, got 4",
                assertThrows(Failure.class, () -> other.square(2)).reason());
        Remotes.close(other);
    }

    /** The same object as it is not. */
    @Remote
    interface Other {
        Odd byName(String name);

        String square(int n);

        record Odd(Level age) {}
    }

    @Test
    void what_cannot_be_sent_is_refused_before_it_is() {
        pair.sim.poll();
        pair.sent.clear();
        assertEquals(
                "exact: args[0]: 9007199254740992 is no number that JavaScript tells from its neighbours: declare a BigInteger",
                assertThrows(IllegalArgumentException.class, () -> api.exact(1L << 53))
                        .getMessage());
        List<Object> endless = new ArrayList<>();
        endless.add(endless);
        assertTrue(String.valueOf(assertThrows(IllegalArgumentException.class, () -> api.any(endless))
                        .getMessage())
                .endsWith("nests more than 250 levels deep, or contains itself"));
        assertThrows(IllegalArgumentException.class, () -> api.any(new Object()));
        assertEquals(List.of(), pair.sent);
    }

    @Test
    void failures_are_thrown() {
        assertEquals(
                "sold out",
                assertThrows(Library.Sold.class, () -> api.fail("declared")).getMessage());
        assertEquals(
                Failure.Kind.OVERLOADED,
                assertThrows(Failure.class, () -> api.fail("failure")).kind());
        assertEquals(
                "fail failed; the log of the callee says why",
                assertThrows(Failure.class, () -> api.fail("x")).reason());
        assertEquals("later", later().reason());
    }

    private Failure later() {
        Promise<Integer> promise = api.apply(n -> Promise.failed(Failure.failed("later")), 1);
        return assertThrows(Failure.class, promise::await);
    }

    @Test
    void inside_a_turn_nothing_is_waited_for() {
        assertThrows(
                IllegalStateException.class,
                () -> pair.sim.await(pair.sim.loop().pause().map(done -> api.square(2))));
        List<String> heard = new ArrayList<>();
        api.keep(heard::add);
        pair.sim.await(pair.sim.loop().pause().map(done -> {
            api.tell("from a turn");
            return "told";
        }));
        pair.sim.poll();
        assertEquals(List.of("from a turn"), heard);
        api.forget();
    }

    @Test
    void an_object_of_this_process_is_called_through_a_stub_as_well() {
        Binder one = Binder.of(MethodHandles.lookup());
        Api local = one.stub(Api.class, pair.sim.loop(), one.serveBlocking(pair.sim.loop(), object));
        assertEquals(49, local.square(7));
        try (Pending<String> text = local.pending("abc")) {
            assertEquals(4, local.length(text));
        }
        assertEquals(12, local.twice(n -> n * 2, 3));
        assertTrue(local.isMine(local.shared()));
        Remotes.close(local);
    }

    @Test
    void a_service_that_is_not_blocking_cannot_wait_and_the_session_lives() {
        Pair other = new Pair(Binder.of(MethodHandles.lookup()).showingMessages());
        Api quick = other.connect(Api.class, other.server.serve(other.sim.loop(), new LibraryServer(other.sim.loop())));
        assertTrue(assertThrows(Failure.class, () -> quick.twice(n -> n, 1))
                .reason()
                .startsWith("the function waits for its result, which is impossible inside a turn of the loop"));
        assertEquals(8, quick.apply(n -> Promise.of(n + 1), 6).await());
        Remotes.close(quick);
        other.assertNothingIsLeft();
        other.close();
    }

    @Remote(blocking = true)
    interface Patient {
        int ask(IntUnaryOperator function);
    }

    @Test
    void an_interface_may_say_that_its_methods_wait() {
        Patient object = function -> function.applyAsInt(1) + 1;
        Patient patient = pair.client.stub(Patient.class, pair.sim.loop(), pair.server.serve(pair.sim.loop(), object));
        assertEquals(6, patient.ask(n -> n + 4));
        Remotes.close(patient);
    }

    @Test
    void other_threads_call_as_well() throws Exception {
        try (NetLoop net = NetLoop.open("server", Transport.AUTO)) {
            Binder binder = Binder.of(MethodHandles.lookup());
            Api remote = pair.client.stub(
                    Api.class, net.loop(), binder.serveBlocking(net.loop(), new LibraryServer(net.loop())));
            assertEquals(49, remote.square(7));
            try (Counter counter = remote.makeCounter(2)) {
                assertEquals(5, counter.increment(3));
                assertEquals(5, remote.read(counter));
            }
            assertEquals(12, remote.twice(n -> n * 2, 3));
            assertEquals("x!", remote.stage("x").toCompletableFuture().get());
            Remotes.close(remote);
        }
    }
}

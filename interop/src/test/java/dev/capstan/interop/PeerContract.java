package dev.capstan.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Address;
import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import dev.capstan.cap.LocalCap;
import dev.capstan.examples.calculator.Calculator;
import dev.capstan.interop.schema.Callback;
import dev.capstan.interop.schema.FailureKind;
import dev.capstan.interop.schema.Node;
import dev.capstan.interop.schema.Probe;
import dev.capstan.interop.schema.Token;
import dev.capstan.net.Transport;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a Java client may expect of a Peer, in whatever language that is written and over whatever socket it is reached. */
abstract class PeerContract {
    /** What a receiver puts in front of the reason that its peer gave, once. */
    private static final String REMOTE = "remote exception: ";

    private static final int CHAIN = 20;

    @SuppressWarnings("NullAway.Init")
    private Leftovers before;

    @SuppressWarnings("NullAway.Init")
    private JavaClient client;

    /** The way of this run. */
    abstract Way way();

    /** Starts a server for one test. */
    abstract Address serve() throws Exception;

    /** Ends it, after all its clients have gone; it must have nothing left of them. */
    abstract void endServer();

    /** A server in a process of its own, which prints its address; the caller closes it. */
    abstract Program mortal();

    @BeforeEach
    final void connect() throws Exception {
        Address address = serve();
        before = Leftovers.now();
        client = new JavaClient(way().transport, address);
        // The first answer: from here on the bootstrap object is a settled import.
        client.roundTrip();
    }

    @AfterEach
    final void leaves_nothing_behind() {
        client.assertNothingLeft();
        client.close();
        Eventually.becomes("threads and descriptors as before: " + before, () -> before.equals(Leftovers.now()));
        endServer();
    }

    private static Failure failureOf(Promise<?> promise) {
        return assertThrows(Failure.class, promise::await);
    }

    private static void assertFails(Failure.Kind kind, String reason, Promise<?> promise) {
        Failure failure = failureOf(promise);
        assertEquals(kind, failure.kind(), failure::toString);
        assertEquals(REMOTE + reason, failure.reason());
    }

    private static void assertFails(Failure.Kind kind, Promise<?> promise) {
        Failure failure = failureOf(promise);
        assertEquals(kind, failure.kind(), failure::toString);
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            assertTrue(latch.await(10, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    // ---- pipelining

    @Test
    void a_pipelined_chain_leaves_in_one_write_before_any_answer_arrives() {
        List<String> log = client.logOf(() -> JavaClient.depthOf(client.getNode(), CHAIN));
        int flush = log.indexOf(Wiretap.FLUSH);
        List<String> chain = new ArrayList<>(log.subList(0, flush));
        // Each call but the last is of no interest of its own, and says so at once: that does not cancel what depends
        // on it.
        chain.removeIf(">FINISH"::equals);
        assertEquals(Collections.nCopies(CHAIN + 2, ">CALL"), chain);
        assertEquals("<RETURN", log.get(flush + 1));
    }

    @Test
    void a_pipelined_chain_arrives_in_order() {
        assertEquals(CHAIN, JavaClient.depthOf(client.getNode(), CHAIN).await());
    }

    @Test
    void the_kernel_is_asked_to_write_once_for_each_turn_with_output() throws Exception {
        record Count(long writes, long flushes) {}
        CompletableFuture<Count> counted = new CompletableFuture<>();
        // Nothing may be posted to the loop meanwhile: waking it is a write as well, and a loop that looks for input
        // can begin with what is posted before it is woken for it.
        CountDownLatch posted = new CountDownLatch(1);
        client.net.loop().execute(() -> {
            try {
                posted.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException("the loop was interrupted", e);
            }
            client.tap.clear();
            long writes = Leftovers.writesOfThisThread();
            List<Promise<Long>> depths = new ArrayList<>();
            // Little enough for the socket's buffer, so that nothing has to be written in two pieces.
            for (int i = 0; i < 5; i++) {
                depths.add(JavaClient.depthOf(client.getNode(), CHAIN));
            }
            Promise.all(depths)
                    .map(all -> counted.complete(new Count(
                            Leftovers.writesOfThisThread() - writes,
                            Collections.frequency(client.tap.log(), Wiretap.FLUSH))))
                    .detach(counted::completeExceptionally);
        });
        posted.countDown();
        Count count = counted.get(10, TimeUnit.SECONDS);
        assertTrue(count.flushes >= 1, count::toString);
        if (way().transport == Transport.NIO) {
            assertEquals(count.flushes, count.writes, count::toString);
        } else {
            // Of the two system calls that Netty's epoll transport makes, send and writev, the kernel's account has
            // writev alone.
            assertTrue(count.writes <= count.flushes, count::toString);
        }
    }

    @Test
    void calls_on_the_result_of_a_pending_call_wait_for_it() {
        try (var held = client.hold(true)) {
            CountDownLatch answered = new CountDownLatch(1);
            Promise<Long> after = client.inOneTurn(() -> Promise.of(JavaClient.depthOf(held.getNode(), 3)
                    .map(depth -> {
                        answered.countDown();
                        return depth;
                    })
                    .eager()));
            client.roundTrip();
            assertEquals(1, answered.getCount(), "answered before the call that it depends on");
            assertEquals(1, client.letGo());
            assertEquals(3, after.await());
            try (Node.Client node = held.await().getNode()) {
                assertEquals(2, JavaClient.depthOf(node.share(), 2).await());
            }
        }
    }

    // ---- order

    @Test
    void calls_on_a_reference_that_turns_out_to_be_our_own_object_arrive_in_order() {
        ClientObjects.Recorder recorder = new ClientObjects.Recorder();
        List<Long> answers;
        try (Callback.Client own = client.serve(recorder);
                var promised = client.echo(own);
                Callback.Client reference = promised.getCallback()) {
            List<Promise<Long>> before = new ArrayList<>();
            for (long n = 0; n < 5; n++) {
                before.add(JavaClient.call(reference, n));
            }
            answers = client.inOneTurn(() -> {
                List<Promise<Long>> all = new ArrayList<>(before);
                return promised.then(results -> {
                    // Known to be ours now: these could go the short way, and must not overtake the others.
                    for (long n = 5; n < 10; n++) {
                        all.add(JavaClient.call(reference, n));
                    }
                    return Promise.all(all);
                });
            });
        }
        assertEquals(LongStream.range(0, 10).boxed().toList(), recorder.calls);
        assertEquals(LongStream.range(1, 11).boxed().toList(), answers);
    }

    // ---- callbacks

    @Test
    void the_peer_calls_back() {
        ClientObjects.Recorder recorder = new ClientObjects.Recorder();
        try (Callback.Client own = client.serve(recorder)) {
            assertEquals(55, client.callBack(own, 10).await());
        }
        assertEquals(LongStream.range(0, 10).boxed().toList(), recorder.calls);
    }

    @Test
    void a_failure_of_a_callback_comes_back_with_its_kind_and_one_prefix() {
        try (Callback.Client busy = client.serve(new ClientObjects.Busy())) {
            assertFails(Failure.Kind.OVERLOADED, "the client's callback is busy", client.callBack(busy, 3));
        }
    }

    // ---- cancelling

    @Test
    void closing_the_answer_cancels_a_call_that_is_pending_in_the_peer() {
        var counts = client.holdCounts();
        try (var held = client.hold(true)) {
            assertFalse(held.isDone());
            assertEquals(counts.pending() + 1, client.holdCounts().pending());
        }
        Eventually.becomes("cancelled", () -> client.holdCounts().cancelled() == counts.cancelled() + 1);
        assertEquals(counts.pending(), client.holdCounts().pending());
    }

    @Test
    void cancelling_a_promise_made_from_the_answer_does_so_too() {
        var counts = client.holdCounts();
        Promise<Boolean> held = client.hold(true).map(Probe.HoldResults.Reader::hasNode);
        assertEquals(counts.pending() + 1, client.holdCounts().pending());
        held.cancel();
        Eventually.becomes("cancelled", () -> client.holdCounts().cancelled() == counts.cancelled() + 1);
    }

    @Test
    void a_call_that_does_not_allow_it_runs_on_when_it_is_cancelled() {
        var counts = client.holdCounts();
        try (var held = client.hold(false)) {
            assertFalse(held.isDone());
            assertEquals(counts.pending() + 1, client.holdCounts().pending());
        }
        for (int i = 0; i < 10; i++) {
            client.roundTrip();
        }
        assertEquals(
                new JavaClient.HoldCounts(counts.pending() + 1, counts.cancelled(), counts.completed()),
                client.holdCounts());
        assertEquals(1, client.letGo());
        assertEquals(counts.completed() + 1, client.holdCounts().completed());
    }

    @Test
    void cancelling_a_call_cancels_the_callback_that_it_waits_for() {
        ClientObjects.Pending pending = new ClientObjects.Pending();
        try (Callback.Client own = client.serve(pending)) {
            Promise<Long> sum = client.callBack(own, 1);
            Promise<Long> running = client.inOneTurn(() -> Promise.of(sum.eager()));
            awaitLatch(pending.called);
            assertEquals(1, pending.cancelled.getCount());
            running.cancel();
            awaitLatch(pending.cancelled);
        }
    }

    // ---- failures

    @Test
    void failures_keep_their_kind_and_text() {
        assertProbeFails(FailureKind.FAILED, Failure.Kind.FAILED, "it did not work");
        assertProbeFails(FailureKind.OVERLOADED, Failure.Kind.OVERLOADED, "too much to do");
        assertProbeFails(FailureKind.DISCONNECTED, Failure.Kind.DISCONNECTED, "lost somebody else");
        assertProbeFails(FailureKind.UNIMPLEMENTED, Failure.Kind.UNIMPLEMENTED, "not this one");
        assertProbeFails(FailureKind.FAILED, Failure.Kind.FAILED, "\u00e9\u4e2d\ud83d\ude00 \"quoted\"\n");
        assertProbeFails(FailureKind.FAILED, Failure.Kind.FAILED, "");
        assertEquals(1, JavaClient.depthOf(client.getNode(), 1).await(), "the connection still works");
    }

    private void assertProbeFails(FailureKind kind, Failure.Kind expected, String reason) {
        assertFails(expected, reason, client.probe.fail(params -> {
            params.setKind(kind);
            params.setReason(reason);
        }));
    }

    @Test
    void an_interface_that_the_object_does_not_have_is_unimplemented() {
        try (Node.Client node = client.getNode();
                Calculator.Client calculator = new Calculator.Client(node.cap().share())) {
            assertFails(Failure.Kind.UNIMPLEMENTED, calculator.getOperator(params -> {}));
        }
        assertEquals(1, JavaClient.depthOf(client.getNode(), 1).await(), "the connection still works");
    }

    // ---- capabilities

    @Test
    void our_own_capability_comes_home_as_itself() {
        ClientObjects.Recorder recorder = new ClientObjects.Recorder();
        try (Callback.Client own = client.serve(recorder);
                var answer = client.echo(own);
                Callback.Client returned = answer.await().getCallback()) {
            Object target = client.inOneTurn(() -> Promise.of(
                    assertInstanceOf(LocalCap.class, returned.cap().innermost()).target()));
            assertSame(recorder, target);
            List<String> log = client.logOf(() -> JavaClient.call(returned, 7));
            assertEquals(List.of(), log, "a call on an object of our own needs no message");
        }
        assertEquals(List.of(7L), recorder.calls);
    }

    @Test
    void no_capability_comes_back_as_none() {
        assertFalse(client.probe
                .echo(params -> {})
                .map(Probe.EchoResults.Reader::hasCallback)
                .await());
    }

    @Test
    void objects_of_the_peer_are_released_when_we_close_them() {
        long before = client.liveTokens();
        List<Token.Client> tokens = new ArrayList<>();
        for (long id = 0; id < 5; id++) {
            tokens.add(client.newToken(id));
        }
        assertEquals(before + 5, client.liveTokens());
        assertEquals(3, JavaClient.idOf(tokens.get(3)).await());
        tokens.subList(2, 5).forEach(Token.Client::close);
        Eventually.becomes("three are released", () -> client.liveTokens() == before + 2);
        assertEquals(1, JavaClient.idOf(tokens.get(1)).await());
        tokens.forEach(Token.Client::close);
        Eventually.becomes("all are released", () -> client.liveTokens() == before);
    }

    @Test
    void an_object_in_a_result_that_nobody_reads_is_released_with_the_answer() {
        long before = client.liveTokens();
        try (var unread = client.probe.newToken(params -> params.setId(1))) {
            assertEquals(before + 1, client.liveTokens());
            assertFalse(unread.isConsumed());
        }
        Eventually.becomes("it is released", () -> client.liveTokens() == before);
    }

    @Test
    void our_object_lives_as_long_as_the_peer_keeps_it() {
        ClientObjects.OwnToken own = new ClientObjects.OwnToken(77);
        try (Token.Client token = Token.TYPE.serve(client.net.loop(), own)) {
            client.keep(token);
        }
        assertEquals(List.of(77L), client.readKept());
        assertTrue(own.isLive());
        assertEquals(1, client.dropKept());
        awaitLatch(own.released);
    }

    // ---- the end of a connection

    @Test
    void closing_a_connection_releases_objects_and_cancels_calls_at_both_ends() throws Exception {
        var holds = client.holdCounts();
        long tokens = client.liveTokens();
        ClientObjects.OwnToken own = new ClientObjects.OwnToken(2);
        try (JavaClient other = another()) {
            Promise<Boolean> held = other.hold(true).map(Probe.HoldResults.Reader::hasNode);
            Token.Client theirs = other.newToken(1);
            try (Token.Client token = Token.TYPE.serve(other.net.loop(), own)) {
                other.keep(token);
            }
            assertEquals(tokens + 1, client.liveTokens());
            assertEquals(holds.pending() + 1, client.holdCounts().pending());
            other.vat.close();
            assertFails(Failure.Kind.DISCONNECTED, held);
            assertFails(Failure.Kind.DISCONNECTED, JavaClient.idOf(theirs));
            awaitLatch(own.released);
            theirs.close();
            other.assertNothingLeft();
        }
        Eventually.becomes("the object is released", () -> client.liveTokens() == tokens);
        Eventually.becomes("the call is cancelled", () -> client.holdCounts().cancelled() == holds.cancelled() + 1);
        client.dropBrokenToken();
    }

    abstract JavaClient another() throws Exception;

    @Test
    void a_peer_that_dies_in_mid_call_is_a_lost_connection() {
        try (Program server = mortal()) {
            dies(Address.parse(server.address()), victim -> assertFails(Failure.Kind.DISCONNECTED, victim.probe.die()));
            assertEquals(PeerProgram.DIED, server.exitCode());
        }
    }

    @Test
    void a_peer_that_is_killed_in_mid_call_is_a_lost_connection() {
        try (Program server = mortal()) {
            dies(Address.parse(server.address()), victim -> server.kill());
        }
    }

    private void dies(Address address, Consumer<JavaClient> death) {
        Leftovers alive = Leftovers.now();
        ClientObjects.OwnToken own = new ClientObjects.OwnToken(5);
        try (JavaClient victim = new JavaClient(way().transport, address)) {
            Node.Client node = victim.getNode();
            victim.roundTrip();
            Promise<Boolean> held = victim.hold(true).map(Probe.HoldResults.Reader::hasNode);
            Node.Client promised;
            try (var answer = victim.hold(true)) {
                promised = answer.getNode();
            }
            Promise<Long> onHeld = JavaClient.depthOf(promised, 2);
            try (Token.Client token = Token.TYPE.serve(victim.net.loop(), own)) {
                victim.keep(token);
            }
            assertEquals(2, victim.holdCounts().pending());

            death.accept(victim);
            assertFails(Failure.Kind.DISCONNECTED, victim.connection.onDisconnect());
            assertFails(Failure.Kind.DISCONNECTED, held);
            assertFails(Failure.Kind.DISCONNECTED, onHeld);
            assertFails(Failure.Kind.DISCONNECTED, JavaClient.depthOf(node.share(), 0));
            assertFails(Failure.Kind.DISCONNECTED, node.depth());
            awaitLatch(own.released);
            node.close();
            victim.assertNothingLeft();
            assertTrue(victim.inOneTurn(() -> Promise.of(victim.vat.peers().isEmpty())));
        }
        Eventually.becomes("threads and descriptors as before: " + alive, () -> alive.equals(Leftovers.now()));
    }
}

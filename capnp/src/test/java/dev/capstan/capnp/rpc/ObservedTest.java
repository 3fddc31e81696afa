package dev.capstan.capnp.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Promise;
import dev.capstan.cap.CallWatch;
import dev.capstan.cap.Failure;
import dev.capstan.cap.ObservedCall;
import dev.capstan.cap.ObservedSession;
import dev.capstan.cap.Observer;
import dev.capstan.cap.SessionWatch;
import dev.capstan.capnp.rpc.protocol.Message;
import dev.capstan.capnp.testfixture.TestInterface;
import dev.capstan.capnp.testfixture.TestMoreStuff;
import dev.capstan.testkit.Recorder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What an observer is told of connections. */
class ObservedTest {
    private static final String FOO = "0x" + Long.toHexString(TestInterface.TYPE.interfaceId()) + ".0";

    @RegisterExtension
    final TestContext context = new TestContext();

    private final Recorder asking = new Recorder();
    private final Recorder asked = new Recorder();
    private final TestContext.TestVat carol = context.vat("carol", vat -> vat.observer(asking));

    ObservedTest() {
        context.vat("dave", vat -> vat.observer(asked).serving(context.servers.new Main()));
    }

    private TestInterface.Client main() {
        return carol.bootstrap("dave", TestInterface.TYPE);
    }

    private static List<String> since(Recorder recorder, int count) {
        return recorder.lines().subList(count, recorder.lines().size());
    }

    @Test
    void a_call_is_told_on_both_sides_with_its_end() {
        try (var answer = main().foo(Servers::fooParams)) {
            context.await(answer);
        }
        assertEquals(List.of("session capnp", "outgoing 1 on 0 " + FOO, "outgoing 1 ok"), asking.lines());
        assertEquals(List.of("session capnp", "incoming 1 on 0 " + FOO, "incoming 1 ok"), asked.lines());
    }

    @Test
    void an_observer_that_ends_what_begins_hears_of_the_end() {
        List<String> ends = new ArrayList<>();
        context.vat(
                "heidi",
                vat -> vat.serving(context.servers.new Main()).observer(session -> {
                    session.close(Failure.disconnected("not wanted here"));
                    return new SessionWatch() {
                        @Override
                        public CallWatch began(ObservedCall call) {
                            return CallWatch.NONE;
                        }

                        @Override
                        public void ended(Failure cause) {
                            ends.add(cause.reason());
                        }
                    };
                }));
        context.own(carol.bootstrap("heidi", TestInterface.TYPE));
        context.poll();
        assertEquals(List.of("not wanted here"), ends);
    }

    @Test
    void a_pipelined_call_names_the_question_that_it_goes_ahead_of() {
        TestInterface.Client main = main();
        context.poll();
        int before = asked.lines().size();
        try (var more = main.getTestMoreStuff();
                TestMoreStuff.Client cap = more.getCap();
                var answer = cap.getNull()) {
            context.await(answer);
        }
        List<String> lines = since(asked, before);
        assertTrue(lines.get(0).startsWith("incoming 0 0x"), lines::toString);
        assertTrue(lines.stream().anyMatch(line -> line.startsWith("incoming 1 on 0 0x")), lines::toString);
    }

    @Test
    void a_failure_is_told_to_both_sides() {
        TestMoreStuff.Client stuff =
                context.own(context.own(main().getTestMoreStuff()).getCap());
        context.failureOf(stuff.throwException());
        assertTrue(
                asking.lines().contains("outgoing 2 failed: remote exception: test exception"),
                () -> "" + asking.lines());
        assertTrue(asked.lines().contains("incoming 2 failed: test exception"), () -> "" + asked.lines());
    }

    @Test
    void a_call_that_is_given_up_is_cancelled_on_both_sides() {
        TestMoreStuff.Client stuff =
                context.own(context.own(main().getTestMoreStuff()).getCap());
        TestInterface.Client given = context.serve(new TestInterface.Server() {});
        var call = stuff.expectCancel(params -> params.setCap(given));
        context.poll();
        call.close();
        context.poll();
        assertTrue(asking.lines().contains("outgoing 2 cancelled"), () -> "" + asking.lines());
        assertTrue(asked.lines().contains("incoming 2 cancelled"), () -> "" + asked.lines());
    }

    @Test
    void a_call_without_an_answer_to_be_told_ends_all_the_same() {
        TestInterface.Client main = main();
        context.poll();
        int before = asked.lines().size();
        try (var pipeline = main.getTestMoreStuffRequest().sendForPipeline();
                TestMoreStuff.Client cap = pipeline.getCap();
                var answer = cap.getNull()) {
            context.await(answer);
        }
        context.poll();
        List<String> ends = since(asked, before).stream()
                .filter(line -> line.contains(" ok"))
                .toList();
        assertEquals(2, ends.size(), ends::toString);
        assertEquals(
                2,
                since(asking, 1).stream().filter(line -> line.contains(" ok")).count());
    }

    @Test
    void a_connection_that_is_cut_ends_its_calls_before_it_is_over() {
        TestMoreStuff.Client stuff =
                context.own(context.own(main().getTestMoreStuff()).getCap());
        TestInterface.Client given = context.serve(new TestInterface.Server() {});
        var call = context.own(stuff.neverReturn(params -> params.setCap(given)));
        context.poll();
        asking.sessions().getFirst().close(Failure.disconnected("enough"));
        context.failureOf(call);
        assertEquals("over: DISCONNECTED", asking.lines().getLast());
        assertEquals("over: DISCONNECTED", asked.lines().getLast());
    }

    @Test
    void what_is_held_is_listed_with_the_oldest_first() throws Exception {
        TestMoreStuff.Client stuff =
                context.own(context.own(main().getTestMoreStuff()).getCap());
        context.poll();
        context.await(context.sim.loop().timer().after(Duration.ofSeconds(5)));
        var handle = context.own(context.await(context.own(stuff.getHandle())).getHandle());
        ObservedSession session = asked.sessions().getFirst();
        List<ObservedSession.Held> exports = session.exports(10);
        assertEquals(3, exports.size());
        assertEquals(Servers.Main.class.getName(), exports.getFirst().what());
        assertEquals(Servers.Handle.class.getName(), exports.getLast().what());
        assertTrue(exports.getFirst().age().compareTo(exports.getLast().age()) > 0);
        assertEquals(1, session.exports(1).size());
        assertEquals(3, session.counts().exports());
        assertEquals(3, asking.sessions().getFirst().imports(10).size());
        assertEquals(
                asking.sessions().getFirst().counts().sentBytes(),
                session.counts().receivedBytes());
        assertTrue(session.age().compareTo(Duration.ofSeconds(5)) >= 0);
        assertTrue(handle.cap() != null);
    }

    @Test
    void with_nobody_watching_nothing_is_made() {
        TestInterface.Client main = context.main();
        try (var answer = main.foo(Servers::fooParams)) {
            context.await(answer);
        }
        assertNull(context.alice.to("bob").observed);
        context.vat("erin", vat -> vat.observer(session -> SessionWatch.NONE).serving(context.servers.new Main()));
        assertNull(context.alice.to("erin").observed);
        context.poll();
        assertSame(Observer.NONE, Observer.all());
    }

    @Test
    void a_text_travels_with_a_call_to_who_looks_for_it_and_harms_nobody_else() {
        TestContext.TestVat frank = context.vat("frank", vat -> vat.observer(new Recorder("00-ab-cd-01")));
        try (var seen = frank.bootstrap("dave", TestInterface.TYPE).foo(Servers::fooParams);
                var unseen = frank.bootstrap("bob", TestInterface.TYPE).foo(Servers::fooParams)) {
            assertEquals("foo", context.await(seen).getX());
            assertEquals("foo", context.await(unseen).getX());
        }
        assertEquals(
                "incoming 1 on 0 " + FOO + " with 00-ab-cd-01", asked.lines().get(1));
        Message.Reader call = context.sent("frank", "bob").stream()
                .filter(message -> message.which() == Message.Which.CALL)
                .findFirst()
                .orElseThrow();
        assertEquals("00-ab-cd-01", OutgoingMessage.carried(call));
    }

    @Test
    void without_a_watch_that_wants_it_no_call_has_room_for_a_text() {
        try (var answer = main().foo(Servers::fooParams)) {
            context.await(answer);
        }
        Message.Reader call = context.sent("carol", "dave").stream()
                .filter(message -> message.which() == Message.Which.CALL)
                .findFirst()
                .orElseThrow();
        assertNull(OutgoingMessage.carried(call));
        assertEquals(1, dev.capstan.capnp.AnyStruct.of(call).pointerCount());
    }

    @Test
    void a_refused_call_has_failed() {
        TestContext.TestVat grace = context.vat(
                "grace",
                vat -> vat.observer(asked).serving(context.servers.new Main()).limits(Limits.DEFAULT.withAnswers(1)));
        int before = asked.lines().size();
        TestInterface.Client main = carol.bootstrap("grace", TestInterface.TYPE);
        Promise<?> first = context.own(main.foo(Servers::fooParams));
        context.failureOf(first);
        assertTrue(
                since(asked, before).stream()
                        .anyMatch(line -> line.startsWith("incoming 1 failed: you have 1 calls open")),
                () -> "" + since(asked, before));
        assertTrue(grace.vat.peers().size() == 1);
    }
}

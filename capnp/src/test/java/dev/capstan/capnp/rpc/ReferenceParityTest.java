package dev.capstan.capnp.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.cap.Failure;
import dev.capstan.cap.QueuedCap;
import dev.capstan.capnp.rpc.protocol.CapDescriptor;
import dev.capstan.capnp.rpc.protocol.Message;
import dev.capstan.capnp.testfixture.TestHandle;
import dev.capstan.capnp.testfixture.TestInterface;
import dev.capstan.capnp.testfixture.TestMoreStuff;
import dev.capstan.testkit.Parity;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is held, released and exported under which id: behaviours that {@code rpc-test.c++} asserts, under its names. */
class ReferenceParityTest {
    @RegisterExtension
    final TestContext context = new TestContext();

    private final Servers servers = context.servers;

    @Test
    @Parity("R05")
    @DisplayName("release capability")
    void an_object_lives_until_capability_and_response_are_both_dropped() {
        TestMoreStuff.Client client = context.moreStuff();
        TestHandle.Client first;
        try (var answer = client.getHandle()) {
            first = context.await(answer).getHandle();
        }
        var second = client.getHandle();
        TestHandle.Client handle = context.await(second).getHandle();
        assertEquals(2, servers.handles);
        first.close();
        context.poll();
        assertEquals(1, servers.handles);
        handle.close();
        context.poll();
        assertEquals(1, servers.handles);
        second.close();
        context.poll();
        assertEquals(0, servers.handles);
    }

    @Test
    @Parity("R12")
    @DisplayName("retain and release")
    void a_held_capability_comes_back_as_the_original_object() {
        Servers.Foo target = servers.new Foo();
        TestMoreStuff.Client client;
        try (TestInterface.Client main = context.alice.to("bob").bootstrap(TestInterface.TYPE);
                var stuff = main.getTestMoreStuff()) {
            client = stuff.getCap();
        }
        try (client) {
            try (TestInterface.Client cap = TestInterface.TYPE.serve(context.sim.loop(), target);
                    var hold = client.hold(params -> params.setCap(cap))) {
                context.await(hold);
            }
            assertEquals(1, numberOf(client));
            assertFalse(target.released, "the server holds it");
            try (var called = client.callHeld(params -> {})) {
                assertEquals("bar", context.await(called).getS());
            }
            try (var held = client.getHeld();
                    TestInterface.Client copy = context.await(held).getCap()) {
                long sent = context.alice.host.sent();
                try (var foo = copy.foo(Servers::fooParams)) {
                    assertEquals("foo", context.await(foo).getX());
                }
                assertEquals(sent, context.alice.host.sent(), "it is called without a message");
                try (var foo = client.callFoo(params -> params.setCap(copy))) {
                    assertEquals("bar", context.await(foo).getS());
                }
            }
            assertEquals(5, numberOf(client));
            assertEquals(6, numberOf(client));
            assertEquals(7, numberOf(client));
            assertFalse(target.released, "the server still holds it");
        }
        context.poll();
        assertTrue(target.released, "without its client the server goes, and with it what it held");
        assertEquals(3, target.own);
    }

    /** As {@link TestContext#next}, and nothing is left of the call. */
    private long numberOf(TestMoreStuff.Client client) {
        try (var answer = client.getCallSequence(params -> {})) {
            return context.await(answer).getN();
        }
    }

    @Test
    @Parity("R14")
    @DisplayName("send same cap twice")
    void a_capability_is_sent_again_after_its_export_was_released() {
        TestMoreStuff.Client client = context.moreStuff();
        Servers.Foo target = servers.new Foo();
        TestInterface.Client cap = TestInterface.TYPE.serve(context.sim.loop(), target);
        try (var once = client.callFoo(params -> params.setCap(cap))) {
            assertEquals("bar", context.await(once).getS());
        }
        assertEquals(1, context.next(client));
        assertEquals(0, context.alice.to("bob").tables().exports());
        var first = context.own(client.callFoo(params -> params.setCap(cap)));
        var second = context.own(client.callFoo(params -> params.setCap(cap)));
        assertEquals(1, context.alice.to("bob").tables().exports());
        cap.close();
        assertEquals("bar", context.await(first).getS());
        assertEquals("bar", context.await(second).getS());
        context.poll();
        assertTrue(target.released);
        assertEquals(3, target.own);
    }

    /** The only capability that a call of {@code callFoo} carries. */
    private static CapDescriptor.Reader onlyCap(Message.Reader call) {
        var caps = call.getCall().getParams().getCapTable();
        assertEquals(1, caps.size());
        return caps.get(0);
    }

    private static boolean isCallFoo(Message.Reader message) {
        return message.isCall()
                && message.getCall().getInterfaceId() == TestMoreStuff.INTERFACE_ID
                && message.getCall().getMethodId() == 0;
    }

    @Test
    @Parity("R31")
    @DisplayName("when OutgoingRpcMessage::send() throws, we don't leak exports")
    void a_call_that_cannot_be_sent_leaves_no_export_behind() {
        List<Long> exported = new ArrayList<>();
        boolean[] refuse = {true};
        context.alice.host.onSend(frame -> {
            Message.Reader message = ScriptedPeer.parse(frame);
            if (isCallFoo(message)) {
                CapDescriptor.Reader cap = onlyCap(message);
                assertTrue(cap.isSenderPromise());
                exported.add(cap.getSenderPromise());
                if (refuse[0]) {
                    throw Failure.failed("intercepted");
                }
            }
        });
        TestMoreStuff.Client client = context.moreStuff();
        for (int i = 0; i < 2; i++) {
            try (var call = client.callFoo(params -> params.setCap(new TestInterface.Client(context.promise())))) {
                assertEquals("intercepted", context.failureOf(call).reason());
            }
        }
        assertEquals(List.of(0L, 0L), exported, "a refused call leaves its number free");

        refuse[0] = false;
        QueuedCap kept = context.promise();
        try (var call = client.callFoo(params -> params.setCap(new TestInterface.Client(kept.share())))) {
            assertFalse(context.poll(call));
        }
        assertEquals(0L, exported.getLast());

        // That call was given up, but may not be cancelled: its parameter stays exported, and the next one gets a new
        // number.
        QueuedCap promise = context.promise();
        Servers.Foo target = servers.new Foo();
        try (var call = client.callFoo(params -> params.setCap(new TestInterface.Client(promise)))) {
            assertFalse(context.poll(call));
            assertEquals(1L, exported.getLast());
            promise.resolve(TestInterface.TYPE.serve(context.sim.loop(), target).cap());
            assertEquals("bar", context.await(call).getS());
            assertEquals(1, target.own);
        }
        promise.close();
        context.poll();

        QueuedCap last = context.promise();
        var call = context.own(client.callFoo(params -> params.setCap(new TestInterface.Client(last.share()))));
        assertFalse(context.poll(call));
        assertEquals(List.of(0L, 0L, 0L, 1L, 1L), exported, "a number whose call is over is used again");

        for (QueuedCap open : List.of(kept, last)) {
            open.fail(Failure.failed("enough"));
            open.close();
        }
        context.failureOf(call);
    }

    @Test
    @Parity("R32")
    @DisplayName("export the same promise twice")
    void a_capability_has_one_export_id_however_often_it_is_sent() {
        List<String> exported = new ArrayList<>();
        context.alice.host.onSend(frame -> {
            Message.Reader message = ScriptedPeer.parse(frame);
            if (isCallFoo(message)) {
                CapDescriptor.Reader cap = onlyCap(message);
                exported.add(
                        cap.isSenderPromise()
                                ? "promise " + cap.getSenderPromise()
                                : cap.which() + " " + cap.getSenderHosted());
            }
        });
        TestMoreStuff.Client client = context.moreStuff();
        QueuedCap first = context.promise();
        QueuedCap second = context.promise();
        TestInterface.Client promise1 = context.own(new TestInterface.Client(first));
        TestInterface.Client promise2 = context.own(new TestInterface.Client(second));
        for (TestInterface.Client cap : List.of(promise1, promise1, promise2)) {
            assertFalse(context.poll(context.own(client.callFoo(params -> params.setCap(cap)))));
        }
        assertEquals(List.of("promise 0", "promise 0", "promise 1"), exported);
        exported.clear();

        Servers.Foo one = servers.new Foo();
        Servers.Foo other = servers.new Foo();
        TestInterface.Client settled1 = context.serve(one);
        TestInterface.Client settled2 = context.serve(other);
        var calls = List.of(settled1, settled1, settled2).stream()
                .map(cap -> context.own(client.callFoo(params -> params.setCap(cap))))
                .toList();
        assertEquals(List.of("SENDER_HOSTED 2", "SENDER_HOSTED 2", "SENDER_HOSTED 3"), exported);
        calls.forEach(call -> assertEquals("bar", context.await(call).getS()));
        assertEquals(2, one.own);
        assertEquals(1, other.own);

        first.fail(Failure.failed("done"));
        second.fail(Failure.failed("done"));
    }
}

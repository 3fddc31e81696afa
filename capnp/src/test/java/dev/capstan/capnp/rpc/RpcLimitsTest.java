package dev.capstan.capnp.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import dev.capstan.cap.QueuedCap;
import dev.capstan.capnp.rpc.protocol.Exception;
import dev.capstan.capnp.rpc.protocol.Message;
import dev.capstan.capnp.rpc.protocol.Return;
import dev.capstan.capnp.testfixture.TestCallOrder;
import dev.capstan.capnp.testfixture.TestInterface;
import dev.capstan.capnp.testfixture.TestMoreStuff;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Every entry of {@link Limits} that counts: what is allowed up to it, what happens above it, and that nothing is left of that. The sizes are in {@link
 * RpcSizeLimitsTest}, the linger in {@link LingerTest}.
 */
class RpcLimitsTest extends LimitsFixture {
    @Test
    void every_limit_is_at_least_one() {
        for (int i = 0; i < 9; i++) {
            long[] v = {1, 1, 1, 1, 1, 1, 1, 1, 1};
            assertNotNull(limits(v));
            v[i] = 0;
            assertThrows(IllegalArgumentException.class, () -> limits(v), "entry " + i);
        }
        assertThrows(IllegalArgumentException.class, () -> D.withLinger(Duration.ZERO));
        assertThrows(IllegalArgumentException.class, () -> new Limits.Failures(0, 1, 1));
    }

    private static Limits limits(long[] v) {
        return new Limits(
                (int) v[0],
                (int) v[1],
                (int) v[2],
                (int) v[3],
                (int) v[4],
                v[5],
                v[6],
                v[7],
                (int) v[8],
                D.linger(),
                D.failures());
    }

    // ---- answers

    @Test
    void calls_above_the_limit_of_answers_are_refused_until_one_has_ended() {
        ScriptedPeer peer = withRoot(D.withAnswers(3));
        for (int id = 1; id <= 3; id++) {
            call(peer, id, CALL_FOO, 1);
            peer.receive(Message.Which.CALL);
            assertEquals(id, vat().tables().answers());
        }
        for (int id = 4; id < 50; id++) {
            call(peer, id, CALL_FOO, 2);
            assertEquals(2, peer.receive(Message.Which.RELEASE).getRelease().getId());
            Return.Reader refused = returned(peer, id);
            assertEquals(Exception.Type.OVERLOADED, kind(refused));
            assertTrue(refused.getNoFinishNeeded());
        }
        bootstrap(peer, 50);
        assertEquals(Exception.Type.OVERLOADED, kind(returned(peer, 50)));
        assertEquals(3, vat().tables().answers(), "what was refused takes no place");
        assertEquals(1, vat().tables().imports());
        // A peer that does not know that hint sends a Finish.
        finish(peer, 4);
        finish(peer, 1);
        peer.expectNothing();
        peer.send(message -> {
            var ret = message.initReturn();
            ret.setAnswerId(0);
            ret.initResults().getContent().init(TestInterface.FooResults.TYPE).setX("foo");
        });
        peer.ignore();
        assertEquals(2, vat().tables().answers());
        call(peer, 4, CALL_FOO, 1);
        peer.receive(Message.Which.CALL);
        assertEquals(3, vat().tables().answers());
    }

    private static void forPipeline(ScriptedPeer peer, long id) {
        peer.send(message -> {
            var call = message.initCall();
            call.setQuestionId(id);
            call.setOnlyPromisePipeline(true);
            call.initTarget().setImportedCap(0);
            call.setInterfaceId(TestMoreStuff.INTERFACE_ID);
            call.setMethodId(CALL_FOO);
            var params = call.initParams();
            params.initCapTable(1).get(0).setSenderHosted(1);
            params.getContent().init(TestMoreStuff.CallFooParams.TYPE).setCap(FIRST_IN_TABLE);
        });
    }

    @Test
    void a_call_for_its_pipeline_alone_that_was_finished_counts_until_it_has_ended_though_its_id_is_free() {
        ScriptedPeer peer = withRoot(D.withAnswers(2));
        List<Long> asked = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            forPipeline(peer, 1);
            asked.add(peer.receive(Message.Which.CALL).getCall().getQuestionId());
            finish(peer, 1);
            sim.poll();
            assertEquals(i + 1, vat().tables().answers());
        }
        call(peer, 1, UNKNOWN);
        assertEquals(Exception.Type.OVERLOADED, kind(returned(peer, 1)));
        peer.send(message -> {
            var ret = message.initReturn();
            ret.setAnswerId(asked.getFirst());
            ret.initResults().getContent().init(TestInterface.FooResults.TYPE).setX("foo");
        });
        peer.ignore();
        assertEquals(1, vat().tables().answers());
        call(peer, 1, UNKNOWN);
        assertEquals(Exception.Type.UNIMPLEMENTED, kind(returned(peer, 1)));
        finish(peer, 1);
    }

    @Test
    void a_tail_call_for_its_pipeline_alone_that_was_finished_counts_until_it_has_ended() {
        ScriptedPeer peer = withRoot(D.withAnswers(2));
        for (int i = 0; i < 2; i++) {
            peer.send(message -> {
                var call = message.initCall();
                call.setQuestionId(1);
                call.setOnlyPromisePipeline(true);
                call.getSendResultsTo().setYourself();
                call.initTarget().setImportedCap(0);
                call.setInterfaceId(TestMoreStuff.INTERFACE_ID);
                call.setMethodId(CALL_FOO);
                var params = call.initParams();
                params.initCapTable(1).get(0).setSenderHosted(1);
                params.getContent().init(TestMoreStuff.CallFooParams.TYPE).setCap(FIRST_IN_TABLE);
            });
            peer.receive(Message.Which.CALL);
            finish(peer, 1);
            assertTrue(returned(peer, 1).isResultsSentElsewhere());
            assertEquals(i + 1, vat().tables().answers());
        }
        call(peer, 1, UNKNOWN);
        assertEquals(Exception.Type.OVERLOADED, kind(returned(peer, 1)));
    }

    private static void tail(ScriptedPeer peer, long id) {
        peer.send(message -> {
            var call = message.initCall();
            call.setQuestionId(id);
            call.initTarget().setImportedCap(0);
            call.setInterfaceId(TestMoreStuff.INTERFACE_ID);
            call.setMethodId(GET_HANDLE);
            call.getSendResultsTo().setYourself();
            call.initParams();
        });
    }

    @Test
    void a_tail_call_above_the_limit_of_answers_ends_the_connection() {
        ScriptedPeer peer = withRoot(D.withAnswers(1));
        call(peer, 1, CALL_FOO, 1);
        peer.receive(Message.Which.CALL);
        tail(peer, 2);
        peer.expectAbort("calls open on this connection");
    }

    @Test
    void a_question_id_that_is_in_use_ends_the_connection_and_its_parameters_are_released() {
        ScriptedPeer peer = withRoot(D);
        call(peer, 1, CALL_FOO, 1);
        peer.receive(Message.Which.CALL);
        peer.send(message -> {
            var call = message.initCall();
            call.setQuestionId(1);
            call.initTarget().setImportedCap(0);
            call.setInterfaceId(TestMoreStuff.INTERFACE_ID);
            call.initParams().initCapTable(1).get(0).setReceiverHosted(0);
        });
        peer.expectAbort("questionId is already in use");
    }

    // ---- imports

    @Test
    void one_import_too_many_ends_the_connection() {
        ScriptedPeer peer = withRoot(D.withImports(2));
        for (int id = 1; id <= 2; id++) {
            call(peer, id, CALL_FOO, id);
            peer.receive(Message.Which.CALL);
            assertEquals(id, vat().tables().imports());
        }
        call(peer, 3, CALL_FOO, 2);
        peer.receive(Message.Which.CALL);
        assertEquals(2, vat().tables().imports(), "one that is known counts once");
        peer.send(message -> {
            var call = message.initCall();
            call.setQuestionId(4);
            call.initTarget().setImportedCap(0);
            var caps = call.initParams().initCapTable(2);
            caps.get(0).setReceiverHosted(0);
            caps.get(1).setSenderHosted(3);
        });
        peer.expectAbort("Limits.imports");
        assertFalse(vat().isUp());
    }

    @Test
    void an_import_that_was_released_makes_room() {
        ScriptedPeer peer = withRoot(D.withImports(1));
        for (int cap = 1; cap < 5; cap++) {
            call(peer, cap, UNKNOWN, cap);
            assertEquals(cap, peer.receive(Message.Which.RELEASE).getRelease().getId());
            assertEquals(Exception.Type.UNIMPLEMENTED, kind(returned(peer, cap)));
            finish(peer, cap);
        }
        peer.expectNothing();
    }

    // ---- exports

    @Test
    void a_result_with_one_export_too_many_fails_and_releases_what_it_held() {
        ScriptedPeer peer = withRoot(D.withExports(3));
        for (int id = 1; id <= 2; id++) {
            call(peer, id, GET_HANDLE);
            assertEquals(
                    id, returned(peer, id).getResults().getCapTable().get(0).getSenderHosted());
            finish(peer, id);
        }
        call(peer, 3, GET_HANDLE);
        assertEquals(Exception.Type.OVERLOADED, kind(returned(peer, 3)));
        finish(peer, 3);
        peer.expectNothing();
        assertEquals(2, servers.handles);
        assertEquals(3, vat().tables().exports());
        release(peer, 1);
        call(peer, 4, GET_HANDLE);
        assertEquals(1, returned(peer, 4).getResults().getCapTable().get(0).getSenderHosted());
        assertEquals(2, servers.handles);
        release(peer, 1);
        release(peer, 2);
        finish(peer, 4);
        peer.expectNothing();
        assertEquals(0, servers.handles);
    }

    @Test
    void a_call_with_one_export_too_many_is_not_sent() {
        ScriptedPeer peer = withRoot(D.withExports(2));
        TestMoreStuff.Client hub = hub(peer);
        TestInterface.Client first = own(TestInterface.TYPE.serve(sim.loop(), servers.new Foo()));
        TestInterface.Client second = own(TestInterface.TYPE.serve(sim.loop(), servers.new Foo()));
        own(hub.callFoo(params -> params.setCap(first)));
        peer.receive(Message.Which.CALL);
        var refused = own(hub.callFoo(params -> params.setCap(second)));
        assertEquals(Failure.Kind.OVERLOADED, failureOf(refused).kind());
        peer.expectNothing();
        own(hub.callFoo(params -> params.setCap(first)));
        peer.receive(Message.Which.CALL);
        assertEquals(2, vat().tables().exports());
    }

    @Test
    void a_promise_that_resolves_to_one_export_too_many_is_rejected() {
        ScriptedPeer peer = withRoot(D.withExports(2));
        TestMoreStuff.Client hub = hub(peer);
        QueuedCap promise = new QueuedCap(sim.loop());
        TestInterface.Client cap = own(new TestInterface.Client(promise));
        own(hub.callFoo(params -> params.setCap(cap)));
        peer.receive(Message.Which.CALL);
        promise.resolve(TestInterface.TYPE.serve(sim.loop(), servers.new Foo()).cap());
        var resolve = peer.receive(Message.Which.RESOLVE).getResolve();
        assertEquals(1, resolve.getPromiseId());
        assertTrue(resolve.isException(), () -> "" + resolve.which());
        assertEquals(Exception.Type.OVERLOADED, resolve.getException().getType());
        peer.expectNothing();
        assertEquals(2, vat().tables().exports());
        release(peer, 1);
        peer.expectNothing();
        assertEquals(1, vat().tables().exports());
    }

    // ---- embargoes

    /** A call that returns what it was given, and a call on that which makes an embargo necessary. */
    private List<Promise<?>> reflect(ScriptedPeer peer, TestMoreStuff.Client hub) {
        TestCallOrder.Client mine = own(TestCallOrder.TYPE.serve(sim.loop(), servers.new CallOrder()));
        var echo = own(hub.echo(params -> params.setCap(mine)));
        TestCallOrder.Client place = own(echo.getCap());
        var before = own(place.getCallSequence(params -> {}));
        var call = peer.receive(Message.Which.CALL).getCall();
        long export = call.getParams().getCapTable().get(0).getSenderHosted();
        peer.receive(Message.Which.CALL);
        peer.send(message -> {
            var ret = message.initReturn();
            ret.setAnswerId(call.getQuestionId());
            ret.setReleaseParamCaps(false);
            var results = ret.initResults();
            results.initCapTable(1).get(0).setReceiverHosted(export);
            results.getContent().init(TestMoreStuff.CallFooParams.TYPE).setCap(FIRST_IN_TABLE);
        });
        sim.poll();
        return List.of(echo, before, own(place.getCallSequence(params -> {})));
    }

    @Test
    void one_embargo_too_many_ends_the_connection_and_no_call_waits_for_ever() {
        ScriptedPeer peer = withRoot(D.withEmbargoes(2));
        TestMoreStuff.Client hub = hub(peer);
        for (int i = 0; i < 2; i++) {
            reflect(peer, hub);
            assertEquals(
                    i,
                    peer.receive(Message.Which.DISEMBARGO)
                            .getDisembargo()
                            .getContext()
                            .getSenderLoopback());
            peer.ignore();
        }
        assertEquals(2, vat().tables().embargoes());
        // One comes back and makes room.
        peer.send(message -> {
            var disembargo = message.initDisembargo();
            disembargo.initTarget().setImportedCap(0);
            disembargo.getContext().setReceiverLoopback(1);
        });
        peer.expectNothing();
        reflect(peer, hub);
        peer.receive(Message.Which.DISEMBARGO);
        peer.ignore();
        List<Promise<?>> calls = reflect(peer, hub);
        peer.expectAbort("Limits.embargoes");
        for (Promise<?> call : calls) {
            assertEquals(Failure.Kind.DISCONNECTED, failureOf(call).kind());
        }
    }
}

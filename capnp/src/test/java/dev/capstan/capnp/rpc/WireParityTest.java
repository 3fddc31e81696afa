package dev.capstan.capnp.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.SimLoop;
import dev.capstan.capnp.rpc.protocol.Message;
import dev.capstan.capnp.rpc.protocol.Return;
import dev.capstan.testkit.Parity;
import dev.capstan.testkit.SimNetwork;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What our vat answers to messages written by hand, compared with what the newest C++ build was seen to answer. */
class WireParityTest {
    private static final long UNKNOWN_INTERFACE = 0xdeadbeefdeadbeefL;

    private final SimLoop sim = new SimLoop();
    private final SimNetwork net = new SimNetwork(sim, 0);
    private final Servers servers = new Servers(sim.loop());
    private final Vat server = Vat.on(sim.loop()).serving(servers.new Main()).build();
    private final Connection vat;
    private final ScriptedPeer peer;

    WireParityTest() {
        SimNetwork.Host host = net.host("vat");
        List<Connection> accepted = new ArrayList<>();
        host.onAccept(stream -> accepted.add((Connection) server.connect(stream)));
        peer = new ScriptedPeer(sim, net.host("peer").connect("vat"));
        vat = accepted.getFirst();
    }

    @AfterEach
    void closing_leaves_nothing() {
        server.close();
        peer.end();
        sim.poll();
        assertEquals(new Peer.Tables(0, 0, 0, 0, 0), vat.tables());
        assertEquals(List.of(), net.openStreams());
        assertEquals(0, sim.loop().timer().pending());
    }

    private void bootstrap(long id) {
        peer.send(message -> message.initBootstrap().setQuestionId(id));
    }

    /** The connection works, whatever was sent before. */
    private void stillUp() {
        peer.ignore();
        bootstrap(77);
        assertTrue(peer.receive(Message.Which.RETURN).getReturn().isResults());
        peer.expectNothing();
    }

    private void callUnknown(long question, long bootstrapQuestion) {
        peer.send(message -> {
            var call = message.initCall();
            call.setQuestionId(question);
            call.setInterfaceId(UNKNOWN_INTERFACE);
            call.initTarget().initPromisedAnswer().setQuestionId(bootstrapQuestion);
            call.initParams();
        });
    }

    @Test
    @Parity("L01")
    @DisplayName("Bootstrap q0: Return a0, results with capTable [senderHosted 0]")
    void a_bootstrap_is_answered_by_one_capability() {
        bootstrap(0);
        Return.Reader ret = peer.receive().getReturn();
        assertEquals(0, ret.getAnswerId());
        assertTrue(ret.isResults());
        assertEquals(1, ret.getResults().getCapTable().size());
        assertEquals(0, ret.getResults().getCapTable().get(0).getSenderHosted());
        assertFalse(ret.getNoFinishNeeded());
        peer.expectNothing();
    }

    @Test
    @Parity("L02")
    @DisplayName("Bootstrap, pipelined Call of an unknown interface, Finish: unimplemented with both names")
    void a_pipelined_call_of_an_unknown_interface_is_unimplemented() {
        bootstrap(0);
        callUnknown(1, 0);
        peer.send(message -> message.initFinish().setQuestionId(0));
        assertEquals(0, peer.receive().getReturn().getAnswerId());
        Return.Reader ret = peer.receive().getReturn();
        assertEquals(1, ret.getAnswerId());
        assertFalse(ret.getReleaseParamCaps());
        assertEquals(
                dev.capstan.capnp.rpc.protocol.Exception.Type.UNIMPLEMENTED,
                ret.getException().getType());
        String reason = ret.getException().getReason();
        assertTrue(reason.startsWith("Requested interface not implemented.; actualInterfaceName = "), reason);
        assertTrue(reason.endsWith("; requestedTypeId = " + Long.toUnsignedString(UNKNOWN_INTERFACE)), reason);
    }

    @Test
    @Parity("L03")
    @DisplayName("pipelined Call with a transform on a bootstrap answer: failed")
    void a_path_into_something_that_is_no_struct_fails_the_call() {
        bootstrap(0);
        peer.send(message -> {
            var call = message.initCall();
            call.setQuestionId(1);
            var target = call.initTarget().initPromisedAnswer();
            target.setQuestionId(0);
            target.initTransform(1).get(0).setGetPointerField(3);
            call.initParams();
        });
        peer.receive();
        Return.Reader ret = peer.receive().getReturn();
        assertTrue(ret.isException());
        assertEquals(
                dev.capstan.capnp.rpc.protocol.Exception.Type.FAILED,
                ret.getException().getType());
        stillUp();
    }

    @Test
    @Parity("L04")
    @DisplayName("Join: echoed as unimplemented")
    void a_join_is_echoed() {
        peer.send(message -> message.initJoin().setQuestionId(5));
        Message.Reader echo = peer.receive();
        assertEquals(5, echo.getUnimplemented().getJoin().getQuestionId());
        stillUp();
    }

    @Test
    @Parity("L05")
    @DisplayName("ThirdPartyAnswer: echoed as unimplemented")
    void a_third_party_answer_is_echoed() {
        peer.send(message -> message.initThirdPartyAnswer().setAnswerId(1L << 30));
        assertTrue(peer.receive().getUnimplemented().isThirdPartyAnswer());
        stillUp();
    }

    @Test
    @Parity("L06")
    @DisplayName("Return for an unknown question: Abort, then EOF")
    void a_return_for_no_question_aborts() {
        peer.send(message -> {
            message.initReturn().setAnswerId(9);
            message.getReturn().setCanceled();
        });
        peer.expectAbort("Invalid question ID in Return message.");
    }

    @Test
    @Parity("L07")
    @DisplayName("Call to an export that does not exist: Abort, then EOF")
    void a_call_of_no_export_aborts() {
        peer.send(message -> {
            message.initCall().initTarget().setImportedCap(33);
            message.getCall().initParams();
        });
        peer.expectAbort("Message target is not a current export ID.");
    }

    @Test
    @Parity("L08")
    @DisplayName("unimplemented(call): C++ aborts; ours fails just that question")
    void a_call_that_the_peer_does_not_know_fails_alone() {
        var remote = vat.bootstrap();
        assertTrue(peer.receive().isBootstrap());
        var request = remote.request(
                new dev.capstan.cap.Method.Ordinal(1, 2),
                dev.capstan.capnp.CapnpFormat.INSTANCE,
                0,
                dev.capstan.cap.Hints.NONE);
        var answer = request.send();
        Message.Reader call = peer.receive();
        peer.send(message -> message.setUnimplemented(call));
        dev.capstan.cap.Failure failure = org.junit.jupiter.api.Assertions.assertThrows(
                dev.capstan.cap.Failure.class, () -> sim.await(answer.results()));
        assertEquals(dev.capstan.cap.Failure.Kind.UNIMPLEMENTED, failure.kind());
        answer.pipeline().close();
        remote.close();
        stillUp();
    }

    @Test
    @Parity("L09")
    @DisplayName("Call with sendResultsTo.thirdParty: Abort, then EOF")
    void a_call_that_returns_to_a_third_party_aborts() {
        bootstrap(0);
        peer.receive();
        peer.send(message -> {
            var call = message.initCall();
            call.setQuestionId(1);
            call.initTarget().setImportedCap(0);
            call.getSendResultsTo().initThirdParty();
            call.initParams();
        });
        peer.expectAbort("Unsupported `Call.sendResultsTo`.");
    }

    @Test
    @Parity("L10")
    @DisplayName("Call with onlyPromisePipeline: no Return at all")
    void a_call_for_its_pipeline_alone_is_not_returned() {
        bootstrap(0);
        peer.receive();
        peer.send(message -> {
            var call = message.initCall();
            call.setQuestionId(1L << 31);
            call.setOnlyPromisePipeline(true);
            call.setInterfaceId(UNKNOWN_INTERFACE);
            call.initTarget().setImportedCap(0);
            call.initParams();
        });
        peer.expectNothing();
        peer.send(message -> message.initFinish().setQuestionId(1L << 31));
        stillUp();
    }

    @Test
    @Parity("L11")
    @DisplayName("Call with sendResultsTo.yourself that fails: no Return until Finish")
    void a_result_that_stays_here_is_returned_when_it_is_finished() {
        bootstrap(0);
        peer.receive();
        peer.send(message -> {
            var call = message.initCall();
            call.setQuestionId(1);
            call.setInterfaceId(UNKNOWN_INTERFACE);
            call.initTarget().setImportedCap(0);
            call.getSendResultsTo().setYourself();
            call.initParams();
        });
        peer.expectNothing();
        peer.send(message -> message.initFinish().setQuestionId(1));
        assertTrue(peer.receive().getReturn().isResultsSentElsewhere());
        stillUp();
    }

    @Test
    @Parity("L12")
    @DisplayName("second Bootstrap with a question id in use: Abort, then EOF")
    void an_id_in_use_aborts() {
        bootstrap(0);
        peer.receive();
        bootstrap(0);
        peer.expectAbort("questionId is already in use; answerId = 0");
    }

    @Test
    @Parity("L13")
    @DisplayName("Release of an unknown export: Abort, then EOF")
    void a_release_of_no_export_aborts() {
        peer.send(message -> {
            message.initRelease().setId(4);
            message.getRelease().setReferenceCount(1);
        });
        peer.expectAbort("Tried to release invalid export ID.");
    }

    @Test
    @Parity("L14")
    @DisplayName("Finish of an unknown question: ignored")
    void a_finish_of_no_question_is_ignored() {
        peer.send(message -> message.initFinish().setQuestionId(12));
        peer.expectNothing();
        stillUp();
    }

    @Test
    @Parity("L15")
    @DisplayName("Disembargo senderLoopback at a settled local capability: Abort, then EOF")
    void a_disembargo_of_something_that_does_not_point_back_aborts() {
        bootstrap(0);
        peer.receive();
        peer.send(message -> {
            var disembargo = message.initDisembargo();
            disembargo.initTarget().setImportedCap(0);
            disembargo.getContext().setSenderLoopback(3);
        });
        peer.expectAbort("does not point back to the sender");
    }

    @Test
    @Parity("L16")
    @DisplayName("Resolve of an unknown promise with senderHosted 4: Release 4")
    void what_an_unknown_promise_became_is_given_back() {
        peer.send(message -> {
            var resolve = message.initResolve();
            resolve.setPromiseId(9);
            resolve.initCap().setSenderHosted(4);
        });
        Message.Reader release = peer.receive();
        assertEquals(4, release.getRelease().getId());
        assertEquals(1, release.getRelease().getReferenceCount());
        stillUp();
    }

    @Test
    @Parity("L17")
    @DisplayName("Provide on a two-party network: Abort, then EOF")
    void a_provide_aborts() {
        bootstrap(0);
        peer.receive();
        peer.send(message -> message.initProvide().initTarget().setImportedCap(0));
        peer.expectAbort("This VatNetwork does not support three-party handoff");
    }

    @Test
    @Parity("L18")
    @DisplayName("Abort: an Abort comes back, then EOF")
    void an_abort_is_answered_by_an_abort() {
        peer.send(message -> message.initAbort().setReason("bye"));
        peer.expectAbort("remote exception: bye");
    }
}

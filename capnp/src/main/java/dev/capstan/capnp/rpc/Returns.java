package dev.capstan.capnp.rpc;

import dev.capstan.cap.Failure;
import dev.capstan.capnp.CapTable;
import dev.capstan.capnp.CapnpPayload;
import dev.capstan.capnp.MessageReader;
import dev.capstan.capnp.rpc.protocol.CapDescriptor;
import dev.capstan.capnp.rpc.protocol.Message;
import dev.capstan.capnp.rpc.protocol.Payload;
import dev.capstan.capnp.rpc.protocol.Resolve;
import dev.capstan.capnp.rpc.protocol.Return;

/** What the peer says to messages of ours: that a question is answered, or that it does not know such a message. */
final class Returns {
    private final Connection connection;
    private final Named named;

    Returns(Connection connection, Named named) {
        this.connection = connection;
        this.named = named;
    }

    /** Handles a Return, which came in the message that {@code reader} reads. */
    void returned(MessageReader reader, Return.Reader ret) {
        int id = (int) ret.getAnswerId();
        if (Questions.isPipelineOnly(id)) {
            // An older peer returns what wanted no Return. The id may be in use again by now: ignore it, and do not use
            // the hint again.
            connection.questions.returnedThoughUnwanted();
            return;
        }
        Question question = connection.questions.get(id);
        if (question == null) {
            throw connection.protocolError("Invalid question ID in Return message.");
        }
        if (!question.isAwaitingReturn()) {
            throw connection.protocolError("Duplicate Return.");
        }
        boolean finished = question.isFinished();
        question.returned(ret.getReleaseParamCaps(), ret.getNoFinishNeeded());
        if (finished) {
            // Its capabilities were released by the Finish that has crossed it. Only a result that waits here must be
            // let go.
            if (ret.which() == Return.Which.TAKE_FROM_OTHER_QUESTION) {
                IncomingCall call = connection.answers.get((int) ret.getTakeFromOtherQuestion());
                if (call != null) {
                    call.takeFor(null);
                }
            }
            return;
        }
        switch (ret.which()) {
            case RESULTS -> {
                if (question.isTail()) {
                    throw connection.protocolError(
                            "Tail call `Return` must set `resultsSentElsewhere`, not `results`.");
                }
                Payload.Reader payload = ret.getResults();
                CapTable caps = named.caps(payload.getCapTable());
                reader.capTable(caps);
                question.settle(CapnpPayload.received(payload.getContent(), caps));
            }
            case EXCEPTION -> {
                if (question.isTail()) {
                    throw connection.protocolError(
                            "Tail call `Return` must set `resultsSentElsewhere`, not `exception`.");
                }
                question.settleFailed(connection.traces.read(ret.getException()));
            }
            case CANCELED -> throw connection.protocolError("Return message falsely claims call was canceled.");
            case RESULTS_SENT_ELSEWHERE -> {
                if (!question.isTail()) {
                    throw connection.protocolError("`Return` had `resultsSentElsewhere` but this was not a tail call.");
                }
                question.settleElsewhere();
            }
            case TAKE_FROM_OTHER_QUESTION -> {
                IncomingCall call = connection.answers.get((int) ret.getTakeFromOtherQuestion());
                if (call == null) {
                    throw connection.protocolError("`Return.takeFromOtherQuestion` had invalid answer ID.");
                }
                call.takeFor(question);
            }
            case AWAIT_FROM_THIRD_PARTY, UNRECOGNIZED -> throw connection.protocolError("Unknown 'Return' type.");
        }
    }

    /** The peer did not know a message of ours. What it concerned fails, and nothing else. */
    void unimplemented(Message.Reader message) {
        switch (message.which()) {
            case CALL -> failQuestion((int) message.getCall().getQuestionId());
            case BOOTSTRAP -> failQuestion((int) message.getBootstrap().getQuestionId());
            case RESOLVE -> {
                // The peer does not know references: take the one that it will never release back.
                Resolve.Reader resolve = message.getResolve();
                if (resolve.which() == Resolve.Which.CAP) {
                    CapDescriptor.Reader cap = resolve.getCap();
                    switch (cap.which()) {
                        case SENDER_HOSTED -> connection.exports.release((int) cap.getSenderHosted(), 1);
                        case SENDER_PROMISE -> connection.exports.release((int) cap.getSenderPromise(), 1);
                        case NONE, RECEIVER_HOSTED, RECEIVER_ANSWER, THIRD_PARTY_HOSTED, UNRECOGNIZED -> {}
                    }
                }
            }
            case UNIMPLEMENTED,
                    ABORT,
                    RETURN,
                    FINISH,
                    RELEASE,
                    OBSOLETE_SAVE,
                    OBSOLETE_DELETE,
                    PROVIDE,
                    ACCEPT,
                    JOIN,
                    DISEMBARGO,
                    THIRD_PARTY_ANSWER,
                    UNRECOGNIZED -> throw connection.protocolError("Peer did not implement required RPC message type.");
        }
    }

    private void failQuestion(int id) {
        Question question = connection.questions.get(id);
        if (question == null || !question.isAwaitingReturn()) {
            throw connection.protocolError(
                    "the peer calls a message unimplemented that it has answered, or that was never sent");
        }
        boolean finished = question.isFinished();
        question.returned(true, true);
        if (!finished) {
            question.settleFailed(Failure.unimplemented("the peer does not implement this kind of message"));
        }
    }
}

package dev.capstan.interop;

import dev.capstan.capnp.rpc.protocol.Exception;
import dev.capstan.capnp.rpc.protocol.PromisedAnswer;
import java.util.function.ToLongFunction;

/**
 * Messages out of the ordinary, under the names of the rows of the parity list ("live probes against the newest C++ build"). Each script sends them
 * and gives the id of the bootstrap object.
 */
enum UnusualMessages {
    /** Bootstrap. */
    L01(peer -> {
        peer.bootstrap(0);
        return 0;
    }),
    /** Bootstrap, a pipelined Call to an interface that the object does not have, and Finish of the Bootstrap in one burst. */
    L02(peer -> {
        peer.bootstrap(0);
        peer.send(message -> {
            var call = message.initCall();
            call.setQuestionId(1);
            call.initTarget().initPromisedAnswer().setQuestionId(0);
            call.setInterfaceId(RawPeer.UNKNOWN_INTERFACE);
            call.initParams();
        });
        peer.bootstrap(2);
        peer.finish(0);
        return 0;
    }),
    /** A pipelined Call with a path into a Bootstrap's answer, which has none. */
    L03(peer -> {
        long root = peer.handshake();
        peer.send(message -> {
            var call = message.initCall();
            call.setQuestionId(1);
            var answer = call.initTarget().initPromisedAnswer();
            answer.setQuestionId(RawPeer.BOOTSTRAP);
            PromisedAnswer.Op.Builder step = answer.initTransform(1).get(0);
            step.setGetPointerField(0);
            call.setInterfaceId(RawPeer.UNKNOWN_INTERFACE);
            call.initParams();
        });
        return root;
    }),
    /** Join. */
    L04(peer -> {
        long root = peer.handshake();
        peer.send(message -> {
            message.initJoin().setQuestionId(1);
            message.getJoin().initTarget().setImportedCap(root);
        });
        return root;
    }),
    /** ThirdPartyAnswer. */
    L05(peer -> {
        long root = peer.handshake();
        peer.send(message -> message.initThirdPartyAnswer().setAnswerId(1));
        return root;
    }),
    /** Return for a question that nobody has asked. */
    L06(peer -> {
        long root = peer.handshake();
        peer.send(message -> {
            message.initReturn().setAnswerId(1234);
            message.getReturn().initResults();
        });
        return root;
    }),
    /** Call to an export that does not exist. */
    L07(peer -> {
        long root = peer.handshake();
        peer.call(1, 4321, RawPeer.UNKNOWN_INTERFACE, 0, call -> {});
        return root;
    }),
    /** Unimplemented for a Call that was never made. */
    L08(peer -> {
        long root = peer.handshake();
        peer.send(message -> message.initUnimplemented().initCall().setQuestionId(0));
        return root;
    }),
    /** Call whose results a third party shall get. */
    L09(peer -> {
        long root = peer.handshake();
        peer.call(1, root, RawPeer.UNKNOWN_INTERFACE, 0, call -> call.getSendResultsTo().initThirdParty());
        return root;
    }),
    /** Call for its pipeline only, with an id from 2^31, that fails. */
    L10(peer -> {
        long root = peer.handshake();
        peer.call(0x8000_0000L, root, RawPeer.UNKNOWN_INTERFACE, 0, call -> call.setOnlyPromisePipeline(true));
        return root;
    }),
    /** Call whose results stay there, that fails. */
    L11(peer -> {
        long root = peer.handshake();
        peer.call(1, root, RawPeer.UNKNOWN_INTERFACE, 0, call -> call.getSendResultsTo()
                .setYourself());
        return root;
    }),
    /** Bootstrap under the id of a question that is not finished. */
    L12(peer -> {
        long root = peer.handshake();
        peer.bootstrap(RawPeer.BOOTSTRAP);
        return root;
    }),
    /** Release of an export that does not exist. */
    L13(peer -> {
        long root = peer.handshake();
        peer.send(message -> {
            message.initRelease().setId(4321);
            message.getRelease().setReferenceCount(1);
        });
        return root;
    }),
    /** Finish of a question that nobody has asked. */
    L14(peer -> {
        long root = peer.handshake();
        peer.finish(1234);
        return root;
    }),
    /** Disembargo with senderLoopback at an object that is settled there. */
    L15(peer -> {
        long root = peer.handshake();
        peer.send(message -> {
            var disembargo = message.initDisembargo();
            disembargo.initTarget().setImportedCap(root);
            disembargo.getContext().setSenderLoopback(7);
        });
        return root;
    }),
    /** Resolve of a promise that was never made, to an object. */
    L16(peer -> {
        long root = peer.handshake();
        peer.send(message -> {
            var resolve = message.initResolve();
            resolve.setPromiseId(99);
            resolve.initCap().setSenderHosted(4);
        });
        return root;
    }),
    /** Provide, where there is no third party. */
    L17(peer -> {
        long root = peer.handshake();
        peer.send(message -> {
            var provide = message.initProvide();
            provide.setQuestionId(1);
            provide.initTarget().setImportedCap(root);
        });
        return root;
    }),
    /** Abort. */
    L18(peer -> {
        long root = peer.handshake();
        peer.send(message -> {
            Exception.Builder abort = message.initAbort();
            abort.setReason("bye");
            abort.setType(Exception.Type.FAILED);
        });
        return root;
    });

    private final ToLongFunction<RawPeer> script;

    UnusualMessages(ToLongFunction<RawPeer> script) {
        this.script = script;
    }

    /** Queues the messages of this row. */
    long play(RawPeer peer) {
        return script.applyAsLong(peer);
    }
}

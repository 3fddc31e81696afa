package dev.capstan.interop;

import dev.capstan.async.Address;
import dev.capstan.capnp.rpc.protocol.Exception;
import dev.capstan.capnp.rpc.protocol.MessageTarget;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Messages out of the ordinary, under the names of the rows of the parity list ("live probes against the newest C++ build"). Each script sends them
 * and tells where the bootstrap object is.
 */
enum UnusualMessages {
    /** Bootstrap. */
    L01(peer -> {
        peer.bootstrap(0);
        return RawPeer.answerTo(0);
    }),
    /** Bootstrap, a pipelined Call to an interface that the object does not have, and Finish of the Bootstrap in one burst. */
    L02(peer -> {
        peer.bootstrap(0);
        peer.call(1, RawPeer.answerTo(0), RawPeer.UNKNOWN_INTERFACE, 0, call -> {});
        peer.finish(0);
        peer.bootstrap(2);
        return RawPeer.answerTo(2);
    }),
    /** A pipelined Call with a path into a Bootstrap's answer, which has none. */
    L03(peer -> {
        var root = peer.handshake();
        peer.call(
                1,
                target -> {
                    var answer = target.initPromisedAnswer();
                    answer.setQuestionId(RawPeer.BOOTSTRAP);
                    answer.initTransform(1).get(0).setGetPointerField(0);
                },
                RawPeer.UNKNOWN_INTERFACE,
                0,
                call -> {});
        return root;
    }),
    /** Join. */
    L04(peer -> {
        var root = peer.handshake();
        peer.send(message -> {
            message.initJoin().setQuestionId(1);
            root.accept(message.getJoin().initTarget());
        });
        return root;
    }),
    /** ThirdPartyAnswer. */
    L05(peer -> {
        var root = peer.handshake();
        peer.send(message -> message.initThirdPartyAnswer().setAnswerId(1));
        return root;
    }),
    /** Return for a question that nobody has asked. */
    L06(peer -> {
        var root = peer.handshake();
        peer.send(message -> {
            message.initReturn().setAnswerId(1234);
            message.getReturn().initResults();
        });
        return root;
    }),
    /** Call to an export that does not exist. */
    L07(peer -> {
        var root = peer.handshake();
        peer.call(1, RawPeer.export(4321), RawPeer.UNKNOWN_INTERFACE, 0, call -> {});
        return root;
    }),
    /** Unimplemented for a Call that was never made. */
    L08(peer -> {
        var root = peer.handshake();
        peer.send(message -> message.initUnimplemented().initCall().setQuestionId(0));
        return root;
    }),
    /** Call whose results a third party shall get. */
    L09(peer -> {
        var root = peer.handshake();
        peer.call(
                1,
                root,
                RawPeer.UNKNOWN_INTERFACE,
                0,
                call -> call.getSendResultsTo().initThirdParty());
        return root;
    }),
    /** Call for its pipeline only, with an id from 2^31, that fails. */
    L10(peer -> {
        var root = peer.handshake();
        peer.call(0x8000_0000L, root, RawPeer.UNKNOWN_INTERFACE, 0, call -> call.setOnlyPromisePipeline(true));
        return root;
    }),
    /** Call whose results stay there, that fails; then Finish. */
    L11(peer -> {
        var root = peer.handshake();
        peer.call(
                1,
                root,
                RawPeer.UNKNOWN_INTERFACE,
                0,
                call -> call.getSendResultsTo().setYourself());
        peer.settle(root);
        peer.note("Finish");
        peer.finish(1);
        return root;
    }),
    /** Bootstrap under the id of a question that is not finished. */
    L12(peer -> {
        var root = peer.handshake();
        peer.bootstrap(RawPeer.BOOTSTRAP);
        return root;
    }),
    /** Release of an export that does not exist. */
    L13(peer -> {
        var root = peer.handshake();
        peer.send(message -> {
            message.initRelease().setId(4321);
            message.getRelease().setReferenceCount(1);
        });
        return root;
    }),
    /** Finish of a question that nobody has asked. */
    L14(peer -> {
        var root = peer.handshake();
        peer.finish(1234);
        return root;
    }),
    /** Disembargo with senderLoopback at an object that is settled there. */
    L15(peer -> {
        var root = peer.handshake();
        peer.send(message -> {
            var disembargo = message.initDisembargo();
            root.accept(disembargo.initTarget());
            disembargo.getContext().setSenderLoopback(7);
        });
        return root;
    }),
    /** Resolve of a promise that was never made, to an object. */
    L16(peer -> {
        var root = peer.handshake();
        peer.send(message -> {
            var resolve = message.initResolve();
            resolve.setPromiseId(99);
            resolve.initCap().setSenderHosted(4);
        });
        return root;
    }),
    /** Provide, where there is no third party. */
    L17(peer -> {
        var root = peer.handshake();
        peer.send(message -> {
            var provide = message.initProvide();
            provide.setQuestionId(1);
            root.accept(provide.initTarget());
        });
        return root;
    }),
    /** Abort. */
    L18(peer -> {
        var root = peer.handshake();
        peer.send(message -> {
            Exception.Builder abort = message.initAbort();
            abort.setReason("bye");
            abort.setType(Exception.Type.FAILED);
        });
        return root;
    });

    @SuppressWarnings("ImmutableEnumChecker") // the scripts capture nothing
    private final Function<RawPeer, Consumer<MessageTarget.Builder>> script;

    UnusualMessages(Function<RawPeer, Consumer<MessageTarget.Builder>> script) {
        this.script = script;
    }

    /** Sends the messages of this row to the vat at {@code address}, and gives what comes back. */
    List<String> playedTo(Address address) {
        try (RawPeer peer = new RawPeer(address)) {
            peer.settle(script.apply(peer));
            return peer.transcript();
        }
    }
}

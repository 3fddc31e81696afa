package dev.capstan.capnp.rpc;

import dev.capstan.cap.BrokenCap;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Path;
import dev.capstan.capnp.CapTable;
import dev.capstan.capnp.StructList;
import dev.capstan.capnp.rpc.protocol.CapDescriptor;
import dev.capstan.capnp.rpc.protocol.MessageTarget;
import dev.capstan.capnp.rpc.protocol.PromisedAnswer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What the peer means: the references that its messages name, as entries of our tables. Holds nothing itself. */
final class Named {
    private final Connection connection;

    Named(Connection connection) {
        this.connection = connection;
    }

    /** Where a message is addressed to; the caller owns it. */
    Cap target(MessageTarget.Reader target) {
        return switch (target.which()) {
            case IMPORTED_CAP -> {
                Cap cap = connection.exports.get((int) target.getImportedCap());
                if (cap == null) {
                    throw connection.protocolError("Message target is not a current export ID.");
                }
                yield cap.share();
            }
            case PROMISED_ANSWER -> {
                PromisedAnswer.Reader answer = target.getPromisedAnswer();
                IncomingCall call = connection.answers.get((int) answer.getQuestionId());
                if (call == null) {
                    yield new BrokenCap(Failure.failed(
                            "Pipeline call on a request that returned no capabilities or was already closed."));
                }
                yield pipelined(call, answer);
            }
            case UNRECOGNIZED -> throw connection.protocolError("Unknown message target type.");
        };
    }

    private Cap pipelined(IncomingCall call, PromisedAnswer.Reader answer) {
        StructList.Reader<PromisedAnswer.Op.Reader> ops = answer.getTransform();
        if (ops.size() > connection.limits.pathLength()) {
            throw connection.protocolError(
                    "a path of " + ops.size() + " steps is longer than the limit (Limits.pathLength)");
        }
        int[] indexes = new int[ops.size()];
        int length = 0;
        for (PromisedAnswer.Op.Reader op : ops) {
            switch (op.which()) {
                case NOOP -> {}
                case GET_POINTER_FIELD -> indexes[length++] = op.getGetPointerField();
                case UNRECOGNIZED -> throw connection.protocolError("Unsupported pipeline op.");
            }
        }
        return call.pipelined(length == 0 ? Path.ROOT : new Path.Pointers(Arrays.copyOf(indexes, length)));
    }

    /** The capabilities that come with a message. The caller owns the table. */
    CapTable caps(StructList.Reader<CapDescriptor.Reader> descriptors) {
        // Also a table of which each entry costs its sender nothing.
        if (descriptors.size() > connection.limits.imports()) {
            throw connection.protocolError("a message with " + descriptors.size()
                    + " capabilities has more than the limit of a whole connection (Limits.imports)");
        }
        CapTable caps = new CapTable();
        try {
            for (CapDescriptor.Reader descriptor : descriptors) {
                caps.add(cap(descriptor));
            }
        } catch (RuntimeException e) {
            caps.close();
            throw e;
        }
        return caps;
    }

    /** The capability that a descriptor names, which the caller owns; null for none. */
    @Nullable
    Cap cap(CapDescriptor.Reader descriptor) {
        return switch (descriptor.which()) {
            case NONE -> null;
            case SENDER_HOSTED -> connection.imports.receive((int) descriptor.getSenderHosted(), false);
            case SENDER_PROMISE -> connection.imports.receive((int) descriptor.getSenderPromise(), true);
            case RECEIVER_HOSTED -> {
                Cap cap = connection.exports.get((int) descriptor.getReceiverHosted());
                yield cap == null
                        ? new BrokenCap(Failure.failed("invalid 'receiverHosted' export ID"))
                        : reflected(cap.share());
            }
            case RECEIVER_ANSWER -> {
                IncomingCall call = connection.answers.get(
                        (int) descriptor.getReceiverAnswer().getQuestionId());
                yield call == null
                        ? new BrokenCap(Failure.failed("invalid 'receiverAnswer'"))
                        : reflected(pipelined(call, descriptor.getReceiverAnswer()));
            }
            // A level 1 receiver uses the vine: the introducer forwards for us.
            case THIRD_PARTY_HOSTED ->
                connection.imports.receive(
                        (int) descriptor.getThirdPartyHosted().getVineId(), false);
            case UNRECOGNIZED -> throw connection.protocolError("unknown CapDescriptor type");
        };
    }

    /** Takes ownership; the caller owns the result. */
    private Cap reflected(Cap cap) {
        Cap inner = cap.innermost();
        if (inner instanceof RemoteCap remote && remote.connection == connection) {
            remote.share();
            cap.close();
            return new ReflectedCap(remote);
        }
        return cap;
    }
}

package dev.capstan.capnp.rpc;

import dev.capstan.cap.Cap;
import dev.capstan.cap.Path;
import dev.capstan.capnp.StructList;
import dev.capstan.capnp.rpc.protocol.CapDescriptor;
import dev.capstan.capnp.rpc.protocol.MessageTarget;
import dev.capstan.capnp.rpc.protocol.PromisedAnswer;
import org.jspecify.annotations.Nullable;

/** A reference to a place in the result of a question, as the peer knows it: calls on it are answered where that result is made. */
final class PipelineCap extends RemoteCap {
    private final Question question;
    private final Path.Pointers path;

    PipelineCap(Question question, Path.Pointers path) {
        super(question.connection);
        this.question = question;
        this.path = path;
    }

    @Override
    RemoteCap describe(CapDescriptor.Builder descriptor) {
        write(descriptor.initReceiverAnswer());
        return this;
    }

    @Override
    @Nullable
    Cap address(MessageTarget.Builder target) {
        write(target.initPromisedAnswer());
        return null;
    }

    private void write(PromisedAnswer.Builder answer) {
        answer.setQuestionId(Integer.toUnsignedLong(question.id()));
        if (path.length() > 0) {
            StructList.Builder<PromisedAnswer.Op.Builder> ops = answer.initTransform(path.length());
            for (int i = 0; i < path.length(); i++) {
                ops.get(i).setGetPointerField(path.at(i));
            }
        }
    }

    @Override
    protected void released() {
        question.pipelineCapReleased();
    }

    @Override
    public String toString() {
        return "answer " + question.id() + path;
    }
}

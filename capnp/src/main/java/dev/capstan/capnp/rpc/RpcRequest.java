package dev.capstan.capnp.rpc;

import dev.capstan.async.Promise;
import dev.capstan.cap.Answer;
import dev.capstan.cap.BrokenCap;
import dev.capstan.cap.CallWatch;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Hints;
import dev.capstan.cap.Method;
import dev.capstan.cap.Pipeline;
import dev.capstan.cap.Request;
import dev.capstan.capnp.CapnpFormat;
import dev.capstan.capnp.CapnpPayload;
import dev.capstan.capnp.rpc.protocol.Call;
import dev.capstan.capnp.rpc.protocol.Payload;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A call over a connection: the parameters are built inside the Call message itself.
 *
 * <p>The target is looked at again when the call is sent: if it leads elsewhere by then, the parameters are copied to where it leads.
 */
final class RpcRequest implements Request {
    private final RemoteCap target;
    private final Connection connection;
    private final Method.Ordinal method;
    private final Hints hints;
    private final OutgoingMessage message;
    private final Call.Builder call;
    private final Payload.Builder payload;
    private final CapnpPayload params;
    private final @Nullable Supplier<CallWatch.Running> around;
    private Runnable onEnd = () -> {};
    private boolean sent;

    RpcRequest(RemoteCap target, Method.Ordinal method, int sizeHint, Hints hints) {
        this.target = target;
        this.connection = target.connection;
        this.method = method;
        this.hints = hints;
        target.share();
        Observed observed = connection.observed;
        around = observed == null ? null : observed.around();
        message = observed != null && observed.carries()
                ? OutgoingMessage.carrying(sizeHint)
                : new OutgoingMessage(sizeHint);
        call = message.root().initCall();
        call.setInterfaceId(method.interfaceId());
        call.setMethodId(method.methodId());
        payload = call.initParams();
        params = CapnpPayload.building(payload.getContent(), message.caps());
    }

    @Override
    public CapnpPayload params() {
        return params;
    }

    @Override
    public Object brand() {
        return target.brand();
    }

    @Override
    public void onEnd(Runnable action) {
        Runnable before = onEnd;
        onEnd = () -> {
            before.run();
            action.run();
        };
    }

    @Override
    public Answer send() {
        return start(hints, false);
    }

    /** Sends the call with {@code sendResultsTo.yourself}; null if it has to go elsewhere than over {@code expected}. It may not have left ({@link Question#isUnsent}); it has ended for this side when the peer has taken the result over. */
    @Nullable
    Question sendAsTail(Connection expected) {
        if (connection != expected || connection.down() != null || target.address(call.initTarget()) != null) {
            return null;
        }
        begin();
        try {
            call.getSendResultsTo().setYourself();
            Question question = connection.questions.ask(hints, true);
            question.onEnd(onEnd);
            transmit(question);
            return question;
        } finally {
            end();
        }
    }

    @Override
    public Promise<Void> sendStreaming() {
        Cap elsewhere = target.resolved();
        if (elsewhere != null && !(elsewhere instanceof RemoteCap remote && remote.connection == connection)) {
            return redirect(elsewhere).sendStreaming();
        }
        Answer answer = start(Hints.NO_PIPELINING, false);
        answer.pipeline().close();
        // Only now the message is whole.
        return target.flow().sent(message.sizeWords() * 8, answer.results().convert(results -> {
            results.close();
            return Promise.nothing();
        }));
    }

    @Override
    public Pipeline sendForPipeline() {
        Answer answer = start(Hints.ONLY_PIPELINE, false);
        answer.results().cancel();
        return answer.pipeline();
    }

    private Answer start(Hints with, boolean tail) {
        Failure down = connection.down();
        if (down != null) {
            close();
            onEnd.run();
            return Answer.broken(down);
        }
        Cap elsewhere = target.address(call.initTarget());
        if (elsewhere != null) {
            Request other = redirect(elsewhere);
            if (with.onlyPipeline()) {
                return new Answer(
                        Promise.failed(Failure.failed("sent for its pipeline only")), other.sendForPipeline());
            }
            return other.send();
        }
        begin();
        try {
            Question question = connection.questions.ask(with, tail);
            question.onEnd(onEnd);
            if (question.isPipelineOnly()) {
                call.setOnlyPromisePipeline(true);
            }
            if (with.noPipelining()) {
                call.setNoPromisePipelining(true);
            }
            transmit(question);
            return question.answer();
        } finally {
            end();
        }
    }

    /** Writes the last fields and sends; a failure to send fails the question alone. */
    private void transmit(Question question) {
        call.setQuestionId(Integer.toUnsignedLong(question.id()));
        int[] exports = Exports.NONE;
        try {
            exports = connection.exports.describeAll(message.caps(), payload, null);
            if (connection.observed != null) {
                observe(connection.observed, question);
            }
            message.send(connection);
            question.sent(exports);
        } catch (RuntimeException e) {
            connection.exports.release(exports);
            question.notSent(Failure.of(e));
        }
    }

    private void observe(Observed observed, Question question) {
        CallWatch watch = observed.asking(question, method, call, message.sizeWords(), around);
        question.watch(watch);
        String carried = observed.carries() ? watch.carried() : null;
        if (carried != null) {
            message.carry(carried);
        }
    }

    /** The same request where {@code elsewhere} leads; if it cannot be made there, one that fails. */
    private Request redirect(Cap elsewhere) {
        begin();
        Request other = null;
        try {
            other = elsewhere.request(
                    method, CapnpFormat.INSTANCE, (int) Math.min(message.sizeWords(), 1 << 20), hints);
            CapnpPayload.of(other.params()).builder().set(params.reader());
        } catch (RuntimeException e) {
            if (other != null) {
                other.close();
            }
            other = Request.of(new BrokenCap(Failure.of(e)), method, CapnpFormat.INSTANCE, 0, hints);
        } finally {
            end();
        }
        other.onEnd(onEnd);
        return other;
    }

    private void begin() {
        if (sent) {
            throw new IllegalStateException("this request was sent or closed before: make a new one for each call");
        }
        sent = true;
    }

    private void end() {
        params.close();
        target.close();
    }

    @Override
    public void close() {
        if (!sent) {
            sent = true;
            end();
        }
    }
}

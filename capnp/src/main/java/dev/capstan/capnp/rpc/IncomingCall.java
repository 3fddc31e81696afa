package dev.capstan.capnp.rpc;

import dev.capstan.async.Promise;
import dev.capstan.cap.Answer;
import dev.capstan.cap.BrokenCap;
import dev.capstan.cap.Call;
import dev.capstan.cap.CallWatch;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Hints;
import dev.capstan.cap.Method;
import dev.capstan.cap.Path;
import dev.capstan.cap.Payload;
import dev.capstan.cap.Pipeline;
import dev.capstan.cap.Request;
import dev.capstan.capnp.CapnpFormat;
import dev.capstan.capnp.CapnpPayload;
import dev.capstan.capnp.rpc.protocol.Return;
import org.jspecify.annotations.Nullable;

/**
 * An entry of the answer table: a call of the peer that it has not forgotten yet. It is the caller's side of that call towards its target.
 *
 * <p><b>Life.</b> Begun; then <em>returned</em> (a Return was sent) and <em>finished</em> (a Finish has come), in either order. The entry goes when both
 * have happened, or at the Return if that says that no Finish is needed. A call that is finished first is cancelled; when its callee is through with it
 * ({@link #close}) a Return tells the peer that it was. One that need not be returned goes when it is finished, since the peer may use its id again; it counts among the answers until its callee
 * is through with it.
 */
final class IncomingCall implements Call {
    private final Connection connection;
    private final int answerId;
    private final Method.Ordinal method;
    private final Hints hints;
    private final boolean resultsToYourself;
    private final CapnpPayload params;
    private final CallWatch watch;
    private boolean paramsReleased;

    private @Nullable Pipeline pipeline;
    /** Null as long as no message was addressed to a place in the answer and no results with capabilities were sent. */
    private @Nullable Places places;

    private Promise.@Nullable Cancelable listening;
    private @Nullable OutgoingMessage message;
    private @Nullable CapnpPayload results;
    private int[] resultExports = Exports.NONE;
    private boolean returned;
    private boolean finished;
    private boolean closed;
    /** Not in the table any more, and counted all the same, since the callee has not closed it. */
    private boolean goesOn;

    /** A result that the peer wants to be left here, until one of our own questions takes it. */
    private @Nullable Payload kept;

    private @Nullable Failure keptFailure;
    private @Nullable Question taker;

    IncomingCall(
            Connection connection,
            int answerId,
            Method.Ordinal method,
            Hints hints,
            boolean resultsToYourself,
            CapnpPayload params,
            CallWatch watch) {
        this.connection = connection;
        this.answerId = answerId;
        this.method = method;
        this.hints = hints;
        this.resultsToYourself = resultsToYourself;
        this.params = params;
        this.watch = watch;
    }

    /** Hands the call to its target. */
    void begin(Cap target) {
        Answer answer;
        if (watch == CallWatch.NONE) {
            answer = target.call(this);
        } else {
            try (CallWatch.Running _ = watch.running()) {
                answer = target.call(this);
            }
        }
        pipeline = answer.pipeline();
        listening = answer.results().listen(connection.loop, this::settled);
    }

    /** Answers the call with a failure, without a target, and forgets it at once: nothing of it is left for the peer to pile up. */
    void refuse(Failure failure) {
        close();
        if (resultsToYourself) {
            throw connection.protocolError(failure.reason());
        }
        if (!hints.onlyPipeline()) {
            sendFailure(failure, true);
        }
        forget();
    }

    boolean isReturned() {
        return returned;
    }

    /** What a pipelined message to this answer is meant for; the caller owns it. */
    Cap pipelined(Path path) {
        Pipeline known = pipeline;
        if (known == null) {
            return new BrokenCap(
                    Failure.failed("Pipeline call on a request that returned no capabilities or was already closed."));
        }
        return places().at(path, known);
    }

    private Places places() {
        Places known = places;
        if (known == null) {
            known = new Places(connection);
            places = known;
        }
        return known;
    }

    // ---- Call

    @Override
    public Method.Ordinal method() {
        return method;
    }

    @Override
    public Payload params() {
        if (paramsReleased) {
            throw new IllegalStateException(
                    "the parameters of this call were released: read them before releaseParams()");
        }
        return params;
    }

    @Override
    public void releaseParams() {
        if (!paramsReleased && !connection.faults.contains(Fault.KEEP_PARAM_CAPS)) {
            paramsReleased = true;
            params.close();
        }
    }

    @Override
    public Payload newResults(int sizeHint) {
        if (resultsToYourself || results != null) {
            return CapnpFormat.INSTANCE.allocate(sizeHint);
        }
        OutgoingMessage outgoing = new OutgoingMessage(sizeHint);
        Return.Builder ret = outgoing.root().initReturn();
        ret.setAnswerId(Integer.toUnsignedLong(answerId));
        ret.setReleaseParamCaps(false);
        CapnpPayload payload = CapnpPayload.building(ret.initResults().getContent(), outgoing.caps());
        message = outgoing;
        results = payload;
        return payload;
    }

    @Override
    public CallWatch watch() {
        return watch;
    }

    @Override
    public Hints hints() {
        return hints;
    }

    @Override
    public @Nullable Answer tailCall(Request request) {
        if (resultsToYourself
                || returned
                || finished
                || hints.onlyPipeline()
                || !(request instanceof RpcRequest onward)
                || !connection.isUp()) {
            return null;
        }
        Question question = onward.sendAsTail(connection);
        if (question == null) {
            return null;
        }
        if (question.isUnsent()) {
            return question.answer();
        }
        OutgoingMessage outgoing = new OutgoingMessage(0);
        Return.Builder ret = outgoing.root().initReturn();
        ret.setAnswerId(Integer.toUnsignedLong(answerId));
        ret.setReleaseParamCaps(false);
        ret.setTakeFromOtherQuestion(Integer.toUnsignedLong(question.id()));
        outgoing.send(connection);
        returned = true;
        watch.ended(null, 0);
        return question.answer();
    }

    @Override
    public void close() {
        closed = true;
        releaseParams();
        if (goesOn) {
            goesOn = false;
            connection.answers.stopped(this);
        }
        if (finished) {
            sendCanceled();
        }
    }

    // ---- results

    private void settled(@Nullable Payload payload, @Nullable Throwable failure) {
        listening = null;
        if (resultsToYourself) {
            keep(payload, failure == null ? null : Failure.of(failure));
        } else if (returned || hints.onlyPipeline()) {
            if (payload != null) {
                payload.close();
            }
            watch.ended(failure == null ? null : Failure.of(failure), 0);
        } else if (payload != null) {
            sendResults(payload);
        } else {
            sendFailure(Failure.of(failure == null ? Failure.failed("no result") : failure));
        }
    }

    private void sendResults(Payload payload) {
        OutgoingMessage outgoing = message;
        CapnpPayload content;
        if (payload == results && outgoing != null) {
            content = results;
        } else {
            // Made elsewhere: by another connection, or by a handler that forwards.
            try {
                CapnpPayload source = CapnpPayload.of(payload);
                results = null;
                content = CapnpPayload.of(
                        newResults((int) Math.min(source.reader().targetSizeWords(), 1 << 20)));
                content.builder().set(source.reader());
                outgoing = message;
            } catch (RuntimeException e) {
                sendFailure(Failure.of(e));
                return;
            } finally {
                payload.close();
            }
        }
        if (outgoing == null) {
            throw new AssertionError("results without a message");
        }
        Return.Builder ret = outgoing.root().getReturn();
        boolean plain = content.caps().size() == 0;
        int[] exported = Exports.NONE;
        try {
            exported = connection.exports.describeAll(
                    content.caps(), ret.getResults(), plain ? null : places().described());
            ret.setNoFinishNeeded(plain);
            outgoing.send(connection);
            if (connection.faults.contains(Fault.RESULTS_SENT_TWICE)) {
                outgoing.send(connection);
            }
        } catch (RuntimeException e) {
            connection.exports.release(exported);
            places().notSent();
            content.close();
            sendFailure(Failure.of(e));
            return;
        }
        returned = true;
        if (watch != CallWatch.NONE) {
            watch.ended(null, outgoing.frameBytes());
        }
        resultExports = exported;
        if (plain && !connection.faults.contains(Fault.LEAK_ANSWER)) {
            content.close();
            forget();
        } else {
            places().sent(content);
        }
    }

    private void sendFailure(Failure failure) {
        sendFailure(failure, false);
    }

    private void sendFailure(Failure failure, boolean forgotten) {
        OutgoingMessage outgoing = new OutgoingMessage(connection.traces.sizeWords(failure));
        Return.Builder ret = outgoing.root().initReturn();
        ret.setAnswerId(Integer.toUnsignedLong(answerId));
        ret.setReleaseParamCaps(false);
        ret.setNoFinishNeeded(forgotten);
        connection.traces.write(failure, ret.initException());
        outgoing.send(connection);
        returned = true;
        if (watch != CallWatch.NONE) {
            watch.ended(failure, outgoing.frameBytes());
        }
    }

    private void sendCanceled() {
        if (returned || !connection.isUp()) {
            return;
        }
        returned = true;
        if (resultsToYourself || !hints.onlyPipeline()) {
            OutgoingMessage outgoing = new OutgoingMessage(0);
            Return.Builder ret = outgoing.root().initReturn();
            ret.setAnswerId(Integer.toUnsignedLong(answerId));
            ret.setReleaseParamCaps(false);
            if (resultsToYourself) {
                ret.setResultsSentElsewhere();
            } else {
                ret.setCanceled();
            }
            outgoing.send(connection);
        }
        forget();
    }

    // ---- results that stay here

    private void keep(@Nullable Payload payload, @Nullable Failure failure) {
        watch.ended(failure, 0);
        Question question = taker;
        if (connection.faults.contains(Fault.RESULTS_NEVER_TAKEN)) {
            return;
        }
        if (question != null) {
            deliver(question, payload, failure);
        } else if (finished) {
            if (payload != null) {
                payload.close();
            }
        } else {
            kept = payload;
            keptFailure = failure;
        }
    }

    private static void deliver(Question question, @Nullable Payload payload, @Nullable Failure failure) {
        if (payload != null) {
            question.settle(payload);
        } else {
            question.settleFailed(failure == null ? Failure.failed("no result") : failure);
        }
    }

    /** The result of this call is the answer to {@code question}: the peer made this call as the tail of that. Null if nobody wants the answer. */
    void takeFor(@Nullable Question question) {
        if (!resultsToYourself) {
            throw connection.protocolError(
                    "`Return.takeFromOtherQuestion` referenced a call that did not use `sendResultsTo.yourself`.");
        }
        if (taker != null || returned) {
            throw connection.protocolError(
                    "`Return.takeFromOtherQuestion` referenced a call whose result was taken before.");
        }
        OutgoingMessage outgoing = new OutgoingMessage(0);
        Return.Builder ret = outgoing.root().initReturn();
        ret.setAnswerId(Integer.toUnsignedLong(answerId));
        ret.setReleaseParamCaps(false);
        ret.setResultsSentElsewhere();
        outgoing.send(connection);
        returned = true;
        Payload payload = kept;
        Failure failure = keptFailure;
        kept = null;
        keptFailure = null;
        if (question == null) {
            if (payload != null) {
                payload.close();
            }
            stop();
        } else if (payload != null || failure != null) {
            deliver(question, payload, failure);
        } else {
            taker = question;
        }
        if (finished) {
            countUntilClosed();
            forget();
        }
    }

    // ---- Finish

    void finish(boolean releaseResultCaps, boolean afterQueue) {
        finished = true;
        if (releaseResultCaps) {
            connection.exports.release(resultExports);
        }
        resultExports = Exports.NONE;
        if (returned) {
            if (taker == null || taker.isFinished()) {
                stop();
            }
            if (resultsToYourself) {
                countUntilClosed();
            }
            forget();
        } else {
            watch.cancelled();
            if (afterQueue) {
                connection.tasks.add(connection.loop.atLast().convert(ignored -> {
                    cancelCall();
                    return Promise.nothing();
                }));
            } else {
                cancelCall();
            }
        }
    }

    private void cancelCall() {
        if (!connection.isUp()) {
            return;
        }
        dropPipeline();
        stop();
        if (kept != null) {
            kept.close();
            kept = null;
        }
        if (closed) {
            sendCanceled();
        } else if (hints.onlyPipeline()) {
            countUntilClosed();
            sendCanceled();
        }
    }

    /** It is about to be forgotten, which makes no room for what goes on. */
    private void countUntilClosed() {
        if (!closed) {
            goesOn = true;
            connection.answers.goesOn(this);
        }
    }

    private void stop() {
        Promise.Cancelable body = listening;
        listening = null;
        if (body != null) {
            body.cancel();
        }
    }

    private void dropPipeline() {
        Pipeline known = pipeline;
        pipeline = null;
        if (known != null) {
            known.close();
        }
        Places used = places;
        places = null;
        if (used != null) {
            used.close();
        }
    }

    private void forget() {
        dropPipeline();
        connection.answers.forget(answerId, this);
    }

    /** The connection is gone: the call goes on only if its callee insists. */
    void disconnected() {
        returned = true;
        finished = true;
        watch.cancelled();
        dropPipeline();
        stop();
        if (kept != null) {
            kept.close();
            kept = null;
        }
    }
}

package dev.capstan.capnp.rpc;

import dev.capstan.async.Completer;
import dev.capstan.cap.Answer;
import dev.capstan.cap.BrokenCap;
import dev.capstan.cap.CallWatch;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Path;
import dev.capstan.cap.Payload;
import dev.capstan.cap.Pipeline;
import dev.capstan.capnp.CapnpFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An entry of the question table: a call of ours that the peer has not forgotten yet. It is also the pipeline of its answer.
 *
 * <p><b>Life.</b> Asked; then either <em>returned</em> (the peer answered) or <em>finished early</em> (nobody here is interested any more); the id is
 * free when both the Return has come and the Finish has gone. A Finish follows the Return in the same turn, unless a place in the answer is still
 * addressed as such. Interest is: the results, an open pipeline reference, or an unresolved capability taken from the pipeline. What the peer was told
 * to be a place in the answer ({@code pipelineCaps}) keeps the question too, although nobody here waits for it.
 */
final class Question implements Pipeline {
    final Connection connection;
    private final int id;
    private final boolean tail;
    private final boolean pipelineOnly;
    private final Completer<Payload> results;
    private final Answer answer;
    private int[] paramExports = Exports.NONE;
    private CallWatch watch = CallWatch.NONE;
    private Runnable onEnd = () -> {};
    private boolean unsent;

    private boolean awaitingReturn;
    private boolean finishSent;
    private boolean finishNotNeeded;
    private int interest = 2;
    private int references = 1;
    private int pipelineCaps;
    private @Nullable Map<Path, PromisedCap> promised;
    private @Nullable Payload payload;
    private @Nullable Failure failure;

    Question(Connection connection, int id, boolean tail, boolean pipelineOnly) {
        this.connection = connection;
        this.id = id;
        this.tail = tail;
        this.pipelineOnly = pipelineOnly;
        this.awaitingReturn = !pipelineOnly;
        this.results = new Completer<>(connection.loop);
        this.answer = new Answer(results.promise(), this);
        results.onCancel(this::interestLost);
    }

    int id() {
        return id;
    }

    /** For whoever has asked; of a call that has not left, nothing can be called on. */
    Answer answer() {
        return unsent ? new Answer(answer.results(), Pipeline.broken(sendFailure())) : answer;
    }

    boolean isPipelineOnly() {
        return pipelineOnly;
    }

    // ---- sending

    void watch(CallWatch who) {
        watch = who;
    }

    /** {@code action} runs when the peer has returned the call, or will not. */
    void onEnd(Runnable action) {
        onEnd = action;
    }

    private void ended() {
        Runnable action = onEnd;
        onEnd = () -> {};
        action.run();
    }

    void sent(int[] exports) {
        paramExports = exports;
    }

    /** The Call never left: nothing to wait for, nothing to finish. */
    void notSent(Failure cause) {
        unsent = true;
        awaitingReturn = false;
        finishNotNeeded = true;
        ended();
        settleFailed(cause);
    }

    boolean isUnsent() {
        return unsent;
    }

    private Failure sendFailure() {
        return failure != null ? failure : Failure.failed("the call was not sent");
    }

    // ---- Return

    boolean isAwaitingReturn() {
        return awaitingReturn;
    }

    boolean isTail() {
        return tail;
    }

    /** Whether the answer is of no more interest, so that what a Return carries must not be looked at. */
    boolean isFinished() {
        return finishSent;
    }

    void returned(boolean releaseParamCaps, boolean noFinishNeeded) {
        awaitingReturn = false;
        if (releaseParamCaps) {
            connection.exports.release(paramExports);
        }
        paramExports = Exports.NONE;
        finishNotNeeded = noFinishNeeded;
        ended();
        if (finishSent) {
            connection.questions.forget(this);
        }
    }

    /** The results are there. Takes ownership. */
    void settle(Payload content) {
        over(null);
        Map<Path, PromisedCap> waiting = promised;
        payload = content;
        try {
            if (waiting != null) {
                waiting.forEach((path, cap) -> {
                    if (!cap.isReleased()) {
                        cap.resolve(content.cap(path));
                    }
                });
            }
            if (results.isPending()) {
                results.complete(content.share());
            }
        } finally {
            if (references == 0) {
                content.close();
            }
        }
        finishIfDone();
    }

    private void over(@Nullable Failure with) {
        Observed observed = connection.observed;
        if (observed != null) {
            watch.ended(with, observed.messageBytes());
        }
    }

    void settleFailed(Failure cause) {
        over(cause);
        failure = cause;
        Map<Path, PromisedCap> waiting = promised;
        promised = null;
        if (waiting != null) {
            waiting.values().forEach(cap -> {
                if (!cap.isReleased()) {
                    cap.fail(cause);
                }
            });
        }
        results.fail(cause);
        finishIfDone();
    }

    /** A tail call has been answered: its results went straight to whom they concern. */
    void settleElsewhere() {
        over(null);
        // The places in the answer stay addressable until our own caller has forgotten the call whose tail this is.
        if (results.isPending()) {
            results.complete(CapnpFormat.INSTANCE.allocate(0));
            interestLost();
        }
    }

    /** The connection is gone. */
    void disconnected(Failure cause) {
        awaitingReturn = false;
        finishNotNeeded = true;
        ended();
        if (!isSettled()) {
            settleFailed(cause);
            return;
        }
        // Something waits still if the connection ends because results could not be led to where they belong.
        if (promised != null) {
            promised.values().stream().filter(cap -> !cap.isReleased()).forEach(cap -> cap.fail(cause));
        }
        results.fail(cause);
    }

    private boolean isSettled() {
        return payload != null || failure != null;
    }

    // ---- Finish

    private void interestLost() {
        interest--;
        finishIfUnused();
    }

    private void finishIfUnused() {
        if (interest == 0 && pipelineCaps == 0 && !isSettled()) {
            if (pipelineOnly) {
                watch.ended(null, 0);
            } else {
                watch.cancelled();
            }
            finish();
        }
    }

    private void finish() {
        if (finishSent || connection.faults.contains(Fault.CANCEL_DOES_NOT_REACH_SOURCE)) {
            return;
        }
        finishSent = true;
        if (!finishNotNeeded) {
            // Only a question that has not returned lets the peer release the results: we shall never look at them.
            connection.sendFinish(id, awaitingReturn || pipelineOnly);
        }
        if (!awaitingReturn) {
            ended();
            connection.questions.forget(this);
        }
    }

    private void finishIfDone() {
        if (!awaitingReturn && pipelineCaps == 0 && isSettled()) {
            finish();
        }
    }

    void pipelineCapReleased() {
        pipelineCaps--;
        finishIfDone();
        finishIfUnused();
    }

    // ---- Pipeline

    @Override
    public Cap cap(Path path) {
        Map<Path, PromisedCap> all = promised;
        if (all != null) {
            // One reference for one place, also when the answer is there: what is called on it may be held back.
            PromisedCap before = all.get(path);
            if (before != null && before.tryShare()) {
                return before;
            }
        }
        Payload content = payload;
        if (content != null) {
            return content.cap(path);
        }
        if (failure != null) {
            return new BrokenCap(failure);
        }
        if (!(path instanceof Path.Pointers pointers)) {
            return new BrokenCap(
                    Failure.failed("'" + path + "' is a name, and places in Cap'n Proto results are pointer indexes"));
        }
        if (all == null) {
            all = new LinkedHashMap<>(4);
            promised = all;
        }
        pipelineCaps++;
        PipelineCap initial = new PipelineCap(this, pointers);
        interest++;
        PromisedCap cap = new PromisedCap(initial, () -> {
            initial.close();
            interestLost();
        });
        all.put(path, cap);
        return cap;
    }

    @Override
    public Pipeline share() {
        references++;
        return this;
    }

    @Override
    public void close() {
        if (references <= 0) {
            throw new IllegalStateException("this pipeline was closed more often than it was shared");
        }
        if (--references == 0) {
            if (payload != null) {
                payload.close();
            }
            interestLost();
        }
    }
}

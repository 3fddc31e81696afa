package dev.capstan.cap;

import dev.capstan.async.CanceledException;
import dev.capstan.async.Completer;
import dev.capstan.async.Event;
import dev.capstan.async.Promise;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One call on an object of this process: its slot in the queue, its context, and the source of its answer.
 *
 * <p>States: waiting (armed, or kept by {@link LocalCap#admit}), running, over. Interest in a call ends when its results were cancelled and its
 * pipeline is unused; a waiting call is dropped then, a running one only if it has allowed that.
 */
final class LocalCall extends Event implements Context {
    private static final Logger LOG = System.getLogger(LocalCall.class.getName());

    private enum State {
        WAITING,
        RUNNING,
        OVER
    }

    private final LocalCap cap;
    private final Call call;
    private final Target.Style style;
    private final Completer<Payload> answer;
    private final QueuedPipeline pipeline;
    private State state = State.WAITING;
    private boolean streaming;
    private boolean resultsUnused;
    private boolean pipelineUnused;
    private volatile boolean cancelable;
    private @Nullable Payload results;
    private Promise.@Nullable Cancelable running;
    /** When the tail that this call has left has stopped; null if it has left none, or its wire sees to the end. */
    private @Nullable CallEnd tailEnd;

    LocalCall(LocalCap cap, Call call, Target.Style style) {
        super(cap.home(), style == Target.Style.ASYNC);
        this.style = style;
        this.cap = cap;
        this.call = call;
        this.answer = new Completer<>(cap.home());
        this.pipeline = new QueuedPipeline(cap.home(), this::pipelineUnused);
    }

    Answer start() {
        // The object stays alive until the call is over.
        cap.share();
        answer.onCancel(this::resultsUnused);
        armBreadthFirst();
        return new Answer(answer.promise(), pipeline);
    }

    @Override
    protected void fire() {
        if (state == State.WAITING && cap.admit(this)) {
            CallWatch watch = call.watch();
            if (watch == CallWatch.NONE) {
                begin();
            } else {
                try (CallWatch.Running _ = watch.running()) {
                    begin();
                }
            }
            cap.begun();
        }
    }

    /** The stream before this call has ended: its slot comes again. */
    void slotAgain() {
        armBreadthFirst();
    }

    /** Runs the body; the object is free for this call. */
    private void begin() {
        Failure poison = cap.poison();
        if (poison != null) {
            finish(poison);
            return;
        }
        state = State.RUNNING;
        Promise<Void> body;
        try {
            Target target = cap.target();
            if (target.isStreaming(call.method())) {
                streaming = true;
                cap.streamBegins();
            }
            body = style == Target.Style.BLOCKING
                    ? loop().fiber(() -> handleOnFiber(target))
                    : Objects.requireNonNull(
                            target.handle(this), "the handler returned null: return Promise.done() when it is done");
        } catch (Throwable e) {
            finish(failureOf(e));
            return;
        }
        if (body.isDone()) {
            finish(null);
            return;
        }
        running = body.listen(loop(), (ignored, failure) -> finish(failure == null ? null : failureOfEnded(failure)));
        checkInterest();
    }

    private @Nullable Void handleOnFiber(Target target) throws Exception {
        CallWatch watch = call.watch();
        if (watch == CallWatch.NONE) {
            return target.handle(this).await();
        }
        try (CallWatch.Running _ = watch.running()) {
            return target.handle(this).await();
        }
    }

    /** The caller hears only the message of what was not meant for it, so that the rest has to be told here. */
    private Failure failureOf(Throwable cause) {
        if (!(cause instanceof Failure) && !(cause instanceof CanceledException)) {
            LOG.log(
                    Level.WARNING,
                    "a call of " + method() + " on " + cap.target().getClass().getName() + " failed",
                    cause);
        }
        return Failure.of(cause);
    }

    private Failure failureOfEnded(Throwable cause) {
        try (CallWatch.Running _ = call.watch().running()) {
            return failureOf(cause);
        }
    }

    private void finish(@Nullable Failure failure) {
        state = State.OVER;
        running = null;
        Payload payload = results;
        results = null;
        if (failure != null) {
            if (payload != null) {
                payload.close();
            }
            pipeline.resolve(new BrokenPipeline(failure));
            answer.fail(failure);
            call.failed(failure);
        } else {
            if (payload == null) {
                payload = call.newResults(0);
            }
            if (!pipeline.isResolved()) {
                pipeline.resolve(new PayloadPipeline(payload.share()));
            }
            if (answer.isPending()) {
                answer.complete(payload);
            } else {
                payload.close();
            }
        }
        call.close();
        if (streaming) {
            cap.streamEnds(failure);
        }
        cap.close();
    }

    private void resultsUnused() {
        resultsUnused = true;
        checkInterest();
    }

    private void pipelineUnused() {
        pipelineUnused = true;
        checkInterest();
    }

    private void checkInterest() {
        // A pipeline that was published early has no say: what was taken from it lives on.
        if (!resultsUnused || (!pipelineUnused && !pipeline.isResolved())) {
            return;
        }
        switch (state) {
            case WAITING -> {
                disarm();
                cap.withdraw(this);
                drop();
            }
            case RUNNING -> {
                Promise.Cancelable body = running;
                if (cancelable && body != null) {
                    cancel(body);
                    drop();
                }
            }
            case OVER -> {}
        }
    }

    private void cancel(Promise.Cancelable body) {
        try {
            body.cancel();
        } catch (Throwable e) {
            // The caller is gone, so nobody else hears of it.
            LOG.log(Level.ERROR, "cleaning up after a cancelled call of " + method() + " failed", e);
        }
    }

    /** Ends the call without an answer. */
    private void drop() {
        state = State.OVER;
        running = null;
        Payload payload = results;
        results = null;
        if (payload != null) {
            payload.close();
        }
        pipeline.resolve(new BrokenPipeline(Failure.failed("the call was cancelled")));
        CallEnd end = tailEnd;
        if (end == null) {
            call.close();
        } else {
            // Giving up makes no room for a tail that goes on.
            call.releaseParams();
            end.then(call::close);
        }
        if (streaming) {
            cap.streamEnds(null);
        }
        cap.close();
    }

    // ---- Context

    @Override
    public Method method() {
        return call.method();
    }

    private void checkRunning() {
        if (state == State.OVER) {
            throw new IllegalStateException(
                    "this call has ended: use its parameters and results before the promise of the method settles");
        }
    }

    @Override
    public Payload params() {
        checkRunning();
        return call.params();
    }

    @Override
    public void releaseParams() {
        call.releaseParams();
    }

    @Override
    public Payload results(int sizeHint) {
        checkRunning();
        Payload payload = results;
        if (payload == null) {
            payload = call.newResults(sizeHint);
            results = payload;
        }
        return payload;
    }

    @Override
    public Promise<Void> tailCall(Request request) {
        if (results != null) {
            request.close();
            throw new IllegalStateException(
                    "results were built before tailCall(): a call has either its own results or those of its tail");
        }
        if (loop().inLoop()) {
            return tailCallHere(request);
        }
        Completer<Void> done = new Completer<>(loop());
        loop().post(() -> done.follow(tailCallHere(request)));
        return done.promise();
    }

    private Promise<Void> tailCallHere(Request request) {
        // From here on nothing of the caller's interest happens in this process.
        cancelable = true;
        Answer tail = call.tailCall(request);
        if (tail == null) {
            CallEnd end = new CallEnd();
            request.onEnd(end);
            tailEnd = end;
            tail = request.send();
        }
        pipeline.resolve(tail.pipeline());
        if (resultsUnused) {
            // The caller has lost interest before; not in this frame, which is the handler's.
            loop().post(this::checkInterest);
        }
        return tail.results().convert(payload -> {
            results = payload;
            return Promise.nothing();
        });
    }

    @Override
    public void setPipeline(Pipeline early) {
        if (loop().inLoop()) {
            pipeline.resolve(early);
        } else {
            loop().post(() -> pipeline.resolve(early));
        }
    }

    @Override
    public void allowCancellation() {
        cancelable = true;
        if (loop().inLoop()) {
            checkInterest();
        } else {
            loop().post(this::checkInterest);
        }
    }

    @Override
    public boolean isCanceled() {
        return resultsUnused && (pipelineUnused || pipeline.isResolved());
    }
}

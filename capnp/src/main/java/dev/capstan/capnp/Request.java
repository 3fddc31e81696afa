package dev.capstan.capnp;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import dev.capstan.cap.DeferredAnswer;
import dev.capstan.cap.Hints;
import dev.capstan.cap.Method;
import dev.capstan.cap.Pipeline;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A typed call that is being prepared: fill {@link #params}, then {@link #send} it once. Used by one thread at a time, any thread.
 *
 * @param <P> builder of the parameters
 * @param <A> the answer, which is promise and pipeline at once
 */
public final class Request<P extends StructBuilder, A> implements AutoCloseable {
    private final dev.capstan.cap.Request request;
    private final P params;
    private final AnswerType<A> answerType;
    private final @Nullable Loop loop;

    Request(Cap cap, Method.Ordinal method, StructType<P, ?> params, AnswerType<A> answerType, boolean pipelining) {
        this.loop = cap.loop();
        this.answerType = answerType;
        this.request = cap.request(
                method, CapnpFormat.INSTANCE, sizeHint(params), pipelining ? Hints.NONE : Hints.NO_PIPELINING);
        this.params = init(request, loop, params);
    }

    /** The parameters of a request; objects that are put into them live on {@code home}. */
    static <P extends StructBuilder> P init(
            dev.capstan.cap.Request request, @Nullable Loop home, StructType<P, ?> params) {
        CapnpPayload content = CapnpPayload.of(request.params());
        content.caps().home(home);
        return content.builder().init(params);
    }

    static int sizeHint(StructType<?, ?> params) {
        // Room for the struct and a little text; longer content grows the message.
        return params.dataWords() + params.pointerCount() + 8 * Math.min(params.pointerCount(), 4);
    }

    /** Where the parameters are built, until the request is sent. */
    public P params() {
        return params;
    }

    /** Sends the call. */
    public A send() {
        Loop home = loop;
        if (home == null || home.inLoop()) {
            return answerType.answer(new AnswerState(home, request.send()));
        }
        DeferredAnswer deferred = new DeferredAnswer(home);
        home.post(() -> deferred.link(request.send()));
        return answerType.answer(new AnswerState(home, deferred.answer()));
    }

    /** Fills the parameters and sends the call; gives the request up if {@code fill} throws. */
    public A send(Consumer<? super P> fill) {
        fillOrClose(fill, params, this);
        return send();
    }

    /** Sends the call for what is pipelined on the answer alone: its promise never has a value, and the callee may skip the result. */
    public A sendForPipeline() {
        Loop home = loop;
        if (home == null || home.inLoop()) {
            return answerType.answer(new AnswerState(home, pipelineOnly(request.sendForPipeline())));
        }
        DeferredAnswer deferred = new DeferredAnswer(home);
        home.post(() -> deferred.link(pipelineOnly(request.sendForPipeline())));
        return answerType.answer(new AnswerState(home, deferred.answer()));
    }

    private static dev.capstan.cap.Answer pipelineOnly(Pipeline pipeline) {
        return new dev.capstan.cap.Answer(
                Promise.failed(new IllegalStateException(
                        "this call was sent for its pipeline only: use send() to get the results too")),
                pipeline);
    }

    /** The request behind this one, for {@link CallContext#tailCall}. */
    dev.capstan.cap.Request raw() {
        return request;
    }

    /** Gives the request up without sending it. Call it only if it was not sent. */
    @Override
    public void close() {
        Loop home = loop;
        if (home == null || home.inLoop()) {
            request.close();
        } else {
            home.post(request::close);
        }
    }

    static <P> void fillOrClose(Consumer<? super P> fill, P params, AutoCloseable request) {
        try {
            fill.accept(params);
        } catch (Throwable e) {
            try {
                request.close();
            } catch (Exception suppressed) {
                e.addSuppressed(suppressed);
            }
            throw e;
        }
    }
}

package dev.capstan.capnweb;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Answer;
import dev.capstan.cap.Call;
import dev.capstan.cap.CallWatch;
import dev.capstan.cap.Cap;
import dev.capstan.cap.DeferredAnswer;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Hints;
import dev.capstan.cap.Method;
import dev.capstan.cap.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Calls of objects, which see their arguments when these are there and not before. */
final class Delivery {
    private Delivery() {}

    /** As {@link #call}; but a peer puts what is to come in its place itself, so that it need not come here. */
    static Answer send(
            Loop loop, Cap target, Path.Names path, @Nullable List<@Nullable Object> arguments, int most, Hints hints) {
        if (arguments == null || target.innermost() instanceof RemoteCap) {
            Method.Member method = new Method.Member(path, arguments == null);
            return target.call(Call.of(method, WebPayload.holding(arguments), hints));
        }
        return call(loop, target, path, arguments, most, hints, UnaryOperator.identity());
    }

    /**
     * Calls in the order in which this was called, but for calls whose arguments are not there yet.
     *
     * @param target borrowed
     * @param arguments owned; null to read
     * @param most of how many values the arguments may be made when all of them are there
     * @param as what is called is this
     * @throws WebException if the arguments nest too deeply
     */
    static Answer call(
            Loop loop,
            Cap target,
            Path.Names path,
            @Nullable List<@Nullable Object> arguments,
            int most,
            Hints hints,
            UnaryOperator<Call> as) {
        Method.Member method = new Method.Member(path, arguments == null);
        if (!Waiting.isIn(arguments)) {
            return running(target, as.apply(Call.of(method, WebPayload.holding(arguments), hints)));
        }
        DeferredAnswer answer = new DeferredAnswer(loop);
        Cap held = target.share();
        Promise.Cancelable waiting = Waiting.of(loop, arguments, most).listen(loop, (params, failure) -> {
            try (held) {
                answer.link(
                        params != null
                                ? running(held, as.apply(Call.of(method, params, hints)))
                                : Answer.broken(
                                        Failure.of(failure == null ? Failure.failed("no arguments") : failure)));
            }
        });
        answer.onUnused(() -> {
            waiting.cancel();
            held.close();
        });
        return answer.answer();
    }

    private static Answer running(Cap target, Call call) {
        CallWatch watch = call.watch();
        if (watch == CallWatch.NONE) {
            return target.call(call);
        }
        try (CallWatch.Running _ = watch.running()) {
            return target.call(call);
        }
    }
}

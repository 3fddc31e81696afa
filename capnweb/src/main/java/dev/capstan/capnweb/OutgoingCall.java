package dev.capstan.capnweb;

import dev.capstan.async.Promise;
import dev.capstan.cap.Answer;
import dev.capstan.cap.Call;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Hints;
import dev.capstan.cap.Method;
import dev.capstan.cap.Payload;
import dev.capstan.cap.Pipeline;
import dev.capstan.cap.Request;

/** A call whose arguments are a list of values (see {@link WebPayload#set}); they are written when it is sent. */
final class OutgoingCall implements Request {
    private final Cap target;
    private final Method method;
    private final Hints hints;
    private final WebPayload params = new WebPayload();
    private boolean sent;

    /** Keeps a reference to {@code target} until it is sent. */
    OutgoingCall(Cap target, Method method, Hints hints) {
        this.target = target.share();
        this.method = method;
        this.hints = hints;
    }

    @Override
    public Payload params() {
        return params;
    }

    @Override
    public Answer send() {
        return send(hints);
    }

    private Answer send(Hints with) {
        Call call = take(with);
        try (target) {
            return target.call(call);
        }
    }

    private Call take(Hints with) {
        if (sent) {
            throw new IllegalStateException("this request was sent or closed before: make a new one for each call");
        }
        sent = true;
        return Call.of(method, params, with);
    }

    @Override
    public Promise<Void> sendStreaming() {
        if (target.innermost() instanceof RemoteCap remote) {
            // One message for the peer instead of three, and a window of bytes.
            Call call = take(Hints.NO_PIPELINING);
            try (target) {
                return remote.stream(call);
            }
        }
        Answer answer = send(Hints.NO_PIPELINING);
        answer.pipeline().close();
        return answer.results().convert(results -> {
            results.close();
            return Promise.nothing();
        });
    }

    @Override
    public Pipeline sendForPipeline() {
        Answer answer = send(Hints.ONLY_PIPELINE);
        answer.results().cancel();
        return answer.pipeline();
    }

    @Override
    public Object brand() {
        return target.brand();
    }

    @Override
    public void close() {
        if (!sent) {
            sent = true;
            params.close();
            target.close();
        }
    }
}

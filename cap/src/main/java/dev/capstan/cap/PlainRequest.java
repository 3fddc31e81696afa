package dev.capstan.cap;

import dev.capstan.async.Promise;

/** A request whose parameters are plain memory until it is sent. */
final class PlainRequest implements Request {
    private final Cap target;
    private final Method method;
    private final Payload params;
    private final Hints hints;
    private Runnable onEnd = () -> {};
    private boolean sent;

    /** Parameters are allocated by {@code format}; keeps a reference to {@code target} until it is sent. */
    PlainRequest(Cap target, Method method, Format format, int sizeHint, Hints hints) {
        this.target = target.share();
        this.method = method;
        this.params = format.allocate(sizeHint);
        this.hints = hints;
    }

    @Override
    public Payload params() {
        return params;
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
        return sendWith(hints);
    }

    private Answer sendWith(Hints withHints) {
        Call call = take(withHints);
        try (target) {
            return target.call(call);
        }
    }

    private Call take(Hints withHints) {
        if (sent) {
            throw new IllegalStateException("this request was sent or closed before: make a new one for each call");
        }
        sent = true;
        return new PlainCall(method, params, withHints, CallWatch.NONE, onEnd);
    }

    @Override
    public Promise<Void> sendStreaming() {
        Call call = take(Hints.NO_PIPELINING);
        try (target) {
            return target.stream(call);
        }
    }

    @Override
    public Pipeline sendForPipeline() {
        Answer answer = sendWith(Hints.ONLY_PIPELINE);
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

package dev.capstan.cap;

import dev.capstan.async.Promise;

/** A request to a target that has no wire of its own: the parameters are plain memory in the caller's format. */
final class PlainRequest implements Request {
    private final Cap target;
    private final Method method;
    private final Payload params;
    private final Hints hints;
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
    public Answer send() {
        return sendWith(hints);
    }

    private Answer sendWith(Hints withHints) {
        if (sent) {
            throw new IllegalStateException("this request was sent or closed before: make a new one for each call");
        }
        sent = true;
        try (target) {
            return target.call(new PlainCall(method, params, withHints));
        }
    }

    @Override
    public Promise<Void> sendStreaming() {
        Answer answer = sendWith(Hints.NO_PIPELINING);
        answer.pipeline().close();
        return answer.results().convert(results -> {
            results.close();
            return Promise.nothing();
        });
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

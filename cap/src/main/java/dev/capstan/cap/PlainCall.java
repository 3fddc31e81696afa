package dev.capstan.cap;

/** A call made in this process whose results are wanted as plain memory. */
final class PlainCall implements Call {
    private final Method method;
    private final Payload params;
    private final Hints hints;
    private final CallWatch watch;
    private final Runnable onEnd;
    private boolean released;

    /** A call with such parameters, of which it takes ownership; {@code onEnd} runs when it is closed. */
    PlainCall(Method method, Payload params, Hints hints, CallWatch watch, Runnable onEnd) {
        this.method = method;
        this.params = params;
        this.hints = hints;
        this.watch = watch;
        this.onEnd = onEnd;
    }

    @Override
    public Method method() {
        return method;
    }

    @Override
    public Payload params() {
        if (released) {
            throw new IllegalStateException(
                    "the parameters of this call were released: read them before releaseParams()");
        }
        return params;
    }

    @Override
    public void releaseParams() {
        if (!released) {
            released = true;
            params.close();
        }
    }

    @Override
    public void close() {
        releaseParams();
        onEnd.run();
    }

    @Override
    public Payload newResults(int sizeHint) {
        return params.format().allocate(sizeHint);
    }

    @Override
    public CallWatch watch() {
        return watch;
    }

    @Override
    public Hints hints() {
        return hints;
    }
}

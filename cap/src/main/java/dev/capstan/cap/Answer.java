package dev.capstan.cap;

import dev.capstan.async.Promise;

/**
 * What a call gives back: the promise of its results, and the pipeline through which they can be used before they are there.
 *
 * <p>The receiver owns both. The call is of no more interest, and gets cancelled, when the promise was cancelled and the pipeline and all
 * capabilities taken from it were closed. Dropping an answer cancels nothing.
 */
public final class Answer implements AutoCloseable {
    private final Promise<Payload> results;
    private final Pipeline pipeline;

    /** Takes ownership of both. */
    public Answer(Promise<Payload> results, Pipeline pipeline) {
        this.results = results;
        this.pipeline = pipeline;
    }

    /** An answer that has failed. */
    public static Answer broken(Failure failure) {
        return new Answer(Promise.failed(failure), new BrokenPipeline(failure));
    }

    /** The results; their receiver owns the payload. */
    public Promise<Payload> results() {
        return results;
    }

    /** What is inside the results. */
    public Pipeline pipeline() {
        return pipeline;
    }

    /** Gives up results and pipeline; capabilities taken from the pipeline before stay good. */
    @Override
    public void close() {
        results.cancel();
        pipeline.close();
    }
}

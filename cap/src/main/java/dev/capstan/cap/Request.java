package dev.capstan.cap;

import dev.capstan.async.Promise;

/**
 * A call that is being prepared. Parameters are built in {@link #params} by whoever owns the request, on any thread; then exactly one of the
 * send methods or {@link #close} is called, on the loop's thread.
 */
public interface Request extends AutoCloseable {
    /** A request to {@code target} whose parameters are plain memory in {@code format} until it is sent; keeps a reference to {@code target} until then. */
    static Request of(Cap target, Method method, Format format, int sizeHint, Hints hints) {
        return new PlainRequest(target, method, format, sizeHint, hints);
    }

    /** Where the parameters are built. Borrowed until the request is sent. */
    Payload params();

    /**
     * {@code action} runs, once it was sent, when the callee is through with the call, as {@link Call#close} has it: on the loop's thread, and perhaps while it is being sent. It never runs if the
     * request is closed unsent. Of several, each runs, in the order in which they were given. Called before it is sent, by whoever owns the request.
     */
    void onEnd(Runnable action);

    /** Sends the call; this is the moment at which it takes its place in the order. */
    Answer send();

    /**
     * Sends a call of a stream. The promise settles when the next one may be sent, which is not when this one was received; a failure of an
     * earlier call fails it.
     */
    Promise<Void> sendStreaming();

    /** Sends a call of whose result only the pipeline is of interest. The caller owns the pipeline. */
    Pipeline sendForPipeline();

    /** The {@link Cap#brand} of the target that built this request. */
    Object brand();

    /** Gives the request up without sending it. */
    @Override
    void close();
}

package dev.capstan.cap;

import org.jspecify.annotations.Nullable;

/**
 * A request on its way to its target: the caller's side of one call.
 *
 * <p>It owns its parameters. Whoever it is handed to ({@link Cap#call}) owns it, and closes it when the work is over: after settling the answer,
 * or when the call was dropped.
 */
public interface Call extends AutoCloseable {
    /** A call made in this process whose results are wanted as plain memory in the format of {@code params}, which it owns from now on. */
    static Call of(Method method, Payload params, Hints hints) {
        return new PlainCall(method, params, hints, CallWatch.NONE, () -> {});
    }

    /** As {@link #of(Method, Payload, Hints)}, made on behalf of {@code other}: what watches that, watches this. */
    static Call of(Method method, Payload params, Hints hints, Call other) {
        return of(method, params, hints, other, () -> {});
    }

    /** As {@link #of(Method, Payload, Hints, Call)}; {@code onEnd} runs when it is {@linkplain #close closed}. */
    static Call of(Method method, Payload params, Hints hints, Call other, Runnable onEnd) {
        return new PlainCall(method, params, hints, other.watch(), onEnd);
    }

    /** What is called. */
    Method method();

    /** The parameters; borrowed until {@link #releaseParams}. */
    Payload params();

    /** Frees the parameters early. Does nothing the second time. */
    void releaseParams();

    /** An empty payload for the results, made where the caller wants to have them. The caller of this method owns it until it answers with it. */
    Payload newResults(int sizeHint);

    /** What the caller promises. */
    Hints hints();

    /** Who watches this call: what runs for it, runs within {@link CallWatch#running}. Those who pass a call on in a wrapper pass this on, too. */
    default CallWatch watch() {
        return CallWatch.NONE;
    }

    /** The callee tells, before it closes the call, that it was answered with {@code why}: for who watches and does not get the answer. Those who pass a call on in a wrapper pass this on, too. */
    default void failed(Failure why) {}

    /**
     * Offers {@code request} as the continuation of this call: a wire may let the two ends settle the result among themselves.
     *
     * @return the answer of the sent request, or null if the request was not taken and must be sent by the callee
     */
    default @Nullable Answer tailCall(Request request) {
        return null;
    }

    /**
     * The callee is through with this call, as far as its wire tells: releases what is left of it. When the caller has given it up, this comes when the callee has stopped, or has ended all the
     * same. Called once.
     */
    @Override
    void close();
}

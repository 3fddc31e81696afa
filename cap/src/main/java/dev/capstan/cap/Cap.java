package dev.capstan.cap;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import org.jspecify.annotations.Nullable;

/**
 * One counted reference to something that can be called: a local object, an object in another process, the result of a call that has not
 * returned yet, or a failure. Every wire and every wrapper of Capstan is a {@code Cap} on one side or the other.
 *
 * <p><b>Order.</b> Calls made on one reference arrive in the order in which they were sent (<em>E-order</em>), whatever happens to the
 * reference in between: a promise that resolves, a path that gets shorter, an object that turns out to live on the caller's own side. A call
 * takes its place in that order when it is sent, and never begins inside the frame that sends it.
 *
 * <p><b>Resolution.</b> A reference may stand for something that is not known yet. {@link #resolved} tells the nearest thing that is known
 * now, {@link #resolution} announces the next step, {@link #settled} the last. Once settled, a reference always leads to the same target. A
 * promise never has to be waited for: calls on it queue, or travel ahead to where it will resolve.
 *
 * <p><b>Ownership.</b> Whoever gets a {@code Cap} as a result owns it and closes it; parameters are borrowed unless the method says that it
 * takes ownership, and then it takes it always, also when it throws. {@link #share} makes another reference to the same thing. Closing the
 * last one lets the other side forget the object. A reference that is dropped without closing is found by the garbage collector some
 * time; do not rely on the time.
 *
 * <p><b>Failure.</b> A broken reference can be used like any other; every call on it fails with its {@link Failure}.
 *
 * <p><b>Cancelling.</b> A call is cancelled when nobody is interested any more: its {@link Answer} was closed or cancelled, and so were the
 * capabilities taken from its pipeline. Whether a running call stops is the callee's decision ({@link Context#allowCancellation}).
 *
 * <p><b>Threads.</b> A reference belongs to a {@link Loop}. {@link #request}, {@link #share} and {@link #close} may be used from any thread;
 * everything else, {@link Request#send} included, on the loop's thread. Typed clients take care of that.
 */
public interface Cap extends AutoCloseable {
    /** The loop on whose thread the reference is used; null if any thread will do, as for a broken one. */
    @Nullable
    Loop loop();

    /**
     * A request whose parameters are built by the target's own wire, so that sending copies nothing.
     *
     * @param method what to call
     * @param fallback supplies the parameters if the target has no wire of its own (local, unresolved or broken)
     * @param sizeHint expected size of the parameters in the format's own units, 0 if unknown
     * @param hints promises of the caller about how it will use the result
     */
    Request request(Method method, Format fallback, int sizeHint, Hints hints);

    /** Forwards a call. Takes ownership of {@code call}, always. */
    Answer call(Call call);

    /**
     * Forwards a call of a stream; settles as {@link Request#sendStreaming} says. Takes ownership of {@code call}, always. What has no window of its own
     * waits for the answer.
     */
    default Promise<Void> stream(Call call) {
        Answer answer = call(call);
        answer.pipeline().close();
        return answer.results().convert(results -> {
            results.close();
            return Promise.nothing();
        });
    }

    /** Another reference to the same thing; the caller owns it. */
    Cap share();

    /** The nearest thing this reference is known to stand for now, or null if that is itself. Borrowed. */
    @Nullable
    Cap resolved();

    /**
     * The next step of resolution, as a reference that the receiver owns; null if this reference is settled. Fails if the reference breaks. Waiting is a
     * use: it keeps the reference until the promise has settled or is cancelled, so do not just forget it.
     */
    @Nullable
    Promise<Cap> resolution();

    /** Identifies the wire connection or other implementation that made this reference, so that it recognises its own. */
    Object brand();

    /** Gives this reference back. */
    @Override
    void close();

    /** The last step of resolution, as a reference that the receiver owns. Fails if the reference breaks on the way. Waiting is a use, as in {@link #resolution}. */
    default Promise<Cap> settled() {
        Cap nearest = innermost();
        Promise<Cap> next = nearest.resolution();
        if (next == null) {
            return Promise.of(nearest.share());
        }
        return next.then(cap -> cap.settled().attach(cap));
    }

    /** Whether this is {@code other}, or is known by now to stand for it. */
    default boolean leadsTo(Cap other) {
        for (Cap cap = this; cap != null; cap = cap.resolved()) {
            if (cap == other) {
                return true;
            }
        }
        return false;
    }

    /** Follows {@link #resolved} to the end. Borrowed. */
    default Cap innermost() {
        Cap cap = this;
        for (Cap next = cap.resolved(); next != null; next = cap.resolved()) {
            cap = next;
        }
        return cap;
    }
}

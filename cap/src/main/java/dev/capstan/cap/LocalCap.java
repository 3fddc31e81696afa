package dev.capstan.cap;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A reference to an object in this process.
 *
 * <p>Each call begins in a slot of its own in the loop's queue, in the order of sending. While a streaming call runs, later calls wait; a
 * failed streaming call fails every later one. The object outlives its last reference until the calls that run have ended; then it hears
 * {@link Target#released}.
 */
public final class LocalCap extends CountedCap {
    private static final Logger LOG = System.getLogger(LocalCap.class.getName());
    private static final Object BRAND = new Object();

    private final Loop home;
    private final Target target;
    private final ArrayDeque<LocalCall> waiting = new ArrayDeque<>();
    /** The waiting call whose slot comes next; later ones wait behind it. */
    private @Nullable LocalCall next;

    private boolean streaming;
    private @Nullable Failure poison;
    private @Nullable QueuedCap shorter;

    /** A first reference to {@code target}, whose calls run on {@code loop}. */
    public LocalCap(Loop loop, Target target) {
        super(loop);
        this.home = loop;
        this.target = target;
        Promise<Cap> path = target.shortenPath();
        if (path != null) {
            shorter = (QueuedCap) QueuedCap.of(loop, path.convert(this::notItself));
        }
    }

    private Cap notItself(Cap path) {
        if (isLedBackFrom(path)) {
            path.close();
            throw Failure.failed("this object was to be reached on a shorter path, which leads back to it");
        }
        return path;
    }

    /** The loop on which calls run. */
    Loop home() {
        return home;
    }

    /** The object itself. */
    public Target target() {
        return target;
    }

    @Override
    public Request request(Method method, Format fallback, int sizeHint, Hints hints) {
        return new PlainRequest(this, method, fallback, sizeHint, hints);
    }

    @Override
    public Answer call(Call call) {
        Target.Style style;
        try {
            style = target.style();
        } catch (Throwable e) {
            call.close();
            return Answer.broken(Failure.of(e));
        }
        return new LocalCall(this, call, style).start();
    }

    @Override
    public @Nullable Cap resolved() {
        QueuedCap path = shorter;
        return path == null ? null : path.resolved();
    }

    @Override
    public @Nullable Promise<Cap> resolution() {
        QueuedCap path = shorter;
        return path == null ? null : path.resolution();
    }

    @Override
    public Object brand() {
        return BRAND;
    }

    @Override
    protected void released() {
        if (shorter != null) {
            shorter.close();
        }
        home.guard(this::tellReleased);
    }

    private void tellReleased() {
        try {
            target.released();
        } catch (Throwable e) {
            // Whoever let go of the object, a peer perhaps, must not suffer from what the object does about it.
            LOG.log(Level.ERROR, "released() of " + target.getClass().getName() + " threw", e);
        }
    }

    /** Admits a call whose slot has come, or keeps it until the streaming call before it has ended. */
    boolean admit(LocalCall call) {
        if (call == next) {
            next = null;
        } else if (streaming || next != null || !waiting.isEmpty()) {
            waiting.add(call);
            return false;
        }
        return true;
    }

    /** A call that was admitted has begun; it may be over already. */
    void begun() {
        nextSlot();
    }

    void withdraw(LocalCall call) {
        if (call == next) {
            next = null;
            nextSlot();
        } else {
            waiting.remove(call);
        }
    }

    @Nullable
    Failure poison() {
        return poison;
    }

    void streamBegins() {
        streaming = true;
    }

    void streamEnds(@Nullable Failure failure) {
        streaming = false;
        if (failure != null && poison == null) {
            poison = failure;
        }
        nextSlot();
    }

    /** Each waiting call gets a slot of its own, one after the other: a handler that does much in its frame holds up its own calls alone. */
    private void nextSlot() {
        if (!streaming && next == null) {
            LocalCall first = waiting.poll();
            if (first != null) {
                next = first;
                first.slotAgain();
            }
        }
    }
}

package dev.capstan.cap;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A reference to something that is not known yet. Calls queue; {@link #resolve} hands them on, in order, before anybody can make another
 * call there through this reference.
 */
public final class QueuedCap extends CountedCap {
    private static final Object BRAND = new Object();

    private final Loop home;
    private final Runnable onUnused;
    private final ArrayDeque<Waiting> queue = new ArrayDeque<>();
    private final Watchers watchers;
    private volatile @Nullable Cap target;
    /** What has to be known before this can be; borrowed, and forgotten when this is known. */
    private List<Cap> waitedFor = List.of();

    private record Waiting(Call call, DeferredAnswer answer) {}

    /** A reference of {@code loop} to something unknown. */
    public QueuedCap(Loop loop) {
        this(loop, () -> {});
    }

    /** {@code onUnused} runs if the last reference is closed, and no call waits, before the target is known. */
    public QueuedCap(Loop loop, Runnable onUnused) {
        super(loop);
        this.home = loop;
        this.onUnused = onUnused;
        this.watchers = new Watchers(loop, this);
    }

    /** A reference to what {@code promise} will give; it is consumed. Broken if it fails. Cancelled when nobody uses the reference any more. */
    public static Cap of(Loop loop, Promise<Cap> promise) {
        Promise.Cancelable[] following = new Promise.Cancelable[1];
        QueuedCap cap = new QueuedCap(loop, () -> following[0].cancel());
        Runnable follow = () -> following[0] = promise.listen(loop, (target, failure) -> {
            if (target != null) {
                cap.resolve(target);
            } else if (failure != null) {
                cap.fail(Failure.of(failure));
            }
        });
        if (loop.inLoop()) {
            follow.run();
        } else {
            loop.post(follow);
        }
        return cap;
    }

    /**
     * This reference leads to {@code cap} from now on, or is broken if that leads back to it or the way is too long. Takes ownership. On the loop's thread; later calls
     * are ignored.
     */
    public void resolve(Cap cap) {
        if (target != null) {
            cap.close();
        } else {
            become(checkedStep(cap), null);
        }
    }

    private void become(Cap cap, @Nullable Failure failure) {
        boolean abandoned = isGone();
        target = cap;
        waitedFor = List.of();
        // The calls that are let go may be the last that kept this reference, and with it the target.
        Cap held = cap.share();
        while (!queue.isEmpty()) {
            Waiting next = queue.remove();
            next.answer.link(cap.call(next.call));
            close();
        }
        watchers.tell(cap, failure);
        if (abandoned) {
            cap.close();
        }
        held.close();
    }

    /**
     * This will be known no sooner than {@code others}: so that whoever is about to let one of them wait for this can see it. Borrows them. On the loop's thread; ignored
     * when this is known.
     */
    public void waitsFor(List<Cap> others) {
        if (target == null) {
            waitedFor = List.copyOf(others);
        }
    }

    /** What this was said to {@linkplain #waitsFor wait for}; nothing if it is known. Borrowed, and perhaps closed. */
    public List<Cap> waitedFor() {
        return waitedFor;
    }

    /** This reference is broken from now on. */
    public void fail(Failure failure) {
        if (target == null) {
            become(new BrokenCap(failure), failure);
        }
    }

    @Override
    public Request request(Method method, Format fallback, int sizeHint, Hints hints) {
        Cap known = target;
        return known != null
                ? known.request(method, fallback, sizeHint, hints)
                : new PlainRequest(this, method, fallback, sizeHint, hints);
    }

    @Override
    public Promise<Void> stream(Call call) {
        Cap known = target;
        return known != null ? known.stream(call) : super.stream(call);
    }

    @Override
    public Answer call(Call call) {
        Cap known = target;
        if (known != null) {
            return known.call(call);
        }
        // The queued call keeps this reference alive until it is forwarded.
        share();
        DeferredAnswer answer = new DeferredAnswer(home);
        Waiting waiting = new Waiting(call, answer);
        queue.add(waiting);
        answer.onUnused(() -> {
            if (queue.remove(waiting)) {
                call.close();
                close();
            }
        });
        return answer.answer();
    }

    @Override
    public @Nullable Cap resolved() {
        return target;
    }

    @Override
    public @Nullable Promise<Cap> resolution() {
        Cap known = target;
        if (known instanceof BrokenCap broken) {
            return broken.resolution();
        }
        if (known != null) {
            return Promise.of(known.share());
        }
        return watchers.add().promise();
    }

    @Override
    public Object brand() {
        return BRAND;
    }

    @Override
    protected void released() {
        Cap known = target;
        if (known != null) {
            known.close();
        } else {
            onUnused.run();
        }
    }
}

package dev.capstan.capnweb;

import dev.capstan.async.Completer;
import dev.capstan.async.Promise;
import dev.capstan.cap.Answer;
import dev.capstan.cap.BrokenCap;
import dev.capstan.cap.Call;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Format;
import dev.capstan.cap.Hints;
import dev.capstan.cap.Method;
import dev.capstan.cap.Path;
import dev.capstan.cap.Request;
import dev.capstan.cap.Watchers;
import org.jspecify.annotations.Nullable;

/**
 * A place in the result of a call of ours. Calls go ahead to the peer.
 *
 * <p>When the result is here, later calls go where it says, if they cannot overtake earlier ones that way: to another object of the peer, or anywhere
 * if there were none or nothing there can be called. Otherwise this reference goes on leading over the peer, which keeps the result for it.
 */
final class PipelineCap extends RemoteCap {
    private final Question question;
    private final Path.Names place;
    private volatile @Nullable Cap target;
    private boolean hadCalls;
    /** The result is here, and calls go on without it. */
    private boolean stays;

    /** What has come, if that is a value and calls go on without it; owned. */
    private @Nullable ValueCap arrived;

    private final Watchers watchers;

    PipelineCap(Question question, Path.Names place) {
        super(question.session);
        this.question = question;
        this.place = place;
        this.watchers = new Watchers(session.loop, this);
    }

    @Override
    long id() {
        return question.id();
    }

    Question question() {
        return question;
    }

    @Override
    Path.Names place() {
        return place;
    }

    @Override
    void named() {
        hadCalls = true;
    }

    /** The result has come. Takes ownership of what lies here in it. Returns whether this reference does without the peer's copy from now on. */
    boolean settle(Cap found) {
        Cap next = checkedStep(found);
        Cap inner = next.innermost();
        boolean samePeer = inner instanceof RemoteCap remote && remote.session == session;
        boolean nothingToCall = inner instanceof BrokenCap || (inner instanceof ValueCap plain && plain.isPlain());
        if (hadCalls && !samePeer && !nothingToCall) {
            stays = true;
            watchers.tell(next, null);
            if (inner instanceof ValueCap value) {
                value.share();
                arrived = value;
            }
            next.close();
            return false;
        }
        become(next, null);
        return true;
    }

    void fail(Failure failure) {
        if (target == null) {
            become(new BrokenCap(failure), failure);
        }
    }

    private void become(Cap next, @Nullable Failure failure) {
        boolean abandoned = isGone();
        target = next;
        Cap held = next.share();
        watchers.tell(next, failure);
        if (abandoned) {
            next.close();
        }
        held.close();
    }

    @Override
    public Request request(Method method, Format fallback, int sizeHint, Hints hints) {
        Cap known = target;
        return known != null
                ? known.request(method, fallback, sizeHint, hints)
                : super.request(method, fallback, sizeHint, hints);
    }

    @Override
    public Answer call(Call call) {
        Cap known = target;
        if (known != null) {
            return known.call(call);
        }
        hadCalls = true;
        return super.call(call);
    }

    @Override
    public Promise<Void> stream(Call call) {
        Cap known = target;
        if (known != null) {
            return known.stream(call);
        }
        hadCalls = true;
        return super.stream(call);
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
        if (stays) {
            return null;
        }
        Completer<Cap> watcher = watchers.add();
        watcher.onAwaited(question::pull);
        return watcher.promise();
    }

    /** What this turns out to be, if somebody asks the peer for it; null if it has led on for good. Waiting for it is a use, and does not ask. */
    @Nullable
    Promise<Cap> arrival() {
        return target != null || stays ? null : watchers.add().promise();
    }

    /** What has come, for whoever wants the value and not to call; null if it has not, or is no value. Borrowed. */
    @Nullable
    ValueCap arrived() {
        return arrived;
    }

    @Override
    protected void released() {
        if (arrived != null) {
            arrived.close();
        }
        Cap known = target;
        if (known != null) {
            known.close();
        } else {
            question.placeReleased();
        }
    }

    @Override
    public String toString() {
        return "place '" + place + "' in the result of " + question.id();
    }
}

package dev.capstan.capnweb;

import dev.capstan.async.Completer;
import dev.capstan.cap.Answer;
import dev.capstan.cap.BrokenCap;
import dev.capstan.cap.CallWatch;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Path;
import dev.capstan.cap.Payload;
import dev.capstan.cap.Pipeline;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A call of ours whose result the peer keeps, under a positive id. It is also the pipeline of its answer.
 *
 * <p><b>Life.</b> Pushed; pulled when somebody waits for the result; settled when the peer has sent it; released when nothing here leads over the peer's
 * copy any more: at once when it has settled, unless a place in it was called before and leads to what is not the peer's ({@link PipelineCap}), or when
 * nobody is interested any more, which cancels the call. A call of a stream is pulled and released by its very message.
 */
final class Question implements Pipeline {
    final Session session;
    private final long id;
    private final Completer<Payload> results;
    private final Answer answer;
    private final boolean stream;
    private boolean pulled;
    private boolean released;
    /** Results, open pipeline references together, and each place in use. */
    private int interest = 2;

    private int references = 1;
    private @Nullable Map<Path.Names, PipelineCap> places;
    private int placesInUse;
    private CallWatch watch = CallWatch.NONE;
    private long answerBytes;
    private @Nullable WebPayload payload;
    private @Nullable Failure failure;
    /** What the answer, which has come, has to wait for; borrowed. */
    private List<Cap> waitedFor = List.of();

    Question(Session session, long id, boolean stream) {
        this.session = session;
        this.id = id;
        this.stream = stream;
        this.pulled = stream;
        this.released = stream;
        this.results = new Completer<>(session.loop);
        this.answer = new Answer(results.promise(), this);
        results.onCancel(this::interestLost);
        results.onAwaited(this::pull);
    }

    long id() {
        return id;
    }

    void watch(CallWatch who) {
        watch = who;
    }

    /** The answer is a message of so many bytes. */
    void answerBytes(long bytes) {
        answerBytes = bytes;
    }

    boolean isStream() {
        return stream;
    }

    Answer answer() {
        return answer;
    }

    /** Somebody waits for the result. */
    void pull() {
        if (!pulled && !released && session.isUp()) {
            pulled = true;
            Failure deaf = session.deaf();
            if (deaf == null) {
                session.outbox.pull(id);
                if (session.callTimes != null) {
                    session.callTimes.asked(this);
                }
            } else {
                session.questions.failLater(this, deaf);
            }
        }
    }

    /** The answer names what is not there yet. */
    void waitsFor(List<Cap> others) {
        waitedFor = others;
    }

    /** What the answer has to wait for; borrowed, and perhaps closed. */
    List<Cap> waitedFor() {
        return isSettled() ? List.of() : waitedFor;
    }

    /** The result has come. Takes ownership. */
    void settle(WebPayload content) {
        if (isSettled()) {
            content.close();
            return;
        }
        payload = content;
        waitedFor = List.of();
        watch.ended(null, answerBytes);
        Map<Path.Names, PipelineCap> waiting = places;
        if (waiting != null) {
            waiting.forEach((place, cap) -> {
                if (!cap.isReleased() && cap.settle(content.cap(place))) {
                    placesInUse--;
                }
            });
        }
        if (results.isPending()) {
            results.complete(content.share());
        }
        if (references == 0) {
            content.close();
        }
        releaseIfUnused();
    }

    void fail(Failure cause) {
        if (isSettled()) {
            return;
        }
        failure = cause;
        waitedFor = List.of();
        watch.ended(cause, answerBytes);
        Map<Path.Names, PipelineCap> waiting = places;
        if (waiting != null) {
            waiting.values().forEach(cap -> {
                if (!cap.isReleased()) {
                    placesInUse--;
                    cap.fail(cause);
                }
            });
        }
        results.fail(cause);
        releaseIfUnused();
    }

    /** Whether the peer was asked for a result that it has not given. */
    boolean isAwaited() {
        return pulled && !isSettled();
    }

    private boolean isSettled() {
        return payload != null || failure != null;
    }

    // ---- Pipeline

    @Override
    public Cap cap(Path path) {
        Path.Names place = switch (path) {
            case Path.Names names -> names;
            case Path.Pointers pointers when pointers.length() == 0 -> Path.Names.NONE;
            case Path.Pointers pointers -> null;
        };
        if (place == null) {
            return BrokenCap.because(path + " is a place in a Cap'n Proto result, and this call speaks Cap'n Web");
        }
        Map<Path.Names, PipelineCap> all = places;
        if (all != null) {
            PipelineCap before = all.get(place);
            if (before != null && before.tryShare()) {
                return before;
            }
        }
        if (payload != null) {
            return payload.cap(place);
        }
        if (failure != null) {
            return new BrokenCap(failure);
        }
        if (all == null) {
            all = new LinkedHashMap<>(4);
            places = all;
        }
        PipelineCap cap = new PipelineCap(this, place);
        all.put(place, cap);
        interest++;
        placesInUse++;
        return cap;
    }

    /** A place that led over the peer is not used any more. */
    void placeReleased() {
        placesInUse--;
        interestLost();
    }

    @Override
    public Pipeline share() {
        references++;
        return this;
    }

    @Override
    public void close() {
        if (references <= 0) {
            throw new IllegalStateException("this pipeline was closed more often than it was shared");
        }
        if (--references == 0) {
            if (payload != null) {
                payload.close();
            }
            interestLost();
        }
    }

    private void interestLost() {
        interest--;
        releaseIfUnused();
    }

    private void releaseIfUnused() {
        if (session.callTimes != null && (isSettled() || interest == 0)) {
            session.callTimes.over(this);
        }
        if (!released && (isSettled() ? placesInUse == 0 : interest == 0)) {
            released = true;
            if (pulled) {
                watch.cancelled();
            } else {
                watch.ended(null, 0);
            }
            session.questions.release(this);
        }
    }
}

package dev.capstan.gateway.translate;

import dev.capstan.async.Completer;
import dev.capstan.async.Promise;
import dev.capstan.cap.Answer;
import dev.capstan.cap.BrokenCap;
import dev.capstan.cap.Call;
import dev.capstan.cap.CallEnd;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Path;
import dev.capstan.cap.Payload;
import dev.capstan.cap.Pipeline;
import dev.capstan.cap.QueuedCap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A call that has crossed the gateway: what is known on one wire about the answer on the other. It is also the pipeline of its own answer.
 *
 * <p><b>Life.</b> The other wire's answer is waited for from the beginning. Until it comes, what is called inside it goes <em>ahead</em> where the schema says that there is a capability, and
 * waits for the answer where it does not. When the answer comes it is translated as a whole; a capability that calls went ahead to stays the reference that they went through, so that nothing
 * overtakes them. When nobody is interested any more before that, the other wire's call is given up.
 *
 * <p>Invariant: while it has not settled, {@code interest} counts the results if they are wanted, the open references to the pipeline together, and each place that waits.
 */
abstract class Crossing implements Pipeline {
    final Bridge bridge;
    final Call call;
    private final @Nullable Pipeline inner;
    private final CallEnd end;
    private final long bytes;
    private final Completer<Payload> results;
    private final Answer answer;
    private final Promise.Cancelable waiting;
    private int interest = 2;
    private int references = 1;
    private @Nullable Map<Path, QueuedCap> later;
    private @Nullable Map<Path, Cap> ahead;
    private @Nullable Payload payload;
    private @Nullable Failure failure;
    private boolean over;

    /**
     * Takes ownership of everything.
     *
     * @param call what is answered
     * @param results of the other wire
     * @param inner the pipeline there; null if nothing can be called ahead
     * @param end of the call there
     * @param bytes what {@link Bridge#takeOff} has let pass
     */
    Crossing(Bridge bridge, Call call, Promise<Payload> results, @Nullable Pipeline inner, CallEnd end, long bytes) {
        this.bridge = bridge;
        this.call = call;
        this.inner = inner;
        this.end = end;
        this.bytes = bytes;
        this.results = new Completer<>(bridge.loop());
        this.answer = new Answer(this.results.promise(), this);
        this.results.onCancel(this::lost);
        this.waiting = results.listen(bridge.loop(), this::arrived);
    }

    /** The results on this wire, which the receiver owns. Closes {@code content}, always. */
    abstract Payload translated(Payload content);

    /** What is at a place whose results are not there yet; the caller owns it. */
    abstract Cap early(Path path);

    Answer answer() {
        return answer;
    }

    boolean isSettled() {
        return over;
    }

    private void arrived(@Nullable Payload content, @Nullable Throwable cause) {
        if (over) {
            if (content != null) {
                content.close();
            }
            return;
        }
        Payload known = null;
        Failure wrong = cause == null ? null : Failure.of(cause);
        if (content != null) {
            try {
                known = translated(content);
            } catch (RuntimeException e) {
                wrong = Failure.of(e);
            }
        }
        over = true;
        payload = known;
        failure = wrong == null && known == null ? Failure.failed("no result") : wrong;
        Map<Path, QueuedCap> places = later;
        later = null;
        if (places != null) {
            places.forEach(this::tell);
        }
        if (known != null) {
            if (results.isPending()) {
                results.complete(known.share());
            }
            if (references == 0) {
                known.close();
            }
        } else {
            results.fail(failure());
        }
        letGo();
        ended();
    }

    private void ended() {
        bridge.landed(bytes);
        call.close();
    }

    private void tell(Path path, QueuedCap place) {
        Payload known = payload;
        if (place.isReleased()) {
            return;
        }
        if (known != null) {
            place.resolve(known.cap(path));
        } else {
            place.fail(failure());
        }
    }

    private Failure failure() {
        Failure known = failure;
        return known == null ? Failure.failed("no result") : known;
    }

    /** The other wire is not needed any more. */
    private void letGo() {
        Map<Path, Cap> went = ahead;
        ahead = null;
        if (went != null) {
            went.values().forEach(Cap::close);
        }
        if (inner != null) {
            inner.close();
        }
    }

    private void lost() {
        if (--interest == 0 && !over) {
            over = true;
            failure = Failure.failed("the call was given up");
            waiting.cancel();
            letGo();
            end.then(this::ended);
        }
    }

    // ---- what is inside

    @Override
    public Cap cap(Path path) {
        Payload known = payload;
        if (known != null) {
            return known.cap(path);
        }
        return over ? new BrokenCap(failure()) : early(path);
    }

    /** A reference that waits for the results, to what is then at {@code path}; the caller owns it. */
    QueuedCap later(Path path) {
        Map<Path, QueuedCap> all = later;
        if (all == null) {
            all = new LinkedHashMap<>(4);
            later = all;
        }
        QueuedCap before = all.get(path);
        if (before != null && before.tryShare()) {
            return before;
        }
        if (all.size() >= bridge.limits().places()) {
            QueuedCap none = new QueuedCap(bridge.loop());
            none.fail(tooManyPlaces());
            return none;
        }
        QueuedCap place = new QueuedCap(bridge.loop(), () -> unused(path));
        all.put(path, place);
        interest++;
        return place;
    }

    private void unused(Path path) {
        Map<Path, QueuedCap> all = later;
        if (all != null) {
            // Somebody may have asked for it again, on whose word it is not.
            all.computeIfPresent(path, (key, place) -> place.isReleased() ? null : place);
        }
        lost();
    }

    private Failure tooManyPlaces() {
        return Failure.overloaded(
                bridge.limits().places()
                        + " places in one result that is not there yet are referred to, which is the gateway's limit (Limits.places): wait for the result");
    }

    /** How a place of the other wire's results is wrapped. */
    @FunctionalInterface
    interface Wrapping {
        /** Takes ownership. */
        Cap wrap(Cap object);
    }

    /** What calls that go ahead go through, at {@code path} in the other wire's results; borrowed until the results are there. */
    Cap ahead(Path path, Wrapping wrapping) {
        Map<Path, Cap> all = ahead;
        if (all == null) {
            all = new HashMap<>(4);
            ahead = all;
        }
        Cap known = all.get(path);
        if (known == null) {
            if (all.size() >= bridge.limits().places()) {
                return new BrokenCap(tooManyPlaces());
            }
            Pipeline there = inner;
            known = there == null
                    ? new BrokenCap(Failure.failed("the results of this call hold no capability"))
                    : wrapping.wrap(there.cap(path));
            all.put(path, known);
        }
        return known;
    }

    /** What calls have gone ahead through, borrowed; null if none have. */
    @Nullable
    Cap wentAhead(Path path) {
        Map<Path, Cap> all = ahead;
        return all == null ? null : all.get(path);
    }

    boolean wentAhead() {
        return ahead != null;
    }

    boolean canGoAhead() {
        return inner != null;
    }

    // ---- ownership

    @Override
    public Pipeline share() {
        if (references++ == 0 && !over) {
            interest++;
        }
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
            lost();
        }
    }
}

package dev.capstan.capnweb;

import dev.capstan.async.Loop;
import dev.capstan.cap.Call;
import dev.capstan.cap.CallWatch;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Flow;
import dev.capstan.cap.Method;
import dev.capstan.cap.ObservedCall;
import dev.capstan.cap.ObservedCall.Direction;
import dev.capstan.cap.ObservedSession;
import dev.capstan.cap.Observer;
import dev.capstan.cap.Path;
import dev.capstan.cap.SessionWatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A session as its observer sees it, and the counting that is done for it alone. A session that nobody observes has none.
 */
final class Observed implements ObservedSession {
    /** The member of an object behind the expression of a push in which a text travels: what nobody knows there nobody looks at. */
    private static final String CARRIED = "traceparent";

    private final Session session;
    private final Origin origin;
    private final long beganNanos;
    private final Set<Flow> streams = Collections.newSetFromMap(new WeakHashMap<>());
    private final Set<WatchedCall> open = new LinkedHashSet<>();
    private SessionWatch watch = SessionWatch.NONE;
    private boolean carries;
    private long receivedBytes;

    /** What is read now; null if that is no push. */
    private @Nullable Push push;

    /** One push: what it says beside what it calls, and the call that it is, once that is made. */
    final class Push {
        private final long id;
        private final long bytes;
        /** Whoever reads names a place and no arguments. */
        private final boolean reads;

        private final @Nullable String carried;
        private @Nullable WatchedCall call;
        private boolean awaited;

        private Push(long id, List<?> message, long bytes) {
            this.id = id;
            this.bytes = bytes;
            this.reads = message.get(1) instanceof List<?> expression && expression.size() == 3;
            this.carried = message.size() > 2
                            && message.get(2) instanceof Map<?, ?> beside
                            && beside.get(CARRIED) instanceof String text
                    ? ObservedCall.carried(text)
                    : null;
        }

        /** A call that the push is about is made, of what the peer calls {@code target}; the last is what the push is. What is read counts only if that is all. */
        Call made(Call made, long target) {
            if (made.method() instanceof Method.Member member && member.reads() && !reads) {
                return made;
            }
            CallWatch with = watch.began(
                    new ObservedCall(Direction.INCOMING, made.method(), id, target > 0 ? target : -1, bytes, carried));
            if (with == CallWatch.NONE) {
                return made;
            }
            WatchedCall watched = new WatchedCall(made, with, session.loop, open);
            call = watched;
            if (awaited) {
                watched.awaited();
            }
            return watched;
        }

        /** The peer waits for the result. */
        void awaited() {
            awaited = true;
            if (call != null) {
                call.awaited();
            }
        }

        /** The peer is told the result, in a message of so many bytes. */
        void told(@Nullable Failure with, long inBytes) {
            if (call != null) {
                call.told(with, inBytes);
            }
        }

        /** The peer has given up the result. */
        void dropped() {
            if (call != null) {
                call.dropped();
            }
        }
    }

    private Observed(Session session, Origin origin) {
        this.session = session;
        this.origin = origin;
        this.beganNanos = nanoTime();
    }

    /** {@code session} as {@code observer} sees it; null if that does not want to. */
    static @Nullable Observed by(Observer observer, Session session, Origin origin) {
        if (observer == Observer.NONE) {
            return null;
        }
        Observed observed = new Observed(session, origin);
        observed.watch = Observer.all(observer).began(observed);
        observed.carries = observed.watch.carries();
        return observed.watch == SessionWatch.NONE ? null : observed;
    }

    // ---- our calls

    /** What surrounds the code that runs now; on any thread. */
    @Nullable
    Supplier<CallWatch.Running> around() {
        return watch.around();
    }

    /** A call is about to be sent as {@code id}; its message is whole in {@code out} but for the last bracket. */
    CallWatch asking(long id, long target, Method.Member method, boolean stream, JsonWriter out) {
        CallWatch call = watch.began(
                new ObservedCall(Direction.OUTGOING, method, id, target > 0 ? target : -1, out.size() + 1, null));
        String text = carries && !stream ? call.carried() : null;
        if (text != null) {
            out.raw(",{\"" + CARRIED + "\":").string(text).raw('}');
        }
        return call;
    }

    void streams(Flow flow) {
        streams.add(flow);
    }

    // ---- calls of the peer

    void received(int bytes) {
        receivedBytes += bytes;
    }

    /** A push is about to be read. */
    void pushes(long id, List<?> message, int bytes) {
        push = new Push(id, message, bytes);
    }

    /** It was read. */
    @Nullable
    Push pushed() {
        Push read = push;
        push = null;
        return read;
    }

    /** What is read now; null if that is no push. */
    @Nullable
    Push push() {
        return push;
    }

    /** What the peer pushes is not done. */
    void refused(Failure why) {
        Push read = push;
        if (read != null && read.call == null) {
            watch.began(new ObservedCall(
                            Direction.INCOMING,
                            new Method.Member(Path.Names.NONE, read.reads),
                            read.id,
                            -1,
                            read.bytes,
                            read.carried))
                    .ended(why, 0);
        }
    }

    // ---- the end

    void ended(Failure cause) {
        for (WatchedCall call : new ArrayList<>(open)) {
            call.cancelled();
        }
        watch.ended(cause);
    }

    /** When an entry was made whose time is {@code nanos}; with the session, if that is 0. */
    long since(long nanos) {
        return nanos == 0 ? beganNanos : nanos;
    }

    long nanoTime() {
        return session.loop.timer().nanoTime();
    }

    // ---- ObservedSession

    @Override
    public String wire() {
        return "capnweb";
    }

    @Override
    public Origin origin() {
        return origin;
    }

    @Override
    public Loop loop() {
        return session.loop;
    }

    @Override
    public Duration age() {
        return Duration.ofNanos(nanoTime() - beganNanos);
    }

    @Override
    public Counts counts() {
        long window = 0;
        long inFlight = 0;
        for (Flow flow : streams) {
            window = Math.max(window, flow.windowBytes());
            inFlight += flow.inFlightBytes();
        }
        int answers = session.exports.results();
        return new Counts(
                session.questions.size(),
                answers,
                session.imports.size() + session.pipes.size(),
                session.exports.size() - answers,
                0,
                session.outbox.queuedBytes(),
                session.outbox.bytesSent(),
                receivedBytes,
                streams.size(),
                window,
                inFlight);
    }

    @Override
    public List<Held> exports(int most) {
        return session.exports.held(most, this);
    }

    @Override
    public List<Held> imports(int most) {
        return session.imports.held(most, this);
    }

    @Override
    public void close(Failure why) {
        // Never at once: whoever is told of the beginning may be the one who wants the end.
        session.loop.post(() -> session.close(why));
    }
}

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
 *
 * <p>What a message of the peer calls is known while the message is read, so what it says beside that is kept until the next one.
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

    // The push that is read now.
    private boolean pushing;
    private long pushedId;
    private long pushedBytes;
    private boolean reads;
    private @Nullable String carried;
    /** The call that was made last for it. */
    private @Nullable WatchedCall last;

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
        pushing = true;
        pushedId = id;
        pushedBytes = bytes;
        // Whoever reads names a place and no arguments.
        reads = message.get(1) instanceof List<?> expression && expression.size() == 3;
        carried = message.size() > 2
                        && message.get(2) instanceof Map<?, ?> beside
                        && beside.get(CARRIED) instanceof String text
                ? ObservedCall.carried(text)
                : null;
        last = null;
    }

    /** It was read: the call that it is, if it is one. */
    @Nullable
    WatchedCall pushed() {
        WatchedCall made = last;
        pushing = false;
        last = null;
        return made;
    }

    /** A call of the peer is made, of what it calls {@code target}; what is read counts only if that is all that the message is about. */
    Call made(Call call, long target) {
        if (!pushing || (call.method() instanceof Method.Member member && member.reads() && !reads)) {
            return call;
        }
        CallWatch with = watch.began(new ObservedCall(
                Direction.INCOMING, call.method(), pushedId, target > 0 ? target : -1, pushedBytes, carried));
        if (with == CallWatch.NONE) {
            return call;
        }
        WatchedCall watched = new WatchedCall(call, with, open);
        last = watched;
        return watched;
    }

    /** What the peer has pushed was not done. */
    void refused(Failure why) {
        if (pushing && last == null) {
            watch.began(new ObservedCall(
                            Direction.INCOMING,
                            new Method.Member(Path.Names.NONE, reads),
                            pushedId,
                            -1,
                            pushedBytes,
                            carried))
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
        session.close(why);
    }
}

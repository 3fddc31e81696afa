package dev.capstan.capnp.rpc;

import dev.capstan.async.Loop;
import dev.capstan.cap.CallWatch;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Flow;
import dev.capstan.cap.Method;
import dev.capstan.cap.ObservedCall;
import dev.capstan.cap.ObservedCall.Direction;
import dev.capstan.cap.ObservedSession;
import dev.capstan.cap.Observer;
import dev.capstan.cap.SessionWatch;
import dev.capstan.capnp.rpc.protocol.Call;
import dev.capstan.capnp.rpc.protocol.Message;
import dev.capstan.capnp.rpc.protocol.MessageTarget;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A connection as its observer sees it, and the counting that is done for it alone. A connection that nobody observes has none. */
final class Observed implements ObservedSession {
    private final Connection connection;
    private final Origin origin;
    private final long beganNanos;
    private final Set<Flow> streams = Collections.newSetFromMap(new WeakHashMap<>());
    private SessionWatch watch = SessionWatch.NONE;
    private boolean carries;
    private long sentBytes;
    private long receivedBytes;
    /** Of the message that is being looked at; 0 if none is. */
    private long messageBytes;

    private Observed(Connection connection, Origin origin) {
        this.connection = connection;
        this.origin = origin;
        this.beganNanos = nanoTime();
    }

    /** {@code connection} as {@code observer} sees it; null if that does not want to. */
    static @Nullable Observed by(Observer observer, Connection connection, Origin origin) {
        if (observer == Observer.NONE) {
            return null;
        }
        Observed observed = new Observed(connection, origin);
        observed.watch = Observer.all(observer).began(observed);
        observed.carries = observed.watch.carries();
        return observed.watch == SessionWatch.NONE ? null : observed;
    }

    // ---- what the connection tells

    /** What surrounds a call that is prepared now; on any thread. */
    @Nullable
    Supplier<CallWatch.Running> around() {
        return watch.around();
    }

    /** Whether calls have room for a text that travels with them. */
    boolean carries() {
        return carries;
    }

    /** A call of ours is about to be sent, and is whole but for what travels with it. */
    CallWatch asking(
            Question question,
            Method.Ordinal method,
            Call.Builder call,
            long words,
            @Nullable Supplier<CallWatch.Running> around) {
        ObservedCall observed = new ObservedCall(
                Direction.OUTGOING,
                method,
                Integer.toUnsignedLong(question.id()),
                parent(call.getTarget().asReader()),
                8 * words,
                null);
        if (around == null) {
            return watch.began(observed);
        }
        try (CallWatch.Running _ = around.get()) {
            return watch.began(observed);
        }
    }

    /** A call of the peer is being looked at. */
    CallWatch came(Method.Ordinal method, Call.Reader call, Message.Reader message) {
        return watch.began(new ObservedCall(
                Direction.INCOMING,
                method,
                call.getQuestionId(),
                parent(call.getTarget()),
                messageBytes,
                OutgoingMessage.carried(message)));
    }

    private static long parent(MessageTarget.Reader target) {
        return target.isPromisedAnswer() ? target.getPromisedAnswer().getQuestionId() : -1;
    }

    void sent(ByteBuffer... frame) {
        for (ByteBuffer piece : frame) {
            sentBytes += piece.remaining();
        }
    }

    /** A message is about to be looked at. */
    void received(int bytes) {
        receivedBytes += bytes;
        messageBytes = bytes;
    }

    /** It was looked at. */
    void handled() {
        messageBytes = 0;
    }

    /** Bytes of the message that is being looked at; 0 if none is. */
    long messageBytes() {
        return messageBytes;
    }

    void streams(Flow flow) {
        streams.add(flow);
    }

    void ended(Failure cause) {
        watch.ended(cause);
    }

    long nanoTime() {
        return connection.loop.timer().nanoTime();
    }

    // ---- ObservedSession

    @Override
    public String wire() {
        return "capnp";
    }

    @Override
    public Origin origin() {
        return origin;
    }

    @Override
    public Loop loop() {
        return connection.loop;
    }

    @Override
    public Duration age() {
        return Duration.ofNanos(nanoTime() - beganNanos);
    }

    @Override
    public Counts counts() {
        Peer.Tables tables = connection.tables();
        long window = 0;
        long inFlight = 0;
        for (Flow flow : streams) {
            window = Math.max(window, flow.windowBytes());
            inFlight += flow.inFlightBytes();
        }
        return new Counts(
                tables.questions(),
                tables.answers(),
                tables.imports(),
                tables.exports(),
                tables.embargoes(),
                connection.queuedBytes(),
                sentBytes,
                receivedBytes,
                streams.size(),
                window,
                inFlight);
    }

    @Override
    public List<Held> exports(int most) {
        return connection.exports.held(most, nanoTime());
    }

    @Override
    public List<Held> imports(int most) {
        return connection.imports.held(most, nanoTime());
    }

    @Override
    public void close(Failure why) {
        // Never at once: whoever is told of the beginning may be the one who wants the end.
        connection.loop.post(() -> connection.disconnect(why.as(Failure.Kind.DISCONNECTED)));
    }
}

package dev.capstan.grpc.client;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A call that is sent again if it is sure that no server has begun it; see {@link Unbegun}.
 *
 * <p>Until the answer begins, it keeps what its caller has done. That is noted first, under the lock, and then done without it: should the call be sent again in between, the note is what counts, and what is done to the call before goes
 * nowhere. Sending again is doing what was noted, without the lock, until nothing new was; only then does the caller reach the new call itself. What comes back waits for that and is told by the thread that has sent the call again, so the
 * listener has one thing at a time to hear. No foreign code runs under the lock.
 *
 * <p>A call whose messages are too much to keep, or can be read only once, is not sent again.
 */
final class RepeatableCall<Q, S> extends ClientCall<Q, S> {
    private static final String THROWN = "the listener of the call has thrown";

    private record End(Status status, Metadata trailers) {}

    /** What has come back; gives how the call has ended, if it was that. */
    private interface Event {
        @Nullable
        End tell();
    }

    private final Channel channel;
    private final MethodDescriptor<Q, S> method;
    private final CallOptions options;
    private final Tries tries;
    /** Of its listener, or of whoever tells that; as {@link #thrown} and {@link #over}. */
    private final Unbegun unbegun;

    private final Context context = Context.current();
    /** Nothing is kept and nothing waits from now on, so the call stays what it is. */
    private volatile boolean settled;

    /** Written under the lock; read under it, or when settled. */
    private ClientCall<Q, S> call;

    /** Of the writer's thread: where it has written last. */
    private @Nullable ClientCall<Q, S> written;

    private @Nullable Heard<S> heard;
    private @Nullable Metadata headers;

    @GuardedBy("this")
    private final Notes<Q> notes;
    /** It is not sent again from now on. */
    @GuardedBy("this")
    private boolean committed;

    @GuardedBy("this")
    private boolean cancelled;
    /** How much has been done to the call that is being sent again; what its caller does meanwhile is only noted. */
    @GuardedBy("this")
    private Notes.@Nullable Done<Q> replayed;
    /** How much had been done to the call that is the caller's again, if not all: what waits for the end of the requests. */
    @GuardedBy("this")
    private Notes.@Nullable Done<Q> behind;
    /** Messages that the caller has asked for, and the call will be asked for when nothing waits any more: so none of them has to. */
    @GuardedBy("this")
    private int owed;
    /** What has come back while another thread sends again, or tells what came. */
    @GuardedBy("this")
    private @Nullable Queue<Event> waiting;

    /** What its listener has thrown, which is how the call ends: it hears that and nothing else. Set before it is settled. */
    private @Nullable Throwable thrown;
    /** It has been told that it could not be sent again, so it hears nothing any more. Set before it is settled. */
    private boolean over;

    RepeatableCall(Channel channel, MethodDescriptor<Q, S> method, CallOptions options, Tries tries, Kept kept) {
        this.channel = channel;
        this.method = method;
        this.options = options;
        this.tries = tries;
        this.unbegun = new Unbegun(tries);
        this.notes = new Notes<>(kept, method.getType().clientSendsOneMessage());
        this.call = channel.newCall(method, options);
    }

    // ---- what the caller does

    @Override
    public void start(Listener<S> listener, Metadata with) {
        if (heard != null) {
            throw new IllegalStateException("the call was started before: begin another one");
        }
        headers = with;
        heard = new Heard<>(this, listener);
        try {
            call.start(heard, copy(with));
        } catch (RuntimeException | Error e) {
            commit(); // No end will come that lets go of what is kept.
            throw e;
        }
    }

    /** Credentials and tracers add to what is sent. */
    private static Metadata copy(Metadata of) {
        Metadata made = new Metadata();
        made.merge(of);
        return made;
    }

    @Override
    public void request(int count) {
        ClientCall<Q, S> now = settled ? call : asked(count);
        if (now != null) {
            now.request(count);
        }
    }

    /** The call to do it to; null if that comes later. Misuse is not noted: the call itself tells it. */
    private synchronized @Nullable ClientCall<Q, S> asked(int messages) {
        if (messages <= 0 || heard == null) {
            return call;
        }
        notes.request(messages);
        if (waiting == null) {
            return call;
        }
        owed = Notes.sum(owed, messages);
        return null;
    }

    @Override
    public void sendMessage(Q message) {
        ClientCall<Q, S> now = settled ? call : noted(message, Notes.size(message));
        if (now != null) {
            written = now;
            now.sendMessage(message);
        }
    }

    private synchronized @Nullable ClientCall<Q, S> noted(Q message, long size) {
        boolean later = replayed != null || behind != null;
        if (heard == null || notes.isEnded()) {
            check(!later);
            return call;
        }
        if ((later || !committed) && !notes.send(message, size)) {
            commit();
        }
        return later ? null : call;
    }

    private static void check(boolean open) {
        if (!open) {
            throw new IllegalStateException("call already half-closed: send its messages before");
        }
    }

    @Override
    public void halfClose() {
        ClientCall<Q, S> now;
        Notes.Done<Q> rest;
        synchronized (this) {
            check(replayed == null || !notes.isEnded());
            if (heard != null) {
                notes.end();
            }
            now = replayed == null ? call : null;
            rest = behind;
        }
        ClientCall<Q, S> before = written;
        written = now;
        if (before != null && before != now) {
            // It may hold a message in a buffer that only its end lets go of.
            before.halfClose();
        }
        if (now != null && rest != null) {
            catchUp(now, rest);
        } else if (now != null) {
            now.halfClose();
        }
    }

    @Override
    public void cancel(@Nullable String message, @Nullable Throwable cause) {
        ClientCall<Q, S> now;
        synchronized (this) {
            cancelled = true;
            if (replayed != null) {
                notes.cancel(message, cause);
                return;
            }
            now = call;
        }
        now.cancel(message, cause);
    }

    @Override
    public void setMessageCompression(boolean enabled) {
        ClientCall<Q, S> now = settled ? call : compressed(enabled);
        if (now != null) {
            now.setMessageCompression(enabled);
        }
    }

    private synchronized @Nullable ClientCall<Q, S> compressed(boolean enabled) {
        if (heard == null) {
            return call;
        }
        notes.compress(enabled);
        return replayed == null && behind == null ? call : null;
    }

    /** False while it is sent again: it is told when that is ready. */
    @Override
    public boolean isReady() {
        ClientCall<Q, S> now = current();
        return now != null && now.isReady();
    }

    private @Nullable ClientCall<Q, S> current() {
        if (settled) {
            return call;
        }
        synchronized (this) {
            return replayed == null ? call : null;
        }
    }

    @Override
    public Attributes getAttributes() {
        ClientCall<Q, S> now = current();
        return now == null ? Attributes.EMPTY : now.getAttributes();
    }

    // ---- what becomes of it

    private synchronized void commit() {
        committed = true;
        settle();
    }

    @GuardedBy("this")
    private void settle() {
        if (committed && !settled && waiting == null && behind == null) {
            settled = true;
            notes.free();
        }
    }

    /** What the caller is to hear when it has ended like this; null if it is on its way again. */
    private @Nullable End ended(End how) {
        End end = how;
        while (end != null && !over && unbegun.isSure(end.status()) && beginsAgain()) {
            end = sentAgain(end);
        }
        if (end == null) {
            return null;
        }
        finish();
        return honest(end);
    }

    /** Its listener would take another end for that of a call whose answers it has read. */
    private End honest(End end) {
        return thrown == null
                ? end
                : new End(Status.CANCELLED.withDescription(THROWN).withCause(thrown), new Metadata());
    }

    /** Whether it may be sent again, which begins then: what its caller does is only noted, and what comes back waits. */
    private synchronized boolean beginsAgain() {
        if (committed || cancelled) {
            return false;
        }
        replayed = new Notes.Done<>();
        behind = null;
        owed = notes.requested();
        if (waiting == null) {
            waiting = new ArrayDeque<>();
        }
        return true;
    }

    /** How it has ended meanwhile; null if it is on its way. */
    private @Nullable End sentAgain(End before) {
        Context previous = context.attach();
        try {
            replay();
        } catch (RuntimeException | Error e) {
            over = true;
            return new End(
                    before.status()
                            .withDescription("the call could not be sent again")
                            .withCause(e),
                    before.trailers());
        } finally {
            context.detach(previous);
        }
        return told();
    }

    private void replay() {
        Heard<S> listener = heard;
        Metadata with = headers;
        Notes.Done<Q> done;
        synchronized (this) {
            done = replayed;
        }
        if (listener == null || with == null || done == null) {
            throw new IllegalStateException("it was never started");
        }
        tries.begin();
        ClientCall<Q, S> next = channel.newCall(method, options.withOption(GrpcClient.SENT_AGAIN, true));
        try {
            next.start(listener, copy(with));
            catchUp(next, done);
        } catch (RuntimeException | Error e) {
            abandon(next, e);
            throw e;
        }
    }

    private static void abandon(ClientCall<?, ?> call, Throwable why) {
        try {
            call.cancel("it could not be sent again", why);
        } catch (IllegalStateException notStarted) {
            why.addSuppressed(notStarted);
        }
    }

    private void catchUp(ClientCall<Q, S> with, Notes.Done<Q> done) {
        for (Consumer<ClientCall<Q, ?>> step = next(with, done); step != null; step = next(with, done)) {
            step.accept(with);
        }
    }

    private synchronized @Nullable Consumer<ClientCall<Q, ?>> next(ClientCall<Q, S> with, Notes.Done<Q> done) {
        Consumer<ClientCall<Q, ?>> step = notes.next(done);
        if (step == null && done == replayed) {
            call = with;
            replayed = null;
            behind = notes.isBehind(done) ? done : null;
        } else if (step == null && done == behind) {
            behind = null;
            settle();
        }
        return step;
    }

    /** Tells what has come back. How it has ended, or null if nothing waits any more. */
    private @Nullable End told() {
        for (Event event = next(); event != null; event = next()) {
            try {
                End end = event.tell();
                if (end != null) {
                    return end;
                }
            } catch (RuntimeException | Error e) {
                thrown = e;
                cancel(THROWN, e);
            }
        }
        return null;
    }

    /** Null if nothing waits any more; the call has been asked for what it owes then. */
    private @Nullable Event next() {
        ClientCall<Q, S> now;
        int messages;
        synchronized (this) {
            Event event = waiting == null ? null : waiting.poll();
            if (event != null) {
                return event;
            }
            waiting = null;
            now = call;
            messages = cancelled ? 0 : owed;
            owed = 0;
            settle();
        }
        if (messages > 0) {
            now.request(messages);
        }
        return null;
    }

    /** Whether {@code event} has to wait, which it does from now on, until what came before it was told. */
    private synchronized boolean putsOff(Event event) {
        return waiting != null && waiting.add(event);
    }

    private synchronized void finish() {
        replayed = null;
        behind = null;
        waiting = null;
        commit();
    }

    /** What comes back, each time that the call is sent. */
    private static final class Heard<S> extends HandingOver<S> {
        private final RepeatableCall<?, S> call;

        Heard(RepeatableCall<?, S> call, ClientCall.Listener<S> listener) {
            super(listener);
            this.call = call;
        }

        @Override
        public void onHeaders(Metadata headers) {
            if (call.settled || !call.putsOff(() -> begun(headers))) {
                begun(headers);
            }
        }

        private @Nullable End begun(Metadata headers) {
            call.commit();
            if (isHeard()) {
                super.onHeaders(headers);
            }
            return null;
        }

        @Override
        public void onMessage(S message) {
            if (call.settled || !call.putsOff(() -> came(message))) {
                came(message);
            }
        }

        private @Nullable End came(S message) {
            if (isHeard()) {
                super.onMessage(message);
            }
            return null;
        }

        @Override
        public void onReady() {
            if (call.settled || !call.putsOff(this::ready)) {
                ready();
            }
        }

        private @Nullable End ready() {
            if (isHeard()) {
                super.onReady();
            }
            return null;
        }

        private boolean isHeard() {
            return call.thrown == null && !call.over;
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            if (call.settled && isHeard()) {
                super.onClose(status, trailers);
                return;
            }
            End end = new End(status, trailers);
            if (call.settled) {
                tell(call.over ? null : call.honest(end));
            } else if (!call.putsOff(() -> end)) {
                tell(call.ended(end));
            }
        }

        private void tell(@Nullable End end) {
            if (end != null) {
                super.onClose(end.status(), end.trailers());
            }
        }
    }
}

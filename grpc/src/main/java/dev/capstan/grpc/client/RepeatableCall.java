package dev.capstan.grpc.client;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.capstan.grpc.MessageSize;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.InputStream;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A call that is sent again if no server has begun it. Two things say so. Either its headers have not left when it fails: a frame that was not written whole is none, and a connection that has failed writes no more ({@link #STILL_OPEN}
 * has the exceptions). That may happen {@value #MOST_MISSED} times. Or a server has refused it, or said when it went away that it was not among its last; that counts once.
 *
 * <p>Until the answer begins, it keeps what its caller has done. That is noted first, under the lock, and then done without it: should the call be sent again in between, the note is what counts, and what is done to the call before goes
 * nowhere. A call whose messages are too much to keep, or can be read only once, is not sent again. Its listener is that of each time it is sent, one after the other.
 */
final class RepeatableCall<Q, S> extends ClientCall<Q, S> {
    /** How often a call may miss connections that go away: as many as grpc-java's own retries allow. */
    static final int MOST_MISSED = 1_000;

    /** What a call keeps of the messages that follow its first. */
    static final int KEPT_BYTES = 1 << 20;

    private static final int BYTES_OF_UNKNOWN = 1 << 10;

    /** How grpc-java says that a server has not begun a call, and never will. */
    private static final List<String> REFUSALS = List.of(
            "RST_STREAM closed stream. HTTP/2 error code: REFUSED_STREAM",
            "Abrupt GOAWAY closed sent stream. HTTP/2 error code: NO_ERROR");

    /**
     * How grpc-java says that a connection is given up, or the call, though its headers may still leave: the bytes that wait for a silent server stay where they are, and it may wake up and read them. The other failures of calls whose
     * headers have not left come after the connection is closed, or without these ever being handed to it, or from a server that has promised not to look at them.
     */
    private static final List<String> STILL_OPEN = List.of("Keepalive failed", "Authority verifier not found");

    /** A message, and whether it was to be compressed; the one after it. */
    private static final class Sent<Q> {
        final Q message;
        final boolean compressed;

        @Nullable
        Sent<Q> next;

        Sent(Q message, boolean compressed) {
            this.message = message;
            this.compressed = compressed;
        }
    }

    private record End(Status status, Metadata trailers) {}

    private final Channel channel;
    private final MethodDescriptor<Q, S> method;
    private final CallOptions options;
    private final Tries tries;
    private final Context context = Context.current();
    /** It is not sent again from now on, so the call stays what it is. */
    private volatile boolean committed;

    /** Written under the lock; read under it, or when committed. */
    private ClientCall<Q, S> call;

    /** Of the writer's thread: where it has written last. */
    private @Nullable ClientCall<Q, S> written;

    private @Nullable Heard<S> heard;
    private @Nullable Metadata headers;

    @GuardedBy("this")
    private @Nullable Sent<Q> first;

    @GuardedBy("this")
    private @Nullable Sent<Q> last;
    /** Of those that follow the first. */
    @GuardedBy("this")
    private long bytes;

    @GuardedBy("this")
    private boolean compressed = true;

    @GuardedBy("this")
    private int requested;

    @GuardedBy("this")
    private boolean halfClosed;

    @GuardedBy("this")
    private boolean cancelled;

    @GuardedBy("this")
    private boolean sending;
    /** How it has ended that is just being sent again. */
    @GuardedBy("this")
    private @Nullable End early;

    /** Of its listener, as what follows. */
    private int missed;

    private boolean refused;
    /** It has been told that it could not be sent again, so how it ends now is of no interest. */
    private boolean givenUp;

    RepeatableCall(Channel channel, MethodDescriptor<Q, S> method, CallOptions options, Tries tries) {
        this.channel = channel;
        this.method = method;
        this.options = options;
        this.tries = tries;
        this.call = channel.newCall(method, options);
    }

    @Override
    public void start(Listener<S> listener, Metadata with) {
        if (heard != null) {
            throw new IllegalStateException("the call was started before: begin another one");
        }
        headers = with;
        heard = new Heard<>(this, listener);
        call.start(heard, copy(with));
    }

    /** Credentials and tracers add to what is sent. */
    private static Metadata copy(Metadata of) {
        Metadata made = new Metadata();
        made.merge(of);
        return made;
    }

    @Override
    public void request(int count) {
        ClientCall<Q, S> now;
        if (committed) {
            now = call;
        } else {
            synchronized (this) {
                if (count > 0 && heard != null) {
                    requested = requested + count < 0 ? Integer.MAX_VALUE : requested + count;
                }
                now = call;
            }
        }
        now.request(count);
    }

    @Override
    public void sendMessage(Q message) {
        ClientCall<Q, S> now;
        if (committed) {
            now = call;
        } else {
            synchronized (this) {
                keep(message);
                now = call;
            }
        }
        written = now;
        now.sendMessage(message);
    }

    @GuardedBy("this")
    private void keep(Q message) {
        if (committed || isRefused()) {
            return;
        }
        Sent<Q> before = last;
        if (before != null) {
            long size = MessageSize.of(message);
            bytes += size < 0 ? BYTES_OF_UNKNOWN : size;
        }
        if (bytes > KEPT_BYTES || message instanceof InputStream) {
            commit();
            return;
        }
        Sent<Q> kept = new Sent<>(message, compressed);
        last = kept;
        if (before == null) {
            first = kept;
        } else {
            before.next = kept;
        }
    }

    /** Whether what is done now is a mistake, which the call itself will tell. */
    @GuardedBy("this")
    private boolean isRefused() {
        return heard == null || halfClosed;
    }

    synchronized void commit() {
        committed = true;
        first = null;
        last = null;
    }

    @Override
    public void halfClose() {
        ClientCall<Q, S> now;
        if (committed) {
            now = call;
        } else {
            synchronized (this) {
                halfClosed = heard != null;
                now = call;
            }
        }
        ClientCall<Q, S> before = written;
        if (before != null && before != now) {
            // It may hold a message in a buffer that only its end lets go of.
            before.halfClose();
        }
        now.halfClose();
    }

    @Override
    public void cancel(@Nullable String message, @Nullable Throwable cause) {
        ClientCall<Q, S> now;
        synchronized (this) {
            cancelled = true;
            now = call;
        }
        now.cancel(message, cause);
    }

    @Override
    public void setMessageCompression(boolean enabled) {
        ClientCall<Q, S> now;
        if (committed) {
            now = call;
        } else {
            synchronized (this) {
                compressed = enabled;
                now = call;
            }
        }
        now.setMessageCompression(enabled);
    }

    private ClientCall<Q, S> now() {
        if (committed) {
            return call;
        }
        synchronized (this) {
            return call;
        }
    }

    @Override
    public boolean isReady() {
        return now().isReady();
    }

    @Override
    public Attributes getAttributes() {
        return now().getAttributes();
    }

    /** What the caller is to hear when it has ended like this; null if it is on its way again, or was heard before. */
    private @Nullable End ended(Status status, Metadata trailers) {
        End end = new End(status, trailers);
        if (committed) {
            return givenUp ? null : end;
        }
        synchronized (this) {
            if (givenUp) {
                return null;
            }
            if (sending) {
                early = end;
                return null;
            }
        }
        while (end != null && isUnseen(end.status())) {
            End next = sentAgain(end);
            if (next == end) {
                break;
            }
            end = next;
        }
        if (end != null) {
            commit(); // Nothing has to be kept any more.
        }
        return end;
    }

    private boolean isUnseen(Status status) {
        boolean lost = status.getCode() == Status.Code.UNAVAILABLE
                || (status.getCode() == Status.Code.UNKNOWN && status.getCause() instanceof ClosedChannelException);
        if (!lost) {
            return false;
        }
        String description = String.valueOf(status.getDescription());
        if (tries.isUnwritten()) {
            return STILL_OPEN.stream().noneMatch(description::startsWith) && ++missed <= MOST_MISSED;
        }
        if (refused || !tries.isUnanswered()) {
            return false;
        }
        refused = REFUSALS.stream().anyMatch(description::startsWith);
        return refused;
    }

    /** How it has ended at once; null if it is on its way; {@code before} if it must not be sent again. */
    private @Nullable End sentAgain(End before) {
        Context previous = context.attach();
        try {
            synchronized (this) {
                if (committed || cancelled) {
                    return before;
                }
                sending = true;
                early = null;
                try {
                    replay();
                } catch (RuntimeException | Error e) {
                    givenUp = true;
                    commit();
                    try {
                        call.cancel("it could not be sent again", e);
                    } catch (IllegalStateException notStarted) {
                        e.addSuppressed(notStarted);
                    }
                    return new End(
                            before.status()
                                    .withDescription("the call could not be sent again")
                                    .withCause(e),
                            before.trailers());
                } finally {
                    sending = false;
                }
                return early;
            }
        } finally {
            context.detach(previous);
        }
    }

    @GuardedBy("this")
    private void replay() {
        Heard<S> listener = heard;
        Metadata with = headers;
        if (listener == null || with == null) {
            throw new IllegalStateException("it was never started");
        }
        tries.begin();
        call = channel.newCall(method, options.withOption(GrpcClient.SENT_AGAIN, true));
        call.start(listener, copy(with));
        if (requested > 0) {
            call.request(requested);
        }
        for (Sent<Q> each = first; each != null; each = each.next) {
            call.setMessageCompression(each.compressed);
            call.sendMessage(each.message);
        }
        call.setMessageCompression(compressed);
        if (halfClosed) {
            call.halfClose();
        }
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
            call.commit();
            if (!call.givenUp) {
                super.onHeaders(headers);
            }
        }

        @Override
        public void onMessage(S message) {
            if (!call.givenUp) {
                super.onMessage(message);
            }
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            End end = call.ended(status, trailers);
            if (end != null) {
                super.onClose(end.status(), end.trailers());
            }
        }
    }
}

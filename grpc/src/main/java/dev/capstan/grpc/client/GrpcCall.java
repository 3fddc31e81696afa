package dev.capstan.grpc.client;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.capstan.async.CanceledException;
import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.grpc.CallContext;
import dev.capstan.grpc.CallMetadata;
import dev.capstan.grpc.GrpcFailure;
import dev.capstan.grpc.Messages;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A call of any shape, on the client's side, in two styles. It begins at once, also while the channel is idle; closing it cancels what has not ended.
 *
 * <p><b>Blocking</b>, on virtual threads and in fibers: {@link #write}, {@link #end}, {@link #read}, {@code for (S each : call)}, {@link #one}. Writing parks while the connection takes
 * no more, so no more than one message is queued beyond what it takes. Within a turn of a loop these throw {@link IllegalStateException}.
 *
 * <p><b>Asynchronous</b>: {@link #answer}, {@link #answers}, {@link #requests}, {@link #whenHeaders}, {@link #whenEnded}; promises and subscribers are told on the client's loop.
 *
 * <p>One thread may write while another reads; two must not do the same. All failures are {@link GrpcFailure}s.
 *
 * @param <Q> requests
 * @param <S> answers
 */
public final class GrpcCall<Q, S> implements Messages<S> {
    /** Answers that may wait to be taken, and are asked for by the half: no fewer, so that the connection's thread and the reader's work side by side. */
    private static final int LEAST_AHEAD = 4;

    private static final int MOST_AHEAD = 64;
    /** No more than so many bytes of answers wait for a reader, or {@link #LEAST_AHEAD} answers if those are longer. */
    private static final int BYTES_AHEAD = 64 << 20;

    private final Loop loop;
    private final MethodDescriptor<Q, S> method;
    private final ClientCall<Q, S> call;
    private final Inbound<S> inbound = new Inbound<>();
    private final Tries tries = new Tries();
    private final CallOptions options;
    private final CallMetadata metadata;
    private final String authority;

    @GuardedBy("this")
    private boolean subscribed;

    private volatile boolean cancelled;
    /** Of the writer's thread, as what follows. */
    private boolean ended;

    private int sent;
    /** Answers that may wait, and of the reader's thread those that were asked for and not taken. */
    private final int ahead;

    private int asked;

    private GrpcCall(
            Loop loop,
            Channel channel,
            MethodDescriptor<Q, S> method,
            CallOptions options,
            CallMetadata metadata,
            int inboundMessageBytes) {
        this.loop = loop;
        // Two, where one is due: a second is a mistake of the server that must be seen.
        this.ahead = method.getType().serverSendsOneMessage()
                ? 2
                : Math.clamp(BYTES_AHEAD / inboundMessageBytes, LEAST_AHEAD, MOST_AHEAD);
        this.asked = ahead;
        this.method = method;
        this.metadata = metadata;
        this.options = options.withStreamTracerFactory(tries);
        this.call = channel.newCall(method, this.options);
        String said = options.getAuthority();
        this.authority = said == null ? channel.authority() : said;
    }

    /** {@code inboundMessageBytes} is the longest answer that there can be. */
    static <Q, S> GrpcCall<Q, S> begin(
            Loop loop,
            Channel channel,
            MethodDescriptor<Q, S> method,
            CallOptions options,
            CallMetadata metadata,
            int inboundMessageBytes) {
        GrpcCall<Q, S> begun = new GrpcCall<>(loop, channel, method, options, metadata, inboundMessageBytes);
        begun.call.start(begun.inbound, metadata.toMetadata());
        begun.call.request(begun.ahead);
        return begun;
    }

    Inbound<S> inbound() {
        return inbound;
    }

    boolean isReady() {
        return call.isReady();
    }

    /** What surrounds the call. */
    public CallContext context() {
        return new ClientContext(method.getFullMethodName(), authority, metadata, options, tries, inbound);
    }

    /** Whether the messages that are sent from now on are compressed, in a call that has an encoding; they are until this says otherwise. From the thread that writes. */
    public void compress(boolean enabled) {
        call.setMessageCompression(enabled);
    }

    // ---- blocking

    /**
     * Sends {@code message}, and waits for the connection to take the one before it. The first goes out at once.
     *
     * @return whether the server may still read it; false if it has ended the call well before that
     * @throws GrpcFailure if the call has failed
     * @throws IllegalStateException after {@link #end}, or for the second message of a method that takes one
     * @throws CanceledException if the waiting fiber is cancelled or the thread interrupted; the call is cancelled then
     */
    public boolean write(Q message) {
        mayBeSent();
        if (sent > 0) {
            until(() -> call.isReady() || inbound.end() != null);
        }
        if (inbound.end() != null) {
            throwFailure();
            return false;
        }
        sendNow(message);
        return true;
    }

    /** Without waiting; the caller has seen to it that not too much is queued. */
    void sendNow(Q message) {
        mayBeSent();
        sent++;
        if (cancelled) {
            return; // Whoever waits for the call learns of it.
        }
        try {
            call.sendMessage(message);
        } catch (IllegalStateException e) {
            if (!cancelled) { // Else another thread has just cancelled it.
                throw e;
            }
        }
    }

    private void mayBeSent() {
        if (ended) {
            throw new IllegalStateException("the requests of " + method.getFullMethodName()
                    + " were ended before: nothing can be sent any more");
        }
        if (sent > 0 && method.getType().clientSendsOneMessage()) {
            throw new IllegalStateException(method.getFullMethodName() + " takes one message, and it was sent before");
        }
    }

    /** Says that no more messages will come. Does nothing when that was said. */
    public void end() {
        if (!ended) {
            ended = true;
            try {
                if (!cancelled) {
                    call.halfClose();
                }
            } catch (IllegalStateException e) {
                if (!cancelled) {
                    throw e;
                }
            }
        }
    }

    /**
     * The next answer, waiting for it; null after the last one.
     *
     * @throws GrpcFailure if the call has failed; answers that came before are read first
     * @throws CanceledException if the waiting fiber is cancelled or the thread interrupted; the call is cancelled then
     */
    @Override
    public @Nullable S read() {
        until(() -> inbound.hasMessage() || inbound.end() != null);
        S message = inbound.poll();
        if (message == null) {
            throwFailure();
        } else {
            taken();
        }
        return message;
    }

    /** An answer was taken. When half of those have been that may wait, as many more are asked for. */
    void taken() {
        if (--asked <= ahead / 2) {
            int more = ahead - asked;
            asked = ahead;
            call.request(more);
        }
    }

    /** The one answer of a method that has one, waiting for the call's end. */
    public S one() {
        until(() -> inbound.end() != null);
        return only();
    }

    private S only() {
        throwFailure();
        S message = inbound.poll();
        if (message == null || inbound.hasMessage()) {
            throw failed(
                    // As gRPC has it: a method with another number of answers is another method.
                    Status.UNIMPLEMENTED.withDescription("the server has ended the call well with "
                            + (message == null ? "no answer" : "more than one answer") + ", where one is due"),
                    new Metadata());
        }
        return message;
    }

    /** The headers of the answer, waiting for them; none if the call has ended without. */
    public CallMetadata headers() {
        until(() -> inbound.hasHeaders() || inbound.end() != null);
        return came();
    }

    private CallMetadata came() {
        CallMetadata headers = inbound.headers();
        return headers == null ? CallMetadata.EMPTY : headers;
    }

    /** What came after the answers, waiting for the call's end, whichever it is: failures have trailers too. Answers may still be read afterwards if they were few. */
    public CallMetadata trailers() {
        until(() -> inbound.end() != null);
        Inbound.End end = inbound.end();
        return end == null ? CallMetadata.EMPTY : CallMetadata.of(end.trailers());
    }

    private void until(BooleanSupplier condition) {
        try {
            inbound.until(condition);
        } catch (CanceledException e) {
            cancel(String.valueOf(e.getMessage()));
            throw e;
        }
    }

    private void throwFailure() {
        GrpcFailure failure = failure();
        if (failure != null) {
            throw failure;
        }
    }

    /** Why the call has failed; null if it has not, or not ended. */
    @Nullable
    GrpcFailure failure() {
        Inbound.End end = inbound.end();
        return end == null || end.status().isOk() ? null : failed(end.status(), end.trailers());
    }

    private GrpcFailure failed(Status status, Metadata trailers) {
        return new GrpcFailure(
                status,
                trailers,
                method.getFullMethodName(),
                tries.peer(),
                tries.count(),
                inbound.state(tries.count() > 0));
    }

    // ---- asynchronous

    /** The one answer of a method that has one. Cancelling the promise cancels the call. */
    public Promise<S> answer() {
        Completer<S> completer = new Completer<>(loop);
        completer.onCancel(() -> cancel("nobody waits for its answer any more"));
        return new Awaited<>(inbound, completer) {
            @Override
            S value() {
                return only();
            }
        }.watching();
    }

    /** The headers of the answer; none if the call ends without. Cancelling the promise leaves the call alone. */
    public Promise<CallMetadata> whenHeaders() {
        return new Awaited<CallMetadata>(inbound, new Completer<>(loop)) {
            @Override
            boolean isThere() {
                return inbound.hasHeaders() || super.isThere();
            }

            @Override
            CallMetadata value() {
                return came();
            }
        }.watching();
    }

    /** The trailers of a call that ends well; else its failure. Streams must be read for that. Cancelling the promise leaves the call alone. */
    public Promise<CallMetadata> whenEnded() {
        return new Awaited<CallMetadata>(inbound, new Completer<>(loop)) {
            @Override
            CallMetadata value() {
                throwFailure();
                return trailers();
            }
        }.watching();
    }

    /** Settles a promise once something of the call is there, on whichever thread that is noticed: whoever makes it true settles. */
    @SuppressWarnings("serial") // it is a flag that saves an object, of a call that is not serialized either
    private abstract static class Awaited<T> extends AtomicBoolean implements Runnable {
        private final Inbound<?> inbound;
        private final Completer<T> completer;

        Awaited(Inbound<?> inbound, Completer<T> completer) {
            this.inbound = inbound;
            this.completer = completer;
        }

        Promise<T> watching() {
            Promise<T> promise = completer.promise();
            inbound.watch(this);
            return promise;
        }

        boolean isThere() {
            return inbound.end() != null;
        }

        /** Called once. */
        abstract T value();

        @Override
        public void run() {
            if (isThere() && compareAndSet(false, true)) {
                try {
                    completer.complete(value());
                } catch (GrpcFailure e) {
                    completer.fail(e);
                }
            }
        }
    }

    /** All answers, for one subscriber, who is told on the loop. Its demand holds the server back; its cancelling cancels the call. */
    public Flow.Publisher<S> answers() {
        synchronized (this) {
            if (subscribed) {
                throw new IllegalStateException("the answers of " + method.getFullMethodName()
                        + " were taken before: they have one subscriber");
            }
            subscribed = true;
        }
        return new AnswerStream<>(loop, this);
    }

    /** Sends what a publisher gives, which is asked for a message when the connection takes one. Its end ends the requests; its failure cancels the call. */
    public Flow.Subscriber<Q> requests() {
        return new RequestStream<>(this);
    }

    /** Gives the call up: the server is told, and whoever waits here sees CANCELLED. Does nothing when the call has ended. From any thread. */
    public void cancel(String why) {
        if (inbound.end() == null) {
            cancelled = true;
            call.cancel("the client has given up the call: " + why, null);
        }
    }

    /** As {@link #cancel}, for something that went wrong on this side: {@code cause} is the cause of what is seen here. */
    void fail(String why, Throwable cause) {
        if (inbound.end() == null) {
            cancelled = true;
            call.cancel("the client has given up the call: " + why, cause);
        }
    }

    /** Cancels the call if it has not ended. */
    @Override
    public void close() {
        cancel("it was closed");
    }
}

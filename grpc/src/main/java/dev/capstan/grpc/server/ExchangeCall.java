package dev.capstan.grpc.server;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.grpc.Limits;
import dev.capstan.grpc.MessageReader;
import dev.capstan.net.http.Exchange;
import dev.capstan.net.http.Headers;
import dev.capstan.net.http.Peer;
import io.grpc.Attributes;
import io.grpc.Codec;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One call over one exchange, as grpc-java's handlers and interceptors know it.
 *
 * <p><b>Threads.</b> The exchange belongs to the loop. What a handler says from another thread is {@link Posted}. Messages are serialized where the handler is. The listener is told through
 * the executor that the server was given for handlers, which is the loop itself unless the program chose another, and runs one callback after the other.
 *
 * <p><b>Back-pressure.</b> The exchange is paused while a message is here that nobody has asked for. A handler that does not heed {@link #isReady} loses its call when it has sent
 * {@code queuedBytes} all the same.
 */
final class ExchangeCall<Q, S> extends ServerCall<Q, S>
        implements Exchange.Receiver, RequestReader.Owner<Q>, Outbox.Owner {
    private static final Logger LOG = System.getLogger(ExchangeCall.class.getName());

    private final GrpcServer server;
    private final Loop loop;
    private final Exchange exchange;
    private final MethodDescriptor<Q, S> method;
    private final Limits limits;
    private final Executor executor;
    private final Context.CancellableContext context;
    private final Draining draining;
    private final Posted posted;
    private final RequestReader<Q> requests;
    private final AnswerWriter<S> answer;
    private final Outbox outbox;
    /** Made when somebody asks. */
    private volatile @Nullable Attributes attributes;

    private @Nullable Listener<Q> listener;
    private Promise.Cancelable deadline = () -> {};

    /** The handler has sent headers: they may be on their way. */
    private volatile boolean headersSaid;

    private boolean ended;
    /** The handler was told that the call is over, well or not. */
    private boolean endTold;

    private boolean succeeded;
    private volatile boolean closed;
    private volatile boolean cancelled;
    /** Of the message that the handler was given last. */
    private volatile String encoding = Codec.Identity.NONE.getMessageEncoding();

    ExchangeCall(
            GrpcServer server,
            Loop loop,
            Exchange exchange,
            MethodDescriptor<Q, S> method,
            Framing framing,
            Limits limits,
            MessageReader reader,
            Encodings encodings,
            Headers usualHead,
            Executor executor,
            Context.CancellableContext context,
            Draining draining) {
        this.server = server;
        this.loop = loop;
        this.exchange = exchange;
        this.method = method;
        this.limits = limits;
        this.executor = executor;
        this.context = context;
        this.draining = draining;
        this.posted = new Posted(loop);
        this.requests = new RequestReader<>(exchange, method, framing, reader, this);
        this.answer =
                new AnswerWriter<>(exchange, method, framing, encodings, usualHead, limits.outboundMessageBytes());
        this.outbox = new Outbox(exchange, posted, this, limits.queuedBytes());
    }

    /** Lets {@code handler} begin. On the loop's thread. */
    void begin(ServerCallHandler<Q, S> handler, Metadata headers, long timeoutNanos) {
        if (timeoutNanos >= 0) {
            deadline = loop.timer().after(Duration.ofNanos(timeoutNanos)).listen(loop, (done, failure) -> tooLate());
        }
        byHandler(() -> {
            Context before = context.attach();
            try {
                Listener<Q> started = handler.startCall(this, headers);
                posted.run(() -> started(started));
            } catch (Throwable e) {
                posted.run(() -> threw(e));
            } finally {
                context.detach(before);
            }
        });
    }

    private void started(Listener<Q> started) {
        listener = started;
        if (cancelled) {
            tell(Listener::onCancel);
        } else if (ended) {
            tell(Listener::onComplete);
        } else {
            tell(Listener::onReady);
            exchange.start(this);
            requests.deliver();
        }
    }

    /** Where handlers run, which may have no room for one more; false if so. */
    private boolean byHandler(Runnable action) {
        try {
            executor.execute(action);
            return true;
        } catch (RejectedExecutionException e) {
            stop(Status.RESOURCE_EXHAUSTED
                    .withDescription(
                            "the server's executor has no room for " + method.getFullMethodName() + ": try again later")
                    .withCause(e));
            return false;
        }
    }

    /** One callback of the handler. */
    private interface Callback<Q> {
        void run(Listener<Q> listener);
    }

    private void tell(Callback<Q> callback) {
        Listener<Q> to = listener;
        if (to == null) {
            return;
        }
        byHandler(() -> {
            Context before = context.attach();
            try {
                callback.run(to);
            } catch (Throwable e) {
                posted.run(() -> threw(e));
            } finally {
                context.detach(before);
            }
        });
    }

    /** A handler has thrown: a status is for the client, anything else is for the log. */
    private void threw(Throwable e) {
        ToldFailures.Told told = ToldFailures.of(method, e);
        finish(told.status(), told.trailers());
        // That it has ended is still told, to whoever the handler has left behind.
        cancel(told.status());
        if (e instanceof VirtualMachineError fatal) {
            throw fatal;
        }
    }

    // ---- input

    @Override
    public void received(byte[] array, int offset, int length) {
        requests.received(array, offset, length);
    }

    @Override
    public void ended() {
        requests.inputEnded();
    }

    @Override
    public boolean isEnded() {
        return ended;
    }

    @Override
    public void request(Q message, String cameIn) {
        tell(to -> {
            encoding = cameIn;
            to.onMessage(message);
        });
    }

    @Override
    public void requestsEnd() {
        tell(Listener::onHalfClose);
    }

    @Override
    public void wrong(Status status) {
        finish(status, new Metadata());
        cancel(status);
    }

    @Override
    public void failed(IOException cause) {
        cancel(Status.CANCELLED
                .withDescription("the client has given up the call")
                .withCause(cause));
    }

    /** The handler is told that nobody waits for it any more. */
    private void cancel(Status why) {
        if (!endTold) {
            endTold = true;
            cancelled = true;
            ended = true;
            outbox.end();
            server.over(this);
            deadline.cancel();
            context.cancel(why.asRuntimeException());
            tell(Listener::onCancel);
        }
    }

    private void tooLate() {
        stop(Status.DEADLINE_EXCEEDED.withDescription("the call has not ended within its deadline"));
    }

    /** Ends the call without its handler, which is told that it was cancelled. */
    void stop(Status why) {
        if (!ended) {
            finish(why, new Metadata());
            cancel(why);
        }
    }

    /** Holds nothing of what has come any more. */
    void forget() {
        requests.clear();
    }

    /** What carries it. */
    Peer peer() {
        return exchange.peer();
    }

    /** Whether it has ended well. */
    boolean succeeded() {
        return succeeded;
    }

    /** The server is to end. */
    void drain() {
        draining.begin();
    }

    @Override
    public void ready() {
        outbox.ready();
    }

    @Override
    public void readyAgain() {
        tell(Listener::onReady);
    }

    // ---- what handlers do

    @Override
    public void request(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("ask for at least one message, not for " + count);
        }
        posted.run(() -> requests.ask(count));
    }

    @Override
    public void sendHeaders(Metadata headers) {
        if (headersSaid) {
            throw new IllegalStateException("the headers were sent before");
        }
        headersSaid = true;
        posted.run(() -> {
            if (!ended) {
                answer.head(headers);
            }
        });
    }

    @Override
    public void sendMessage(S message) {
        if (closed) {
            throw new IllegalStateException(
                    "the call of " + method.getFullMethodName() + " was closed: nothing can be sent any more");
        }
        if (cancelled) {
            return;
        }
        if (!headersSaid) {
            throw new IllegalStateException("sendHeaders() comes before the first message");
        }
        if (!outbox.hasRoom()) {
            return;
        }
        outbox.send(answer.frame(message));
    }

    @Override
    public void tooMuchIsLeft() {
        if (!ended) {
            Status status = Status.RESOURCE_EXHAUSTED.withDescription(
                    "the handler of " + method.getFullMethodName() + " has left more than " + limits.queuedBytes()
                            + " bytes that the client has not read: heed isReady(), or write with a call that waits");
            LOG.log(Level.WARNING, status.getDescription());
            stop(status);
        }
    }

    @Override
    public boolean isReady() {
        return !closed && !cancelled && outbox.isReady();
    }

    @Override
    public void close(Status status, Metadata trailers) {
        if (closed) {
            throw new IllegalStateException("the call of " + method.getFullMethodName() + " was closed before");
        }
        closed = true;
        posted.run(() -> {
            if (!ended) {
                if (status.isOk() && method.getType().serverSendsOneMessage() && !answer.isHeadSent()) {
                    LOG.log(
                            Level.WARNING,
                            () -> "the handler of " + method.getFullMethodName() + " ended well without an answer");
                }
                finish(status, trailers);
                endTold = true;
                tell(Listener::onComplete);
                if (!byHandler(() -> context.cancel(null))) {
                    context.cancel(null);
                }
            }
        });
    }

    /** The last that the client hears. */
    private void finish(Status status, Metadata trailers) {
        if (ended) {
            return;
        }
        ended = true;
        succeeded = status.isOk();
        deadline.cancel();
        outbox.end();
        answer.end(status, trailers);
        server.over(this);
    }

    @Override
    public boolean isCancelled() {
        return cancelled;
    }

    @Override
    public MethodDescriptor<Q, S> getMethodDescriptor() {
        return method;
    }

    @Override
    public Attributes getAttributes() {
        Attributes made = attributes;
        if (made == null) {
            made = PeerAttributes.of(exchange.peer()).toBuilder()
                    .set(GrpcServer.ENCODING, () -> encoding)
                    .build();
            attributes = made;
        }
        return made;
    }

    @Override
    public @Nullable String getAuthority() {
        return exchange.request().headers().first("host");
    }

    @Override
    public void setMessageCompression(boolean enabled) {
        answer.compresses(enabled);
    }

    @Override
    public void setCompression(String name) {
        answer.compression(name);
    }
}

package dev.capstan.grpc.server;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.grpc.Limits;
import dev.capstan.grpc.MessageFrames;
import dev.capstan.grpc.MessageReader;
import dev.capstan.grpc.Metadatas;
import dev.capstan.net.http.Exchange;
import dev.capstan.net.http.Headers;
import dev.capstan.net.http.Peer;
import io.grpc.Attributes;
import io.grpc.Codec;
import io.grpc.Compressor;
import io.grpc.Context;
import io.grpc.Decompressor;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One call over one exchange, as grpc-java's handlers and interceptors know it.
 *
 * <p><b>Threads.</b> The exchange belongs to the loop. What a handler says from another thread is posted, in its order; while something is posted, what the loop's own thread says goes
 * the same way, so that nothing overtakes. Messages are serialized where the handler is. The listener is told through the executor that the server was given for handlers, which is the
 * loop itself unless the program chose another, and runs one callback after the other.
 *
 * <p><b>Back-pressure.</b> The exchange is paused while a message is here that nobody has asked for. A handler that does not heed {@link #isReady} loses its call at
 * {@code queuedBytes}.
 */
final class ExchangeCall<Q, S> extends ServerCall<Q, S> implements Exchange.Receiver {
    private static final Logger LOG = System.getLogger(ExchangeCall.class.getName());

    private final GrpcServer server;
    private final Loop loop;
    private final Exchange exchange;
    private final MethodDescriptor<Q, S> method;
    private final Framing framing;
    private final Limits limits;
    private final Encodings encodings;
    private final Attributes attributes;
    private final Executor executor;
    private final MessageReader reader;
    private final Context.CancellableContext context;
    private final Draining draining;
    private final AtomicInteger posted = new AtomicInteger();
    private final AtomicLong postedBytes = new AtomicLong();
    private @Nullable Listener<Q> listener;
    private Promise.Cancelable deadline = () -> {};

    /** Messages that the handler has asked for and not got. */
    private int requested;

    /** Whether a message has come; of a method that takes one, a second must not. */
    private boolean asked;

    private boolean paused;
    private boolean inputEnded;
    private boolean halfClosed;
    private boolean headersSent;
    private boolean ended;
    /** The handler was told that the call is over, well or not. */
    private boolean endTold;

    private boolean succeeded;
    private volatile boolean closed;
    private volatile boolean cancelled;
    private volatile boolean ready = true;
    private volatile @Nullable Compressor compressor;
    private volatile boolean compresses = true;
    private volatile boolean lastWasCompressed;

    ExchangeCall(
            GrpcServer server,
            Loop loop,
            Exchange exchange,
            MethodDescriptor<Q, S> method,
            Framing framing,
            Limits limits,
            Encodings encodings,
            Attributes attributes,
            Executor executor,
            Context.CancellableContext context,
            Draining draining) {
        this.server = server;
        this.loop = loop;
        this.exchange = exchange;
        this.method = method;
        this.framing = framing;
        this.limits = limits;
        this.encodings = encodings;
        this.attributes = attributes.toBuilder()
                .set(GrpcServer.ENCODING, this::encodingOfLast)
                .build();
        this.executor = executor;
        this.context = context;
        this.draining = draining;
        this.reader = new MessageReader(limits.inboundMessageBytes());
    }

    /** Lets {@code handler} begin. On the loop's thread. */
    void begin(ServerCallHandler<Q, S> handler, Metadata headers, long timeoutNanos) {
        reader.decompressor(encodings.ofRequests());
        if (timeoutNanos >= 0) {
            deadline = loop.timer().after(Duration.ofNanos(timeoutNanos)).listen(loop, (done, failure) -> tooLate());
        }
        byHandler(() -> {
            Context before = context.attach();
            try {
                Listener<Q> started = handler.startCall(this, headers);
                onLoop(() -> started(started));
            } catch (Throwable e) {
                onLoop(() -> threw(e));
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
            deliver();
        }
    }

    /** Runs on the loop, after all that was posted before. */
    private void onLoop(Runnable action) {
        if (loop.inLoop() && posted.get() == 0) {
            action.run();
        } else {
            posted.incrementAndGet();
            loop.post(() -> {
                posted.decrementAndGet();
                action.run();
            });
        }
    }

    /** Where handlers run, which may have no room for one more. */
    private void byHandler(Runnable action) {
        try {
            executor.execute(action);
        } catch (RejectedExecutionException e) {
            stop(Status.RESOURCE_EXHAUSTED
                    .withDescription(
                            "the server's executor has no room for " + method.getFullMethodName() + ": try again later")
                    .withCause(e));
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
                onLoop(() -> threw(e));
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
        if (!ended) {
            try {
                framing.decode(array, offset, length, reader);
            } catch (StatusRuntimeException e) {
                fail(e.getStatus());
                return;
            }
            deliver();
        }
    }

    @Override
    public void ended() {
        inputEnded = true;
        deliver();
    }

    private void deliver() {
        boolean takesOne = method.getType().clientSendsOneMessage();
        while (!ended && !cancelled && reader.hasNext() && (requested > 0 || (takesOne && asked))) {
            if (takesOne && asked) {
                fail(wrongNumber("more than one came"));
                return;
            }
            asked = true;
            requested--;
            Q message;
            try (InputStream bytes = reader.next()) {
                message = method.parseRequest(bytes);
            } catch (StatusRuntimeException e) {
                fail(e.getStatus());
                return;
            } catch (IOException | RuntimeException e) {
                fail(Status.INTERNAL
                        .withDescription("a message of " + method.getFullMethodName() + " cannot be parsed")
                        .withCause(e));
                return;
            }
            boolean compressed = reader.wasCompressed();
            tell(to -> {
                lastWasCompressed = compressed;
                to.onMessage(message);
            });
        }
        if (ended || cancelled) {
            return;
        }
        if (inputEnded && !halfClosed && !reader.hasNext()) {
            if (!reader.isEmpty() || !framing.isWhole()) {
                fail(Status.INTERNAL.withDescription("the request has ended within a message"));
                return;
            }
            if (takesOne && !asked) {
                fail(wrongNumber("none came"));
                return;
            }
            halfClosed = true;
            tell(Listener::onHalfClose);
        } else if (requested == 0 && reader.hasNext() && !paused) {
            paused = true;
            exchange.pause();
        }
    }

    /** UNIMPLEMENTED, as gRPC has it: a method that takes another number of requests is another method. */
    private Status wrongNumber(String what) {
        return Status.UNIMPLEMENTED.withDescription(
                method.getFullMethodName() + " takes one request, and " + what + ": send exactly one");
    }

    /** The client has broken the rules or a limit. */
    private void fail(Status status) {
        reader.clear();
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
        ready = true;
        tell(Listener::onReady);
    }

    private String encodingOfLast() {
        Decompressor by = encodings.ofRequests();
        return lastWasCompressed && by != null ? by.getMessageEncoding() : Codec.Identity.NONE.getMessageEncoding();
    }

    // ---- what handlers do

    @Override
    public void request(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("ask for at least one message, not for " + count);
        }
        onLoop(() -> {
            requested = (int) Math.min(Integer.MAX_VALUE, (long) requested + count);
            if (paused) {
                paused = false;
                exchange.resume();
            }
            deliver();
        });
    }

    @Override
    public void sendHeaders(Metadata headers) {
        onLoop(() -> {
            if (headersSent) {
                throw new IllegalStateException("the headers were sent before");
            }
            if (!ended) {
                sendHead(headers);
            }
        });
    }

    private void sendHead(Metadata headers) {
        headersSent = true;
        List<Map.Entry<String, String>> fields = new ArrayList<>();
        fields.add(Map.entry("content-type", framing.contentType()));
        Compressor by = compressor;
        if (by != null) {
            fields.add(Map.entry("grpc-encoding", by.getMessageEncoding()));
        }
        fields.add(Map.entry("grpc-accept-encoding", encodings.accepted()));
        Metadatas.add(fields, headers);
        exchange.answer(200, Headers.of(fields));
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
        if (postedBytes.get() > limits.queuedBytes()) {
            // Not to be serialized even: the loop is too busy to see how much waits for it.
            onLoop(this::tooMuchIsLeft);
            return;
        }
        Compressor by = compresses ? compressor : null;
        byte[] frame =
                framing.frame(MessageFrames.frame(method.streamResponse(message), by, limits.outboundMessageBytes()));
        if (loop.inLoop() && posted.get() == 0) {
            write(frame);
        } else {
            postedBytes.addAndGet(frame.length);
            onLoop(() -> {
                long left = postedBytes.addAndGet(-frame.length);
                write(frame);
                // What held the handler back was on its way here, of which the exchange knows nothing.
                if (isPostFull(left + frame.length) && !isPostFull(left) && ready && !ended) {
                    tell(Listener::onReady);
                }
            });
        }
    }

    /** Whether so much waits for the loop that a handler should wait for it too. */
    private boolean isPostFull(long bytes) {
        return bytes >= limits.queuedBytes() / 4;
    }

    private void tooMuchIsLeft() {
        if (!ended) {
            Status status = Status.RESOURCE_EXHAUSTED.withDescription(
                    "the handler of " + method.getFullMethodName() + " has left more than " + limits.queuedBytes()
                            + " bytes that the client has not read: heed isReady(), or write with a call that waits");
            LOG.log(Level.WARNING, status.getDescription());
            stop(status);
        }
    }

    private void write(byte[] frame) {
        if (ended) {
            return;
        }
        if (!headersSent) {
            throw new IllegalStateException("sendHeaders() comes before the first message");
        }
        if (exchange.queuedBytes() > limits.queuedBytes()) {
            tooMuchIsLeft();
            return;
        }
        exchange.write(frame, 0, frame.length);
        ready = exchange.isReady();
    }

    @Override
    public boolean isReady() {
        return !closed && !cancelled && ready && !isPostFull(postedBytes.get());
    }

    @Override
    public void close(Status status, Metadata trailers) {
        if (closed) {
            throw new IllegalStateException("the call of " + method.getFullMethodName() + " was closed before");
        }
        closed = true;
        onLoop(() -> {
            if (!ended) {
                if (status.isOk() && method.getType().serverSendsOneMessage() && !headersSent) {
                    LOG.log(
                            Level.WARNING,
                            () -> "the handler of " + method.getFullMethodName() + " ended well without an answer");
                }
                finish(status, trailers);
                endTold = true;
                tell(Listener::onComplete);
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
        List<Map.Entry<String, String>> fields = Metadatas.trailers(status, trailers);
        if (!headersSent) {
            fields.addFirst(Map.entry("content-type", framing.contentType()));
            fields.add(Map.entry("grpc-accept-encoding", encodings.accepted()));
        }
        framing.end(exchange, headersSent, fields);
        server.over(this);
        loop.post(() -> context.cancel(null));
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
        return attributes;
    }

    @Override
    public @Nullable String getAuthority() {
        return exchange.request().headers().first("host");
    }

    @Override
    public void setMessageCompression(boolean enabled) {
        compresses = enabled;
    }

    @Override
    public void setCompression(String name) {
        compressor = encodings.ofAnswers(name);
    }
}

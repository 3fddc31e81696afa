package dev.capstan.grpc.server;

import dev.capstan.async.CanceledException;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.grpc.Changes;
import dev.capstan.grpc.Messages;
import io.grpc.Context;
import io.grpc.ServerCall;
import io.grpc.StatusRuntimeException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A call whose handler blocks: its requests as the handler reads them, and where its answers are written.
 *
 * <p><b>Threads.</b> The listener is told by the server, the rest is done by the handler's thread, which also ends the call. Between the two are a queue of what has arrived, with a monitor
 * under which nothing else runs, and flags. The handler of a method that takes one message begins when that is there, any other with the call.
 */
final class BlockingCall<Q, S> extends ServerCall.Listener<Q> implements Messages<Q>, Messages.Out<S> {
    /** Requests that may wait to be read: more than one, so that the connection's thread and the handler's work side by side. */
    private static final int AHEAD = 4;

    /** What a handler of some shape does, from the first request to the last answer. */
    interface Body<Q, S> {
        void run(BlockingCall<Q, S> call) throws Exception;
    }

    private final ServerCall<Q, S> call;
    private final Loop loop;
    private final Context around;
    private final ServerContext context;
    private final Reply<S> reply;
    private final Body<Q, S> body;
    private final Room room;
    private final Object connection;
    private final boolean asFiber;
    private final boolean readsOne;
    private final Changes changes = new Changes();
    private final Deque<Q> arrived = new ArrayDeque<>();

    /** Whether the handler has begun, or never will. */
    private final AtomicBoolean entered = new AtomicBoolean();

    private @Nullable Promise<Void> running;
    private volatile boolean halfClosed;
    private volatile boolean closed;
    private boolean written;

    BlockingCall(
            ServerCall<Q, S> call,
            Loop loop,
            Context around,
            ServerContext context,
            Reply<S> reply,
            Body<Q, S> body,
            Room room,
            boolean asFiber) {
        this.call = call;
        this.loop = loop;
        this.around = around;
        this.context = context;
        this.reply = reply;
        this.body = body;
        this.room = room;
        this.connection = PeerAttributes.connection(call);
        this.asFiber = asFiber;
        this.readsOne = call.getMethodDescriptor().getType().clientSendsOneMessage();
    }

    void begin() {
        // Two, where one is due: a second is a mistake of the client that must be seen.
        call.request(readsOne ? 2 : AHEAD);
        if (!readsOne) {
            start();
        }
    }

    private void start() {
        StatusRuntimeException full = room.enter(connection);
        if (full != null) {
            reply.fail(full);
            return;
        }
        running = asFiber ? loop.fiber(this::run) : loop.offload(this::run);
    }

    private Void run() {
        if (!entered.compareAndSet(false, true)) {
            return Promise.nothing();
        }
        Context before = around.attach();
        try {
            body.run(this);
            reply.end();
        } catch (Throwable e) {
            // Nobody hears it if the call is cancelled, and then it is no news.
            reply.fail(context.isCancelled() ? gaveUp() : e);
            if (e instanceof VirtualMachineError fatal) {
                throw fatal;
            }
        } finally {
            around.detach(before);
            room.leave(connection);
        }
        return Promise.nothing();
    }

    // ---- told by the server

    @Override
    public void onMessage(Q message) {
        synchronized (arrived) {
            if (closed) {
                return;
            }
            arrived.add(message);
        }
        changes.tell();
    }

    @Override
    public void onHalfClose() {
        halfClosed = true;
        if (readsOne) {
            start();
        } else {
            changes.tell();
        }
    }

    @Override
    public void onCancel() {
        context.cancel();
        Promise<Void> handler = running;
        if (handler != null) {
            handler.cancel();
            if (entered.compareAndSet(false, true)) {
                room.leave(connection);
            }
        }
        changes.tell();
    }

    @Override
    public void onReady() {
        changes.tell();
    }

    // ---- done by the handler

    /** The one request of a method that takes one. */
    Q one() {
        Q request;
        boolean more;
        synchronized (arrived) {
            request = arrived.poll();
            more = !arrived.isEmpty();
        }
        if (request == null || more) {
            throw AsyncCall.notOneRequest(call.getMethodDescriptor(), more);
        }
        return request;
    }

    @Override
    public @Nullable Q read() {
        changes.until(() -> hasArrived() || halfClosed || closed || context.isCancelled());
        if (context.isCancelled()) {
            throw gaveUp();
        }
        Q message;
        synchronized (arrived) {
            message = arrived.poll();
        }
        if (message != null) {
            call.request(1);
        }
        return message;
    }

    private boolean hasArrived() {
        synchronized (arrived) {
            return !arrived.isEmpty();
        }
    }

    /** The handler reads no more. Its answer is another matter: the call goes on. */
    @Override
    public void close() {
        closed = true;
        synchronized (arrived) {
            arrived.clear();
        }
        changes.tell();
    }

    @Override
    public void write(S message) {
        if (written) { // The first is never too much.
            changes.until(() -> call.isReady() || context.isCancelled());
        }
        if (context.isCancelled()) {
            throw gaveUp();
        }
        written = true;
        reply.send(message);
    }

    void writeAll(Messages<? extends S> messages) throws Exception {
        try (messages) {
            messages.writeTo(this);
        }
    }

    private static CanceledException gaveUp() {
        return new CanceledException(
                "nobody waits for this call any more: it was cancelled, or its deadline has passed");
    }
}

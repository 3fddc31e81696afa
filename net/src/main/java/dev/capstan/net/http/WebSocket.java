package dev.capstan.net.http;

import dev.capstan.async.Address;
import dev.capstan.async.ByteStream;
import dev.capstan.async.Event;
import dev.capstan.async.Loop;
import dev.capstan.async.MessageStream;
import dev.capstan.async.Promise;
import dev.capstan.net.Limits;
import dev.capstan.net.streams.Alarm;
import dev.capstan.net.streams.Farewell;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket (RFC 6455) as a stream of messages: each text message is one message, in UTF-8, or each binary one after {@link #binary}. Made by {@link HttpServer} and {@link HttpClient};
 * owned by whoever it is given to, who ends it with {@link #end}, {@link #close} or {@link #abort}. Belongs to its loop.
 *
 * <p><b>Input.</b> Fragments are joined; pings are answered. Delivered arrays are the receiver's to keep. While the stream is paused, messages that
 * were read already are held here, no more than one read brings.
 *
 * <p><b>The end.</b> A WebSocket does not close by halves: after a close frame its sender sends nothing, and the other side answers with one and is
 * done. {@link #end} and {@link #close} send that frame after what is queued; messages that the peer sent before it knew are still delivered. The
 * receiver hears {@code ended} when the peer has closed with 1000, 1001 or without a code, and {@code failed} with a {@link WebSocketClosed} when
 * it closed with another code, or when the connection ended without a close (1006); {@link #closed} has the code in all these cases. A peer that
 * does not do its part is given up ({@code closeTimeout} in {@link Limits.Http}).
 *
 * <p><b>What is no message</b> (of the other kind, too long, not UTF-8, a malformed frame) fails the receiver with a {@link WebSocketClosed} that has the
 * protocol's code for it. Until its {@code failed} returns it may still send, and {@link #close} or {@link #abort} with a code of its own; else
 * the protocol's code goes out.
 */
public final class WebSocket implements MessageStream {
    private static final int NORMAL = 1000;
    private static final int GOING_AWAY = 1001;
    private static final int WITHOUT_CLOSE = 1006;
    private static final int INTERNAL = 1011;

    private final Loop loop;
    private final ByteStream bytes;
    private final Duration closeTimeout;
    private final String subprotocol;
    private final Frames frames;
    private final Input input = new Input();
    private final Delivery delivery;
    private final Farewell farewell;
    private @Nullable KeepAlive keepAlive;
    private Function<? super Throwable, WebSocketClosed> onAbort = cause -> new WebSocketClosed(INTERNAL, "");
    private Runnable onOver = () -> {};

    private @Nullable Receiver receiver;
    private boolean paused;
    private final ArrayDeque<byte[]> held = new ArrayDeque<>();

    /** Nothing of what the peer sends from now on is a message to us. */
    private boolean inputOver;
    /** What the receiver hears last; null if that is an end. */
    private @Nullable Throwable failure;
    /** The failure does not wait behind messages that are held, nor for a paused receiver. */
    private boolean failsAtOnce;

    private boolean told;
    private @Nullable WebSocketClosed closed;
    private @Nullable WebSocketClosed violation;

    private boolean closeSent;
    private boolean bytesEnded;
    private boolean inputDone;
    private boolean outputDone;
    private boolean over;

    WebSocket(Loop loop, ByteStream bytes, Limits.Http limits, @Nullable RandomGenerator masks, String subprotocol) {
        this.loop = loop;
        this.bytes = bytes;
        this.closeTimeout = limits.closeTimeout();
        this.subprotocol = subprotocol;
        this.frames = new Frames(loop, bytes, limits, masks, input);
        this.delivery = new Delivery(loop);
        this.farewell = new Farewell(loop, bytes, closeTimeout, this::closeTookTooLong);
        // Before the owner has started there is nobody to hand messages to, and no end to them.
        bytes.pause();
    }

    /** Who is to get the bytes of the connection. */
    ByteStream.Receiver input() {
        return input;
    }

    /** Runs {@code action} once the connection is gone. */
    void onOver(Runnable action) {
        onOver = action;
    }

    /** Bytes of buffers that are in use; for tests. */
    long heldBytes() {
        return frames.heldBytes();
    }

    /** The subprotocol that was agreed on; empty if none was. */
    public String subprotocol() {
        return subprotocol;
    }

    /** Where the peer comes from; null if the network does not say. */
    public @Nullable Address remote() {
        return bytes.remote();
    }

    /** How the peer closed; null if it has not. */
    public @Nullable WebSocketClosed closed() {
        return closed;
    }

    /** Messages are binary ones, both ways, instead of texts. Called before {@link #start} and {@link #send}. */
    public void binary() {
        frames.binary();
    }

    // ---- input

    @Override
    public void start(Receiver to) {
        if (receiver != null) {
            throw new IllegalStateException("the stream was started before");
        }
        receiver = to;
        delivery.arm();
    }

    @Override
    public void pause() {
        paused = true;
        if (!inputOver) {
            bytes.pause();
        }
    }

    @Override
    public void resume() {
        if (paused) {
            paused = false;
            delivery.arm();
        }
    }

    /** Tells what was held, and has the last word. In a turn, never inside the owner's own call. */
    private final class Delivery extends Event {
        Delivery(Loop loop) {
            super(loop);
        }

        void arm() {
            armBreadthFirst();
        }

        @Override
        protected void fire() {
            Receiver to = receiver;
            if (to == null || told) {
                return;
            }
            while (!paused && !failsAtOnce && !held.isEmpty()) {
                deliver(to, held.remove());
            }
            if (failsAtOnce || (inputOver && !paused)) {
                tell(to);
            } else if (!paused) {
                bytes.resume();
            }
        }
    }

    private void deliver(Receiver to, byte[] text) {
        try {
            to.received(text, 0, text.length, false);
        } catch (Throwable e) {
            abort(e);
        }
    }

    private void tell(Receiver to) {
        told = true;
        try {
            if (failure == null) {
                to.ended();
            } else {
                to.failed(failure);
            }
        } finally {
            WebSocketClosed wrong = violation;
            if (wrong != null && !closeSent) {
                sendClose(wrong.code(), wrong.reason());
            }
        }
    }

    private void finishInput(@Nullable Throwable with, boolean atOnce) {
        if (told || failsAtOnce) {
            return;
        }
        inputOver = true;
        failure = with;
        failsAtOnce = atOnce;
        if (atOnce) {
            held.clear();
        }
        // What still comes is read to find the end of the connection, and is thrown away.
        bytes.resume();
        delivery.arm();
    }

    /** The connection's bytes, and what the frames say. */
    private final class Input implements ByteStream.Receiver, Frames.Owner {
        @Override
        public void received(byte[] array, int offset, int length) {
            KeepAlive watching = keepAlive;
            if (watching != null) {
                watching.heard = true;
            }
            // After an abort too: the peer's close may be among it.
            frames.received(array, offset, length);
        }

        @Override
        public void message(byte[] text) {
            Receiver to = receiver;
            if (inputOver) {
                return;
            }
            if (to == null || paused || !held.isEmpty()) {
                held.add(text);
            } else {
                deliver(to, text);
            }
        }

        @Override
        public void closed(int code, String reason) {
            WebSocketClosed how = new WebSocketClosed(code, reason);
            closed = how;
            boolean clean = code == NORMAL || code == GOING_AWAY || code == Frames.NO_CODE;
            finishInput(clean ? null : how, false);
            if (!closeSent) {
                sendClose(code, "");
            }
            endBytes();
        }

        @Override
        public void violated(int code, String text) {
            WebSocketClosed wrong = new WebSocketClosed(code, text, text + "; the WebSocket is closed");
            violation = wrong;
            finishInput(wrong, true);
            if (closeSent) {
                endBytes();
            }
            farewell.hurry();
        }

        @Override
        public void ended() {
            inputDone = true;
            if (!inputOver) {
                WebSocketClosed how = new WebSocketClosed(WITHOUT_CLOSE, "");
                closed = how;
                finishInput(how, false);
            }
            closeSent = true;
            endBytes();
            finishIfDone();
        }

        @Override
        public void failed(Throwable cause) {
            finishInput(cause, true);
            finish();
        }
    }

    // ---- output

    /** Queues one message; the pieces of a text are to be UTF-8 when put together, which is not checked. */
    @Override
    public void send(ByteBuffer... pieces) {
        if (!closeSent && !over) {
            frames.message(pieces);
        }
    }

    @Override
    public long queuedBytes() {
        return bytes.queuedBytes();
    }

    @Override
    public Promise<Void> drained() {
        return bytes.drained();
    }

    /**
     * From now on a ping is sent when nothing has come for {@code interval}, and the stream aborted when nothing comes for {@code timeout} after
     * that: a peer that is gone without a word is noticed. While the stream is paused, silence says nothing, since nobody listens; instead it is
     * aborted when something is queued for the peer and nothing of it leaves for {@code timeout}. Called once.
     */
    public void keepAlive(Duration interval, Duration timeout) {
        if (keepAlive != null) {
            throw new IllegalStateException("this WebSocket is kept alive already");
        }
        if (!over) {
            keepAlive = new KeepAlive(interval, timeout);
        }
    }

    private final class KeepAlive {
        private final Duration interval;
        private final Duration timeout;
        private final Alarm alarm = new Alarm(loop, this::rang);
        private boolean heard;
        private boolean asked;
        private boolean watchesQueue;
        private long leftBefore;

        KeepAlive(Duration interval, Duration timeout) {
            this.interval = interval;
            this.timeout = timeout;
            alarm.set(interval);
        }

        private void rang() {
            if (closeSent || over) {
                return;
            }
            if (paused && !heard && watchesQueue && frames.leftBytes() <= leftBefore) {
                abort(new IOException("the peer of the WebSocket has read nothing of the " + bytes.queuedBytes()
                        + " bytes that are queued for it within " + timeout + ": it is gone, or stuck"));
                return;
            }
            watchesQueue = paused && bytes.queuedBytes() > 0;
            leftBefore = frames.leftBytes();
            if (heard || paused) {
                heard = false;
                asked = false;
                alarm.set(watchesQueue ? timeout : interval);
            } else if (asked) {
                abort(new IOException("the peer of the WebSocket has not answered a ping within " + timeout
                        + ": it is gone, or the network to it is"));
            } else {
                asked = true;
                frames.ping();
                alarm.set(timeout);
            }
        }
    }

    // ---- the end

    /** Closes with code 1000 after what is queued. */
    @Override
    public void end() {
        close(NORMAL, "");
    }

    /**
     * Closes after what is queued. Ignored if the stream is closed already.
     *
     * @param code 1000 to 1003, 1007 to 1014 or 3000 to 4999
     * @param reason cut after 123 bytes, between two code points
     */
    public void close(int code, String reason) {
        check(code);
        if (!closeSent && !over) {
            sendClose(code, reason);
        }
    }

    private static void check(int code) {
        boolean sendable =
                (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
        if (!sendable) {
            throw new IllegalArgumentException("a WebSocket cannot be closed with code " + code
                    + ": use 1000 for a normal end, 3000 to 4999 for an application's own");
        }
    }

    private void sendClose(int code, String reason) {
        closeSent = true;
        frames.close(code, reason);
        part();
        if (inputOver) {
            endBytes();
        }
    }

    /** Who has failed does not wait for a peer that takes its time with what is queued. */
    private void part() {
        if (failsAtOnce) {
            farewell.hurry();
        } else {
            farewell.begin();
        }
    }

    /**
     * What {@link #abort(Throwable)} tells the peer: code and reason for a cause. Unless this is called, it is code 1011 and no reason, since a
     * cause may hold what is none of the peer's business.
     */
    public void onAbort(Function<? super Throwable, WebSocketClosed> toPeer) {
        onAbort = toPeer;
    }

    /**
     * {@inheritDoc} What is queued and a close frame, as {@link #onAbort} has it, are still sent, for a limited time.
     */
    @Override
    public void abort(Throwable cause) {
        if (over) {
            return;
        }
        if (!closeSent) {
            WebSocketClosed how = onAbort.apply(cause);
            check(how.code());
            sendClose(how.code(), how.reason());
        }
        finishInput(cause, true);
        farewell.hurry();
    }

    private void endBytes() {
        if (!bytesEnded) {
            bytesEnded = true;
            bytes.end();
            part();
            // A failure after the peer's end is told nowhere else.
            bytes.drained().listen(loop, (done, failed) -> {
                outputDone = true;
                finishIfDone();
            });
        }
    }

    private void closeTookTooLong() {
        if (!over) {
            bytes.abort(new IOException("the peer has not closed its side of the WebSocket within " + closeTimeout));
        }
    }

    private void finishIfDone() {
        if (inputDone && outputDone) {
            finish();
        }
    }

    private void finish() {
        if (!over) {
            over = true;
            closeSent = true;
            farewell.cancel();
            KeepAlive watching = keepAlive;
            if (watching != null) {
                watching.alarm.cancel();
            }
            frames.release();
            onOver.run();
        }
    }

    @Override
    public String toString() {
        return "WebSocket over " + bytes;
    }
}

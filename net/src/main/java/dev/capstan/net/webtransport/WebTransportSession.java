package dev.capstan.net.webtransport;

import dev.capstan.async.ByteStream;
import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.MessageStream;
import dev.capstan.async.Promise;
import dev.capstan.net.Limits;
import dev.capstan.net.channels.ChannelHost;
import dev.capstan.net.streams.Alarm;
import io.netty.handler.codec.quic.QuicStreamChannel;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A WebTransport session with its one stream. Made by {@link WebTransportServer} and {@link WebTransportClient}; owned by whoever it is given to,
 * who takes either {@link #messages} or {@link #bytes} and ends that with {@code end} or {@code abort}. Belongs to its loop.
 *
 * <p><b>The end.</b> Each side ends its half of the stream. When both have, the client ends the session and, once the server has agreed, the
 * connection; so nothing that was sent is lost. Who aborts resets the stream and closes the session with the code and reason of a
 * {@link WebTransportClosed}.
 *
 * <p>A page may also close the session as a whole. With code 0 that is a clean end: what has come is delivered, then {@code ended}; nothing can be
 * sent any more, and {@code drained} fails. With another code the receiver hears {@code failed} with the {@link WebTransportClosed}. In both cases
 * {@link #closed} has it.
 */
public final class WebTransportSession implements AutoCloseable {
    /** The code of a reset by a peer whose session is over: why, comes on the control stream. Ours have another. */
    private static final long SESSION_GONE = 0x170d7b68;

    /** What a peer that has ended everything may still have on its way: QUIC's windows grow so far. */
    private static final int HELD_WINDOWS = 16;

    /** Time for what the peer sent on its stream before it closed the session on another. */
    private static final Duration OVERTAKEN = Duration.ofMillis(100);

    private final Loop loop;
    private final WebTransportRequest request;
    private final String peer;
    private final boolean isServer;
    private final Limits.WebTransport limits;
    private final ControlStream control;
    private final QuicStream stream;
    private final Runnable onOver;
    private final Alarm closing;
    private final @Nullable Alarm keepAlive;
    private UnaryOperator<MessageStream> look = messages -> messages;
    private boolean taken;
    private @Nullable WebTransportClosed closed;
    /** The peer has ended the session; its stream may still be on its way. */
    private boolean peerGone;

    private boolean finished;
    private boolean over;
    private boolean confirmed;
    private final List<Completer<Void>> confirmations = new ArrayList<>();

    /**
     * @param isConfirmed whether the connection's handshake has finished
     * @param onOver the connection is of no more use to the session
     */
    WebTransportSession(
            ChannelHost host,
            WebTransportRequest request,
            boolean isServer,
            Limits.WebTransport limits,
            ControlStream control,
            QuicStreamChannel channel,
            String peer,
            boolean isConfirmed,
            Runnable onOver) {
        this.loop = host.loop();
        this.request = request;
        this.peer = peer;
        this.confirmed = isConfirmed;
        this.isServer = isServer;
        this.limits = limits;
        this.control = control;
        this.onOver = onOver;
        this.closing = new Alarm(loop, this::closeTookTooLong);
        this.stream = new QuicStream(host, channel, (long) HELD_WINDOWS * limits.windowBytes(), new StreamOwner());
        this.keepAlive = isServer ? null : new Alarm(loop, this::live);
        control.become(new ControlOwner());
        if (keepAlive != null) {
            keepAlive.set(limits.idleTimeout().dividedBy(3));
        }
    }

    /** What the client asked for. */
    public WebTransportRequest request() {
        return request;
    }

    /** The peer's address. */
    public String peer() {
        return peer;
    }

    /**
     * Whether the peer has proven that it takes part in this connection now. Until then a server may hear what somebody has recorded and sends again, and a client's words may be recorded for that: only
     * with {@link EarlyData} and {@link WebTransportClient#connectEarly} is a session handed out before.
     */
    public boolean isConfirmed() {
        return confirmed;
    }

    /** Settles when the session {@linkplain #isConfirmed is confirmed}; fails if it ends before. */
    public Promise<Void> confirmed() {
        if (confirmed) {
            return Promise.done();
        }
        if (over) {
            return Promise.failed(endedEarly());
        }
        Completer<Void> confirmation = new Completer<>(loop);
        confirmations.add(confirmation);
        return confirmation.promise();
    }

    void confirm() {
        confirmed = true;
        List<Completer<Void>> waiting = List.copyOf(confirmations);
        confirmations.clear();
        waiting.forEach(each -> each.complete(Promise.nothing()));
    }

    private IOException endedEarly() {
        return new IOException("the session with " + peer + " has ended before it was confirmed");
    }

    /** The stream as messages, of one line each; taken once, and not with {@link #bytes}. */
    public MessageStream messages() {
        take();
        return look.apply(new LineStream(loop, stream, limits.lineBytes()));
    }

    /** What {@link #messages} gives is what {@code by} makes of what it gave until now. Before that is called. */
    void shown(UnaryOperator<MessageStream> by) {
        UnaryOperator<MessageStream> before = look;
        look = messages -> by.apply(before.apply(messages));
    }

    /** The stream as bytes; taken once, and not with {@link #messages}. */
    public ByteStream bytes() {
        take();
        return stream;
    }

    private void take() {
        if (taken) {
            throw new IllegalStateException("the stream of a session is taken once, as bytes or as messages");
        }
        taken = true;
    }

    /** How the peer closed the session as a whole; null if it has not. */
    public @Nullable WebTransportClosed closed() {
        return closed;
    }

    /** As the stream's {@code abort}, taken or not. */
    void abort(Throwable cause) {
        stream.abort(cause);
    }

    /** Ends the session at once, taken or not. */
    @Override
    public void close() {
        stream.close();
    }

    QuicStream stream() {
        return stream;
    }

    private void live() {
        if (!over && keepAlive != null) {
            control.sendNothing();
            keepAlive.set(limits.idleTimeout().dividedBy(3));
        }
    }

    // ---- what the stream says

    private final class StreamOwner implements QuicStream.Owner {
        @Override
        public void done() {
            bothEnded();
        }

        @Override
        public void inputEnded() {
            if (peerGone) {
                outputIsVain();
                bothEnded();
            }
        }

        @Override
        public void reset(long code) {
            if (peerGone) {
                stream.endInput();
            } else if (code == SESSION_GONE || code == QuicStream.CANCELED) {
                closing.set(limits.closeTimeout());
            } else {
                stream.fail(new IOException(
                        "the peer " + peer + " has given up the stream, with code 0x" + Long.toHexString(code)));
                closeBecause(new WebTransportClosed(0, ""));
            }
        }

        @Override
        public void lost(@Nullable Throwable cause) {
            WebTransportSession.this.lost(cause);
        }

        @Override
        public void aborted(Throwable cause) {
            closeBecause(cause);
        }
    }

    private void outputIsVain() {
        stream.failOutput(new IOException("the peer " + peer + " has closed the session: it takes nothing more"));
    }

    private void bothEnded() {
        if (peerGone) {
            finish();
            over();
        } else {
            // A server waits for the client to have read everything; closing first would make a browser throw it away.
            if (!isServer) {
                finish();
            }
            closing.set(limits.closeTimeout());
        }
    }

    // ---- what the control stream says

    private final class ControlOwner implements ControlStream.Owner {
        @Override
        public void closed(int code, String reason) {
            WebTransportClosed how = new WebTransportClosed(code, reason);
            if (closed == null) {
                closed = how;
            }
            if (code == 0) {
                finished();
                if (!over) {
                    // It has not waited for its stream to end, so neither do we, but for what may have been overtaken.
                    closing.set(OVERTAKEN.compareTo(limits.closeTimeout()) < 0 ? OVERTAKEN : limits.closeTimeout());
                }
            } else {
                stream.fail(how);
                finish();
                over();
            }
        }

        @Override
        public void malformed(String text) {
            stream.fail(new IOException("the peer " + peer + " has broken the protocol of WebTransport: " + text));
            closeBecause(new WebTransportClosed(WebTransportClosed.INTERNAL, "malformed capsule"));
        }

        @Override
        public void finished() {
            if (peerGone || over) {
                return;
            }
            peerGone = true;
            if (stream.isOpen()) {
                stream.takeAll();
                closing.set(limits.closeTimeout());
            } else {
                finish();
                over();
            }
        }

        @Override
        public void lost(@Nullable Throwable cause) {
            WebTransportSession.this.lost(cause);
        }
    }

    /** The connection has gone, or is about to. */
    void lost(@Nullable Throwable cause) {
        if (over) {
            return;
        }
        if (peerGone) {
            stream.endInput();
            outputIsVain();
        } else if (stream.isOpen()) {
            // What is said of an attempt that has failed names the peer already.
            stream.fail(cause == null || confirmed ? QuicStream.gone(peer, cause) : cause);
        }
        over();
    }

    private void closeTookTooLong() {
        if (closed != null && closed.code() == 0) {
            stream.endInput();
            outputIsVain();
        } else if (stream.isOpen()) {
            stream.fail(new IOException("the peer " + peer
                    + (peerGone
                            ? " has closed the session, and its stream has not ended within " + limits.closeTimeout()
                            : " has given up the stream and not said why")));
        }
        finish();
        over();
    }

    // ---- what we say

    private void closeBecause(Throwable cause) {
        if (!finished && !over) {
            finished = true;
            control.close(
                    cause instanceof WebTransportClosed how
                            ? how
                            : new WebTransportClosed(WebTransportClosed.INTERNAL, ""));
        }
        over();
    }

    private void finish() {
        if (!finished) {
            finished = true;
            control.finish();
        }
    }

    private void over() {
        if (!over) {
            over = true;
            closing.cancel();
            if (keepAlive != null) {
                keepAlive.cancel();
            }
            List<Completer<Void>> waiting = List.copyOf(confirmations);
            confirmations.clear();
            waiting.forEach(each -> each.fail(endedEarly()));
            onOver.run();
        }
    }

    @Override
    public String toString() {
        return request + " with " + peer;
    }
}

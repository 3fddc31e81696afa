package dev.capstan.net.tls;

import dev.capstan.async.Address;
import dev.capstan.async.ByteStream;
import dev.capstan.async.Event;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.net.Limits;
import dev.capstan.net.streams.Alarm;
import dev.capstan.net.streams.Farewell;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.function.BiConsumer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * One TLS session. Netty's handler stands in an embedded channel, which is a pipeline and nothing else: what it encrypts goes into the stream below, what it decrypts to the
 * owner. What is written in a turn is encrypted together at its end.
 *
 * <p><b>The end.</b> Our side ends with a close_notify and the end of the stream below; the peer's ends with its close_notify. A stream below that ends without one has been
 * cut. Under TLS 1.2 a peer that has ended cannot be sent anything more. To the owner the stream is over when both have said close_notify, and it
 * asks no more; the connection below is not before the peer has ended that too, and whether it does is watched here.
 */
final class TlsStream implements TlsSession, ByteStream.Receiver, Loop.TurnEnd {
    private final Loop loop;
    private final ByteStream under;
    private final String peer;
    private final Limits.Tls limits;
    private final BiConsumer<TlsStream, @Nullable Throwable> onHandshake;
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final SslHandler handler;
    private final ArrayDeque<byte[]> held = new ArrayDeque<>();
    private final Delivery delivery;
    private final Alarm deadline;
    private final Farewell farewell;
    private @Nullable Receiver receiver;
    private @Nullable Throwable broken;
    private boolean handshaken;
    private boolean settled;
    private boolean paused;
    private boolean inputEnded;
    private boolean endQueued;
    private boolean told;
    private boolean dirty;
    private boolean underEnded;
    private boolean underFailed;
    private boolean endSent;
    private boolean alertQueued;
    private long plainBytes;

    /** {@code onHandshake} is told once whether there is a session. */
    TlsStream(
            Loop loop,
            ByteStream under,
            SSLEngine engine,
            String peer,
            Limits.Tls limits,
            BiConsumer<TlsStream, @Nullable Throwable> onHandshake) {
        this.loop = loop;
        this.under = under;
        this.peer = peer;
        this.limits = limits;
        this.onHandshake = onHandshake;
        this.delivery = new Delivery(loop);
        this.deadline = new Alarm(
                loop,
                () -> abort(new IOException(
                        "the TLS handshake with " + peer + " has not ended within " + limits.handshakeTimeout())));
        this.farewell = new Farewell(
                loop,
                under,
                limits.closeTimeout(),
                () -> under.abort(new IOException(peer + " has not closed its connection within "
                        + limits.closeTimeout() + " of the end of the TLS session")));
        this.handler = new SslHandler(engine);
        handler.setHandshakeTimeoutMillis(0);
        handler.setCloseNotifyFlushTimeoutMillis(0);
        handler.setCloseNotifyReadTimeoutMillis(0);
        channel.config().setAllocator(new UnpooledByteBufAllocator(false));
        channel.pipeline().addLast("out", new Out()).addLast("in", new In());
    }

    void begin() {
        deadline.set(limits.handshakeTimeout());
        under.start(this);
        // It begins at once where it is the client's.
        channel.pipeline().addAfter("out", "tls", handler);
        channel.runPendingTasks();
    }

    // ---- from below

    @Override
    public void received(byte[] array, int offset, int length) {
        if (broken == null && !inputEnded) {
            channel.pipeline().fireChannelRead(Unpooled.copiedBuffer(array, offset, length));
            channel.pipeline().fireChannelReadComplete();
            channel.runPendingTasks();
            if (handshaken && handler.engine().isInboundDone()) {
                endInput();
            }
        }
    }

    @Override
    public void ended() {
        if (!inputEnded) {
            breakWith(new EOFException(
                    handshaken
                            ? "the connection with " + peer + " was cut: it ended without the end of its TLS session"
                            : peer + " has ended the connection instead of a TLS handshake"));
        }
        underEnded = true;
        releaseIfOver();
    }

    @Override
    public void failed(Throwable cause) {
        underFailed = true;
        breakWith(cause);
        releaseIfOver();
    }

    /** What the handler decrypts and tells. */
    private final class In extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf buffer = (ByteBuf) message;
            try {
                byte[] bytes = new byte[buffer.readableBytes()];
                buffer.readBytes(bytes);
                decrypted(bytes);
            } finally {
                buffer.release();
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof SslHandshakeCompletionEvent handshake) {
                if (handshake.isSuccess()) {
                    succeeded();
                } else {
                    breakWith(handshakeFailure(handshake.cause()));
                }
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            breakWith(
                    handshaken
                            ? new IOException(
                                    "the TLS session with " + peer + " is broken: " + cause.getMessage(), cause)
                            : handshakeFailure(cause));
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            // Nobody is behind this.
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            // Nobody is behind this.
        }
    }

    private IOException handshakeFailure(Throwable cause) {
        Throwable root = cause.getCause() == null ? cause : cause.getCause();
        return new IOException("there is no TLS session with " + peer + ": " + root.getMessage(), cause);
    }

    private void succeeded() {
        handshaken = true;
        deadline.cancel();
        // What comes now belongs to an owner that is not there yet.
        under.pause();
        settle(null);
    }

    private void settle(@Nullable Throwable failure) {
        if (!settled) {
            settled = true;
            onHandshake.accept(this, failure);
        }
    }

    private void decrypted(byte[] bytes) {
        Receiver to = receiver;
        if (to == null || paused || !held.isEmpty()) {
            held.add(bytes);
        } else {
            deliver(to, bytes);
        }
    }

    private void deliver(Receiver to, byte[] bytes) {
        try {
            to.received(bytes, 0, bytes.length);
        } catch (Throwable e) {
            abort(e);
        }
    }

    private void endInput() {
        if (!inputEnded && broken == null) {
            inputEnded = true;
            delivery.arm();
            // Its own end still comes, and nothing else.
            under.resume();
            partIfEnded();
        }
    }

    /** Hands over what was held, and has the last word; never inside the owner's own call. */
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
            while (!paused && broken == null && !held.isEmpty()) {
                deliver(to, held.remove());
            }
            if (broken != null) {
                told = true;
                to.failed(broken);
            } else if (inputEnded && held.isEmpty() && !paused) {
                told = true;
                to.ended();
            } else if (!paused) {
                under.resume();
            }
        }
    }

    // ---- the owner

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
        if (!inputEnded) {
            under.pause();
        }
    }

    @Override
    public void resume() {
        if (paused) {
            paused = false;
            delivery.arm();
        }
    }

    @Override
    public void write(byte[] array, int offset, int length) {
        if (endQueued || broken != null || length == 0) {
            return;
        }
        plainBytes += length;
        ChannelFuture reported =
                channel.pipeline().write(Unpooled.copiedBuffer(array, offset, length), channel.voidPromise());
        assert reported.isVoid();
        becomeDirty();
    }

    private void becomeDirty() {
        if (!dirty) {
            dirty = true;
            loop.atTurnEnd(this);
        }
    }

    @Override
    public void turnEnded() {
        dirty = false;
        if (broken != null) {
            if (alertQueued) {
                endAfterAlert();
            }
            return;
        }
        plainBytes = 0;
        channel.pipeline().flush();
        if (endQueued) {
            ChannelFuture closing = handler.closeOutbound();
            assert closing != null;
            endSent = true;
            under.end();
            partIfEnded();
        }
        channel.runPendingTasks();
        releaseIfOver();
    }

    @Override
    public long queuedBytes() {
        return plainBytes + under.queuedBytes();
    }

    @Override
    public Promise<Void> drained() {
        if (broken != null) {
            return Promise.failed(broken);
        }
        if (dirty) {
            channel.pipeline().flush();
            plainBytes = 0;
        }
        return under.drained();
    }

    @Override
    public void end() {
        if (!endQueued && broken == null) {
            endQueued = true;
            becomeDirty();
        }
    }

    /** Both have said their last word in TLS. */
    private void partIfEnded() {
        if (inputEnded && endSent && !underEnded && !underFailed) {
            farewell.begin();
        }
    }

    @Override
    public void abort(Throwable cause) {
        boolean isOver = told && endSent && under.queuedBytes() == 0;
        if (broken == null && !isOver) {
            broken = cause;
            held.clear();
            deadline.cancel();
            under.abort(cause);
            delivery.arm();
            settle(cause);
            releaseIfOver();
        }
    }

    /** The session cannot go on. What the peer is told about it, an alert, is still sent. */
    private void breakWith(Throwable cause) {
        if (broken != null || (inputEnded && endQueued && !dirty)) {
            return;
        }
        broken = cause;
        held.clear();
        deadline.cancel();
        under.resume();
        // The handler tells of a failure before it writes the alert.
        alertQueued = true;
        becomeDirty();
        delivery.arm();
        settle(cause);
    }

    private void endAfterAlert() {
        alertQueued = false;
        under.end();
        if (!underFailed && !underEnded) {
            farewell.hurry();
        }
    }

    private void releaseIfOver() {
        if (underFailed || (underEnded && (endSent || broken != null))) {
            farewell.cancel();
            // The handler cannot be closed from within what it has called; this may be.
            loop.post(() -> {
                ChannelFuture done = channel.close();
                assert done != null;
            });
        }
    }

    private final class Out extends ChannelOutboundHandlerAdapter {
        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            ByteBuf buffer = (ByteBuf) message;
            try {
                if (buffer.hasArray()) {
                    under.write(buffer.array(), buffer.arrayOffset() + buffer.readerIndex(), buffer.readableBytes());
                } else {
                    byte[] copy = new byte[buffer.readableBytes()];
                    buffer.getBytes(buffer.readerIndex(), copy);
                    under.write(copy, 0, copy.length);
                }
            } finally {
                buffer.release();
            }
            boolean heard = promise.trySuccess();
            assert heard || promise.isVoid() || promise.isDone();
        }

        @Override
        public void flush(ChannelHandlerContext context) {
            // The stream below writes at the end of the turn.
        }
    }

    @Override
    public SSLSession session() {
        return handler.engine().getSession();
    }

    @Override
    public String protocol() {
        String chosen = handler.engine().getApplicationProtocol();
        return chosen == null ? "" : chosen;
    }

    @Override
    public @Nullable Address remote() {
        return under.remote();
    }

    @Override
    public String toString() {
        return "TLS over " + under;
    }
}

package dev.capstan.net.webtransport;

import dev.capstan.async.ByteStream;
import dev.capstan.async.Completer;
import dev.capstan.async.Event;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.net.channels.ChannelHost;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.handler.codec.quic.DefaultQuicStreamFrame;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamResetException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One bidirectional stream of QUIC as bytes.
 *
 * <p><b>Output</b> is copied into pieces as it is written and handed to QUIC at the end of the turn. QUIC takes what its congestion and flow control
 * let it, and the rest waits in the channel's queue; {@link #queuedBytes} falls as each piece is taken whole.
 *
 * <p><b>Input</b> is copied once, into the loop's own array, and lent to the receiver. Pausing stops reading, so the peer's window closes.
 *
 * <p><b>The end.</b> A stream whose two sides have ended is done, and closes itself. What else may end it is the session's to say: it is told
 * of a reset and of the channel's loss, and answers with {@link #fail} or {@link #endInput}. The receiver hears its last word from an event of its
 * own, after everything that was delivered before.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write or close that fails is heard of as the end of its channel
final class QuicStream implements ByteStream, Loop.TurnEnd {
    /** Whose stream it is: told on the loop's thread, never inside a call of the stream's user but for {@link #aborted}. */
    interface Owner {
        /** Both sides have ended, and everything that came has been read; it may not have been delivered yet. */
        void done();

        /** The peer has ended or the owner said so, while our side has not. */
        void inputEnded();

        /** The peer has given the stream up. */
        void reset(long code);

        /** The stream cannot be used any more, for a reason that the connection knows. */
        void lost(@Nullable Throwable cause);

        /** The user has given the stream up. */
        void aborted(Throwable cause);
    }

    /** What a reset says: H3_REQUEST_CANCELLED. Codes of WebTransport have 48 bits, for which Netty has no room. */
    static final int CANCELED = 0x10c;

    private static final int PIECE_BYTES = 16 << 10;
    private static final int SMALL_PIECE_BYTES = 512;

    private final Loop loop;
    private final ChannelHost host;
    private final QuicStreamChannel channel;
    private final long holdBytes;
    private final Owner owner;
    private final Delivery delivery;

    private @Nullable Receiver receiver;
    private boolean paused;
    private boolean takesAll;
    private byte[] held = new byte[0];
    private int heldLength;
    private boolean inputEnded;

    private final ArrayDeque<ByteBuf> output = new ArrayDeque<>();
    private final ArrayDeque<Drain> drains = new ArrayDeque<>();
    private long queuedBytes;
    private long handedOverBytes;
    private boolean dirty;
    private boolean endQueued;
    private boolean endWritten;
    private boolean outputEnded;

    /** Why nothing more can be sent though the receiver may hear a clean end. */
    private @Nullable Throwable outputBroken;

    private @Nullable Throwable broken;
    private boolean over;

    private record Drain(long atBytes, Completer<Void> completer) {}

    /**
     * @param holdBytes bytes that {@link #takeAll} holds for a paused receiver
     */
    QuicStream(ChannelHost host, QuicStreamChannel channel, long holdBytes, Owner owner) {
        this.loop = host.loop();
        this.host = host;
        this.channel = channel;
        this.holdBytes = holdBytes;
        this.owner = owner;
        this.delivery = new Delivery(loop);
        // Nobody listens yet.
        channel.config().setAutoRead(false);
        channel.pipeline().addLast(new Input());
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
        channel.config().setAutoRead(takesAll && heldLength < holdBytes);
    }

    @Override
    public void resume() {
        if (paused) {
            paused = false;
            delivery.arm();
        }
    }

    /**
     * The peer will be gone soon: what it has sent is taken out of its hands, though the receiver may be paused. What is more than the bound waits
     * for the receiver.
     */
    void takeAll() {
        takesAll = true;
        delivery.arm();
    }

    /** Tells what was held, asks for more, and has the last word. In a turn, never inside the user's own call. */
    private final class Delivery extends Event {
        Delivery(Loop loop) {
            super(loop);
        }

        void arm() {
            armBreadthFirst();
        }

        @Override
        protected void fire() {
            if (over) {
                return;
            }
            Receiver to = receiver;
            if (to != null && broken == null && heldLength > 0 && !paused) {
                byte[] array = held;
                int length = heldLength;
                held = new byte[0];
                heldLength = 0;
                receive(to, array, length);
            }
            if (broken == null && !inputEnded) {
                askToRead();
            }
            if (to == null) {
                return;
            }
            if (broken != null) {
                over = true;
                to.failed(broken);
            } else if (inputEnded && !paused) {
                over = true;
                to.ended();
            }
        }
    }

    private void askToRead() {
        boolean wanted = (receiver != null && !paused) || (takesAll && heldLength < holdBytes);
        // Reading happens in here if something has come.
        channel.config().setAutoRead(wanted);
    }

    private void receive(Receiver to, byte[] array, int length) {
        try {
            to.received(array, 0, length);
        } catch (Throwable e) {
            abort(e);
        }
    }

    /** What the channel says. */
    private final class Input extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf buffer = (ByteBuf) message;
            try {
                byte[] array = host.inputArray();
                while (buffer.isReadable() && broken == null && !inputEnded) {
                    int count = Math.min(buffer.readableBytes(), array.length);
                    buffer.readBytes(array, 0, count);
                    arrived(array, count);
                }
            } finally {
                buffer.release();
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event == ChannelInputShutdownReadComplete.INSTANCE) {
                endInput();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            if (isOpen()) {
                if (cause instanceof QuicStreamResetException reset) {
                    owner.reset(reset.applicationProtocolCode());
                } else {
                    owner.lost(cause);
                }
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            if (isOpen()) {
                owner.lost(null);
            }
        }
    }

    private void arrived(byte[] array, int count) {
        Receiver to = receiver;
        if (to != null && !paused && heldLength == 0) {
            receive(to, array, count);
        } else {
            hold(array, count);
            if (takesAll && heldLength >= holdBytes) {
                channel.config().setAutoRead(false);
            }
        }
    }

    private void hold(byte[] array, int count) {
        if (held.length - heldLength < count) {
            held = Arrays.copyOf(held, Math.max(heldLength + count, 2 * held.length));
        }
        System.arraycopy(array, 0, held, heldLength, count);
        heldLength += count;
    }

    /** Nothing more comes; what has come is still delivered. */
    void endInput() {
        if (!inputEnded && broken == null) {
            inputEnded = true;
            delivery.arm();
            if (outputEnded) {
                owner.done();
            } else {
                owner.inputEnded();
            }
        }
    }

    // ---- output

    @Override
    public void write(byte[] array, int offset, int length) {
        if (endQueued || !isWritable()) {
            return;
        }
        int at = offset;
        int left = length;
        while (left > 0) {
            ByteBuf piece = output.peekLast();
            if (piece == null || piece.maxWritableBytes() == 0) {
                // It grows: most turns write little.
                piece = channel.alloc().directBuffer(Math.clamp(left, SMALL_PIECE_BYTES, PIECE_BYTES), PIECE_BYTES);
                output.add(piece);
            }
            int count = Math.min(left, piece.maxWritableBytes());
            piece.writeBytes(array, at, count);
            at += count;
            left -= count;
        }
        queuedBytes += length;
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
        if (!isWritable()) {
            return;
        }
        while (!output.isEmpty()) {
            ByteBuf piece = output.removeFirst();
            int length = piece.readableBytes();
            channel.write(piece).addListener((ChannelFutureListener) done -> taken(length, done.cause()));
        }
        if (endQueued && !endWritten) {
            endWritten = true;
            channel.write(new DefaultQuicStreamFrame(Unpooled.EMPTY_BUFFER, true))
                    .addListener((ChannelFutureListener) done -> endTaken(done.cause()));
        }
    }

    private void taken(int length, @Nullable Throwable failure) {
        if (!isWritable()) {
            return;
        }
        if (failure != null) {
            owner.lost(failure);
            return;
        }
        handedOverBytes += length;
        queuedBytes -= length;
        for (Drain first = drains.peek(); first != null && first.atBytes() <= handedOverBytes; first = drains.peek()) {
            drains.remove().completer().complete(Promise.nothing());
        }
    }

    private void endTaken(@Nullable Throwable failure) {
        if (!isWritable()) {
            return;
        }
        if (failure != null) {
            owner.lost(failure);
            return;
        }
        outputEnded = true;
        if (inputEnded) {
            owner.done();
        }
    }

    @Override
    public long queuedBytes() {
        return queuedBytes;
    }

    @Override
    public Promise<Void> drained() {
        Throwable cause = broken != null ? broken : outputBroken;
        if (cause != null) {
            return Promise.failed(cause);
        }
        if (queuedBytes == 0) {
            return Promise.done();
        }
        Completer<Void> completer = new Completer<>(loop);
        drains.add(new Drain(handedOverBytes + queuedBytes, completer));
        return completer.promise();
    }

    // ---- the end

    @Override
    public void end() {
        if (!endQueued && isWritable()) {
            endQueued = true;
            becomeDirty();
        }
    }

    @Override
    public void abort(Throwable cause) {
        if (isOpen()) {
            // Why comes before the reset, so that the peer mostly hears it in this order.
            owner.aborted(cause);
            fail(cause);
        }
    }

    /** Whether something may still happen on the stream: it is neither broken nor done. */
    boolean isOpen() {
        return broken == null && !(inputEnded && (outputEnded || outputBroken != null));
    }

    private boolean isWritable() {
        return broken == null && outputBroken == null;
    }

    /** The stream has broken: the receiver hears it unless it has heard an end. */
    void fail(Throwable cause) {
        if (broken == null) {
            broken = cause;
            held = new byte[0];
            heldLength = 0;
            dropOutput(cause);
            giveUp();
            delivery.arm();
        }
    }

    /** The peer takes nothing more, which is no fault of its: what comes in is still delivered. */
    void failOutput(Throwable cause) {
        if (isWritable() && !outputEnded) {
            outputBroken = cause;
            dropOutput(cause);
            if (inputEnded) {
                giveUp();
            }
        }
    }

    private void giveUp() {
        if (channel.isOpen()) {
            // Not the reading side as well: a page whose stream is given up in both directions often does not hear why
            // the session was closed. What still comes is not read, within the window, and goes with the session.
            channel.shutdownOutput(CANCELED);
        }
    }

    private void dropOutput(Throwable cause) {
        while (!output.isEmpty()) {
            output.removeFirst().release();
        }
        queuedBytes = 0;
        while (!drains.isEmpty()) {
            drains.remove().completer().fail(cause);
        }
    }

    /** What this is, for texts. */
    static IOException gone(String peer, @Nullable Throwable cause) {
        return new IOException("the connection with " + peer + " is gone", cause);
    }

    @Override
    public String toString() {
        return "WebTransport stream " + channel.streamId();
    }
}

package dev.capstan.capnweb.resume;

import dev.capstan.async.Completer;
import dev.capstan.async.Event;
import dev.capstan.async.Loop;
import dev.capstan.async.MessageStream;
import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The stream of a session, over one connection after the other.
 *
 * <p><b>Exactly once.</b> Both ends number the session's messages from the first on. What was sent is {@link Kept} until the other end acknowledges it. A new connection begins with
 * both telling how many messages have come to them; what comes after these is sent again, over the new connection alone: the old one is {@linkplain #detach dropped} before the number is
 * told, so a message that was on its way in it is not heard twice.
 *
 * <p><b>Flow.</b> While there is a connection, its queue is this stream's queue, and pausing pauses it; acknowledgements wait as long. While there is none everything that is kept counts as queued.
 *
 * <p>Who makes connections, and decides whether one may carry this session, is the {@link Owner}.
 */
final class ReliableStream implements MessageStream, Line.Listener {
    private static final int ACK_AFTER_MESSAGES = 64;
    private static final int ACK_AFTER_BYTES = 64 << 10;
    private static final Duration ACK_AFTER = Duration.ofMillis(200);

    private final Loop loop;
    private final Owner owner;
    private final long keptBytes;
    private final Kept kept;
    private final ArrayDeque<byte[]> held = new ArrayDeque<>();
    private final List<Completer<Void>> drains = new ArrayList<>(1);
    private final Delivery delivery;
    private final Alarm ackAlarm;
    private @Nullable Line line;
    private @Nullable Receiver receiver;
    private boolean paused;
    private long received;
    private long acknowledgedByUs;
    private long bytesNotAcknowledged;
    private boolean over;
    /** What the receiver hears last; null if that is an end. */
    private @Nullable Throwable failure;

    private boolean told;

    /** Makes connections, or waits for them. */
    interface Owner {
        /** There is no connection any more; the session is not over. */
        void cut(Throwable cause);

        /** What is none of the stream's affairs. */
        void control(Control message);

        /** Whether all sessions together keep no more than they may; others may be ended for it. */
        boolean hasRoom();

        /**
         * The session is over.
         *
         * @param untold whether the peer does not know, since this side has ended it while there was no connection: then the owner {@linkplain #sayGoodbye says so} over another one, or {@linkplain #forget
         *     does not}. Otherwise the stream needs nothing any more
         */
        void over(boolean untold);
    }

    ReliableStream(Loop loop, ResumeLimits limits, Kept.Budget budget, Owner owner) {
        this.loop = loop;
        this.owner = owner;
        this.keptBytes = limits.keptBytes();
        this.kept = new Kept(budget);
        this.delivery = new Delivery(loop);
        this.ackAlarm = new Alarm(loop);
    }

    // ---- for the owner

    /** How many messages have come. */
    long received() {
        return received;
    }

    long keptBytes() {
        return kept.bytes();
    }

    boolean isAttached() {
        return line != null;
    }

    boolean isOver() {
        return over;
    }

    /** Whether a peer to which {@code count} messages have come can be given the rest. */
    boolean reaches(long count) {
        return kept.reaches(count);
    }

    /** Goes on over {@code to}, whose peer has {@code count} messages, which is {@linkplain #reaches in reach}. There is no other connection. */
    void attach(Line to, long count) {
        kept.acknowledge(count);
        acknowledgedByUs = received;
        bytesNotAcknowledged = 0;
        line = to;
        to.listener(this);
        if (paused || receiver == null) {
            to.pause();
        }
        kept.forEach(to::send);
        watchDrains();
    }

    /** Lets go of a connection that is not the right one any more. */
    void detach(Throwable cause) {
        Line old = line;
        line = null;
        ackAlarm.cancel();
        if (old != null) {
            old.drop(cause);
        }
    }

    /** Says something below the session, if there is a connection. */
    void tell(Control message) {
        if (line != null) {
            line.send(message);
        }
    }

    /** Of a session that is over and untold: sends over {@code to}, whose peer has {@code count} messages, what was sent before the end, and then that it has ended. Ends the line. */
    void sayGoodbye(Line to, long count) {
        if (kept.reaches(count)) {
            kept.acknowledge(count);
            kept.forEach(to::send);
        }
        kept.clear();
        to.send(new Control.Close(""));
        to.end();
    }

    /** Of a session that is over and untold: the peer is not told. */
    void forget() {
        kept.clear();
    }

    /** Ends the session without a word to the peer. */
    void fail(Throwable cause) {
        Line last = line;
        finish(cause, false);
        if (last != null) {
            last.drop(cause);
        }
    }

    // ---- what comes

    @Override
    public void message(byte[] array, int offset, int length, boolean lent) {
        received++;
        bytesNotAcknowledged += length;
        acknowledge();
        Receiver to = receiver;
        if (to == null || !held.isEmpty()) {
            held.add(Arrays.copyOfRange(array, offset, offset + length));
        } else {
            to.received(array, offset, length, lent);
        }
    }

    private void acknowledge() {
        if (received - acknowledgedByUs >= ACK_AFTER_MESSAGES || bytesNotAcknowledged >= ACK_AFTER_BYTES) {
            sendAck();
        } else if (!ackAlarm.isSet()) {
            ackAlarm.set(ACK_AFTER, this::sendAck);
        }
    }

    private void sendAck() {
        ackAlarm.cancel();
        Line to = line;
        if (to != null && acknowledgedByUs < received) {
            acknowledgedByUs = received;
            bytesNotAcknowledged = 0;
            to.send(new Control.Ack(received));
        }
    }

    @Override
    public void control(Control message) {
        switch (message) {
            case Control.Ack(long count) -> {
                if (!kept.mayHave(count)) {
                    throw new ControlCodec.Mistake("'ack' was " + kept.acknowledged() + " and " + kept.next()
                            + " messages were sent: it cannot be " + count);
                }
                kept.acknowledge(Math.max(count, kept.acknowledged()));
            }
            case Control.Close(String reason) -> {
                Line last = line;
                finish(reason.isEmpty() ? null : Failure.disconnected(reason), false);
                if (last != null) {
                    last.end();
                }
            }
            case Control other -> owner.control(other);
        }
    }

    @Override
    public void cut(Throwable cause) {
        line = null;
        ackAlarm.cancel();
        if (over) {
            return;
        }
        if (cause instanceof Refused mistake) {
            // What the peer says makes no sense: nothing that it will say can be trusted to.
            fail(mistake);
        } else {
            owner.cut(cause);
        }
    }

    /** Tells what was held, and has the last word. In a turn, never inside the session's own call. */
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
            while (to != null && !held.isEmpty() && !paused) {
                byte[] message = held.remove();
                to.received(message, 0, message.length, false);
            }
            if (to != null && over && !told && (held.isEmpty() || failure != null)) {
                told = true;
                held.clear();
                if (failure == null) {
                    to.ended();
                } else {
                    to.failed(failure);
                }
            }
        }
    }

    // ---- MessageStream

    @Override
    public void start(Receiver to) {
        if (receiver != null) {
            throw new IllegalStateException("the stream was started before");
        }
        receiver = to;
        delivery.arm();
        if (line != null && !paused) {
            line.resume();
        }
    }

    @Override
    public void pause() {
        paused = true;
        if (line != null) {
            line.pause();
        }
    }

    @Override
    public void resume() {
        paused = false;
        delivery.arm();
        if (line != null && receiver != null) {
            line.resume();
        }
    }

    @Override
    public void send(ByteBuffer... pieces) {
        if (over) {
            return;
        }
        int length = 0;
        for (ByteBuffer piece : pieces) {
            length = Math.addExact(length, piece.remaining());
        }
        ByteBuffer whole = ByteBuffer.allocate(length);
        for (ByteBuffer piece : pieces) {
            whole.put(piece.duplicate());
        }
        Line to = line;
        if (to != null) {
            to.send(whole.array());
        }
        kept.add(whole.array());
        while (!over && !kept.isEmpty() && (kept.bytes() > keptBytes || !owner.hasRoom())) {
            giveUpSome();
        }
    }

    private void giveUpSome() {
        if (line != null) {
            kept.forgetOldest();
        } else {
            Failure tooMuch = Failure.disconnected(
                    "the peer is away, and " + kept.bytes() + " bytes wait for it, which is more than can be kept");
            kept.clear();
            finish(tooMuch, true);
        }
    }

    @Override
    public long queuedBytes() {
        Line to = line;
        return to == null ? kept.bytes() : to.queuedBytes();
    }

    @Override
    public Promise<Void> drained() {
        if (over) {
            return Promise.failed(gone());
        }
        Completer<Void> drain = new Completer<>(loop);
        drains.add(drain);
        watchDrains();
        return drain.promise();
    }

    /** If the connection is cut first, the next one is asked. */
    private void watchDrains() {
        Line to = line;
        if (to == null || drains.isEmpty()) {
            return;
        }
        List<Completer<Void>> now = List.copyOf(drains);
        to.drained().listen(loop, (done, failed) -> {
            if (failed == null && line == to) {
                drains.removeAll(now);
                now.forEach(each -> each.complete(Promise.nothing()));
            }
        });
    }

    @Override
    public void end() {
        close(null);
    }

    @Override
    public void abort(Throwable cause) {
        if (line == null) {
            kept.clear();
        }
        close(cause);
    }

    private void close(@Nullable Throwable cause) {
        Line last = line;
        if (!over) {
            finish(cause, last == null);
            if (last != null) {
                last.send(new Control.Close(""));
                last.end();
            }
        }
    }

    private void finish(@Nullable Throwable cause, boolean untold) {
        if (!over) {
            over = true;
            failure = cause;
            line = null;
            ackAlarm.cancel();
            if (!untold) {
                kept.clear();
            }
            List<Completer<Void>> waiting = List.copyOf(drains);
            drains.clear();
            waiting.forEach(each -> each.fail(gone()));
            delivery.arm();
            owner.over(untold);
        }
    }

    private Throwable gone() {
        return failure == null ? new IOException("the session is over") : failure;
    }
}

package dev.capstan.capnweb;

import dev.capstan.async.Loop;
import dev.capstan.async.MessageStream;
import dev.capstan.async.Promise;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A stream that delivers no more messages in a second than its limit, and notices when nothing is said for long.
 *
 * <p>A second begins with the first message after the one before. When its messages are used up, the stream below is paused until it is over, so a peer
 * that is too fast is held back and loses nothing.
 */
final class PacedStream implements MessageStream, MessageStream.Receiver {
    private static final long SECOND_NANOS = Duration.ofSeconds(1).toNanos();

    private final Loop loop;
    private final MessageStream under;
    private final int perSecond;
    private final long idleNanos;
    private final Runnable onIdle;
    private @Nullable Receiver receiver;
    private Promise.Cancelable resting = () -> {};
    private Promise.Cancelable watching = () -> {};
    private boolean restingNow;
    private boolean pausedByOwner;
    private boolean over;
    private int inThisSecond;
    private long secondBeganNanos;
    private long lastNanos;

    /** {@code onIdle} runs once nothing was sent or received for the idle time. */
    PacedStream(Loop loop, MessageStream under, Limits.Transport limits, Runnable onIdle) {
        this.loop = loop;
        this.under = under;
        this.perSecond = limits.messagesPerSecond();
        this.idleNanos = limits.idleTime().toNanos();
        this.onIdle = onIdle;
    }

    @Override
    public void start(Receiver to) {
        receiver = to;
        lastNanos = loop.timer().nanoTime();
        secondBeganNanos = lastNanos;
        under.start(this);
        watch(idleNanos);
    }

    private Receiver owner() {
        Receiver to = receiver;
        if (to == null) {
            throw new AssertionError("a stream that was not started has delivered something");
        }
        return to;
    }

    private void watch(long nanos) {
        if (!over) {
            watching = loop.timer().after(Duration.ofNanos(nanos)).listen(loop, (rung, failure) -> {
                long left = lastNanos + idleNanos - loop.timer().nanoTime();
                if (left > 0) {
                    watch(left);
                } else if (!over) {
                    onIdle.run();
                }
            });
        }
    }

    // ---- what comes

    @Override
    public void received(byte[] array, int offset, int length, boolean lent) {
        lastNanos = loop.timer().nanoTime();
        if (lastNanos - secondBeganNanos >= SECOND_NANOS) {
            secondBeganNanos = lastNanos;
            inThisSecond = 0;
        }
        if (++inThisSecond >= perSecond) {
            rest(secondBeganNanos + SECOND_NANOS - lastNanos);
        }
        owner().received(array, offset, length, lent);
    }

    private void rest(long nanos) {
        if (!restingNow && !over) {
            restingNow = true;
            under.pause();
            resting = loop.timer().after(Duration.ofNanos(nanos)).listen(loop, (rung, failure) -> {
                restingNow = false;
                if (!pausedByOwner) {
                    under.resume();
                }
            });
        }
    }

    @Override
    public void ended() {
        finish();
        owner().ended();
    }

    @Override
    public void failed(Throwable cause) {
        finish();
        owner().failed(cause);
    }

    // ---- what goes

    @Override
    public void pause() {
        pausedByOwner = true;
        under.pause();
    }

    @Override
    public void resume() {
        pausedByOwner = false;
        if (!restingNow) {
            under.resume();
        }
    }

    @Override
    public void send(ByteBuffer... pieces) {
        lastNanos = loop.timer().nanoTime();
        under.send(pieces);
    }

    @Override
    public long queuedBytes() {
        return under.queuedBytes();
    }

    @Override
    public Promise<Void> drained() {
        return under.drained();
    }

    @Override
    public void end() {
        finish();
        under.end();
    }

    @Override
    public void abort(Throwable cause) {
        finish();
        under.abort(cause);
    }

    /** Lets go of the timer, and of the stream if it is held: its last words are to be heard. */
    private void finish() {
        if (!over) {
            over = true;
            resting.cancel();
            watching.cancel();
            if (restingNow || pausedByOwner) {
                under.resume();
            }
        }
    }
}

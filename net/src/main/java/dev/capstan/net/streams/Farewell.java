package dev.capstan.net.streams;

import dev.capstan.async.ByteStream;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import java.time.Duration;

/**
 * The time that a peer has for its side of a stream once we have ended ours.
 *
 * <p>It counts from when the last of what was queued has left, since only then can the peer know. Until then it counts from when something has left: a
 * peer that reads slowly gets everything, and one that has stopped reading is given up. A time from our end alone would cut long answers off, and a
 * time from the last byte alone would never begin for a peer that does not read.
 *
 * <p>Belongs to its loop's thread.
 */
public final class Farewell {
    private final Loop loop;
    private final ByteStream stream;
    private final Duration time;
    private final Runnable onTooLate;
    private final Alarm alarm;
    private Promise.Cancelable draining = () -> {};
    private long queuedBytes;

    /** Runs {@code onTooLate}, which is to abort {@code stream}, when {@code time} is over; nothing happens before {@link #begin}. */
    public Farewell(Loop loop, ByteStream stream, Duration time, Runnable onTooLate) {
        this.loop = loop;
        this.stream = stream;
        this.time = time;
        this.onTooLate = onTooLate;
        this.alarm = new Alarm(loop, this::rang);
    }

    /** Our side has ended, what is queued is the last. Counts anew if it was counting. */
    public void begin() {
        draining.cancel();
        queuedBytes = stream.queuedBytes();
        alarm.set(time);
        draining = stream.drained().listen(loop, (done, failure) -> {
            if (failure == null) {
                hurry();
            }
        });
    }

    /** The time counts from now, whatever leaves. */
    public void hurry() {
        draining.cancel();
        queuedBytes = 0;
        alarm.set(time);
    }

    private void rang() {
        long left = stream.queuedBytes();
        if (left < queuedBytes) {
            queuedBytes = left;
            alarm.set(time);
        } else {
            draining.cancel();
            onTooLate.run();
        }
    }

    /** The stream is over, or has no more use for this. */
    public void cancel() {
        draining.cancel();
        alarm.cancel();
    }
}

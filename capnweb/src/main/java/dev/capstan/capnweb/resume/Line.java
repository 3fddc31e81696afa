package dev.capstan.capnweb.resume;

import dev.capstan.async.Loop;
import dev.capstan.async.MessageStream;
import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * One connection, for as long as it lasts: tells messages of the session from what is said below it, answers pings and notices when the other end is gone. Owns its socket. Whoever listens may
 * change, and hears {@link Listener#cut} at most once and last; after {@link #drop} and {@link #end} nobody hears anything.
 */
final class Line implements MessageStream.Receiver {
    /** A peer that asks and does not read is not answered beyond this: an answer would only lengthen the queue. */
    private static final long MOST_QUEUED_FOR_PONG = 64 << 10;

    private final MessageStream socket;
    private final ControlCodec codec;
    private Duration silence;
    private final Alarm alarm;
    private Listener listener;
    private boolean over;
    private boolean paused;
    private boolean heard;
    private long pings;

    /** Told what comes over a connection. */
    interface Listener {
        /** A message of the session; the array as in {@link MessageStream.Receiver#received}. */
        void message(byte[] array, int offset, int length, boolean lent);

        /** Anything but pings and pongs. */
        void control(Control message);

        /** The connection is gone. */
        void cut(Throwable cause);
    }

    /** Takes ownership of {@code socket}. */
    Line(Loop loop, MessageStream socket, ControlCodec codec, Duration silence, Listener first) {
        this.socket = socket;
        this.codec = codec;
        this.silence = silence;
        this.alarm = new Alarm(loop);
        this.listener = first;
    }

    void start() {
        watch();
        socket.start(this);
    }

    /** From now on the peer is asked after {@code shorter} if that is shorter. */
    void silence(Duration shorter) {
        if (!over && shorter.compareTo(silence) < 0) {
            silence = shorter;
            watch();
        }
    }

    void listener(Listener next) {
        listener = next;
    }

    // ---- what comes

    @Override
    public void received(byte[] array, int offset, int length, boolean lent) {
        if (over) {
            return;
        }
        heard = true;
        try {
            if (!ControlCodec.isControl(array, offset, length)) {
                listener.message(array, offset, length, lent);
                return;
            }
            switch (codec.read(array, offset, length)) {
                case Control.Ping(long id) -> {
                    if (socket.queuedBytes() <= MOST_QUEUED_FOR_PONG) {
                        send(new Control.Pong(id));
                    }
                }
                case Control.Pong pong -> {}
                case Control other -> listener.control(other);
            }
        } catch (ControlCodec.Mistake e) {
            refuse(Refusal.PROTOCOL, String.valueOf(e.getMessage()));
            listener.cut(Refused.mistake(e));
        }
    }

    @Override
    public void ended() {
        if (!over) {
            // What its peer has ended is still half open.
            end();
            listener.cut(new IOException("the connection was closed"));
        }
    }

    /** {@inheritDoc} A {@link Failure} is the peer's doing, which it would do again over the next connection: the session ends. */
    @Override
    public void failed(Throwable cause) {
        if (over) {
            return;
        }
        if (cause instanceof Failure mistake) {
            String text = mistake.reason();
            refuse(Refusal.PROTOCOL, text);
            listener.cut(new Refused(Refusal.PROTOCOL, "the peer makes no sense: " + text));
        } else {
            over = true;
            alarm.cancel();
            listener.cut(cause);
        }
    }

    private void watch() {
        alarm.set(silence, () -> {
            if (heard || paused) {
                // While we do not read, silence says nothing.
                heard = false;
                watch();
                return;
            }
            send(new Control.Ping(++pings));
            alarm.set(silence, this::judge);
        });
    }

    private void judge() {
        if (heard || paused) {
            heard = false;
            watch();
            return;
        }
        IOException gone = new IOException(
                "the peer has not answered a ping within " + silence + ": it is gone, or the network to it is");
        drop(gone);
        listener.cut(gone);
    }

    // ---- what goes

    void send(Control message) {
        socket.send(codec.write(message));
    }

    void send(byte[] message) {
        socket.send(ByteBuffer.wrap(message));
    }

    void pause() {
        paused = true;
        socket.pause();
    }

    void resume() {
        paused = false;
        socket.resume();
    }

    long queuedBytes() {
        return socket.queuedBytes();
    }

    Promise<Void> drained() {
        return socket.drained();
    }

    // ---- the end

    /** Says why not, and ends after that. */
    void refuse(Refusal why, String reason) {
        send(new Control.Refuse(why.word(), reason));
        end();
    }

    /** Ends after what is queued. */
    void end() {
        if (!over) {
            over = true;
            alarm.cancel();
            if (paused) {
                // The other side's end is to be heard, or the socket would never close.
                socket.resume();
            }
            socket.end();
        }
    }

    /** Ends at once. */
    void drop(Throwable cause) {
        if (!over) {
            over = true;
            alarm.cancel();
            socket.abort(cause);
        }
    }
}

package dev.capstan.net.port;

import dev.capstan.async.Address;
import dev.capstan.async.ByteStream;
import dev.capstan.async.Event;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.net.tls.TlsSession;
import java.util.Arrays;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** A stream whose first bytes were read by somebody else: it delivers them again, as if they had come when it was started. What comes before that is held. */
class Replayed implements ByteStream, ByteStream.Receiver {
    private final ByteStream stream;
    private final Delivery delivery;
    private byte[] held;
    private @Nullable Receiver to;
    private boolean paused;
    private boolean ended;
    private @Nullable Throwable failure;
    private boolean toldEnd;

    private Replayed(Loop loop, ByteStream stream, byte[] first) {
        this.stream = stream;
        this.held = first;
        this.delivery = new Delivery(loop);
        stream.pause();
    }

    /** {@code stream} was started, and tells its receiver's successor, which is what this returns, from now on. */
    static Replayed of(Loop loop, ByteStream stream, byte[] first) {
        return stream instanceof TlsSession session
                ? new OfTls(loop, session, first)
                : new Replayed(loop, stream, first);
    }

    private final class Delivery extends Event {
        Delivery(Loop loop) {
            super(loop);
        }

        void begin() {
            armBreadthFirst();
        }

        @Override
        protected void fire() {
            deliver();
        }
    }

    private void deliver() {
        Receiver receiver = to;
        if (receiver == null || paused) {
            return;
        }
        if (held.length > 0) {
            byte[] all = held;
            held = new byte[0];
            receive(receiver, all, 0, all.length);
        }
        tellEnd(receiver);
    }

    private void receive(Receiver receiver, byte[] array, int offset, int length) {
        try {
            receiver.received(array, offset, length);
        } catch (RuntimeException e) {
            stream.abort(e);
        }
    }

    private void tellEnd(Receiver receiver) {
        Throwable cause = failure;
        if (toldEnd || (cause == null && (paused || held.length > 0))) {
            return;
        }
        if (cause != null) {
            toldEnd = true;
            receiver.failed(cause);
        } else if (ended) {
            toldEnd = true;
            receiver.ended();
        }
    }

    // ---- what the stream below tells

    @Override
    public void received(byte[] array, int offset, int length) {
        Receiver receiver = to;
        if (receiver == null || held.length > 0 || paused) {
            int before = held.length;
            held = Arrays.copyOf(held, before + length);
            System.arraycopy(array, offset, held, before, length);
        } else {
            receiver.received(array, offset, length);
        }
    }

    @Override
    public void ended() {
        ended = true;
        Receiver receiver = to;
        if (receiver != null) {
            tellEnd(receiver);
        }
    }

    @Override
    public void failed(Throwable cause) {
        failure = cause;
        Receiver receiver = to;
        if (receiver != null) {
            tellEnd(receiver);
        }
    }

    // ---- what its owner does

    @Override
    public void start(Receiver receiver) {
        if (to != null) {
            throw new IllegalStateException("the stream was started before");
        }
        to = receiver;
        if (!paused) {
            stream.resume();
        }
        delivery.begin();
    }

    @Override
    public void pause() {
        paused = true;
        stream.pause();
    }

    @Override
    public void resume() {
        paused = false;
        if (to != null) {
            stream.resume();
            delivery.begin();
        }
    }

    @Override
    public void write(byte[] array, int offset, int length) {
        stream.write(array, offset, length);
    }

    @Override
    public long queuedBytes() {
        return stream.queuedBytes();
    }

    @Override
    public Promise<Void> drained() {
        return stream.drained();
    }

    @Override
    public void end() {
        stream.end();
    }

    @Override
    public void abort(Throwable cause) {
        stream.abort(cause);
    }

    @Override
    public @Nullable Address remote() {
        return stream.remote();
    }

    @Override
    public String toString() {
        return stream.toString();
    }

    /** One that still tells whose certificate was shown. */
    private static final class OfTls extends Replayed implements TlsSession {
        private final TlsSession session;

        OfTls(Loop loop, TlsSession session, byte[] first) {
            super(loop, session, first);
            this.session = session;
        }

        @Override
        public SSLSession session() {
            return session.session();
        }

        @Override
        public String protocol() {
            return session.protocol();
        }
    }
}

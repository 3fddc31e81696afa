package dev.capstan.net.http;

import dev.capstan.async.Event;
import dev.capstan.async.Loop;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The way of a request's body to its receiver: straight while that takes it, held while it is paused or not there yet. Exactly one end is told. */
final class Inbox extends Event {
    /** Small pieces are held together up to so many bytes: a client that sends single bytes must not cost an object for each. */
    private static final int TOGETHER = 4 << 10;

    /** Whose body it is. */
    interface Owner {
        /** Bytes that were held have been delivered. */
        void delivered(int bytes);

        /** The receiver threw: the exchange is over. It is told that it has failed, if it did not throw at that. */
        void threw(RuntimeException cause);
    }

    private static final class Piece {
        byte[] bytes;
        int length;

        Piece(byte[] array, int offset, int length) {
            this.bytes = Arrays.copyOfRange(array, offset, offset + length);
            this.length = length;
        }

        boolean add(byte[] array, int offset, int count) {
            if (length + count > TOGETHER) {
                return false;
            }
            if (length + count > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.min(TOGETHER, 2 * (length + count)));
            }
            System.arraycopy(array, offset, bytes, length, count);
            length += count;
            return true;
        }
    }

    private final Owner owner;
    private final ArrayDeque<Piece> held = new ArrayDeque<>();
    private Exchange.@Nullable Receiver receiver;
    private @Nullable IOException failure;
    private boolean paused;
    private boolean ended;
    private boolean toldEnd;
    private boolean closed;
    private boolean ready;

    Inbox(Loop loop, Owner owner) {
        super(loop);
        this.owner = owner;
    }

    void start(Exchange.Receiver to) {
        if (receiver != null) {
            throw new IllegalStateException("the exchange was started before");
        }
        receiver = to;
        armBreadthFirst();
    }

    boolean isStarted() {
        return receiver != null;
    }

    void pause() {
        paused = true;
    }

    void resume() {
        if (paused) {
            paused = false;
            armBreadthFirst();
        }
    }

    /** Whether the body has come to its end, delivered or not. */
    boolean isEnded() {
        return ended;
    }

    /** A piece has come; false if it is held. */
    boolean arrived(byte[] array, int offset, int length) {
        Exchange.Receiver to = receiver;
        if (closed) {
            return true;
        }
        if (to == null || paused || !held.isEmpty()) {
            Piece last = held.peekLast();
            if (last == null || !last.add(array, offset, length)) {
                held.add(new Piece(array, offset, length));
            }
            return false;
        }
        deliver(to, array, offset, length);
        return true;
    }

    private void deliver(Exchange.Receiver to, byte[] array, int offset, int length) {
        try {
            to.received(array, offset, length);
        } catch (RuntimeException e) {
            broke(e);
        }
    }

    private void broke(RuntimeException cause) {
        owner.threw(cause);
        closed = true;
        held.clear();
        failure = new IOException("what receives the request threw", cause);
        armBreadthFirst();
    }

    void ended() {
        ended = true;
        if (receiver != null && !paused && held.isEmpty()) {
            tellEnd();
        } else {
            armBreadthFirst();
        }
    }

    private void tellEnd() {
        Exchange.Receiver to = receiver;
        if (to != null && !toldEnd && !closed) {
            toldEnd = true;
            try {
                to.ended();
            } catch (RuntimeException e) {
                broke(e);
            }
        }
    }

    /** Nothing more comes or can be sent; told at once to a receiver that is there, in a turn of its own. */
    void failed(IOException cause) {
        if (!closed) {
            closed = true;
            failure = cause;
            held.clear();
            armBreadthFirst();
        }
    }

    /** The receiver is to hear nothing more. */
    void close() {
        closed = true;
        held.clear();
    }

    /** Tells the receiver that it may write again, in a turn of its own: this is called while the codec writes, and must not be written to. */
    void ready() {
        if (!closed) {
            ready = true;
            armBreadthFirst();
        }
    }

    private void tellReady(Exchange.Receiver to) {
        if (ready && !closed) {
            ready = false;
            try {
                to.ready();
            } catch (RuntimeException e) {
                broke(e);
            }
        }
    }

    @Override
    protected void fire() {
        Exchange.Receiver to = receiver;
        if (to == null) {
            return;
        }
        IOException broken = failure;
        if (broken != null) {
            failure = null;
            try {
                to.failed(broken);
            } catch (RuntimeException e) {
                owner.threw(e);
            }
            return;
        }
        tellReady(to);
        while (!paused && !closed && !held.isEmpty()) {
            Piece piece = held.remove();
            deliver(to, piece.bytes, 0, piece.length);
            owner.delivered(piece.length);
        }
        if (!paused && !closed && held.isEmpty() && ended) {
            tellEnd();
        }
    }
}

package dev.capstan.testkit;

import dev.capstan.async.MessageStream;
import dev.capstan.async.Promise;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One end of a connection in a {@link SimNetwork}.
 *
 * <p>It is over when both sides have ended and everything has arrived, or when it was aborted or disconnected. A message counts as queued until it has arrived, so that a peer
 * which is held back is seen as one that does not read.
 */
public final class SimStream implements MessageStream {
    private final SimNetwork.Host local;
    private final SimNetwork.Host remote;
    private final SimLane incoming;
    private @Nullable SimStream other;
    private @Nullable Throwable broken;
    private @Nullable Receiver receiver;
    private boolean ending;
    /** The receiver has heard its last. */
    private boolean heardEnd;

    SimStream(SimNetwork network, SimNetwork.Host local, SimNetwork.Host remote) {
        this.local = local;
        this.remote = remote;
        this.incoming = new SimLane(network, this);
    }

    void attach(SimStream peer) {
        other = peer;
        peer.other = this;
    }

    private SimStream peer() {
        SimStream known = other;
        if (known == null) {
            throw new AssertionError("a stream has two ends");
        }
        return known;
    }

    /** The host at this end. */
    public SimNetwork.Host local() {
        return local;
    }

    /** The host at the other end. */
    public SimNetwork.Host remote() {
        return remote;
    }

    /** What comes here. */
    public SimLane incoming() {
        return incoming;
    }

    /** What goes from here. */
    public SimLane outgoing() {
        return peer().incoming;
    }

    /** Whether anything can still be sent or received, or is on its way from here. */
    public boolean isOpen() {
        return broken == null && !(ending && heardEnd && !outgoing().isBusy());
    }

    /** The network loses the connection: both ends hear {@code cause}, and what is on its way is lost. */
    public void disconnect(Throwable cause) {
        peer().breakWith(cause);
        breakWith(cause);
    }

    @Override
    public void start(Receiver to) {
        if (receiver != null) {
            throw new IllegalStateException("the stream was started before");
        }
        receiver = to;
        incoming.resume();
    }

    @Override
    public void pause() {
        incoming.pause();
    }

    @Override
    public void resume() {
        incoming.resume();
    }

    @Override
    public void send(ByteBuffer... pieces) {
        if (ending || broken != null) {
            return;
        }
        int length = 0;
        for (ByteBuffer piece : pieces) {
            length = Math.addExact(length, piece.remaining());
        }
        byte[] frame = new byte[length];
        int at = 0;
        for (ByteBuffer piece : pieces) {
            int count = piece.remaining();
            piece.duplicate().get(frame, at, count);
            at += count;
        }
        local.sending(frame);
        outgoing().add(frame);
    }

    @Override
    public long queuedBytes() {
        return outgoing().heldBytes();
    }

    @Override
    public Promise<Void> drained() {
        return broken != null ? Promise.failed(broken) : outgoing().drained();
    }

    @Override
    public void end() {
        if (!ending && broken == null) {
            ending = true;
            outgoing().addEnd();
        }
    }

    @Override
    public void abort(Throwable cause) {
        if (isOpen()) {
            peer().breakWith(new IOException(local + " aborted the connection", cause));
            breakWith(cause);
        }
    }

    private void breakWith(Throwable cause) {
        if (!isOpen()) {
            return;
        }
        broken = cause;
        incoming.breakWith(cause);
    }

    // ---- for the lane that leads here

    boolean isStarted() {
        return receiver != null;
    }

    void deliver(byte[] frame) {
        Receiver to = receiver;
        if (to != null) {
            local.receiving();
            to.received(frame, 0, frame.length, false);
        }
    }

    void deliverEnd() {
        Receiver to = receiver;
        if (to != null) {
            heardEnd = true;
            to.ended();
        }
    }

    void deliverFailure(Throwable cause) {
        Receiver to = receiver;
        if (to != null && !heardEnd) {
            heardEnd = true;
            to.failed(cause);
        }
    }

    @Override
    public String toString() {
        return local + "-" + remote + (isOpen() ? "" : " (over)");
    }
}

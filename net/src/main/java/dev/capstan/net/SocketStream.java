package dev.capstan.net;

import dev.capstan.async.Address;
import dev.capstan.async.ByteStream;
import dev.capstan.async.Completer;
import dev.capstan.async.Event;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One connected socket.
 *
 * <p><b>Output</b> is copied into chunks as it is written and leaves at the end of the turn in one system call, {@code send} for one chunk
 * and {@code writev} for several. What the system does not take stays in the chunks until it says that the socket can be written again.
 *
 * <p><b>Input</b> is read into the loop's own buffer, copied once into the loop's own array, and lent to the receiver right from the port's
 * poll: the receiver arms events at most, and the turn that follows runs them. A read that does not fill the buffer is the last one, so a
 * small message costs one read. Pausing only sets a flag; the system is told to keep quiet when it has something to say meanwhile.
 *
 * <p><b>The end.</b> {@code inputEnded} and {@code outputEnded} make the socket close; {@code broken} closes it at once. The receiver hears
 * its last word from an event of its own, after everything that was delivered before. What arrives while the receiver is paused and cannot
 * be left with the system (because the peer is gone, and the system would never stop telling) is held here; it is no more than the system
 * had in its buffer.
 */
final class SocketStream implements ByteStream, Watched.Ready, Loop.TurnEnd {
    private static final Logger LOG = System.getLogger(SocketStream.class.getName());
    /** After so many calls without being told to stop, others get their turn. */
    private static final int WRITES_PER_FLUSH = 16;

    private final NettyNetwork network;
    private final Loop loop;
    private final Wire wire;
    private final Delivery delivery;

    private @Nullable Receiver receiver;
    private boolean paused;
    private byte[] held = new byte[0];
    private int heldLength;
    private boolean readAsked;
    private boolean inputEnded;

    private final ArrayDeque<Chunk> output = new ArrayDeque<>();
    private final ArrayDeque<Drain> drains = new ArrayDeque<>();
    private long queuedBytes;
    private long handedOverBytes;
    private boolean dirty;
    private boolean writeBlocked;
    private boolean endQueued;
    private boolean outputEnded;
    private boolean warned;

    private @Nullable Throwable broken;
    private boolean closed;
    private boolean over;

    /** How many system calls have carried output; for tests. */
    int writeCalls;

    private record Drain(long atBytes, Completer<Void> completer) {}

    SocketStream(NettyNetwork network, Wire wire) {
        this.network = network;
        this.loop = network.loop();
        this.wire = wire;
        this.delivery = new Delivery(loop);
        wire.onReady(this);
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
    }

    @Override
    public void resume() {
        if (paused) {
            paused = false;
            delivery.arm();
        }
    }

    private boolean isReading() {
        return receiver != null && !paused;
    }

    /** Tells what was held, asks for more, and has the last word. In a turn, never inside the owner's own call. */
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
            if (to == null || over) {
                return;
            }
            if (broken == null && heldLength > 0 && !paused) {
                byte[] array = held;
                int length = heldLength;
                held = new byte[0];
                heldLength = 0;
                receive(to, array, length);
            }
            if (broken != null) {
                over = true;
                to.failed(broken);
            } else if (paused) {
                return;
            } else if (inputEnded) {
                over = true;
                to.ended();
            } else {
                askToRead(true);
            }
        }
    }

    private void receive(Receiver to, byte[] array, int length) {
        try {
            to.received(array, 0, length);
        } catch (Throwable e) {
            abort(e);
        }
    }

    @Override
    public void ready(boolean readable, boolean writable, boolean hungUp) {
        if (closed) {
            return;
        }
        if ((writable || hungUp) && !output.isEmpty()) {
            writeBlocked = false;
            writeOutput();
        }
        if (closed) {
            return;
        }
        if (inputEnded) {
            if (hungUp) {
                hungUpAfterEnd();
            }
        } else if (hungUp) {
            // The peer is gone and the system would tell again and again: take everything, the end included.
            readInput(Integer.MAX_VALUE);
        } else if (readable && isReading()) {
            readInput(network.limits().readsPerWake());
        } else if (readable) {
            askToRead(false);
        }
    }

    private void readInput(int reads) {
        try {
            for (int i = 0; i < reads; i++) {
                int count = wire.read(network.inputChunk());
                if (count < 0) {
                    endInput();
                    return;
                }
                if (count > 0) {
                    arrived(count);
                }
                boolean mayHaveMore = count == network.inputChunk().buffer.capacity();
                if (closed || (!mayHaveMore && reads != Integer.MAX_VALUE) || count == 0) {
                    return;
                }
                if (!isReading() && reads != Integer.MAX_VALUE) {
                    return;
                }
            }
        } catch (IOException | RuntimeException e) {
            breakWith(SocketTexts.broken(wire.peer(), e), false);
        }
    }

    private void arrived(int count) {
        byte[] array = network.inputArray();
        network.inputChunk().buffer.get(0, array, 0, count);
        Receiver to = receiver;
        if (to != null && !paused && heldLength == 0) {
            receive(to, array, count);
        } else {
            hold(array, count);
        }
    }

    private void hold(byte[] array, int count) {
        if (held.length - heldLength < count) {
            held = Arrays.copyOf(held, Math.max(heldLength + count, 2 * held.length));
        }
        System.arraycopy(array, 0, held, heldLength, count);
        heldLength += count;
    }

    private void endInput() {
        inputEnded = true;
        delivery.arm();
        if (outputEnded) {
            shut();
        } else {
            askToRead(false);
        }
    }

    /** The peer has ended and is gone by now. Nothing is left to be told, but for an error that ends our output as well. */
    private void hungUpAfterEnd() {
        IOException error = wire.error();
        if (error != null) {
            breakWith(SocketTexts.broken(wire.peer(), error), false);
        } else {
            wire.deregister();
        }
    }

    private void askToRead(boolean wanted) {
        readAsked = wanted;
        updateInterest();
    }

    private void updateInterest() {
        if (closed) {
            return;
        }
        try {
            wire.interest(readAsked && !inputEnded, writeBlocked);
        } catch (IOException | RuntimeException e) {
            breakWith(SocketTexts.broken(wire.peer(), e), false);
        }
    }

    // ---- output

    @Override
    public void write(byte[] array, int offset, int length) {
        if (endQueued || broken != null || length == 0) {
            return;
        }
        int at = offset;
        int left = length;
        while (left > 0) {
            Chunk chunk = output.peekLast();
            if (chunk == null || chunk.room() == 0) {
                chunk = network.chunks().take();
                output.add(chunk);
            }
            int count = Math.min(left, chunk.room());
            chunk.put(array, at, count);
            at += count;
            left -= count;
        }
        queuedBytes += length;
        becomeDirty();
    }

    private void becomeDirty() {
        if (!dirty) {
            dirty = true;
            loop.handOverAtTurnEnd(this);
        }
    }

    @Override
    public void turnEnded() {
        dirty = false;
        if (!closed && !writeBlocked) {
            writeOutput();
        }
    }

    /** Hands over what the system takes; the rest waits until it says that the socket can be written. */
    private void writeOutput() {
        try {
            int calls = 0;
            while (!output.isEmpty() && !writeBlocked) {
                Chunk single = output.size() == 1 ? output.getFirst() : null;
                long offered = single != null ? single.length() : queuedBytes;
                long taken = single != null ? wire.write(single) : wire.write(output);
                writeCalls++;
                handedOver(taken);
                writeBlocked = taken == 0 || (single != null && taken < offered) || ++calls == WRITES_PER_FLUSH;
            }
            writeBlocked &= !output.isEmpty();
            updateInterest();
            if (output.isEmpty() && endQueued && !outputEnded && !closed) {
                outputEnded = true;
                wire.shutdownOutput();
                if (inputEnded) {
                    shut();
                }
            }
        } catch (IOException | RuntimeException e) {
            writeFailed(e);
            return;
        }
        warnOfQueue();
    }

    /** The peer may have said why before it went: that is still to be heard. */
    private void writeFailed(Exception e) {
        if (!inputEnded) {
            readInput(Integer.MAX_VALUE);
        }
        breakWith(SocketTexts.broken(wire.peer(), e), false);
    }

    private void handedOver(long count) {
        handedOverBytes += count;
        queuedBytes -= count;
        long left = count;
        while (left > 0) {
            Chunk first = output.getFirst();
            int taken = (int) Math.min(left, first.length());
            first.start += taken;
            left -= taken;
            if (first.length() == 0) {
                network.chunks().give(output.removeFirst());
            }
        }
        for (Drain first = drains.peek(); first != null && first.atBytes() <= handedOverBytes; first = drains.peek()) {
            drains.remove().completer().complete(Promise.nothing());
        }
    }

    private void warnOfQueue() {
        boolean much = queuedBytes > network.limits().maxQueuedBytes();
        if (much && !warned) {
            LOG.log(
                    Level.WARNING,
                    "{0} bytes are queued for {1}, which does not read them: wait for drained() before writing more",
                    queuedBytes,
                    wire.peer());
        }
        warned = much;
    }

    @Override
    public long queuedBytes() {
        return queuedBytes;
    }

    @Override
    public Promise<Void> drained() {
        if (broken != null) {
            return Promise.failed(broken);
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
        if (!endQueued && broken == null) {
            endQueued = true;
            becomeDirty();
        }
    }

    @Override
    public void abort(Throwable cause) {
        if (!closed) {
            breakWith(cause, true);
        }
    }

    /** The network closes: hand over what the system takes at once, then be gone. */
    void closeNow(IOException cause) {
        if (!closed) {
            turnEnded();
        }
        if (!closed) {
            breakWith(cause, false);
        }
    }

    @Override
    public void loopClosed() {
        if (!closed) {
            breakWith(new IOException("the loop of the connection with " + wire.peer() + " has stopped"), false);
        }
    }

    private void breakWith(Throwable cause, boolean abortive) {
        if (closed) {
            return;
        }
        broken = cause;
        held = new byte[0];
        heldLength = 0;
        if (abortive) {
            wire.abortive();
        }
        shut();
        while (!output.isEmpty()) {
            network.chunks().give(output.removeFirst());
        }
        queuedBytes = 0;
        while (!drains.isEmpty()) {
            drains.remove().completer().fail(cause);
        }
        delivery.arm();
    }

    private void shut() {
        closed = true;
        wire.dispose();
        network.forget(this);
    }

    @Override
    public @Nullable Address remote() {
        return wire.address();
    }

    @Override
    public String toString() {
        return "connection with " + wire.peer();
    }
}

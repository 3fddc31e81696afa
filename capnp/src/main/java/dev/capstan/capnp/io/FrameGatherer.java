package dev.capstan.capnp.io;

import dev.capstan.capnp.Limits;
import dev.capstan.capnp.MessageException;
import dev.capstan.capnp.MessageReader;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cuts bytes, which arrive in pieces of any size, into messages.
 *
 * <p>A message that arrives in one piece is passed on where it lies; only one that is cut by the transport is gathered in an array of its
 * own. The size that a segment table claims is checked against the limits before anything is allocated, and memory is only taken for what has come:
 * many connections that claim much and send nothing cost little.
 */
final class FrameGatherer {
    /** Told of a message; if it is lent, the array is valid until this returns. */
    interface Sink {
        void message(byte[] array, int offset, int length, boolean lent);
    }

    private static final int HEADER_ROOM = 512;
    /** Room that a message gets on the word of its segment table; it grows with what really comes. */
    private static final int FIRST_ROOM = 64 << 10;

    private static final long LARGEST_ARRAY = Integer.MAX_VALUE - 16;

    private final Limits limits;
    private final Sink sink;
    /** Bytes of a message that is not complete: all of it, once its size is known. */
    private byte @Nullable [] partial;

    private int have;
    /** Size of the message being gathered; -1 while its segment table is incomplete. */
    private long need;

    private long position;

    FrameGatherer(Limits limits, Sink sink) {
        this.limits = limits;
        this.sink = sink;
    }

    /** Whether the bytes may end here. */
    boolean isBetweenMessages() {
        return partial == null;
    }

    /** How many bytes were taken. */
    long position() {
        return position;
    }

    /**
     * Takes bytes from {@code from} until one message is complete, which the sink is told of, or until {@code end}; returns how far it came.
     *
     * @throws MessageException if the message is beyond the limits
     */
    int take(byte[] array, int from, int end) {
        if (from == end) {
            return end;
        }
        int at = partial == null ? whole(array, from, end) : from;
        while (at < end && partial != null) {
            at = gather(partial, array, at, end);
        }
        position += at - from;
        return at;
    }

    private long size(byte[] array, int offset, int available) {
        long size = MessageReader.frameBytes(array, offset, available, limits);
        if (size > LARGEST_ARRAY) {
            throw MessageException.inFrame(
                    "A message of " + size + " bytes is too large for a stream: map the file", position);
        }
        return size;
    }

    /** Passes on the message at {@code at}, or begins to gather it; returns where to go on. */
    private int whole(byte[] array, int at, int end) {
        long size = size(array, at, end - at);
        if (size >= 0 && size <= end - at) {
            sink.message(array, at, (int) size, true);
            return at + (int) size;
        }
        need = size;
        have = end - at;
        byte[] room = new byte[size < 0 ? Math.max(HEADER_ROOM, have) : grown(0, have)];
        System.arraycopy(array, at, room, 0, have);
        partial = room;
        return end;
    }

    private int gather(byte[] room, byte[] array, int at, int end) {
        if (need < 0) {
            return gatherTable(room, array, at, end);
        }
        byte[] target = room;
        int piece = (int) Math.min(need - have, end - at);
        if (target.length - have < piece) {
            target = Arrays.copyOf(target, grown(target.length, have + piece));
            partial = target;
        }
        System.arraycopy(array, at, target, have, piece);
        have += piece;
        if (have == need) {
            pass(target);
        }
        return at + piece;
    }

    private void pass(byte[] message) {
        partial = null;
        sink.message(message, 0, have, false);
    }

    /** The next size of an array for a message whose size is known: doubling, but never more than the message. */
    private int grown(int room, int atLeast) {
        return Math.toIntExact(Math.min(need, Math.max(Math.max(FIRST_ROOM, 2L * room), atLeast)));
    }

    /** The segment table itself was cut: take bytes one word at a time until the size is known. */
    private int gatherTable(byte[] room, byte[] array, int at, int end) {
        byte[] target = room;
        int next = at;
        while (next < end && need < 0) {
            int piece = Math.min(end - next, 8 - have % 8);
            if (have + piece > target.length) {
                target = Arrays.copyOf(target, target.length * 2);
            }
            System.arraycopy(array, next, target, have, piece);
            have += piece;
            next += piece;
            need = size(target, 0, have);
        }
        partial = target;
        if (have == need) {
            pass(target);
        }
        return next;
    }
}

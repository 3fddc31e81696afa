package dev.capstan.capnp.rpc;

import dev.capstan.async.ByteStream;
import dev.capstan.async.MessageStream;
import dev.capstan.async.Promise;
import dev.capstan.capnp.MessageException;
import dev.capstan.capnp.MessageReader;
import java.io.EOFException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Messages over a byte stream: each is a segment table and its segments, without any other length (the stream framing of Cap'n Proto).
 *
 * <p>A message that arrives in one piece is passed on where it lies; only one that is cut by the transport is gathered in an array of its
 * own. The size that a segment table claims is checked against the limits before anything is allocated, and memory is only taken for what has come:
 * many connections that claim much and send nothing cost little.
 */
public final class FrameStream implements MessageStream {
    private static final int HEADER_ROOM = 512;
    /** Room that a message gets on the word of its segment table; it grows with what really comes. */
    private static final int FIRST_ROOM = 64 << 10;

    private final ByteStream bytes;
    private final dev.capstan.capnp.Limits limits;

    /** Takes over {@code bytes}; messages beyond {@code limits} break the stream. */
    public FrameStream(ByteStream bytes, dev.capstan.capnp.Limits limits) {
        this.bytes = bytes;
        this.limits = limits;
    }

    @Override
    public void start(Receiver receiver) {
        bytes.start(new Gatherer(receiver));
    }

    /** Cuts the bytes into messages. */
    private final class Gatherer implements ByteStream.Receiver {
        private final Receiver receiver;
        /** Bytes of a message that is not complete: all of it, once its size is known. */
        private byte @Nullable [] partial;

        private int have;
        /** Size of the message being gathered; -1 while its segment table is incomplete. */
        private long need;

        private boolean over;

        Gatherer(Receiver receiver) {
            this.receiver = receiver;
        }

        @Override
        public void received(byte[] array, int offset, int length) {
            int at = offset;
            int end = offset + length;
            try {
                while (at < end && !over) {
                    at = partial == null ? whole(array, at, end) : gather(array, at, end);
                }
            } catch (MessageException e) {
                over = true;
                receiver.failed(e);
                bytes.abort(e);
            }
        }

        /** Passes on the message at {@code at}, or begins to gather it; returns where to go on. */
        private int whole(byte[] array, int at, int end) {
            long size = MessageReader.frameBytes(array, at, end - at, limits);
            if (size >= 0 && size <= end - at) {
                receiver.received(array, at, (int) size, true);
                return at + (int) size;
            }
            need = size;
            have = end - at;
            byte[] room = new byte[size < 0 ? Math.max(HEADER_ROOM, have) : grown(0, have)];
            System.arraycopy(array, at, room, 0, have);
            partial = room;
            return end;
        }

        private int gather(byte[] array, int at, int end) {
            byte[] room = partial;
            if (room == null) {
                return at;
            }
            if (need < 0) {
                return gatherTable(room, array, at, end);
            }
            int piece = (int) Math.min(need - have, end - at);
            if (room.length - have < piece) {
                room = Arrays.copyOf(room, grown(room.length, have + piece));
                partial = room;
            }
            System.arraycopy(array, at, room, have, piece);
            have += piece;
            if (have == need) {
                partial = null;
                receiver.received(room, 0, have, false);
            }
            return at + piece;
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
                need = MessageReader.frameBytes(target, 0, have, limits);
            }
            if (have == need) {
                partial = null;
                receiver.received(target, 0, have, false);
                return next;
            }
            partial = target;
            return next;
        }

        @Override
        public void ended() {
            if (over) {
                return;
            }
            over = true;
            if (partial != null) {
                receiver.failed(new EOFException("Premature EOF: the stream ended inside a message"));
            } else {
                receiver.ended();
            }
        }

        @Override
        public void failed(Throwable cause) {
            if (!over) {
                over = true;
                receiver.failed(cause);
            }
        }
    }

    @Override
    public void pause() {
        bytes.pause();
    }

    @Override
    public void resume() {
        bytes.resume();
    }

    @Override
    public void send(ByteBuffer... pieces) {
        for (ByteBuffer piece : pieces) {
            bytes.write(piece.array(), piece.arrayOffset() + piece.position(), piece.remaining());
        }
    }

    @Override
    public long queuedBytes() {
        return bytes.queuedBytes();
    }

    @Override
    public Promise<Void> drained() {
        return bytes.drained();
    }

    @Override
    public void end() {
        bytes.end();
    }

    @Override
    public void abort(Throwable cause) {
        bytes.abort(cause);
    }
}

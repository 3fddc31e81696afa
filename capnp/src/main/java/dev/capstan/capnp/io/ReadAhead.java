package dev.capstan.capnp.io;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that were delivered and have not become messages yet. They are kept as they came, packed ones packed: two packed bytes may stand for 2 KiB of messages, which nobody has asked for.
 */
final class ReadAhead {
    /** How much is unpacked at a time. */
    private static final int ROOM = 8192;

    private static final byte[] NOTHING = {};

    private final FrameGatherer frames;
    private final @Nullable Unpacker unpacker;

    /** What was delivered, between {@link #at} and {@link #end}; the stream's own array while {@link #lent}. */
    private byte[] delivered = NOTHING;

    private int at;
    private int end;
    private boolean lent;

    /** What was unpacked, between {@link #wordsAt} and {@link #wordsEnd}. */
    private byte[] words = NOTHING;

    private int wordsAt;
    private int wordsEnd;

    ReadAhead(FrameGatherer frames, @Nullable Unpacker unpacker) {
        this.frames = frames;
        this.unpacker = unpacker;
    }

    /** Adds what the stream lends until {@link #keep}. */
    void add(byte[] array, int offset, int length) {
        if (at == end) {
            delivered = array;
            at = offset;
            end = offset + length;
            lent = true;
            return;
        }
        byte[] all = Arrays.copyOfRange(delivered, at, Math.addExact(end, length));
        System.arraycopy(array, offset, all, end - at, length);
        end += length - at;
        at = 0;
        delivered = all;
    }

    /** The stream takes back what it has lent. */
    void keep() {
        if (at == end) {
            delivered = NOTHING;
            at = 0;
            end = 0;
        } else if (lent) {
            delivered = Arrays.copyOfRange(delivered, at, end);
            end -= at;
            at = 0;
        }
        lent = false;
    }

    /** Passes on the next message if it is complete; else everything is with the gatherer. */
    void advance() {
        if (unpacker == null) {
            at = frames.take(delivered, at, end);
            return;
        }
        do {
            if (wordsAt == wordsEnd) {
                if (words.length == 0) {
                    words = new byte[ROOM];
                }
                at = unpacker.unpack(delivered, at, end, words, 0, ROOM);
                wordsAt = 0;
                wordsEnd = unpacker.written();
            }
            if (wordsEnd == 0) {
                return;
            }
            wordsAt = frames.take(words, wordsAt, wordsEnd);
        } while (!frames.isBetweenMessages());
    }

    /** Whether the stream may end here, once {@link #advance} has found no message. */
    boolean isBetweenMessages() {
        return frames.isBetweenMessages() && (unpacker == null || unpacker.isBetweenWords());
    }

    /** How many bytes of messages have been taken, unpacked ones if they are packed. */
    long position() {
        return frames.position();
    }
}

package dev.capstan.capnp;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The frame of a message in a stream: the number of segments less one, the size of each in words (all as 32-bit numbers),
 * padding to a whole word, then the segments. Source: capnproto.org/encoding.html#serialization-over-a-stream.
 */
final class StreamFrame {
    private StreamFrame() {}

    /** See {@link MessageReader#frameBytes}. */
    static long size(byte[] array, int offset, int available, Limits limits) {
        if (available < 4) {
            return -1;
        }
        // One less is sent than there are, so all ones must not become zero.
        long segments = unsigned(array, offset) + 1;
        if (segments > limits.segments()) {
            throw MessageException.inFrame(
                    "Message has too many segments. It claims " + segments + ", of " + limits.segments()
                            + " allowed; is the sender speaking Cap'n Proto?",
                    0);
        }
        long header = headerBytes(segments);
        if (available < header) {
            return -1;
        }
        long words = 0;
        for (int i = 1; i <= segments; i++) {
            words += unsigned(array, offset + 4 * i);
        }
        if (words > limits.traversalWords()) {
            throw MessageException.inFrame(
                    "Message is too large: " + words + " words, of " + limits.traversalWords()
                            + " allowed; if it is legitimate, raise Limits.traversalWords.",
                    0);
        }
        return header + 8 * words;
    }

    static ReaderArena parse(byte[] frame, int offset, int length, Limits limits) {
        Objects.checkFromIndexSize(offset, length, frame.length);
        long size = size(frame, offset, length, limits);
        if (size < 0) {
            throw MessageException.inFrame("Message ends prematurely in its segment table.", length);
        }
        if (size > length) {
            throw MessageException.inFrame(
                    "Message ends prematurely: its frame takes " + size + " bytes, of which " + length + " are there.",
                    length);
        }
        int segments = (int) unsigned(frame, offset) + 1;
        ReaderArena arena = new ReaderArena(limits);
        arena.segmentCount(segments);
        int start = offset + (int) headerBytes(segments);
        for (int id = 0; id < segments; id++) {
            // The sum of all sizes is no more than length, so nothing overflows here.
            int end = start + 8 * (int) unsigned(frame, offset + 4 + 4 * id);
            arena.segment(id, frame, start, end);
            start = end;
        }
        return arena;
    }

    private static long headerBytes(long segments) {
        return (segments / 2 + 1) * 8;
    }

    private static long unsigned(byte[] array, int at) {
        return (array[at] & 0xff)
                | (array[at + 1] & 0xff) << 8
                | (array[at + 2] & 0xff) << 16
                | (array[at + 3] & 0xffL) << 24;
    }

    private static void putInt(byte[] array, int at, int value) {
        array[at] = (byte) value;
        array[at + 1] = (byte) (value >>> 8);
        array[at + 2] = (byte) (value >>> 16);
        array[at + 3] = (byte) (value >>> 24);
    }

    static List<ByteBuffer> segments(BuilderArena arena) {
        List<ByteBuffer> segments = new ArrayList<>(arena.segmentCount());
        for (int id = 0; id < arena.segmentCount(); id++) {
            segments.add(content(arena.segmentAt(id)).slice());
        }
        return segments;
    }

    private static ByteBuffer content(HeapSegment segment) {
        return ByteBuffer.wrap(segment.array, (int) segment.start, (int) (segment.end - segment.start));
    }

    static long size(BuilderArena arena) {
        return headerBytes(arena.segmentCount()) + 8 * arena.sizeWords();
    }

    static void write(BuilderArena arena, byte[] target, int offset) {
        Objects.checkFromIndexSize(offset, size(arena), target.length);
        int at = offset + writeHeader(arena, target, offset);
        for (int id = 0; id < arena.segmentCount(); id++) {
            HeapSegment segment = arena.segmentAt(id);
            int bytes = (int) (segment.end - segment.start);
            System.arraycopy(segment.array, (int) segment.start, target, at, bytes);
            at += bytes;
        }
    }

    private static int writeHeader(BuilderArena arena, byte[] target, int offset) {
        int segments = arena.segmentCount();
        putInt(target, offset, segments - 1);
        for (int id = 0; id < segments; id++) {
            HeapSegment segment = arena.segmentAt(id);
            putInt(target, offset + 4 + 4 * id, (int) ((segment.end - segment.start) >> 3));
        }
        int bytes = (int) headerBytes(segments);
        if (segments % 2 == 0) {
            putInt(target, offset + bytes - 4, 0);
        }
        return bytes;
    }

    static ByteBuffer[] pieces(BuilderArena arena) {
        int segments = arena.segmentCount();
        HeapSegment first = arena.segmentAt(0);
        if (segments == 1) {
            writeHeader(arena, first.array, 0);
            return new ByteBuffer[] {ByteBuffer.wrap(first.array, 0, (int) first.end)};
        }
        ByteBuffer[] pieces = new ByteBuffer[segments + 1];
        byte[] header = new byte[(int) headerBytes(segments)];
        writeHeader(arena, header, 0);
        pieces[0] = ByteBuffer.wrap(header);
        for (int id = 0; id < segments; id++) {
            pieces[id + 1] = content(arena.segmentAt(id));
        }
        return pieces;
    }
}

package dev.capstan.capnp;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The frame of a message in a stream: the number of segments less one, the size of each in words (all as 32-bit numbers),
 * padding to a whole word, then the segments. Source: capnproto.org/encoding.html#serialization-over-a-stream.
 */
final class StreamFrame {
    private static final long LARGEST_PIECE = 1L << 30;

    /** Most bytes of a table that is copied out of memory of any size: more than 250 million segments. */
    private static final long LARGEST_TABLE = 1L << 30;

    private static final int COPY_BYTES = 1 << 16;

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
                    "Message has too many segments. It claims " + segments + ", of " + limits.segments() + " allowed; "
                            + sender(array, offset),
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

    /** Who may have sent four bytes that are no table of segments. */
    private static String sender(byte[] array, int offset) {
        String text = new String(array, offset, 4, StandardCharsets.ISO_8859_1);
        if (text.chars().allMatch(each -> each > ' ' && each < 127)) {
            return "its first bytes are the text \"" + text + "\", so the sender speaks another protocol"
                    + (text.equals("HTTP") ? ", HTTP." : ".");
        }
        return text.startsWith("\u0015\u0003")
                ? "its first bytes are an alert of TLS, so the sender wants TLS."
                : "is the sender speaking Cap'n Proto?";
    }

    static ReaderArena parse(byte[] frame, int offset, int length, Limits limits) {
        ReaderArena arena = new ReaderArena(limits);
        parse(frame, offset, length, arena);
        return arena;
    }

    /** As {@link #parse(byte[], int, int, Limits)} into an arena that may have held another message. */
    static void parse(byte[] frame, int offset, int length, ReaderArena arena) {
        Objects.checkFromIndexSize(offset, length, frame.length);
        long size = size(frame, offset, length, arena.limits());
        if (size < 0) {
            throw MessageException.inFrame("Message ends prematurely in its segment table.", length);
        }
        if (size > length) {
            throw tooShort(size, length);
        }
        int segments = (int) unsigned(frame, offset) + 1;
        arena.restart();
        arena.segmentCount(segments);
        int start = offset + (int) headerBytes(segments);
        for (int id = 0; id < segments; id++) {
            // The sum of all sizes is no more than length, so nothing overflows here.
            int end = start + 8 * (int) unsigned(frame, offset + 4 + 4 * id);
            arena.heapSegment(id, frame, start, end);
            start = end;
        }
    }

    /** As {@link #parse(byte[], int, int, Limits)} for memory of any size. */
    static ReaderArena parse(MemorySegment frame, Limits limits) {
        long length = frame.byteSize();
        byte[] header = header(frame, limits);
        long size = size(header, 0, header.length, limits);
        if (size < 0) {
            throw MessageException.inFrame("Message ends prematurely in its segment table.", length);
        }
        if (size > length) {
            throw tooShort(size, length);
        }
        int segments = (int) unsigned(header, 0) + 1;
        ReaderArena arena = new ReaderArena(limits);
        arena.segmentCount(segments);
        long start = headerBytes(segments);
        for (int id = 0; id < segments; id++) {
            long end = start + 8 * unsigned(header, 4 + 4 * id);
            arena.segment(id, new NativeSegment(arena, id, frame, start, end));
            start = end;
        }
        return arena;
    }

    /** As much as is there of the table of segments; of a table beyond the limit only the number of segments. */
    private static byte[] header(MemorySegment frame, Limits limits) {
        byte[] header = new byte[(int) Math.min(frame.byteSize(), 4)];
        MemorySegment.copy(frame, ValueLayout.JAVA_BYTE, 0, header, 0, header.length);
        if (header.length < 4) {
            return header;
        }
        long segments = unsigned(header, 0) + 1;
        if (segments > limits.segments()) {
            return header;
        }
        long bytes = Math.min(frame.byteSize(), headerBytes(segments));
        if (bytes > LARGEST_TABLE) {
            throw MessageException.inFrame(
                    "Message has a table of " + segments + " segments, which takes " + bytes
                            + " bytes and is too large to be read; lower Limits.segments.",
                    0);
        }
        header = new byte[(int) bytes];
        MemorySegment.copy(frame, ValueLayout.JAVA_BYTE, 0, header, 0, header.length);
        return header;
    }

    private static MessageException tooShort(long size, long length) {
        return MessageException.inFrame(
                "Message ends prematurely: its frame takes " + size + " bytes, of which " + length + " are there.",
                length);
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

    static List<ByteBuffer> segments(BuilderArena arena) {
        List<ByteBuffer> segments = new ArrayList<>(arena.segmentCount());
        for (int id = 0; id < arena.segmentCount(); id++) {
            Segment segment = arena.segmentAt(id);
            long bytes = segment.end - segment.start;
            if (bytes > Integer.MAX_VALUE) {
                throw new IllegalStateException(
                        "A segment of " + bytes + " bytes does not fit a buffer; send frame() piece by piece.");
            }
            segments.add(segment.buffer(segment.start, (int) bytes));
        }
        return segments;
    }

    static long size(BuilderArena arena) {
        return headerBytes(arena.segmentCount()) + 8 * arena.sizeWords();
    }

    static void write(BuilderArena arena, byte[] target, int offset) {
        Objects.checkFromIndexSize(offset, size(arena), target.length);
        int at = offset + writeHeader(arena, target, offset);
        for (int id = 0; id < arena.segmentCount(); id++) {
            Segment segment = arena.segmentAt(id);
            int bytes = (int) (segment.end - segment.start);
            segment.getBytes(segment.start, target, at, bytes);
            at += bytes;
        }
    }

    private static int writeHeader(BuilderArena arena, byte[] target, int offset) {
        int segments = arena.segmentCount();
        HeapSegment.put(target, offset, segments - 1);
        for (int id = 0; id < segments; id++) {
            HeapSegment.put(target, offset + 4 + 4 * id, words(arena.segmentAt(id)));
        }
        int bytes = (int) headerBytes(segments);
        if (segments % 2 == 0) {
            HeapSegment.put(target, offset + bytes - 4, 0);
        }
        return bytes;
    }

    private static int words(Segment segment) {
        return (int) ((segment.end - segment.start) >> 3);
    }

    /** The header of a frame with one segment, into the room that is left for it in front of that. */
    private static void writeSpare(Segment only) {
        only.putInt(0, 0);
        only.putInt(4, words(only));
    }

    static void write(BuilderArena arena, OutputStream out) throws IOException {
        if (arena.segmentCount() == 1 && arena.hasSpare() && arena.segmentAt(0) instanceof HeapSegment only) {
            writeSpare(only);
            out.write(only.array, 0, (int) only.end);
            return;
        }
        for (ByteBuffer piece : pieces(arena)) {
            if (piece.hasArray()) {
                out.write(piece.array(), piece.arrayOffset() + piece.position(), piece.remaining());
            } else {
                writeCopy(piece, out);
            }
        }
    }

    private static void writeCopy(ByteBuffer piece, OutputStream out) throws IOException {
        byte[] copy = new byte[Math.min(piece.remaining(), COPY_BYTES)];
        while (piece.hasRemaining()) {
            int count = Math.min(piece.remaining(), copy.length);
            piece.get(copy, 0, count);
            out.write(copy, 0, count);
        }
    }

    static ByteBuffer[] pieces(BuilderArena arena) {
        int segments = arena.segmentCount();
        Segment first = arena.segmentAt(0);
        if (segments == 1 && arena.hasSpare() && first.end <= LARGEST_PIECE) {
            writeSpare(first);
            return new ByteBuffer[] {first.buffer(0, (int) first.end)};
        }
        byte[] header = new byte[(int) headerBytes(segments)];
        writeHeader(arena, header, 0);
        List<ByteBuffer> pieces = new ArrayList<>(segments + 1);
        pieces.add(ByteBuffer.wrap(header));
        for (int id = 0; id < segments; id++) {
            Segment segment = arena.segmentAt(id);
            for (long at = segment.start; at < segment.end; at += LARGEST_PIECE) {
                pieces.add(segment.buffer(at, (int) Math.min(LARGEST_PIECE, segment.end - at)));
            }
        }
        return pieces.toArray(ByteBuffer[]::new);
    }
}

package dev.capstan.gateway.compile;

import dev.capstan.capnp.dynamic.StructSchema;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tells from the first bytes of some input which format it may be in, by the measures of the {@code capnp} command: what real messages
 * do not have, such as thousands of segments or a root of many kilobytes, does not look like a message.
 */
final class FormatGuess {
    /** How much a format has for it, the least first. */
    private enum Likeness {
        NONE,
        /** It is a message, though of another type than the one that was named. */
        OTHER_TYPE,
        FULL
    }

    /** Bytes that are looked at. */
    private static final int START = 4096;

    /** Packed bytes that are looked at, and bytes that may come of them: enough for a segment table and a root. */
    private static final int PACKED_START = 1024;

    private static final int UNPACKED = 2048;

    private static final int MOST_SEGMENTS = 256;
    private static final long MOST_SEGMENT_WORDS = 1 << 27;
    private static final int MOST_OFFSET_WORDS = 1 << 27;
    private static final int MOST_ROOT_WORDS = 2048;

    /** Words that a newer version of a type may have more than the one that was named, in each section. */
    private static final int MOST_GROWTH_WORDS = 128;

    /** Flat messages come last, as almost anything looks like one. */
    private static final List<MessageFormat> CANDIDATES = List.of(
            MessageFormat.BINARY,
            MessageFormat.TEXT,
            MessageFormat.PACKED,
            MessageFormat.JSON,
            MessageFormat.FLAT,
            MessageFormat.FLAT_PACKED);

    private final byte[] start;
    private final MessageFormat named;
    private final @Nullable StructSchema type;

    private FormatGuess(byte[] start, MessageFormat named, @Nullable StructSchema type) {
        this.start = start;
        this.named = named;
        this.type = type;
    }

    /**
     * Looks at what comes next in {@code in}, which still comes next afterwards. Waits for 8 bytes at most, so that messages from a live
     * process are converted as they come.
     *
     * @param named the format that the user named
     * @param type the type of the messages, if the user named one
     */
    static FormatGuess of(BufferedInputStream in, MessageFormat named, @Nullable StructSchema type) throws IOException {
        in.mark(START);
        byte[] start = new byte[START];
        int length = in.readNBytes(start, 0, 8);
        if (length == 8) {
            length += in.readNBytes(start, 8, Math.min(START - 8, in.available()));
        }
        in.reset();
        return new FormatGuess(Arrays.copyOf(start, length), named, type);
    }

    /** What is to be warned of; null if the input looks as it should. */
    @Nullable
    String warning() {
        Likeness likeness = start.length == 0 ? Likeness.FULL : likeness(named);
        MessageFormat other = other();
        if (likeness == Likeness.FULL) {
            return null;
        }
        if (other != null) {
            return "the input looks like " + other + ", not like " + named;
        }
        return likeness == Likeness.OTHER_TYPE
                ? "the input looks like " + named + ", but its root is not of the type that you named"
                : "the input does not look like " + named + ", nor like another format";
    }

    /** The format that the input looks like if it does not look like the one that was named; null if there is none. */
    @Nullable
    MessageFormat other() {
        if (start.length == 0) {
            return null;
        }
        return switch (likeness(named)) {
            case FULL -> null;
            // A segment table reads as the root of a flat message, though one of an odd type.
            case OTHER_TYPE ->
                switch (named) {
                    case FLAT, CANONICAL ->
                        likeness(MessageFormat.BINARY) != Likeness.NONE ? MessageFormat.BINARY : null;
                    case FLAT_PACKED -> likeness(MessageFormat.PACKED) != Likeness.NONE ? MessageFormat.PACKED : null;
                    case BINARY, PACKED, TEXT, JSON -> null;
                };
            case NONE -> {
                for (MessageFormat candidate : CANDIDATES) {
                    if (candidate != named && likeness(candidate) != Likeness.NONE) {
                        yield candidate;
                    }
                }
                yield null;
            }
        };
    }

    private Likeness likeness(MessageFormat format) {
        return switch (format) {
            case BINARY -> binary(words(start, start.length));
            case PACKED -> packed(MessageFormat.BINARY);
            case FLAT, CANONICAL -> flat(words(start, start.length), 1);
            case FLAT_PACKED -> packed(MessageFormat.FLAT);
            case TEXT -> text('(', "#");
            case JSON -> text('{', "");
        };
    }

    private static ByteBuffer words(byte[] bytes, int length) {
        return ByteBuffer.wrap(bytes, 0, length).slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    private Likeness binary(ByteBuffer bytes) {
        if (bytes.limit() < 8) {
            return Likeness.NONE;
        }
        long segments = Integer.toUnsignedLong(bytes.getInt(0)) + 1;
        if (segments > MOST_SEGMENTS || Integer.toUnsignedLong(bytes.getInt(4)) > MOST_SEGMENT_WORDS) {
            return Likeness.NONE;
        }
        int table = (int) (4 + segments * 4 + 7) & ~7;
        int root = bytes.limit() - table;
        // It may lie behind what is looked at.
        return root < 8 ? Likeness.FULL : flat(bytes.slice(table, root).order(ByteOrder.LITTLE_ENDIAN), segments);
    }

    private Likeness flat(ByteBuffer bytes, long segments) {
        if (bytes.limit() < 8) {
            return Likeness.NONE;
        }
        int low = bytes.getInt(0);
        int high = bytes.getInt(4);
        int kind = low & 3;
        if (kind == 2) {
            long segment = Integer.toUnsignedLong(high);
            return segment > 0 && segment < segments ? Likeness.FULL : Likeness.NONE;
        }
        int offset = low >> 2;
        boolean isEmptyStruct = offset == -1 && high == 0;
        if (kind != 0 || offset >= MOST_OFFSET_WORDS || (offset < 0 && !isEmptyStruct)) {
            return Likeness.NONE;
        }
        int data = high & 0xffff;
        int pointers = high >>> 16;
        if (data + pointers > MOST_ROOT_WORDS) {
            return Likeness.NONE;
        }
        return type == null || fits(data, pointers, type) ? Likeness.FULL : Likeness.OTHER_TYPE;
    }

    /** A root of another version of the type has more in both sections or less in both. */
    private static boolean fits(int data, int pointers, StructSchema type) {
        var struct = type.node().getStruct();
        int moreData = data - struct.getDataWordCount();
        int morePointers = pointers - struct.getPointerCount();
        boolean isMixed = (moreData < 0 && morePointers > 0) || (moreData > 0 && morePointers < 0);
        return !isMixed && moreData <= MOST_GROWTH_WORDS && morePointers <= MOST_GROWTH_WORDS;
    }

    /** Unpacks the start by hand: a decoder would refuse what is cut off, and take bytes that no encoder writes. */
    private Likeness packed(MessageFormat inside) {
        byte[] words = new byte[UNPACKED];
        int end = Math.min(start.length, PACKED_START);
        int from = 0;
        int to = 0;
        while (from < end && to < UNPACKED) {
            int tag = start[from++] & 0xff;
            int bytes = Integer.bitCount(tag);
            if (end - from < bytes) {
                break;
            }
            for (int i = 0; i < 8; i++) {
                if ((tag >> i & 1) != 0) {
                    if (start[from] == 0) {
                        return Likeness.NONE;
                    }
                    words[to + i] = start[from++];
                }
            }
            to += 8;
            if ((tag == 0 || tag == 0xff) && from < end) {
                int run = 8 * (start[from++] & 0xff);
                int kept = Math.min(run, UNPACKED - to);
                if (tag == 0xff) {
                    kept = Math.min(kept, end - from);
                    System.arraycopy(start, from, words, to, kept);
                    from += Math.min(run, end - from);
                }
                to += kept;
            }
        }
        ByteBuffer unpacked = words(words, to & ~7);
        return inside == MessageFormat.BINARY ? binary(unpacked) : flat(unpacked, 1);
    }

    /** Whether it begins with {@code first}, behind space and comments, and is printable up to the first string. */
    private Likeness text(char first, String comment) {
        boolean isInside = false;
        boolean isComment = false;
        for (byte b : start) {
            boolean isSpace = b == ' ' || (b >= '\t' && b <= '\r');
            if ((b >= 0 && b < ' ' && !isSpace) || b == 0x7f) {
                return Likeness.NONE;
            }
            if (isComment) {
                isComment = b != '\n';
            } else if (isInside) {
                if (b == '"' || b == '\'') {
                    return Likeness.FULL;
                }
            } else if (b == first) {
                isInside = true;
            } else if (comment.indexOf(b) >= 0) {
                isComment = true;
            } else if (!isSpace) {
                return Likeness.NONE;
            }
        }
        return Likeness.FULL;
    }
}

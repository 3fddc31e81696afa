package dev.capstan.capnp;

import java.nio.charset.StandardCharsets;

/**
 * Text: a string in a message, UTF-8 with a NUL behind it. In Java it is a {@link String}, copied on reading and writing;
 * malformed UTF-8 reads as replacement characters, unpaired surrogates are written as {@code ?}.
 */
public final class Text {
    /** The token of the schema type {@code Text}. */
    public static final PointerType<String, String> TYPE = new Type();

    /** Chars up to which it is faster to look at each than to have the JDK convert all. */
    private static final int LONGEST_SHORT = 64;

    private Text() {}

    /** Reads the pointer at {@code at}, which may be null. */
    static String read(Segment segment, long at) {
        if (segment.getLong(at) == 0) {
            return "";
        }
        Data bytes = bytes(segment, at);
        return bytes.segment.text(bytes.start, bytes.size);
    }

    /** The text that the pointer at {@code at}, which is not null, points to, without its NUL. */
    static Data bytes(Segment segment, long at) {
        Data bytes = Data.bytes(segment, at, "text");
        int length = bytes.size - 1;
        if (length < 0 || bytes.segment.getByte(bytes.start + length) != 0) {
            throw MessageException.at(segment, at, "Message contains text that is not NUL-terminated");
        }
        return new Data(bytes.segment, bytes.start, length);
    }

    static Data bytes(String value) {
        return Data.wrap(value.getBytes(StandardCharsets.UTF_8));
    }

    /** As {@link #bytes(Segment, long)}, to be changed; nothing for a null pointer. */
    static Data.Builder edit(Segment segment, long at) {
        Data bytes = segment.getLong(at) == 0 ? Data.EMPTY : bytes(segment, at);
        return new Data.Builder(bytes.segment, bytes.start, bytes.size);
    }

    /** A new text of {@code size} bytes and the NUL behind them. */
    static Data.Builder init(Segment segment, long at, int size) {
        checkSize(size);
        return Data.init(segment, at, size, size + 1);
    }

    private static void checkSize(int size) {
        if (size < 0 || size >= Lists.MAX_COUNT) {
            throw new IllegalArgumentException(
                    "A text can have 0 to " + (Lists.MAX_COUNT - 1) + " bytes, not " + size + ".");
        }
    }

    static void write(Segment segment, long at, Data value) {
        checkSize(Copies.present(value).size);
        Copies.writeBytes(segment, at, value, () -> init(segment, at, value.size));
    }

    static void write(Segment segment, long at, String value) {
        Copies.present(value);
        if (isShortAscii(value)) {
            // No array in between, which the conversion of the JDK needs.
            Data.Builder text = init(segment, at, value.length());
            text.segment.putAscii(text.start, value);
        } else {
            byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
            init(segment, at, bytes.length).put(0, bytes, 0, bytes.length);
        }
    }

    private static boolean isShortAscii(String value) {
        int length = value.length();
        if (length > LONGEST_SHORT) {
            return false;
        }
        int all = 0;
        for (int i = 0; i < length; i++) {
            all |= value.charAt(i);
        }
        return all < 0x80;
    }

    private static final class Type extends PointerType<String, String> {
        @Override
        public String asReader(String builder) {
            return builder;
        }

        @Override
        String read(Segment segment, long at, int depthLeft) {
            return Text.read(segment, at);
        }

        @Override
        String edit(Segment segment, long at) {
            return Text.read(segment, at);
        }

        @Override
        String init(Segment segment, long at, int size) {
            throw new UnsupportedOperationException("Text cannot be initialised by size; set a string instead.");
        }

        @Override
        void write(Segment segment, long at, String value) {
            Text.write(segment, at, value);
        }
    }
}

package dev.capstan.capnp;

/**
 * Text: a string in a message, UTF-8 with a NUL behind it. In Java it is a {@link String}, copied on reading and writing;
 * malformed UTF-8 reads as replacement characters, unpaired surrogates are written as {@code ?}.
 */
@SuppressWarnings("DoNotCallSuggester")
public final class Text {
    /** The token of the schema type {@code Text}. */
    public static final PointerType<String, String> TYPE = new Type();

    private Text() {}

    /** Reads the pointer at {@code at}, which may be null. */
    static String read(Segment segment, long at) {
        throw new UnsupportedOperationException();
    }

    static void write(Segment segment, long at, String value) {
        throw new UnsupportedOperationException();
    }

    private static final class Type extends PointerType<String, String> {
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

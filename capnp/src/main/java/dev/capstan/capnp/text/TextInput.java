package dev.capstan.capnp.text;

import dev.capstan.capnp.dynamic.DynamicStruct;
import java.nio.charset.StandardCharsets;

/**
 * A text with one struct after the other, such as a file of test data or the input of {@code capnp convert text:binary}. Belongs to one thread.
 */
public final class TextInput {
    private final Parser parser;
    private final Source source;
    private final Decoder decoder;

    /** Structs in {@code text}, within {@link Limits#DEFAULT}. */
    public TextInput(String text) {
        this(text, Limits.DEFAULT);
    }

    /** Structs in {@code text}. */
    public TextInput(String text, Limits limits) {
        this(text.getBytes(StandardCharsets.UTF_8), limits);
    }

    /** Structs in a text in UTF-8. The bytes must not change while they are read. */
    public TextInput(byte[] utf8, Limits limits) {
        source = new Source(utf8);
        if (utf8.length > limits.bytes()) {
            throw source.problem(
                    0,
                    "The text has " + utf8.length + " bytes, more than " + limits.bytes()
                            + " (Limits.bytes). Raise the limit if it must be.");
        }
        parser = new Parser(source, limits.nesting());
        decoder = new Decoder(source, limits);
    }

    /** Whether there is anything left but space and comments. */
    public boolean hasNext() {
        return parser.hasMore();
    }

    /**
     * Sets the fields that the next struct names; others stay as they are.
     *
     * @throws TextException if there is none, it is malformed, or it does not fit the schema. In the last case a part of it may have been set
     */
    public void next(DynamicStruct.Builder into) {
        Expression value = parser.value();
        decoder.reset();
        decoder.struct(into, value);
    }

    /** As {@link #next}, for text that ends there. */
    void only(DynamicStruct.Builder into) {
        Expression value = parser.value();
        if (parser.hasMore()) {
            throw source.problem(
                    parser.position(),
                    "Something follows the struct. Remove it; several structs are read by TextInput.");
        }
        decoder.struct(into, value);
    }
}

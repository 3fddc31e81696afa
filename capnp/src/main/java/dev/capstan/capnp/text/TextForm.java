package dev.capstan.capnp.text;

import dev.capstan.capnp.StructBuilder;
import dev.capstan.capnp.StructReader;
import dev.capstan.capnp.StructType;
import dev.capstan.capnp.dynamic.DynamicStruct;
import dev.capstan.capnp.dynamic.DynamicValue;
import dev.capstan.capnp.dynamic.SchemaLoader;
import dev.capstan.capnp.dynamic.StructSchema;

/**
 * Writes values as text and reads them again.
 *
 * <pre>{@code
 * String text = TextForm.pretty(Person.TYPE, person);
 * TextForm.parse("(name = \"Alice\", phones = [(number = \"555\")])", Person.TYPE, message.initRoot(Person.TYPE));
 * }</pre>
 *
 * <p>The format is that of the C++ implementation's {@code stringify} and {@code TextCodec}. All fields are written, except for null pointers
 * and members of unions that are not set. What is read may leave out any field, and may have comments ({@code #} to the end of the line), commas
 * behind last items, text in several pieces, hexadecimal data ({@code 0x"00 7f"}), and a bare number or text for a struct whose first field
 * it fits; a field that is named twice has the later value. Capabilities and pointers without a type are written as {@code <external
 * capability>} and {@code <opaque pointer>}, which cannot be read.
 *
 * <p>Methods that take a generated type load its schema each time. Whoever does that often keeps a schema of {@link SchemaLoader} and uses {@link
 * DynamicStruct#of} instead.
 */
public final class TextForm {
    private TextForm() {}

    /**
     * In one line.
     *
     * @throws dev.capstan.capnp.MessageException if the message is malformed or over its limits, or the text over {@link Limits#DEFAULT}
     * @throws IllegalArgumentException if it nests deeper than 512 levels, as only a message that is being built can
     */
    public static String compact(DynamicValue value) {
        return compact(value, Limits.DEFAULT);
    }

    /** As {@link #compact(DynamicValue)}, at most as long as {@link Limits#bytes} says. */
    public static String compact(DynamicValue value, Limits limits) {
        return value.toCompactString(limits.bytes());
    }

    /** In one line; see {@link #compact(DynamicValue)}. */
    public static <R extends StructReader> String compact(StructType<?, R> type, R struct) {
        return compact(DynamicStruct.of(schema(type), struct));
    }

    /** In lines of bearable length, indented, without a line break at the end; errors as {@link #compact(DynamicValue)}. */
    public static String pretty(DynamicValue value) {
        return pretty(value, Limits.DEFAULT);
    }

    /** As {@link #pretty(DynamicValue)}, at most as long as {@link Limits#bytes} says. */
    public static String pretty(DynamicValue value, Limits limits) {
        return value.toPrettyString(limits.bytes());
    }

    /** In lines of bearable length; see {@link #pretty(DynamicValue)}. */
    public static <R extends StructReader> String pretty(StructType<?, R> type, R struct) {
        return pretty(DynamicStruct.of(schema(type), struct));
    }

    /**
     * Sets the fields that the text of one struct names; others stay as they are.
     *
     * @throws TextException if it is malformed, exceeds {@link Limits#DEFAULT} or does not fit the schema. In the last case a part of it may
     *     have been set
     */
    public static void parse(String text, DynamicStruct.Builder into) {
        parse(text, into, Limits.DEFAULT);
    }

    /** As {@link #parse(String, DynamicStruct.Builder)}, within other limits. */
    public static void parse(String text, DynamicStruct.Builder into, Limits limits) {
        new TextInput(text, limits).only(into);
    }

    /** As {@link #parse(String, DynamicStruct.Builder)}, for a generated type. */
    public static <B extends StructBuilder> void parse(String text, StructType<B, ?> type, B into) {
        parse(text, DynamicStruct.of(schema(type), into));
    }

    private static StructSchema schema(StructType<?, ?> type) {
        return new SchemaLoader().load(type);
    }
}

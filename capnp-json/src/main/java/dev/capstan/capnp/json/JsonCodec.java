package dev.capstan.capnp.json;

import com.fasterxml.jackson.core.JsonFactory;
import dev.capstan.capnp.StructBuilder;
import dev.capstan.capnp.StructReader;
import dev.capstan.capnp.StructType;
import dev.capstan.capnp.dynamic.DynamicList;
import dev.capstan.capnp.dynamic.DynamicStruct;
import dev.capstan.capnp.dynamic.DynamicValue;
import dev.capstan.capnp.dynamic.EnumSchema;
import dev.capstan.capnp.dynamic.InterfaceSchema;
import dev.capstan.capnp.dynamic.SchemaLoader;
import dev.capstan.capnp.dynamic.StructSchema;
import dev.capstan.capnp.dynamic.Type;
import dev.capstan.capnp.json.schema.Value;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Cap'n Proto values as JSON, in the form that the C++ implementation writes and reads:
 *
 * <pre>{@code
 * JsonCodec json = JsonCodec.builder().annotations().pretty().build();
 * String text = json.encode(Person.TYPE, person);
 * json.decode(text, Person.TYPE, message.initRoot(Person.TYPE));
 * }</pre>
 *
 * <p>Structs are objects and lists arrays. Fields without a pointer are always written, unless {@linkplain Builder#omitDefaults defaults are
 * omitted}; null pointers are left out, and null is taken for one. Enums go by name, or by number if the schema has no name. Integers of 64 bits
 * are strings, because most readers of JSON hold numbers as floats; both forms are read. Infinite numbers and NaN are strings. Data is an
 * array of numbers, unless the field says otherwise. Capabilities and pointers of unknown type need a {@link JsonHandler}. Members that the
 * schema does not have are skipped, unless they are {@linkplain Builder#rejectUnknownFields rejected}.
 *
 * <p>{@linkplain Builder#annotations Annotations} of {@code /capnp/compat/json.capnp} rename fields, flatten structs, tell unions by a name, and
 * write Data as base64 or hex.
 *
 * <p>Text is strict JSON (RFC 8259) of one value; names that occur twice and halves of surrogate pairs are refused. Whatever is wrong with a text
 * gives {@link JsonException} with the place, and no text costs more than the {@link Limits} allow. What is written obeys them too.
 *
 * <p>Immutable; may be used by any number of threads.
 */
public final class JsonCodec {
    private final Builder options;
    private final SchemaLoader loader;
    private final JsonFactory jackson;
    private final Map<Type, JsonHandler> typeHandlers;
    private final Map<FieldKey, JsonHandler> fieldHandlers;
    // What was worked out about schemas; as many as the loader has.
    private final Map<StructSchema, Shape> shapes = new ConcurrentHashMap<>();
    private final Map<EnumSchema, EnumNames> enums = new ConcurrentHashMap<>();

    /** A field, whichever version of the struct it was asked from. */
    record FieldKey(StructSchema struct, String name) {
        static FieldKey of(StructSchema.Field field) {
            return new FieldKey(field.struct(), field.name());
        }
    }

    private JsonCodec(Builder options) {
        this.options = options;
        this.loader = options.loader;
        this.typeHandlers = Map.copyOf(options.typeHandlers);
        this.fieldHandlers = Map.copyOf(options.fieldHandlers);
        this.jackson = TextTree.factory(options.limits);
    }

    /** A codec for types that were generated or come with their schemas, with a loader of its own for the former. */
    public static Builder builder() {
        return new Builder(new SchemaLoader());
    }

    /** A codec that loads the schemas of generated types into {@code loader}. */
    public static Builder builder(SchemaLoader loader) {
        return new Builder(loader);
    }

    /** The limits. */
    public Limits limits() {
        return options.limits;
    }

    // Writing.

    /** Writes a struct of a generated type. */
    public <R extends StructReader> String encode(StructType<?, R> type, R value) {
        return encode(DynamicStruct.of(schema(type), value));
    }

    /** Writes a struct of a generated type. */
    public <B extends StructBuilder> String encode(StructType<B, ?> type, B value) {
        return encode(DynamicStruct.of(schema(type), type.asReader(value)));
    }

    /** Writes a struct. */
    public String encode(DynamicStruct.Reader value) {
        return encode(value, value.schema());
    }

    /** Writes a list. */
    public String encode(DynamicList.Reader value) {
        return encode(value, value.schema());
    }

    /**
     * Writes any value.
     *
     * @param type its type, as the value does not show how many bits it had; throws {@link IllegalArgumentException} if it is another one
     */
    public String encode(DynamicValue value, Type type) {
        StringBuilder text = new StringBuilder();
        encode(value, type, text);
        return text.toString();
    }

    /** As {@link #encode(DynamicValue, Type)}, appended to {@code output}; if that fails, a part has been appended. */
    public void encode(DynamicValue value, Type type, StringBuilder output) {
        new Encoder(this, new TextSink(output, options.pretty, options.limits)).value(value, type);
    }

    /** As {@link #encode(DynamicValue, Type)}, in UTF-8. */
    public byte[] encodeUtf8(DynamicValue value, Type type) {
        return encode(value, type).getBytes(StandardCharsets.UTF_8);
    }

    /** Writes any value in the struct form of JSON, as handlers do for what is within their value. */
    public void encode(DynamicValue value, Type type, Value.Builder output) {
        new Encoder(this, new ValueSink(output, options.limits)).value(value, type);
    }

    /**
     * Writes the struct form of JSON as text. Calls and raw text are written as they are, whether or not that is JSON: values that come from
     * elsewhere should be checked for them.
     */
    public String encodeRaw(Value.Reader value) {
        StringBuilder text = new StringBuilder();
        ValueTree.write(value, new TextSink(text, options.pretty, options.limits), options.limits);
        return text.toString();
    }

    // Reading.

    /** Reads an object into a struct of a generated type. Fields that the text does not mention stay as they are. */
    public <B extends StructBuilder> void decode(String text, StructType<B, ?> type, B output) {
        decode(text, DynamicStruct.of(schema(type), output));
    }

    /** As {@link #decode(String, StructType, StructBuilder)}, from UTF-8. */
    public <B extends StructBuilder> void decode(byte[] utf8, StructType<B, ?> type, B output) {
        decode(text(utf8), type, output);
    }

    /** Reads an object into a struct. Fields that the text does not mention stay as they are. */
    public void decode(String text, DynamicStruct.Builder output) {
        new Decoder(this, parse(text)).struct(output);
    }

    /** As {@link #decode(String, DynamicStruct.Builder)}, from UTF-8. */
    public void decode(byte[] utf8, DynamicStruct.Builder output) {
        decode(text(utf8), output);
    }

    /** Reads a value of any type. Structs, lists and capabilities come in a message of their own. */
    public DynamicValue decode(String text, Type type) {
        return new Decoder(this, parse(text)).value(type);
    }

    /** Reads a struct from the struct form of JSON. */
    public void decode(Value.Reader value, DynamicStruct.Builder output) {
        new Decoder(this, new ValueTree(value, options.limits)).struct(output);
    }

    /** Reads a field from the struct form of JSON, as handlers do for what is within their value. */
    public void decode(Value.Reader value, DynamicStruct.Builder output, StructSchema.Field field) {
        new Decoder(this, new ValueTree(value, options.limits)).field(output, field);
    }

    /** Reads a value of any type from the struct form of JSON; see {@link #decode(String, Type)}. */
    public DynamicValue decode(Value.Reader value, Type type) {
        return new Decoder(this, new ValueTree(value, options.limits)).value(type);
    }

    /** Reads any JSON text into the struct form. */
    public void decodeRaw(String text, Value.Builder output) {
        parse(text).copy(0, new ValueSink(output, options.limits));
    }

    private Tree parse(String text) {
        return TextTree.of(text, jackson, options.limits);
    }

    private String text(byte[] utf8) {
        if (utf8.length > 3L * options.limits.textLength()) {
            throw JsonException.of("The text has " + utf8.length + " bytes, more than " + options.limits.textLength()
                    + " characters can have (Limits.textLength).");
        }
        var decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer input = ByteBuffer.wrap(utf8);
        try {
            return decoder.decode(input).toString();
        } catch (CharacterCodingException e) {
            String before = new String(utf8, 0, input.position(), StandardCharsets.UTF_8);
            JsonException located =
                    JsonException.at(before, before.length(), "This is not UTF-8, at byte " + input.position() + ".");
            located.initCause(e);
            throw located;
        }
    }

    // For encoders and decoders.

    private StructSchema schema(StructType<?, ?> type) {
        return type.typeId() != 0 && loader.tryGet(type.typeId()) instanceof StructSchema known
                ? known
                : loader.load(type);
    }

    Shape shape(StructSchema schema) {
        Shape known = shapes.get(schema);
        if (known == null || known.fields != schema.fields()) {
            known = new Shape.Maker(options.annotations, options.limits, fieldHandlers).shape(schema);
            shapes.put(schema, known);
        }
        return known;
    }

    EnumNames names(EnumSchema schema) {
        EnumNames known = enums.get(schema);
        if (known == null || known.node != schema.node()) {
            known = new EnumNames(schema, options.annotations);
            enums.put(schema, known);
        }
        return known;
    }

    /** The handler of a type; that of an interface is also for those that extend it. */
    @Nullable
    JsonHandler handler(Type type) {
        if (typeHandlers.isEmpty()) {
            return null;
        }
        JsonHandler exact = typeHandlers.get(type);
        if (exact == null && type instanceof InterfaceSchema schema) {
            for (Map.Entry<Type, JsonHandler> other : typeHandlers.entrySet()) {
                if (other.getKey() instanceof InterfaceSchema base && schema.isA(base)) {
                    return other.getValue();
                }
            }
        }
        return exact;
    }

    boolean areDefaultsOmitted() {
        return options.omitDefaults;
    }

    boolean areUnknownFieldsRejected() {
        return options.rejectUnknownFields;
    }

    boolean areLongsNumbers() {
        return options.longsAsNumbers;
    }

    /** Options of a codec. For one thread; what was built from it does not change with it. */
    public static final class Builder {
        private final SchemaLoader loader;
        private final Map<Type, JsonHandler> typeHandlers = new HashMap<>();
        private final Map<FieldKey, JsonHandler> fieldHandlers = new HashMap<>();
        private Limits limits = Limits.DEFAULT;
        private boolean pretty;
        private boolean omitDefaults;
        private boolean rejectUnknownFields;
        private boolean longsAsNumbers;
        private boolean annotations;

        private Builder(SchemaLoader loader) {
            this.loader = loader;
        }

        private Builder(Builder other) {
            this.loader = other.loader;
            this.typeHandlers.putAll(other.typeHandlers);
            this.fieldHandlers.putAll(other.fieldHandlers);
            this.limits = other.limits;
            this.pretty = other.pretty;
            this.omitDefaults = other.omitDefaults;
            this.rejectUnknownFields = other.rejectUnknownFields;
            this.longsAsNumbers = other.longsAsNumbers;
            this.annotations = other.annotations;
        }

        /** Lays text out for people, as C++ does. */
        public Builder pretty() {
            pretty = true;
            return this;
        }

        /** Leaves out what is as it would be anyway, beside null pointers. */
        public Builder omitDefaults() {
            omitDefaults = true;
            return this;
        }

        /** Refuses members of objects that the schema does not have, and values of discriminators. */
        public Builder rejectUnknownFields() {
            rejectUnknownFields = true;
            return this;
        }

        /** Writes integers of 64 bits as numbers instead of strings. Readers that hold numbers as floats round those beyond 2^53. */
        public Builder longsAsNumbers() {
            longsAsNumbers = true;
            return this;
        }

        /**
         * Follows the annotations of {@code /capnp/compat/json.capnp}. A type whose annotations contradict each other gives {@link JsonException}
         * when it is first met. Values of that file's own type {@code Value} then are the JSON that they stand for.
         */
        public Builder annotations() {
            annotations = true;
            return this;
        }

        /** Other limits than {@link Limits#DEFAULT}. */
        public Builder limits(Limits value) {
            limits = value;
            return this;
        }

        /**
         * Lets {@code handler} see to all values of a type; an interface's also to those of interfaces that extend it. A type can have one
         * handler.
         */
        public Builder handler(Type type, JsonHandler handler) {
            requireFit(type, handler);
            JsonHandler before = typeHandlers.putIfAbsent(type, handler);
            if (before != null && before != handler) {
                throw new IllegalArgumentException(type + " has another handler already.");
            }
            return this;
        }

        /** Lets {@code handler} see to a field; it goes before handlers of types. A field can have one handler. */
        public Builder handler(StructSchema.Field field, JsonHandler handler) {
            requireFit(field.type(), handler);
            JsonHandler before = fieldHandlers.putIfAbsent(FieldKey.of(field), handler);
            if (before != null && before != handler) {
                throw new IllegalArgumentException(
                        "Field " + field + " of " + field.struct() + " has another handler already.");
            }
            return this;
        }

        private static void requireFit(Type type, JsonHandler handler) {
            if (handler instanceof JsonHandler.OfStruct && !(type instanceof StructSchema)) {
                throw new IllegalArgumentException(
                        "A JsonHandler.OfStruct cannot see to " + type + ". Use an OfValue.");
            }
        }

        /** The codec. */
        public JsonCodec build() {
            return new JsonCodec(new Builder(this));
        }
    }
}

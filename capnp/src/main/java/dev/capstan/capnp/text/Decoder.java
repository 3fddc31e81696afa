package dev.capstan.capnp.text;

import dev.capstan.capnp.Data;
import dev.capstan.capnp.dynamic.DynamicList;
import dev.capstan.capnp.dynamic.DynamicStruct;
import dev.capstan.capnp.dynamic.DynamicValue;
import dev.capstan.capnp.dynamic.EnumSchema;
import dev.capstan.capnp.dynamic.InterfaceSchema;
import dev.capstan.capnp.dynamic.ListSchema;
import dev.capstan.capnp.dynamic.StructSchema;
import dev.capstan.capnp.dynamic.StructSchema.Field;
import dev.capstan.capnp.dynamic.Type;
import dev.capstan.capnp.text.Expression.Assignment;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/** Puts what was written into a message, as the schema says. A field that is named twice has the later value. */
final class Decoder {
    /** Of the fields of a struct that are listed in a hint. */
    private static final int MOST_NAMES = 20;

    private final Source source;
    private final Limits limits;
    private long wordsLeft;

    Decoder(Source source, Limits limits) {
        this.source = source;
        this.limits = limits;
        wordsLeft = limits.words();
    }

    /** A new message may have all the words again. */
    void reset() {
        wordsLeft = limits.words();
    }

    void struct(DynamicStruct.Builder into, Expression value) {
        if (!(value instanceof Expression.Tuple tuple)) {
            throw mismatch(value, into.schema());
        }
        for (Assignment assignment : tuple.fields()) {
            field(into, assignment);
        }
    }

    private void field(DynamicStruct.Builder into, Assignment assignment) {
        String name = assignment.name();
        if (name == null) {
            throw source.problem(
                    assignment.at(), "A field has no name. Write (name = value, ...): " + names(into.schema()));
        }
        Field field = into.schema().findField(name);
        if (field == null) {
            throw source.problem(
                    assignment.at(),
                    into.schema().shortName() + " has no field '" + name + "'. It has " + names(into.schema()));
        }
        set(into, field, assignment.value());
    }

    private static String names(StructSchema schema) {
        List<Field> fields = schema.fieldsInCodeOrder();
        return fields.isEmpty()
                ? "no fields."
                : fields.stream().limit(MOST_NAMES).map(Field::name).collect(Collectors.joining(", "))
                        + (fields.size() > MOST_NAMES ? ", ..." : ".");
    }

    private void set(DynamicStruct.Builder into, Field field, Expression value) {
        switch (field.type()) {
            case StructSchema type -> {
                if (!field.isGroup()) {
                    take(value, structWords(type));
                }
                structOrFirstField(into.initStruct(field), value);
            }
            case ListSchema type -> elements(into.initList(field, room(value, type)), value);
            case Type type -> into.set(field, scalar(value, type));
        }
    }

    /** Text and numbers may stand for a struct whose first field they fit. */
    private void structOrFirstField(DynamicStruct.Builder into, Expression value) {
        List<Field> fields = into.schema().fields();
        if (!(value instanceof Expression.Tuple)
                && !fields.isEmpty()
                && standsFor(value, fields.getFirst().type())) {
            set(into, fields.getFirst(), value);
        } else {
            struct(into, value);
        }
    }

    private static boolean standsFor(Expression value, Type type) {
        if (!(type instanceof Type.Scalar scalar)) {
            return false;
        }
        return switch (value) {
            case Expression.Whole v -> isInteger(scalar) || isFloat(scalar);
            case Expression.Fraction v -> isFloat(scalar);
            case Expression.Quoted v -> scalar == Type.Scalar.TEXT;
            case Expression.Name v ->
                switch (v.name()) {
                    case "void" -> scalar == Type.Scalar.VOID;
                    case "true", "false" -> scalar == Type.Scalar.BOOL;
                    case "inf", "nan" -> isFloat(scalar);
                    default -> false;
                };
            default -> false;
        };
    }

    private void elements(DynamicList.Builder into, Expression value) {
        List<Expression> elements = ((Expression.Listed) value).elements();
        for (int i = 0; i < elements.size(); i++) {
            Expression element = elements.get(i);
            switch (into.schema().element()) {
                case StructSchema type -> structOrFirstField(into.struct(i), element);
                case ListSchema type -> elements(into.initList(i, room(element, type)), element);
                case Type type -> into.put(i, scalar(element, type));
            }
        }
    }

    /** How many elements a list is made for. */
    private int room(Expression value, ListSchema type) {
        if (!(value instanceof Expression.Listed list)) {
            throw mismatch(value, type);
        }
        int count = list.elements().size();
        take(
                value,
                switch (type.element()) {
                    case StructSchema struct -> 1 + count * structWords(struct);
                    case Type.Scalar scalar when !scalar.isPointer() -> (count * (long) bits(scalar) + 63) / 64;
                    case EnumSchema element -> (count + 3L) / 4;
                    default -> count;
                });
        return count;
    }

    /** A struct without content counts, too. */
    private static long structWords(StructSchema type) {
        return Math.max(1, type.structType().dataWords() + type.structType().pointerCount());
    }

    private static int bits(Type.Scalar type) {
        return switch (type) {
            case VOID, BOOL -> 1;
            case INT8, UINT8 -> 8;
            case INT16, UINT16 -> 16;
            case INT32, UINT32, FLOAT32 -> 32;
            default -> 64;
        };
    }

    private void take(Expression value, long words) {
        wordsLeft -= words;
        if (wordsLeft < 0) {
            throw source.problem(
                    value.at(),
                    "The message is larger than " + limits.words()
                            + " words (Limits.words). Raise the limit if it must be.");
        }
    }

    private Object scalar(Expression value, Type type) {
        return switch (type) {
            case EnumSchema schema -> enumerant(value, schema);
            case Type.Scalar scalar ->
                switch (scalar) {
                    case VOID -> {
                        requireName(value, "void", type);
                        yield DynamicValue.Nothing.VOID;
                    }
                    case BOOL -> bool(value);
                    case TEXT -> text(value);
                    case DATA -> data(value);
                    case FLOAT32, FLOAT64 -> floating(value, scalar);
                    default -> integer(value, scalar);
                };
            case InterfaceSchema schema ->
                throw source.problem(
                        value.at(), "A capability of " + schema + " cannot be written as text. Leave the field out.");
            case Type.Any any ->
                throw source.problem(value.at(), "What is behind " + any + " has no known type. Leave the field out.");
            case StructSchema schema -> throw new AssertionError(schema);
            case ListSchema schema -> throw new AssertionError(schema);
        };
    }

    private void requireName(Expression value, String name, Type type) {
        if (!(value instanceof Expression.Name(String found, int at)) || !found.equals(name)) {
            throw mismatch(value, type);
        }
    }

    private Boolean bool(Expression value) {
        if (value instanceof Expression.Name(String name, int at)) {
            switch (name) {
                case "true" -> {
                    return true;
                }
                case "false" -> {
                    return false;
                }
                default -> {}
            }
        }
        throw mismatch(value, Type.Scalar.BOOL);
    }

    private Object enumerant(Expression value, EnumSchema schema) {
        if (value instanceof Expression.Name(String name, int at)) {
            EnumSchema.Enumerant found = schema.findEnumerant(name);
            if (found == null) {
                String known = schema.enumerants().stream()
                        .limit(MOST_NAMES)
                        .map(EnumSchema.Enumerant::name)
                        .collect(Collectors.joining(", "));
                throw source.problem(
                        at,
                        schema.shortName() + " has no enumerant '" + name + "'. It has " + known
                                + (schema.enumerants().size() > MOST_NAMES ? ", ..." : ".")
                                + " Write one without a name as its number in parentheses.");
            }
            return schema.value(found.raw());
        }
        // Those without a name are printed as numbers.
        if (value instanceof Expression.Whole(boolean isNegative, long number, int at)
                && !isNegative
                && number >>> 16 == 0) {
            return schema.value((int) number);
        }
        throw mismatch(value, schema);
    }

    private String text(Expression value) {
        if (!(value instanceof Expression.Quoted(Data bytes, int at))) {
            throw mismatch(value, Type.Scalar.TEXT);
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
        } catch (CharacterCodingException e) {
            throw source.problem(
                    at, "The text is not UTF-8. Escapes such as \\x7f stand for bytes; bytes of any kind are Data.");
        }
    }

    private Data data(Expression value) {
        return switch (value) {
            case Expression.Quoted(Data bytes, int at) -> bytes;
            case Expression.Binary(Data bytes, int at) -> bytes;
            default -> throw mismatch(value, Type.Scalar.DATA);
        };
    }

    private static boolean isFloat(Type.Scalar type) {
        return type == Type.Scalar.FLOAT32 || type == Type.Scalar.FLOAT64;
    }

    private static boolean isInteger(Type.Scalar type) {
        return switch (type) {
            case INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64 -> true;
            default -> false;
        };
    }

    /** What is beyond the range of Float32 is infinite there. */
    private Object floating(Expression value, Type.Scalar type) {
        double number = switch (value) {
            case Expression.Whole whole -> whole.toDouble();
            case Expression.Fraction(double v, int at) -> v;
            case Expression.Name(String name, int at) when name.equals("nan") -> Double.NaN;
            case Expression.Name(String name, int at) when name.equals("inf") -> Double.POSITIVE_INFINITY;
            default -> throw mismatch(value, type);
        };
        return type == Type.Scalar.FLOAT32 ? (Object) (float) number : (Object) number;
    }

    private DynamicValue integer(Expression value, Type.Scalar type) {
        if (!(value instanceof Expression.Whole(boolean isNegative, long magnitude, int at))) {
            throw mismatch(value, type);
        }
        boolean isUnsigned = switch (type) {
            case UINT8, UINT16, UINT32, UINT64 -> true;
            default -> false;
        };
        int bits = bits(type);
        // The largest magnitude; that of negative numbers is one more.
        long most = isUnsigned ? -1L >>> (64 - bits) : Long.MAX_VALUE >>> (64 - bits);
        long allowed = !isNegative ? most : isUnsigned ? 0 : most + 1;
        if (Long.compareUnsigned(magnitude, allowed) > 0) {
            throw source.problem(
                    at,
                    value.describe() + " does not fit " + type + ". That is "
                            + (isUnsigned ? "0" : Long.toString(~most)) + " to " + Long.toUnsignedString(most) + ".");
        }
        long number = isNegative ? -magnitude : magnitude;
        return isUnsigned ? new DynamicValue.UInt(number) : new DynamicValue.Int(number);
    }

    private TextException mismatch(Expression value, Type type) {
        return source.problem(
                value.at(), "The value is " + value.describe() + ", but " + type + " is expected. " + example(type));
    }

    private static String example(Type type) {
        return switch (type) {
            case StructSchema schema -> "Write structs as (field = value, ...); it has " + names(schema);
            case ListSchema schema -> "Write lists as [value, ...].";
            case EnumSchema schema -> "Write the name of the enumerant, or its number in parentheses.";
            case Type.Scalar scalar ->
                switch (scalar) {
                    case VOID -> "Its only value is void.";
                    case BOOL -> "Write true or false.";
                    case TEXT -> "Write text in quotes.";
                    case DATA -> "Write \"text\" or 0x\"00 7f\".";
                    case FLOAT32, FLOAT64 -> "Write a number, inf, -inf or nan.";
                    default -> "Write a number without point and exponent.";
                };
            case InterfaceSchema schema -> "Leave the field out.";
            case Type.Any any -> "Leave the field out.";
        };
    }
}

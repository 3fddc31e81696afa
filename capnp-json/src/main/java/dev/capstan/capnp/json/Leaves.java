package dev.capstan.capnp.json;

import dev.capstan.capnp.Data;
import dev.capstan.capnp.dynamic.DynamicValue;
import dev.capstan.capnp.dynamic.EnumSchema;
import dev.capstan.capnp.dynamic.InterfaceSchema;
import dev.capstan.capnp.dynamic.Type;
import java.util.Base64;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Reads values that are neither structs nor lists, and counts what one whole text may stand for; not to be used again. */
final class Leaves {
    private final JsonCodec codec;
    private final Tree tree;
    private final Tree.Digits digits = new Tree.Digits();
    private long wordsLeft;

    Leaves(JsonCodec codec, Tree tree) {
        this.codec = codec;
        this.tree = tree;
        this.wordsLeft = codec.limits().decodedWords();
    }

    JsonException fault(int node, IllegalArgumentException e) {
        JsonException located = tree.fault(node, String.valueOf(e.getMessage()));
        located.initCause(e);
        return located;
    }

    JsonException expected(int node, String what) {
        return tree.fault(node, "Expected " + what + ", found " + tree.kind(node).article + ".");
    }

    /** Pays for so much of the message that comes of this text. */
    void take(int node, long words) {
        wordsLeft -= words;
        if (wordsLeft < 0) {
            throw tree.fault(
                    node,
                    "What this text stands for takes more than "
                            + codec.limits().decodedWords() + " words of 8 bytes (Limits.decodedWords).");
        }
    }

    /** What stands for a value of this type in {@link dev.capstan.capnp.dynamic.DynamicStruct.Builder#set}. */
    @Nullable
    Object simple(int node, Type type) {
        return switch (type) {
            case Type.Scalar scalar -> scalar(node, scalar);
            case EnumSchema schema -> enumerant(node, schema);
            case InterfaceSchema schema ->
                throw tree.fault(
                        node,
                        "A capability of " + schema
                                + " has no form in JSON. Register a handler for the type or the field.");
            default ->
                throw tree.fault(
                        node,
                        "A value of type " + type
                                + " could be anything, so it has no form in JSON. Register a handler for the type or the field.");
        };
    }

    private Object scalar(int node, Type.Scalar type) {
        Tree.Kind kind = tree.kind(node);
        return switch (type) {
            // As in C++, anything stands for Void: there is only one value.
            case VOID -> DynamicValue.Nothing.VOID;
            case BOOL -> {
                if (kind != Tree.Kind.BOOLEAN) {
                    throw expected(node, "true or false");
                }
                yield tree.bool(node);
            }
            case INT8, INT16, INT32, INT64 -> integer(node, type);
            case UINT8, UINT16, UINT32, UINT64 -> {
                long n = integer(node, type);
                yield n >= 0 ? (Object) n : new DynamicValue.UInt(n);
            }
            case FLOAT32 -> boxed((float) real(node, type));
            case FLOAT64 -> boxed(real(node, type));
            case TEXT -> {
                if (kind != Tree.Kind.STRING) {
                    throw expected(node, "a string");
                }
                String text = tree.string(node);
                take(node, text.length() / 8 + 1);
                yield text;
            }
            case DATA -> numbers(node);
        };
    }

    private long integer(int node, Type.Scalar type) {
        return switch (tree.kind(node)) {
            case NUMBER -> {
                tree.number(node, digits);
                yield Numbers.integer(digits, type);
            }
            case STRING -> Numbers.integer(tree.string(node), type);
            default -> throw expected(node, "a number (or a string of digits) for " + type);
        };
    }

    private double real(int node, Type.Scalar type) {
        return switch (tree.kind(node)) {
            // What JavaScript makes of NaN.
            case NULL -> Double.NaN;
            case NUMBER -> {
                tree.number(node, digits);
                yield Numbers.real(digits);
            }
            case STRING -> Numbers.real(tree.string(node), type);
            default -> throw expected(node, "a number for " + type);
        };
    }

    /** A list of small numbers takes two characters each; an object for each would be much more than that. */
    private static Number boxed(double value) {
        byte small = (byte) value;
        if (small == value && (small != 0 || 1 / value > 0)) {
            return small;
        }
        return value;
    }

    private Data numbers(int node) {
        if (tree.kind(node) != Tree.Kind.ARRAY) {
            throw expected(node, "an array of numbers from 0 to 255 for Data");
        }
        int size = tree.size(node);
        take(node, size / 8 + 1);
        byte[] bytes = new byte[size];
        for (int i = 0, at = tree.first(node); i < size; i++, at = tree.after(node, at)) {
            if (tree.kind(at) != Tree.Kind.NUMBER) {
                throw expected(at, "a number from 0 to 255").in(i);
            }
            tree.number(at, digits);
            try {
                bytes[i] = (byte) Numbers.integer(digits, Type.Scalar.UINT8);
            } catch (IllegalArgumentException e) {
                throw fault(at, e).in(i);
            }
        }
        return Data.of(bytes);
    }

    /** Data that is written as a string. */
    Data encoded(int node, Shape.Bytes form) {
        if (tree.kind(node) != Tree.Kind.STRING) {
            throw expected(node, "a string in " + (form == Shape.Bytes.HEX ? "hex" : "base64"));
        }
        String text = tree.string(node);
        take(node, text.length() / 8 + 1);
        try {
            return Data.of(
                    form == Shape.Bytes.HEX
                            ? HexFormat.of().parseHex(text)
                            : Base64.getDecoder().decode(text));
        } catch (IllegalArgumentException e) {
            JsonException located = tree.fault(
                    node,
                    form == Shape.Bytes.HEX
                            ? "This is not hex: two of the digits 0-9, a-f for each byte."
                            : "This is not base64: four of A-Z, a-z, 0-9, + and / for three bytes, padded with =.");
            located.initCause(e);
            throw located;
        }
    }

    private int enumerant(int node, EnumSchema schema) {
        return switch (tree.kind(node)) {
            case STRING -> {
                Integer raw = codec.names(schema).value(tree.string(node));
                if (raw == null) {
                    throw tree.fault(
                            node,
                            "'" + TextTree.excerpt(tree.string(node)) + "' is no value of the enum " + schema
                                    + codec.names(schema).told()
                                    + ". A value without a name is written as its number.");
                }
                yield raw;
            }
            case NUMBER -> {
                tree.number(node, digits);
                yield (int) Numbers.integer(digits, Type.Scalar.UINT16);
            }
            default -> throw expected(node, "a string that names a value of the enum " + schema);
        };
    }
}

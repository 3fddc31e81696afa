package dev.capstan.capnpc.compile;

import dev.capstan.capnp.AnyPointer;
import dev.capstan.capnp.Data;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A value that fits its type. Immutable; a constant's value is shared by all who name it. */
sealed interface Value {
    /** Words that it takes in a message, about. */
    default long weight() {
        return 1;
    }

    /** How deep values nest in it. */
    default int depth() {
        return 1;
    }

    /** The only value of Void. */
    record Nothing() implements Value {}

    record Bool(boolean value) implements Value {}

    /** 64 bits, two's complement if negative, else unsigned. */
    record Whole(long bits, boolean isNegative) implements Value {
        double toDouble() {
            if (isNegative || bits >= 0) {
                return bits;
            }
            double half = (bits >>> 1) | (bits & 1);
            return half * 2;
        }
    }

    record Fraction(double value) implements Value {}

    /** UTF-8, or what was written for it. */
    record Text(Data bytes) implements Value {
        @Override
        public long weight() {
            return 2L + bytes.size() / 8;
        }
    }

    record Binary(Data bytes) implements Value {
        @Override
        public long weight() {
            return 2L + bytes.size() / 8;
        }
    }

    record Enumerant(Node type, int number) implements Value {}

    /** Null items were told as problems. */
    record ListValue(Type.ListOf type, List<@Nullable Value> items, long weight, int depth) implements Value {}

    /** Fields in the order in which they are set: a later member of a union replaces an earlier one. */
    record StructValue(Type.Named type, Struct struct, List<Assigned> fields, long weight, int depth)
            implements Value {}

    /** The fields of a group. */
    record GroupValue(Struct struct, List<Assigned> fields, long weight, int depth) implements Value {}

    /** A struct from an embedded file. */
    record Embedded(Type.Named type, AnyPointer.Reader root, long weight) implements Value {}

    /** A field and what it is set to. */
    record Assigned(Field field, Value value) {}
}

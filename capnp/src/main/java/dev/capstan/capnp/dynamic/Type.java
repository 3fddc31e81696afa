package dev.capstan.capnp.dynamic;

import java.util.List;

/**
 * The type of a field, a list element, a constant or an annotation. Types are values: two are equal if they stand for the same thing with the
 * same type arguments, as far as one loader is concerned.
 */
public sealed interface Type permits Type.Scalar, Type.Any, ListSchema, StructSchema, EnumSchema, InterfaceSchema {
    /** Whether values of this type live behind a pointer. */
    boolean isPointer();

    /** Types that need no schema. */
    enum Scalar implements Type {
        VOID(0),
        BOOL(1),
        INT8(8),
        INT16(16),
        INT32(32),
        INT64(64),
        UINT8(8),
        UINT16(16),
        UINT32(32),
        UINT64(64),
        FLOAT32(32),
        FLOAT64(64),
        TEXT(0),
        DATA(0);

        static final List<Scalar> ALL = List.of(values());

        final int bits;

        Scalar(int bits) {
            this.bits = bits;
        }

        @Override
        public boolean isPointer() {
            return this == TEXT || this == DATA;
        }

        /** The name in schemas. */
        @Override
        public String toString() {
            return switch (this) {
                case UINT8, UINT16, UINT32, UINT64 -> "UInt" + bits;
                default -> name().charAt(0) + name().substring(1).toLowerCase(java.util.Locale.ROOT);
            };
        }
    }

    /**
     * Anything behind a pointer.
     *
     * @param kind what is known about it
     * @param scopeId for {@link Kind#PARAMETER} the node that declares the type parameter, else 0
     * @param index for type parameters which one, else 0
     */
    record Any(Kind kind, long scopeId, int index) implements Type {
        static final Any UNCONSTRAINED = new Any(Kind.ANY, 0, 0);

        @Override
        public boolean isPointer() {
            return true;
        }

        @Override
        public String toString() {
            return switch (kind) {
                case ANY -> "AnyPointer";
                case STRUCT -> "AnyStruct";
                case LIST -> "AnyList";
                case CAPABILITY -> "Capability";
                case PARAMETER -> "AnyPointer (parameter " + index + " of " + SchemaException.id(scopeId) + ")";
                case METHOD_PARAMETER -> "AnyPointer (parameter " + index + " of the method)";
            };
        }

        /** What an {@link Any} is known to be. */
        public enum Kind {
            ANY,
            STRUCT,
            LIST,
            CAPABILITY,
            /** A type parameter of a node that no argument was given for. */
            PARAMETER,
            /** A type parameter of a method. */
            METHOD_PARAMETER
        }
    }
}

package dev.capstan.capnweb;

import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An array buffer, a data view or a typed array of JavaScript other than Uint8Array, for which {@code byte[]} stands. A value; the bytes are
 * shared, not copied: whoever gets them leaves them as they are.
 *
 * @param kind what the bytes are over there
 * @param bytes the elements, little-endian, as the protocol has them on every machine
 */
@SuppressWarnings("ArrayRecordComponent") // compared by content, as overridden below
public record TypedBytes(Kind kind, byte[] bytes) {
    /** The kinds, with the names that the protocol (since 0.11) gives them. */
    public enum Kind {
        /** Bytes without a view. */
        ARRAY_BUFFER("ArrayBuffer", 1),
        /** Bytes that are read piece by piece. */
        DATA_VIEW("DataView", 1),
        /** Signed bytes. */
        INT8("Int8Array", 1),
        /** Bytes that saturate. */
        UINT8_CLAMPED("Uint8ClampedArray", 1),
        /** Short integers. */
        INT16("Int16Array", 2),
        /** Short integers without sign. */
        UINT16("Uint16Array", 2),
        /** Integers. */
        INT32("Int32Array", 4),
        /** Integers without sign. */
        UINT32("Uint32Array", 4),
        /** Long integers. */
        BIG_INT64("BigInt64Array", 8),
        /** Long integers without sign. */
        BIG_UINT64("BigUint64Array", 8),
        /** Floats. */
        FLOAT32("Float32Array", 4),
        /** Doubles. */
        FLOAT64("Float64Array", 8);

        private final String marker;
        private final int elementBytes;

        Kind(String marker, int elementBytes) {
            this.marker = marker;
            this.elementBytes = elementBytes;
        }

        /** The name of the class in JavaScript, which is its name on the wire. */
        public String marker() {
            return marker;
        }

        /** Size of an element, in bytes. */
        public int elementBytes() {
            return elementBytes;
        }

        static @Nullable Kind of(String marker) {
            for (Kind kind : values()) {
                if (kind.marker.equals(marker)) {
                    return kind;
                }
            }
            return null;
        }
    }

    /** Refuses bytes that are not a whole number of elements. */
    public TypedBytes {
        if (bytes.length % kind.elementBytes != 0) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "%d bytes are no %s: it takes a multiple of %d.",
                    bytes.length,
                    kind.marker,
                    kind.elementBytes));
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TypedBytes that && kind == that.kind && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return 31 * kind.hashCode() + Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return kind.marker + "(" + bytes.length + " bytes)";
    }
}

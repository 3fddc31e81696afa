package dev.capstan.capnpc;

import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * A place in a struct, for clearing it.
 *
 * @param bits the size of a place in the data section; 0 for one in the pointer section
 * @param offset in units of that size
 */
record Place(int bits, long offset) implements Comparable<Place> {
    private static final Comparator<Place> ORDER = Comparator.comparing((Place p) -> p.bits == 0)
            .thenComparingLong(p -> p.offset * p.bits)
            .thenComparingInt(Place::bits)
            .thenComparingLong(Place::offset);

    /** @param type null for a pointer */
    Place(JavaType.@Nullable Scalar type, long offset) {
        this(type == null ? 0 : Scalars.bits(type), offset);
    }

    String clear() {
        return switch (bits) {
            case 0 -> "_clear(" + offset + ")";
            case 1 -> "_setBool(" + offset + ", false, false)";
            case 8 -> "_setInt8(" + offset + ", (byte) 0, (byte) 0)";
            case 16 -> "_setInt16(" + offset + ", (short) 0, (short) 0)";
            case 32 -> "_setInt32(" + offset + ", 0, 0)";
            default -> "_setInt64(" + offset + ", 0, 0)";
        };
    }

    @Override
    public int compareTo(Place other) {
        return ORDER.compare(this, other);
    }
}

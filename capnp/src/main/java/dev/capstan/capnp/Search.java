package dev.capstan.capnp;

/** Finding bytes in bytes, eight places at a time. */
final class Search {
    private static final long LOW_BITS = 0x0101_0101_0101_0101L;
    private static final long HIGH_BITS = LOW_BITS << 7;

    private Search() {}

    /** Where a part begins first within {@code size} bytes from {@code start} on, or -1. */
    static int first(Segment segment, long start, int size, Segment part, long partStart, int partSize) {
        if (partSize == 0) {
            return 0;
        }
        int last = size - partSize;
        int at = 0;
        if (partSize > 1) {
            // Both of the first two bytes are looked for: one alone, such as a blank, may be everywhere.
            long one = LOW_BITS * (part.getByte(partStart) & 0xff);
            long two = LOW_BITS * (part.getByte(partStart + 1) & 0xff);
            for (; at + 7 <= last; at += 8) {
                long misses = (segment.getLong(start + at) ^ one) | (segment.getLong(start + at + 1) ^ two);
                // The high bit of each byte that is zero, and perhaps of some behind the first such, all of which are
                // tried.
                long hits = (misses - LOW_BITS) & ~misses & HIGH_BITS;
                while (hits != 0) {
                    int place = at + (Long.numberOfTrailingZeros(hits) >>> 3);
                    if (matches(segment, start + place, part, partStart, partSize)) {
                        return place;
                    }
                    hits &= hits - 1;
                }
            }
        }
        for (; at <= last; at++) {
            if (matches(segment, start + at, part, partStart, partSize)) {
                return at;
            }
        }
        return -1;
    }

    private static boolean matches(Segment segment, long at, Segment part, long partStart, int partSize) {
        for (int i = 0; i < partSize; i++) {
            if (segment.getByte(at + i) != part.getByte(partStart + i)) {
                return false;
            }
        }
        return true;
    }
}

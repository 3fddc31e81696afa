package dev.capstan.capnpc.compile;

/**
 * The unused space within a piece of a data section: at most one hole of each size below a word, sizes being powers of two in bits.
 *
 * <p>More than one cannot arise: a field goes into the smallest hole that is large enough; what is left of that becomes holes of the sizes
 * in between, of which there were none; and when nothing is large enough, the piece grows by a word, which leaves at most one hole of each
 * size below.
 */
final class Holes {
    /** Log of a word's size in bits; there are no holes of that size. */
    static final int WORD = 6;

    /** Offset of the hole of each size, in units of that size; 0 stands for none, as the first thing is never a hole. */
    private final int[] offsets = new int[WORD];

    /** Takes space of this size from the smallest hole that has it; -1 when there is none. */
    int allocate(int lgSize) {
        if (lgSize >= WORD) {
            return -1;
        }
        if (offsets[lgSize] != 0) {
            int offset = offsets[lgSize];
            offsets[lgSize] = 0;
            return offset;
        }
        int larger = allocate(lgSize + 1);
        if (larger < 0) {
            return -1;
        }
        offsets[lgSize] = 2 * larger + 1;
        return 2 * larger;
    }

    /** Holes behind something of {@code lgSize} that ends at {@code offset}, up to the size of what it lies in. */
    void addBehind(int lgSize, int offset, int lgLimit) {
        int next = offset;
        for (int size = lgSize; size < lgLimit; size++) {
            offsets[size] = next;
            next = (next + 1) / 2;
        }
    }

    /** Doubles something {@code times} times by taking the holes behind it; all or nothing. */
    boolean expand(int lgSize, int offset, int times) {
        if (times == 0) {
            return true;
        }
        if (lgSize == WORD || offsets[lgSize] != offset + 1) {
            return false;
        }
        if (!expand(lgSize + 1, offset >> 1, times - 1)) {
            return false;
        }
        offsets[lgSize] = 0;
        return true;
    }

    /** Size of the smallest hole with at least this size; -1 when there is none. */
    int smallestAtLeast(int lgSize) {
        for (int size = lgSize; size < WORD; size++) {
            if (offsets[size] != 0) {
                return size;
            }
        }
        return -1;
    }
}

package dev.capstan.bench.serialization;

/** Random numbers that are the same in C++ and Java: Marsaglia's xorshift of 64 bits (13, 7, 17), of which the upper half is used. */
final class Xorshift {
    private long state = 0x1f2e_3d4c_5b6a_7988L;

    /** 0 to {@code bound - 1}. */
    int below(int bound) {
        return (int) (((next() >>> 32) * bound) >>> 32);
    }

    boolean flip() {
        return below(2) != 0;
    }

    /** 0 to {@code bound}. */
    double fraction(double bound) {
        return (next() >>> 32) * 0x1p-32 * bound;
    }

    private long next() {
        long x = state;
        x ^= x << 13;
        x ^= x >>> 7;
        x ^= x << 17;
        state = x;
        return x;
    }
}

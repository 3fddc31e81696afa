package dev.capstan.gateway.port;

import java.util.function.IntUnaryOperator;

/** How a connection of Cap'n Proto begins: with the number of segments of its first message less one, in little-endian order. */
public final class CapnpStart {
    /** Bytes that tell. */
    public static final int BYTES = 4;
    /** Segments of a first message, which every implementation bounds; letters of HTTP are far more, read as a number. */
    private static final int MOST_SEGMENTS = 512;

    private CapnpStart() {}

    /** Whether these are such bytes; {@code at} gives the first {@link #BYTES}, unsigned. */
    public static boolean is(IntUnaryOperator at) {
        long less = 0;
        for (int i = BYTES - 1; i >= 0; i--) {
            less = less << 8 | at.applyAsInt(i);
        }
        return less < MOST_SEGMENTS;
    }
}

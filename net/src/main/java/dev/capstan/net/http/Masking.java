package dev.capstan.net.http;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** The masking of clients' frames (RFC 6455, section 5.3), eight bytes at a time; what is masked twice is as it was. */
final class Masking {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private Masking() {}

    /**
     * Copies {@code count} bytes and masks them.
     *
     * @param mask its first byte in the lowest bits; 0 changes nothing
     * @param phase how many bytes of the payload were masked before
     */
    static void apply(int mask, int phase, byte[] from, int fromOffset, byte[] to, int toOffset, int count) {
        if (mask == 0) {
            System.arraycopy(from, fromOffset, to, toOffset, count);
            return;
        }
        int turned = Integer.rotateRight(mask, phase % Integer.BYTES * Byte.SIZE);
        long twice = turned & 0xffffffffL | (long) turned << Integer.SIZE;
        int i = 0;
        for (; i <= count - Long.BYTES; i += Long.BYTES) {
            LONGS.set(to, toOffset + i, (long) LONGS.get(from, fromOffset + i) ^ twice);
        }
        for (; i < count; i++) {
            to[toOffset + i] = (byte) (from[fromOffset + i] ^ turned >> i % Integer.BYTES * Byte.SIZE);
        }
    }
}

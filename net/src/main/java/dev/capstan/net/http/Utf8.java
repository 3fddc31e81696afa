package dev.capstan.net.http;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Tells whether bytes are UTF-8 (RFC 3629), up to 32 ASCII characters at a time. Netty's own check looks at each byte through a table and a virtual
 * call; most of what arrives here is ASCII.
 */
final class Utf8 {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long HIGH_BITS = 0x8080808080808080L;

    private Utf8() {}

    /** Where the first byte lies that belongs to no character; -1 if all do. */
    static int invalidAt(byte[] array, int offset, int length) {
        int at = offset;
        int end = offset + length;
        while (at < end) {
            if (array[at] >= 0) {
                at = skipAscii(array, at, end);
                continue;
            }
            int size = sizeOfCharacter(array, at, end);
            if (size == 0) {
                return at;
            }
            at += size;
        }
        return -1;
    }

    private static int skipAscii(byte[] array, int from, int end) {
        int at = from;
        while (at <= end - 32
                && (((long) LONG.get(array, at)
                                        | (long) LONG.get(array, at + 8)
                                        | (long) LONG.get(array, at + 16)
                                        | (long) LONG.get(array, at + 24))
                                & HIGH_BITS)
                        == 0) {
            at += 32;
        }
        while (at <= end - 8 && ((long) LONG.get(array, at) & HIGH_BITS) == 0) {
            at += 8;
        }
        while (at < end && array[at] >= 0) {
            at++;
        }
        return at;
    }

    /** Bytes of the character beyond ASCII that begins here; 0 if none does. Overlong forms and surrogates are none. */
    private static int sizeOfCharacter(byte[] array, int at, int end) {
        int first = array[at] & 0xff;
        if (first < 0xc2 || first > 0xf4) {
            return 0;
        }
        int size = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
        if (end - at < size) {
            return 0;
        }
        for (int i = 1; i < size; i++) {
            if ((array[at + i] & 0xc0) != 0x80) {
                return 0;
            }
        }
        int second = array[at + 1] & 0xff;
        boolean wrong = (first == 0xe0 && second < 0xa0)
                || (first == 0xed && second >= 0xa0)
                || (first == 0xf0 && second < 0x90)
                || (first == 0xf4 && second >= 0x90);
        return wrong ? 0 : size;
    }

    /** At most {@code maxBytes} of the text in UTF-8, cut between two code points. */
    static byte[] cut(String text, int maxBytes) {
        byte[] all = text.getBytes(StandardCharsets.UTF_8);
        if (all.length <= maxBytes) {
            return all;
        }
        int size = maxBytes;
        while (size > 0 && (all[size] & 0xc0) == 0x80) {
            size--;
        }
        return Arrays.copyOf(all, size);
    }
}

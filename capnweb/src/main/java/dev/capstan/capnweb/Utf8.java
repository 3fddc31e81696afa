package dev.capstan.capnweb;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Whether bytes are UTF-8 (RFC 3629, section 4). Looked at before JSON is parsed: Jackson guesses other encodings from the first bytes, and
 * lets forms pass that stand for ASCII in more bytes than it takes.
 */
final class Utf8 {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long HIGH_BITS = 0x8080808080808080L;

    private Utf8() {}

    /** Throws where the first byte is that does not belong. */
    static void check(byte[] bytes, int from, int to) {
        int at = from;
        while (true) {
            while (at <= to - Long.BYTES && ((long) LONGS.get(bytes, at) & HIGH_BITS) == 0) {
                at += Long.BYTES;
            }
            while (at < to && bytes[at] >= 0) {
                at++;
            }
            if (at == to) {
                return;
            }
            // Texts that are not ASCII come in runs.
            while (at < to && bytes[at] < 0) {
                int length = length(bytes, at, to);
                if (length == 0) {
                    throw WebException.at(at - from, "the text is not UTF-8");
                }
                at += length;
            }
        }
    }

    /** Bytes of the character that begins at {@code at}; 0 if none does. */
    private static int length(byte[] bytes, int at, int to) {
        int first = bytes[at] & 0xff;
        int length = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
        if (length == 0 || at + length > to) {
            return 0;
        }
        for (int i = 1; i < length; i++) {
            if ((bytes[at + i] & 0xc0) != 0x80) {
                return 0;
            }
        }
        int second = bytes[at + 1] & 0xff;
        boolean misspelled = switch (first) {
            case 0xe0 -> second < 0xa0; // could be two bytes
            case 0xed -> second >= 0xa0; // half of a surrogate pair
            case 0xf0 -> second < 0x90; // could be three bytes
            case 0xf4 -> second >= 0x90; // beyond Unicode
            default -> false;
        };
        return misspelled ? 0 : length;
    }
}

package dev.capstan.capnweb;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Base64 as the protocol has it: the standard alphabet, without padding. Read are padding and the letters of URLs, too; anything else is
 * refused, other than by Node, which overlooks it.
 */
final class Base64Text {
    private static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    private Base64Text() {}

    /** How many letters stand for so many bytes. */
    static long letters(int bytes) {
        return (bytes * 4L + 2) / 3;
    }

    /** Writes all of {@code bytes} into {@code out} from {@code at} on. Not the JDK's encoder: that one needs an array of its own. */
    static void encode(byte[] bytes, byte[] out, int at) {
        int in = 0;
        int to = at;
        for (int whole = bytes.length - bytes.length % 3; in < whole; in += 3) {
            int bits = ((bytes[in] & 0xff) << 16) | ((bytes[in + 1] & 0xff) << 8) | (bytes[in + 2] & 0xff);
            out[to++] = (byte) LETTERS.charAt(bits >>> 18);
            out[to++] = (byte) LETTERS.charAt((bits >>> 12) & 63);
            out[to++] = (byte) LETTERS.charAt((bits >>> 6) & 63);
            out[to++] = (byte) LETTERS.charAt(bits & 63);
        }
        int rest = bytes.length - in;
        if (rest > 0) {
            int bits = ((bytes[in] & 0xff) << 8) | (rest == 2 ? bytes[in + 1] & 0xff : 0);
            out[to++] = (byte) LETTERS.charAt(bits >>> 10);
            out[to++] = (byte) LETTERS.charAt((bits >>> 4) & 63);
            if (rest == 2) {
                out[to] = (byte) LETTERS.charAt((bits << 2) & 63);
            }
        }
    }

    /** The text that stands for {@code bytes}. */
    static String text(byte[] bytes) {
        byte[] letters = new byte[Math.toIntExact(letters(bytes.length))];
        encode(bytes, letters, 0);
        return new String(letters, ISO_8859_1);
    }

    /** What letters stand for; null unless {@link #text} would spell the result in the same way. */
    static byte @Nullable [] canonical(byte[] letters, int from, int to) {
        int length = to - from;
        int rest = length % 4;
        if (rest == 1 || (length > 0 && letters[to - 1] == '=')) {
            return null;
        }
        try {
            ByteBuffer decoded = Base64.getDecoder().decode(ByteBuffer.wrap(letters, from, length));
            byte[] bytes = decoded.array();
            // The last letter may hold bits that belong to no byte.
            if (bytes.length != decoded.limit() || (rest != 0 && letters[to - 1] != lastLetter(bytes, rest))) {
                return null;
            }
            return bytes;
        } catch (IllegalArgumentException e) {
            // Left to whoever knows whether this has to be base64 at all; it is read again there.
            return null;
        }
    }

    private static byte lastLetter(byte[] bytes, int rest) {
        int last = bytes[bytes.length - 1];
        return (byte) LETTERS.charAt((rest == 2 ? last << 4 : last << 2) & 63);
    }

    /** What a text stands for. */
    static byte[] decode(String text) {
        byte[] letters = text.getBytes(ISO_8859_1);
        int end = letters.length;
        while (end > 0 && end > letters.length - 2 && letters[end - 1] == '=') {
            end--;
        }
        for (int i = 0; i < end; i++) {
            if (letters[i] == '-') {
                letters[i] = '+';
            } else if (letters[i] == '_') {
                letters[i] = '/';
            }
        }
        try {
            ByteBuffer decoded = Base64.getDecoder().decode(ByteBuffer.wrap(letters, 0, end));
            byte[] bytes = new byte[decoded.remaining()];
            decoded.get(bytes);
            return bytes;
        } catch (IllegalArgumentException e) {
            throw WebException.of("\"" + Tree.excerpt(text) + "\" is not base64.", e);
        }
    }
}

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

    /** Of what is encoded at a time; a multiple of three, so that only the last piece ends within a group of letters. */
    private static final int PIECE_BYTES = 3 << 12;

    private Base64Text() {}

    /** How many letters stand for so many bytes. */
    static long letters(int bytes) {
        return (bytes * 4L + 2) / 3;
    }

    /** Writes all of {@code bytes} into {@code out} from {@code at} on. In pieces, since the JDK's encoder, which is many times as fast as a loop, makes an array for each. */
    static void encode(byte[] bytes, byte[] out, int at) {
        Base64.Encoder encoder = Base64.getEncoder().withoutPadding();
        int to = at;
        for (int from = 0; from < bytes.length; from += PIECE_BYTES) {
            ByteBuffer letters =
                    encoder.encode(ByteBuffer.wrap(bytes, from, Math.min(PIECE_BYTES, bytes.length - from)));
            System.arraycopy(letters.array(), 0, out, to, letters.limit());
            to += letters.limit();
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

package dev.capstan.capnp.io;

import dev.capstan.capnp.MessageException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Objects;

/**
 * The packed form of words, in which zero bytes take (almost) no room.
 *
 * <p>Each word is sent as a tag byte, whose bits say which bytes of the word are not zero, and those bytes. Tag 0 is followed by a count of further
 * zero words, tag 255 by a count of further words that are sent as they are. Source: capnproto.org/encoding.html#packing. Two bytes may stand for 256
 * words: whoever unpacks what a stranger sent says how large the result may be.
 */
public final class Packed {
    private Packed() {}

    /**
     * Packs whole words.
     *
     * @throws IllegalArgumentException if {@code length} is no multiple of 8
     * @throws IndexOutOfBoundsException if the range does not lie within {@code words}
     */
    public static byte[] pack(byte[] words, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, words.length);
        Packer packer = new Packer();
        packer.pack(words, offset, length);
        return Arrays.copyOf(packer.bytes(), packer.size());
    }

    /**
     * Unpacks everything.
     *
     * @param maxBytes how large the result may be
     * @throws MessageException if it is larger, or if the packed bytes end within a word
     * @throws IllegalArgumentException if {@code maxBytes} is negative
     * @throws IndexOutOfBoundsException if the range does not lie within {@code packed}
     */
    public static byte[] unpack(byte[] packed, int offset, int length, int maxBytes) {
        Objects.checkFromIndexSize(offset, length, packed.length);
        if (maxBytes < 0) {
            throw new IllegalArgumentException("maxBytes is " + maxBytes + ", and must be 0 or more");
        }
        Unpacker unpacker = new Unpacker();
        byte[] words = new byte[Math.min(maxBytes, Math.clamp(4L * length, 64, 1 << 30))];
        int have = 0;
        int at = offset;
        int end = offset + length;
        while (true) {
            at = unpacker.unpack(packed, at, end, words, have, words.length);
            have = unpacker.written();
            if (have < words.length) {
                break;
            }
            if (at == end && !unpacker.hasMore()) {
                break;
            }
            if (words.length == maxBytes) {
                throw MessageException.inFrame(
                        "The packed bytes unpack to more than the " + maxBytes + " bytes allowed", at);
            }
            words = Arrays.copyOf(words, (int) Math.min(maxBytes, 2L * words.length));
        }
        if (!unpacker.isBetweenWords()) {
            throw MessageException.inFrame("The packed bytes end prematurely, within a word", at);
        }
        return Arrays.copyOf(words, have);
    }

    /**
     * A stream that unpacks what it reads from {@code packed}. It may read ahead unless {@code packed} marks; closing it closes {@code packed}.
     */
    public static InputStream input(InputStream packed) {
        return new PackedInput(packed);
    }

    /**
     * A stream that packs what is written to it into {@code packed}. Whatever is written in one piece must be whole words. Closing and flushing are passed
     * on.
     */
    public static OutputStream output(OutputStream packed) {
        return new PackedOutput(packed);
    }
}

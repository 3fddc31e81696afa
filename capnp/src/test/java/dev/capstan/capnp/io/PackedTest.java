package dev.capstan.capnp.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.capnp.MessageException;
import dev.capstan.testkit.Parity;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PackedTest {
    @Test
    void what_to_unpack_lies_within_the_array_and_what_it_may_become_is_a_size() {
        byte[] packed = {0, 1};
        assertThrows(IllegalArgumentException.class, () -> Packed.unpack(packed, 0, 2, -1));
        assertThrows(IndexOutOfBoundsException.class, () -> Packed.unpack(packed, 0, 3, 100));
        assertThrows(IndexOutOfBoundsException.class, () -> Packed.unpack(packed, -1, 1, 100));
        assertThrows(IndexOutOfBoundsException.class, () -> Packed.unpack(packed, 0, -1, 100));
        assertThrows(IndexOutOfBoundsException.class, () -> Packed.pack(new byte[8], 0, 16));
        assertEquals(0, Packed.unpack(packed, 2, 0, 0).length);
        assertEquals(16, Packed.unpack(packed, 0, 2, 16).length);
    }

    static Stream<Arguments> examples() {
        return Stream.of(
                example("", ""),
                example("0 0 0 0 0 0 0 0", "0 0"),
                example("0 0 12 0 0 34 0 0", "36 12 34"),
                example("1 3 2 4 5 7 6 8", "255 1 3 2 4 5 7 6 8 0"),
                example("0 0 0 0 0 0 0 0  1 3 2 4 5 7 6 8", "0 0 255 1 3 2 4 5 7 6 8 0"),
                example("0 0 12 0 0 34 0 0  1 3 2 4 5 7 6 8", "36 12 34 255 1 3 2 4 5 7 6 8 0"),
                example("1 3 2 4 5 7 6 8  8 6 7 4 5 2 3 1", "255 1 3 2 4 5 7 6 8 1 8 6 7 4 5 2 3 1"),
                example(
                        "1 2 3 4 5 6 7 8  1 2 3 4 5 6 7 8  1 2 3 4 5 6 7 8  1 2 3 4 5 6 7 8  0 2 4 0 9 0 5 1",
                        "255 1 2 3 4 5 6 7 8 3 1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 214 2 4 9 5 1"),
                example(
                        "1 2 3 4 5 6 7 8  1 2 3 4 5 6 7 8  6 2 4 3 9 0 5 1  1 2 3 4 5 6 7 8  0 2 4 0 9 0 5 1",
                        "255 1 2 3 4 5 6 7 8 3 1 2 3 4 5 6 7 8 6 2 4 3 9 0 5 1 1 2 3 4 5 6 7 8 214 2 4 9 5 1"),
                example(
                        "8 0 100 6 0 1 1 2  0 0 0 0 0 0 0 0  0 0 0 0 0 0 0 0  0 0 0 0 0 0 0 0  0 0 1 0 2 0 3 1",
                        "237 8 100 6 1 1 2 0 2 212 1 2 3 1"));
    }

    private static Arguments example(String words, String packed) {
        return Arguments.of(bytes(words), bytes(packed));
    }

    private static byte[] bytes(String numbers) {
        String[] each = numbers.isBlank() ? new String[0] : numbers.trim().split("\\s+", -1);
        byte[] bytes = new byte[each.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) Integer.parseInt(each[i]);
        }
        return bytes;
    }

    /** Words with runs of each kind, some of them longer than a count can say. */
    private static byte[] random(Random random) {
        ByteArrayOutputStream words = new ByteArrayOutputStream();
        int runs = random.nextInt(12);
        for (int run = 0; run < runs; run++) {
            int length = random.nextInt(4) == 0 ? random.nextInt(600) : random.nextInt(5);
            int zeros = random.nextInt(9);
            for (int i = 0; i < length; i++) {
                byte[] word = new byte[8];
                random.nextBytes(word);
                for (int j = 0; j < zeros; j++) {
                    word[random.nextInt(8)] = 0;
                }
                words.writeBytes(zeros == 8 ? new byte[8] : word);
            }
        }
        return words.toByteArray();
    }

    @ParameterizedTest
    @MethodSource("examples")
    @Parity("packed: SimplePacking")
    @DisplayName("SimplePacking")
    void words_pack_and_unpack_however_they_are_cut(byte[] words, byte[] packed) throws IOException {
        assertArrayEquals(packed, Packed.pack(words, 0, words.length));
        assertArrayEquals(words, Packed.unpack(packed, 0, packed.length, words.length));
        for (int piece = 1; piece <= packed.length; piece++) {
            InputStream in = Packed.input(new Pieces(packed, piece));
            assertArrayEquals(words, in.readNBytes(words.length), "read in pieces of " + piece);
            assertEquals(-1, in.read());
            InputStream skipped = Packed.input(new Pieces(packed, piece));
            skipped.skipNBytes(words.length);
            assertEquals(-1, skipped.read());
        }
        ByteArrayOutputStream five = new ByteArrayOutputStream();
        var out = Packed.output(five);
        for (int i = 0; i < 5; i++) {
            out.write(words);
        }
        InputStream in = Packed.input(new ByteArrayInputStream(five.toByteArray()));
        for (int i = 0; i < 5; i++) {
            assertArrayEquals(words, in.readNBytes(words.length));
        }
    }

    @Test
    void any_words_come_back_however_both_sides_are_cut() {
        for (int seed = 0; seed < 2_000; seed++) {
            Random random = new Random(seed);
            byte[] words = random(random);
            byte[] packed = Packed.pack(words, 0, words.length);
            assertArrayEquals(words, Packed.unpack(packed, 0, packed.length, words.length), "seed " + seed);
            Unpacker unpacker = new Unpacker();
            byte[] back = new byte[words.length];
            int at = 0;
            int put = 0;
            for (int step = 0; step < 1_000_000 && !(at == packed.length && put == back.length); step++) {
                int inEnd = Math.min(packed.length, at + random.nextInt(20));
                int outEnd = Math.min(back.length, put + random.nextInt(20));
                at = unpacker.unpack(packed, at, inEnd, back, put, outEnd);
                put = unpacker.written();
            }
            assertArrayEquals(words, back, "seed " + seed);
            assertTrue(unpacker.isBetweenWords(), "seed " + seed);
        }
    }

    @Test
    void bytes_that_end_within_a_word_are_refused() {
        for (String cut : new String[] {"0", "255 1 2 3 4 5 6 7 8", "255 1 2", "36 12", "255 1 2 3 4 5 6 7 8 1 1 2"}) {
            byte[] packed = bytes(cut);
            assertThrows(MessageException.class, () -> Packed.unpack(packed, 0, packed.length, 1 << 20), cut);
            assertThrows(
                    MessageException.class,
                    () -> Packed.input(new ByteArrayInputStream(packed)).readAllBytes(),
                    cut);
        }
    }

    @Test
    void what_unpacks_to_more_than_is_allowed_is_refused() {
        byte[] packed = bytes("0 255 0 255 0 255");
        assertEquals(3 * 2048, Packed.unpack(packed, 0, packed.length, 3 * 2048).length);
        assertThrows(MessageException.class, () -> Packed.unpack(packed, 0, packed.length, 3 * 2048 - 1));
    }

    @Test
    void only_whole_words_can_be_packed() {
        assertThrows(IllegalArgumentException.class, () -> Packed.pack(new byte[12], 0, 12));
        assertThrows(
                IllegalArgumentException.class,
                () -> Packed.output(new ByteArrayOutputStream()).write(1));
    }

    /** A stream that gives a few bytes at a time. */
    private static final class Pieces extends InputStream {
        private final ByteArrayInputStream all;
        private final int piece;

        Pieces(byte[] all, int piece) {
            this.all = new ByteArrayInputStream(all);
            this.piece = piece;
        }

        @Override
        public int read() {
            return all.read();
        }

        @Override
        public int read(byte[] room, int offset, int length) {
            return all.read(room, offset, Math.min(length, piece));
        }
    }
}

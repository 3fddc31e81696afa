package dev.capstan.net.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class WholeFramesTest {
    private static final int PREFACE = 24;
    private static final int LARGEST = 100;

    private final Taken taken = new Taken();
    private final WholeFrames frames = new WholeFrames(PREFACE, LARGEST, taken);

    private static final class Taken implements WholeFrames.Decoder {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final List<byte[]> lentFrom = new ArrayList<>();
        private final List<Integer> lengths = new ArrayList<>();

        @Override
        public void lent(byte[] array, int offset, int length) {
            lentFrom.add(array);
            lengths.add(length);
            bytes.write(array, offset, length);
        }

        @Override
        public void given(byte[] array) {
            lengths.add(array.length);
            bytes.writeBytes(array);
        }
    }

    private static byte[] frame(int payload, Random random) {
        byte[] frame = new byte[9 + payload];
        random.nextBytes(frame);
        frame[0] = (byte) (payload >> 16);
        frame[1] = (byte) (payload >> 8);
        frame[2] = (byte) payload;
        return frame;
    }

    /** The preface and the first frame are over. */
    private void begin() {
        frames.add(new byte[PREFACE + 9], 0, PREFACE + 9);
        assertEquals(List.of(PREFACE, 9), taken.lengths);
        assertEquals(List.of(), taken.lentFrom);
        taken.lengths.clear();
        taken.bytes.reset();
    }

    @Test
    void however_it_comes_only_whole_frames_are_lent_and_no_byte_is_lost() {
        for (int seed = 1; seed <= 500; seed++) {
            new WholeFramesTest().comesInPieces(seed);
        }
    }

    private void comesInPieces(int seed) {
        Random random = new Random(seed);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(new byte[PREFACE]);
        TreeSet<Integer> ends = new TreeSet<>(List.of(PREFACE));
        for (int i = random.nextInt(20); i >= 0; i--) {
            all.writeBytes(frame(random.nextInt(3) * random.nextInt(LARGEST / 2 + 1), random));
            ends.add(all.size());
        }
        byte[] input = all.toByteArray();
        int most = 1 + random.nextInt(random.nextBoolean() ? 12 : 400);
        for (int at = 0; at < input.length; ) {
            int count = Math.min(1 + random.nextInt(most), input.length - at);
            byte[] piece = new byte[3 + count];
            System.arraycopy(input, at, piece, 3, count);
            at += count;
            int before = taken.bytes.size();
            frames.add(piece, 3, count);
            // The array is lent: nothing of it may be read later.
            Arrays.fill(piece, (byte) -1);
            Integer whole = ends.floor(at);
            assertEquals(at < PREFACE ? at : whole == null ? before : whole, taken.bytes.size(), "seed " + seed);
        }
        assertArrayEquals(input, taken.bytes.toByteArray());
        int sum = 0;
        for (int each : taken.lengths) {
            sum += each;
            assertTrue(sum <= PREFACE || ends.contains(sum), "a piece ends within a frame, at " + sum);
        }
    }

    @Test
    void what_is_whole_is_lent_as_it_lies() {
        begin();
        Random random = new Random(1);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = 0; i < 3; i++) {
            all.writeBytes(frame(i * 50, random));
        }
        byte[] input = all.toByteArray();
        frames.add(input, 0, input.length - 1);
        assertEquals(List.of(input.length - 109), taken.lengths);
        assertSame(input, taken.lentFrom.getFirst());
        frames.add(input, input.length - 1, 1);
        assertEquals(109, taken.lengths.get(1));
        assertEquals(1, taken.lentFrom.size());
        assertArrayEquals(input, taken.bytes.toByteArray());
    }

    @Test
    void a_frame_that_is_too_long_is_given_as_it_comes_so_that_nothing_is_held_for_it() {
        for (int first : new int[] {1, 8, 9, 10, 60}) {
            Taken its = new Taken();
            WholeFrames anew = new WholeFrames(0, LARGEST, its);
            byte[] frame = frame(LARGEST + 1, new Random(first));
            anew.add(frame, 0, first);
            assertEquals(first < 9 ? 0 : first, its.bytes.size());
            anew.add(frame, first, 20);
            assertEquals(first + 20, its.bytes.size());
            anew.add(frame, first + 20, frame.length - first - 20);
            assertArrayEquals(frame, its.bytes.toByteArray());
            assertEquals(List.of(), its.lentFrom);
        }
    }
}

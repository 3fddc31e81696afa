package dev.capstan.capnp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.testkit.Parity;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The canonical form; cases under the names of {@code canonicalize-test.c++}. */
class CanonicalTest {
    private static final long SOME = 0x0706050403020100L;
    private static final long ONLY_THE_HIGHEST_BIT = 1L << 63;
    private static final long EMPTY_STRUCT = Pointer.EMPTY_STRUCT;

    private static MessageReader message(long... words) {
        return MessageReader.of(List.of(Words.bytes(words)), Limits.DEFAULT);
    }

    private static void assertCanonical(long... words) {
        assertTrue(message(words).isCanonical());
        assertArrayEquals(words, Words.of(message(words).root().canonical()));
    }

    /** Not canonical, and this is the form that is. */
    private static void assertBecomes(long[] form, long... words) {
        assertFalse(message(words).isCanonical());
        assertArrayEquals(form, Words.of(message(words).root().canonical()));
        assertTrue(message(form).isCanonical());
    }

    /** A tree of structs, lists and far pointers. */
    private static void fill(AnyPointer.Builder at, Random random, int depth) {
        switch (random.nextInt(depth == 0 ? 2 : 5)) {
            case 0 -> {
                return;
            }
            case 1 -> {
                var list = at.init(Int16List.TYPE, random.nextInt(9));
                for (int i = 0; i < list.size(); i++) {
                    list.set(i, (short) random.nextInt(3));
                }
            }
            case 2 -> {
                var list = at.init(BoolList.TYPE, random.nextInt(70));
                for (int i = 0; i < list.size(); i++) {
                    list.set(i, random.nextBoolean());
                }
            }
            case 3 -> {
                int pointers = random.nextInt(3);
                var list = at.init(StructList.type(Raw.type(2, pointers)), random.nextInt(4));
                for (Raw.Builder each : list) {
                    each._setInt64(random.nextInt(2), random.nextInt(2), 0);
                    for (int i = 0; i < pointers; i++) {
                        fill(each._any(i), random, depth - 1);
                    }
                }
            }
            default -> {
                int pointers = random.nextInt(4);
                var struct = at.init(Raw.type(3, pointers));
                struct._setInt64(random.nextInt(3), random.nextInt(2), 0);
                for (int i = 0; i < pointers; i++) {
                    fill(struct._any(i), random, depth - 1);
                }
            }
        }
    }

    @Test
    @Parity("canonicalize: canonicalize yields canonical message")
    @DisplayName("canonicalize yields canonical message")
    void any_content_has_one_form_whatever_its_layout() {
        for (int seed = 0; seed < 3_000; seed++) {
            MessageBuilder roomy = new MessageBuilder(4096);
            fill(roomy.root(), new Random(seed), 4);
            MessageBuilder scattered = new MessageBuilder(1);
            fill(scattered.root(), new Random(seed), 4);
            byte[] form = roomy.asReader().canonical();
            assertArrayEquals(form, scattered.asReader().canonical(), "seed " + seed);
            MessageReader read = MessageReader.of(List.of(form), Limits.DEFAULT);
            assertTrue(read.isCanonical(), "seed " + seed);
            assertTrue(read.root().contentEquals(roomy.asReader()), "seed " + seed);
            assertTrue(scattered.asReader().contentEquals(roomy.asReader()), "seed " + seed);
        }
    }

    @Test
    void equal_content_and_equal_forms_are_the_same_thing() {
        List<MessageBuilder> messages = new ArrayList<>();
        for (int seed = 0; seed < 150; seed++) {
            MessageBuilder message = new MessageBuilder();
            fill(message.root(), new Random(seed), 2);
            messages.add(message);
        }
        for (MessageBuilder a : messages) {
            for (MessageBuilder b : messages) {
                assertEquals(
                        Arrays.equals(a.asReader().canonical(), b.asReader().canonical()),
                        a.asReader().contentEquals(b.asReader()));
            }
        }
    }

    @Test
    @Parity("canonicalize: canonicalize succeeds on empty struct")
    @DisplayName("canonicalize succeeds on empty struct")
    void an_empty_struct_becomes_a_pointer_to_itself() {
        MessageBuilder message = new MessageBuilder();
        message.initRoot(Raw.type(2, 3));
        assertArrayEquals(new long[] {EMPTY_STRUCT}, Words.of(message.asReader().canonical()));
        assertArrayEquals(
                new long[] {EMPTY_STRUCT},
                Words.of(message.asReader().as(Raw.type(2, 3)).canonical()));
    }

    @Test
    @Parity("canonicalize: data word with only its most significant bit set does not get truncated")
    @DisplayName("data word with only its most significant bit set does not get truncated")
    void a_data_word_that_has_only_its_highest_bit_stays() {
        assertCanonical(Pointer.struct(0, 2, 0), 0x1111_1111_1111_1111L, ONLY_THE_HIGHEST_BIT);
    }

    @Test
    @Parity("canonicalize: INLINE_COMPOSITE data word with only its most significant bit set does not get truncated")
    @DisplayName("INLINE_COMPOSITE data word with only its most significant bit set does not get truncated")
    void such_a_word_stays_in_a_list_of_structs_too() {
        assertCanonical(
                Pointer.struct(0, 0, 1),
                Pointer.list(0, ElementSize.COMPOSITE, 2),
                Pointer.struct(1, 2, 0),
                0x2222_2222_2222_2222L,
                ONLY_THE_HIGHEST_BIT);
    }

    @Test
    @Parity("canonicalize: canonical non-null empty struct field")
    @DisplayName("canonical non-null empty struct field")
    void a_pointer_to_an_empty_struct_is_not_null() {
        assertCanonical(Pointer.struct(0, 0, 2), Pointer.struct(1, 1, 0), EMPTY_STRUCT, SOME);
    }

    @Test
    @Parity("canonicalize: for pointers to empty structs, preorder is not canonical")
    @DisplayName("for pointers to empty structs, preorder is not canonical")
    void an_empty_struct_lies_nowhere_but_at_its_own_pointer() {
        assertBecomes(
                new long[] {Pointer.struct(0, 0, 2), Pointer.struct(1, 1, 0), EMPTY_STRUCT, SOME},
                Pointer.struct(0, 0, 2),
                Pointer.struct(1, 1, 0),
                Pointer.struct(1, 0, 0),
                SOME);
    }

    @Test
    @Parity("canonicalize: isCanonical requires pointer preorder")
    @DisplayName("isCanonical requires pointer preorder")
    void objects_lie_in_preorder() {
        assertBecomes(
                new long[] {Pointer.struct(0, 0, 2), Pointer.struct(1, 1, 0), Pointer.struct(1, 1, 0), 22, 11},
                Pointer.struct(0, 0, 2),
                Pointer.struct(2, 1, 0),
                Pointer.struct(0, 1, 0),
                11,
                22);
    }

    @Test
    @Parity("canonicalize: isCanonical requires dense packing")
    @DisplayName("isCanonical requires dense packing")
    void there_are_no_gaps() {
        assertBecomes(new long[] {Pointer.struct(0, 1, 0), SOME}, Pointer.struct(1, 1, 0), 0, SOME);
    }

    @Test
    @Parity("canonicalize: isCanonical rejects multi-segment messages")
    @DisplayName("isCanonical rejects multi-segment messages")
    void there_is_one_segment() {
        List<byte[]> segments =
                List.of(Words.bytes(Pointer.far(false, 0, 1)), Words.bytes(Pointer.struct(0, 1, 0), SOME));
        assertFalse(MessageReader.of(segments, Limits.DEFAULT).isCanonical());
    }

    @Test
    @Parity("canonicalize: isCanonical rejects zero segment messages")
    @DisplayName("isCanonical rejects zero segment messages")
    void there_is_a_segment() {
        assertFalse(MessageReader.of(List.of(), Limits.DEFAULT).isCanonical());
    }

    @Test
    @Parity("canonicalize: isCanonical requires truncation of 0-valued struct fields")
    @DisplayName("isCanonical requires truncation of 0-valued struct fields")
    void zero_words_at_the_end_of_a_struct_are_cut_off() {
        assertBecomes(new long[] {EMPTY_STRUCT}, Pointer.struct(0, 1, 0), 0);
    }

    @Test
    @Parity("canonicalize: isCanonical rejects unused trailing words")
    @DisplayName("isCanonical rejects unused trailing words")
    void nothing_follows_the_last_object() {
        assertBecomes(new long[] {Pointer.struct(0, 1, 0), SOME}, Pointer.struct(0, 1, 0), SOME, 0);
    }

    @Test
    @Parity("canonicalize: isCanonical accepts empty inline composite list of zero-sized structs")
    @DisplayName("isCanonical accepts empty inline composite list of zero-sized structs")
    void a_list_of_no_structs_keeps_its_tag() {
        assertCanonical(Pointer.struct(0, 0, 1), Pointer.list(0, ElementSize.COMPOSITE, 0), 0);
    }

    @Test
    @Parity("canonicalize: isCanonical rejects inline composite list with inaccurate word-length")
    @DisplayName("isCanonical rejects inline composite list with inaccurate word-length")
    void a_list_of_structs_counts_its_own_words_alone() {
        assertFalse(message(
                        Pointer.struct(0, 0, 2),
                        Pointer.list(1, ElementSize.COMPOSITE, 2),
                        Pointer.struct(2, 1, 0),
                        Pointer.struct(1, 1, 0),
                        SOME,
                        SOME)
                .isCanonical());
    }

    @Test
    @Parity("canonicalize: upgraded lists can be canonicalized")
    @DisplayName("upgraded lists can be canonicalized")
    void a_list_of_numbers_where_structs_are_expected_stays_one_of_numbers() {
        assertCanonical(
                Pointer.struct(0, 0, 4),
                0,
                0,
                0,
                Pointer.list(0, ElementSize.TWO_BYTES, 6),
                0x0605_0404_0302_0100L,
                0x1009_0807L);
    }

    @Test
    @Parity("canonicalize: isCanonical requires truncation of 0-valued struct fields in all list members")
    @DisplayName("isCanonical requires truncation of 0-valued struct fields in all list members")
    void zero_words_at_the_end_of_all_structs_of_a_list_are_cut_off() {
        assertBecomes(
                new long[] {Pointer.list(0, ElementSize.COMPOSITE, 2), Pointer.struct(2, 1, 0), 1, 2},
                Pointer.list(0, ElementSize.COMPOSITE, 4),
                Pointer.struct(2, 2, 0),
                1,
                0,
                2,
                0);
    }

    @Test
    @Parity("canonicalize: primitive list with nonzero padding")
    @DisplayName("primitive list with nonzero padding")
    void what_lies_behind_a_list_of_bytes_is_zero() {
        long[] form = {Pointer.struct(0, 0, 1), Pointer.list(0, ElementSize.BYTE, 3), 0x03_02_01};
        assertBecomes(form, form[0], form[1], 0x01_03_02_01);
    }

    @Test
    @Parity("canonicalize: bit list with nonzero padding")
    @DisplayName("bit list with nonzero padding")
    void what_lies_behind_a_list_of_bits_is_zero() {
        long[] form = {Pointer.struct(0, 0, 1), Pointer.list(0, ElementSize.BIT, 11), 0x07ee};
        assertBecomes(form, form[0], form[1], 0x0fee);
    }

    @Test
    void a_capability_has_no_canonical_form() {
        MessageBuilder message = new MessageBuilder();
        message.initRoot(Raw.type(0, 1))._setCap(0, new TestCap());
        assertThrows(MessageException.class, () -> message.asReader().canonical());
        assertFalse(message(Pointer.struct(0, 0, 1), Pointer.capability(0)).isCanonical());
        message.reset();
    }

    @Test
    void a_message_that_cannot_be_read_is_not_canonical() {
        assertFalse(message(Pointer.struct(7, 1, 0)).isCanonical());
        assertFalse(message(Pointer.struct(-1, 0, 1)).isCanonical(), "a circle");
    }

    private static byte[] frame(byte[] segment) {
        byte[] frame = new byte[8 + segment.length];
        HeapSegment.put(frame, 4, segment.length / 8);
        System.arraycopy(segment, 0, frame, 8, segment.length);
        return frame;
    }

    @Test
    void a_message_near_the_traversal_limit_has_its_form_and_is_told_to_be_in_it() {
        MessageBuilder large = new MessageBuilder(5_000_002);
        large.root().init(Data.TYPE, 40_000_000).set(39_999_999, (byte) 1);
        byte[] segment = large.asReader().canonical();
        assertTrue(MessageReader.of(List.of(segment), Limits.DEFAULT).isCanonical());
        byte[] frame = frame(segment);
        assertArrayEquals(
                segment,
                MessageReader.of(frame, 0, frame.length, Limits.DEFAULT).root().canonical());
    }

    @Test
    void a_form_costs_as_much_as_reading_the_message_once() {
        byte[] segment = Words.bytes(Pointer.struct(0, 1, 1), SOME, Pointer.list(0, ElementSize.EIGHT_BYTES, 2), 1, 2);
        MessageReader exact = MessageReader.of(List.of(segment), Limits.DEFAULT.withTraversalWords(4));
        assertArrayEquals(segment, exact.root().canonical());
        assertThrows(MessageException.class, () -> exact.root().canonical(), "now it is used up");
        MessageReader check = MessageReader.of(List.of(segment), Limits.DEFAULT.withTraversalWords(4));
        assertTrue(check.isCanonical());
    }

    @Test
    void a_message_beyond_a_limit_is_neither_canonical_nor_not() {
        byte[] segment = Words.bytes(Pointer.struct(0, 1, 1), SOME, Pointer.list(0, ElementSize.EIGHT_BYTES, 2), 1, 2);
        MessageReader large = MessageReader.of(List.of(segment), Limits.DEFAULT.withTraversalWords(3));
        MessageException words = assertThrows(MessageException.class, large::isCanonical);
        assertTrue(String.valueOf(words.getMessage()).contains("traversalWords"), words.getMessage());
        MessageReader deep = MessageReader.of(List.of(segment), Limits.DEFAULT.withNesting(1));
        MessageException levels = assertThrows(MessageException.class, deep::isCanonical);
        assertTrue(String.valueOf(levels.getMessage()).contains("nesting"), levels.getMessage());
    }

    @Test
    void malformed_words_are_not_canonical_whatever_they_are() {
        Random random = new Random(7);
        for (int seed = 0; seed < 3_000; seed++) {
            MessageBuilder message = new MessageBuilder(4096);
            fill(message.root(), new Random(seed), 3);
            byte[] form = message.asReader().canonical();
            byte[] other = form.clone();
            int bit = random.nextInt(8 * form.length);
            other[bit >>> 3] ^= (byte) (1 << (bit & 7));
            MessageReader reader = MessageReader.of(List.of(other), Limits.DEFAULT);
            byte[] canonical;
            try {
                canonical =
                        MessageReader.of(List.of(other), Limits.DEFAULT).root().canonical();
            } catch (MessageException e) {
                if (String.valueOf(e.getMessage()).contains("traversalWords")) {
                    // A very long list of voids, say.
                    continue;
                }
                canonical = new byte[0];
            }
            assertEquals(Arrays.equals(canonical, other), reader.isCanonical(), "seed " + seed + " bit " + bit);
        }
    }
}

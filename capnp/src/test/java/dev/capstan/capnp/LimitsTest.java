package dev.capstan.capnp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.testkit.Parity;
import java.time.Duration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What a message may cost its reader, with the security advisories of the C++ implementation as regression tests. */
class LimitsTest {
    private static final StructType<Raw.Builder, Raw.Reader> NODE = Raw.type(0, 1);
    private static final int MOST = (1 << 29) - 1;
    private static final long VOIDS = Pointer.list(0, ElementSize.VOID, MOST);

    private static Limits words(long traversalWords) {
        return Limits.DEFAULT.withTraversalWords(traversalWords);
    }

    @Test
    void limits_must_be_positive() {
        assertThrows(IllegalArgumentException.class, () -> Limits.DEFAULT.withTraversalWords(0));
        assertThrows(IllegalArgumentException.class, () -> Limits.DEFAULT.withNesting(0));
        assertThrows(IllegalArgumentException.class, () -> Limits.DEFAULT.withSegments(0));
        assertEquals(new Limits(8 * 1024 * 1024, 64, 512), Limits.DEFAULT);
    }

    @Test
    void nesting_is_counted_to_the_last_level_of_a_deep_message() {
        for (int levels : new int[] {1, 64, 65_534, 65_535}) {
            // A struct that points to itself.
            AnyPointer.Reader root =
                    Words.root(Limits.DEFAULT.withNesting(levels), 0x0001_0000_0000_0000L, 0x0001_0000_ffff_fffcL);
            Raw.Reader node = root.as(NODE);
            for (int i = 1; i < levels; i++) {
                node = node._get(NODE, 0);
            }
            Raw.Reader last = node;
            assertThrows(MessageException.class, () -> last._get(NODE, 0), levels + " levels");
        }
    }

    @Test
    void what_is_part_of_the_program_has_no_limit() {
        MessageBuilder message = new MessageBuilder();
        Raw.Builder node = message.initRoot(NODE);
        for (int i = 0; i < 70_000; i++) {
            node = node._init(NODE, 0);
        }
        Raw.Reader read = message.asReader().as(NODE);
        for (int i = 0; i < 70_000; i++) {
            read = read._get(NODE, 0);
        }
        assertTrue(read._isNull(0));
    }

    @Nested
    class Traversal {
        @Test
        void the_limit_is_exact() {
            long[] message = {Pointer.list(0, ElementSize.EIGHT_BYTES, 4), 1, 2, 3, 4};
            assertEquals(4, Words.root(words(5), message).as(Int64List.TYPE).size());
            assertEquals(4, Words.root(words(4), message).as(Int64List.TYPE).size());
            assertThrows(
                    MessageException.class, () -> Words.root(words(3), message).as(Int64List.TYPE));
        }

        @Test
        void every_visit_counts() {
            AnyPointer.Reader root = Words.root(words(10), Pointer.list(0, ElementSize.BYTE, 17), 0, 0, 0);
            for (int i = 0; i < 3; i++) {
                root.as(Data.TYPE);
            }
            assertThrows(MessageException.class, () -> root.as(Data.TYPE));
        }

        @Test
        void structs_text_and_landing_pads_count() {
            AnyPointer.Reader struct = Words.root(words(1), 0x0001_0001_0000_0000L, 0, 0);
            assertThrows(MessageException.class, () -> struct.as(NODE));
            AnyPointer.Reader text = Words.root(words(1), Pointer.list(0, ElementSize.BYTE, 9), 0, 0);
            assertThrows(MessageException.class, () -> text.as(Text.TYPE));
            AnyPointer.Reader pad = Words.root(words(1), Pointer.far(false, 8, 0), 0x0000_0001_0000_0000L, 0);
            assertThrows(MessageException.class, () -> pad.as(NODE));
        }

        @Test
        void overlapping_pointers_cannot_make_a_small_message_expensive() {
            // 64 pointers to a list of 64 pointers to the same list: 64^64 paths.
            long[] message = new long[65];
            message[0] = Pointer.list(0, ElementSize.POINTER, 64);
            for (int i = 1; i <= 64; i++) {
                message[i] = Pointer.list(-i, ElementSize.POINTER, 64);
            }
            assertThrows(MessageException.class, () -> Words.root(message).targetSizeWords());
            MessageBuilder copy = new MessageBuilder();
            assertThrows(MessageException.class, () -> copy.root().set(Words.root(words(10_000), message)));
            assertTrue(copy.sizeWords() < 10_100, copy.sizeWords() + " words");
        }

        @Test
        void the_position_of_the_offending_pointer_is_told() {
            MessageException thrown = assertThrows(
                    MessageException.class,
                    () -> Words.root(words(1), 0x0001_0001_0000_0000L, 0, 0).as(NODE));
            assertEquals(0, thrown.segmentId());
            assertEquals(8, thrown.byteOffset());
        }
    }

    @Nested
    class Nesting {
        private AnyPointer.Reader nested(int levels) {
            MessageBuilder message = new MessageBuilder();
            Raw.Builder node = message.initRoot(NODE);
            for (int i = 1; i < levels; i++) {
                node = node._init(NODE, 0);
            }
            byte[] frame = message.toByteArray();
            return MessageReader.of(frame, 0, frame.length, Limits.DEFAULT.withNesting(10))
                    .root();
        }

        private static int depth(AnyPointer.Reader root) {
            int depth = 0;
            for (AnyPointer.Reader at = root; !at.isNull(); at = at.as(NODE)._any(0)) {
                depth++;
            }
            return depth;
        }

        @Test
        void the_limit_is_exact() {
            assertEquals(9, depth(nested(9)));
            assertEquals(10, depth(nested(10)));
            assertThrows(MessageException.class, () -> depth(nested(11)));
            assertEquals(10, nested(10).targetSizeWords());
            assertThrows(MessageException.class, () -> nested(11).targetSizeWords());
            assertThrows(
                    MessageException.class, () -> new MessageBuilder().root().set(nested(11)));
        }

        @Test
        void a_cycle_ends() {
            AnyPointer.Reader struct = Words.root(Pointer.struct(0, 0, 1), Pointer.struct(-1, 0, 1));
            assertThrows(MessageException.class, () -> depth(struct));
            assertThrows(MessageException.class, struct::targetSizeWords);
            AnyPointer.Reader list =
                    Words.root(Pointer.list(0, ElementSize.POINTER, 1), Pointer.list(-1, ElementSize.POINTER, 1));
            assertThrows(MessageException.class, list::targetSizeWords);
            assertThrows(
                    MessageException.class, () -> new MessageBuilder().root().set(list));
        }

        @Test
        void lists_of_structs_count_as_two_levels() {
            // A list of one struct with one pointer, which points to the list again.
            long[] message = {
                Pointer.list(0, ElementSize.COMPOSITE, 1),
                Pointer.struct(1, 0, 1),
                Pointer.list(-2, ElementSize.COMPOSITE, 1)
            };
            int lists = 0;
            AnyPointer.Reader at = Words.root(Limits.DEFAULT.withNesting(8), message);
            while (lists < 100) {
                try {
                    at = at.as(StructList.type(NODE)).get(0)._any(0);
                    lists++;
                } catch (MessageException e) {
                    break;
                }
            }
            assertEquals(4, lists);
        }
    }

    /** CVE-2015-2312 and -2313: lists whose elements take no space can claim any length. */
    @Nested
    class ElementsWithoutContent {
        private final long[] voids = {VOIDS};
        private final long[] structs = {Pointer.list(0, ElementSize.COMPOSITE, 0), Pointer.struct(MOST, 0, 0)};

        @Test
        @Parity("encoding: VoidListAmplification")
        void a_list_of_void_counts_against_the_traversal_limit() {
            assertThrows(MessageException.class, () -> Words.root(voids).as(VoidList.TYPE));
            assertThrows(MessageException.class, () -> Words.root(voids).as(StructList.type(NODE)));
            assertEquals(MOST, Words.root(words(MOST), voids).as(VoidList.TYPE).size());
        }

        @Test
        @Parity("encoding: EmptyStructListAmplification")
        void a_list_of_empty_structs_counts_against_the_traversal_limit() {
            assertThrows(MessageException.class, () -> Words.root(structs).as(StructList.type(NODE)));
            assertThrows(MessageException.class, () -> Words.root(structs).as(VoidList.TYPE));
            assertEquals(
                    MOST,
                    Words.root(words(MOST + 1L), structs)
                            .as(StructList.type(NODE))
                            .size());
        }

        @Test
        void sizes_and_copies_count_them_too() {
            for (long[] each : new long[][] {voids, structs}) {
                assertThrows(MessageException.class, () -> Words.root(each).targetSizeWords());
                assertThrows(
                        MessageException.class,
                        () -> new MessageBuilder().root().set(Words.root(each)));
            }
        }

        @Test
        void many_lists_of_void_in_one_message_add_up() {
            long[] message = new long[101];
            message[0] = Pointer.list(0, ElementSize.POINTER, 100);
            for (int i = 1; i <= 100; i++) {
                message[i] = Pointer.list(0, ElementSize.VOID, 1 << 20);
            }
            assertThrows(MessageException.class, () -> Words.root(message).targetSizeWords());
        }

        @Test
        void copying_the_longest_list_takes_no_time_even_when_it_is_allowed() {
            Limits none = Limits.DEFAULT.withTraversalWords(Long.MAX_VALUE);
            for (long[] each : new long[][] {voids, structs}) {
                MessageBuilder copy = new MessageBuilder();
                assertTimeoutPreemptively(Duration.ofSeconds(5), () -> {
                    for (int i = 0; i < 1000; i++) {
                        copy.root().set(Words.root(none, each));
                        copy.asReader().targetSizeWords();
                    }
                });
                assertEquals(each.length - 1, copy.asReader().targetSizeWords());
                copy.reset();
                copy.root().set(Words.root(none, each));
                assertArrayEquals(each, Words.of(copy, 0));
            }
        }

        @Test
        void what_is_built_here_is_not_limited() {
            MessageBuilder message = new MessageBuilder();
            assertEquals(MOST, message.root().init(VoidList.TYPE, MOST).size());
            assertEquals(
                    MOST,
                    message.root().init(StructList.type(Raw.type(0, 0)), MOST).size());
            assertEquals(1, message.asReader().targetSizeWords());
            message.root().clear();
        }
    }

    /** CVE-2015-2310 and -2311, CVE-2017-7892: sizes and offsets whose arithmetic overflows. */
    @Nested
    class Arithmetic {
        @Test
        void the_largest_counts_of_every_element_size_are_out_of_bounds() {
            for (int size = ElementSize.BIT; size <= ElementSize.COMPOSITE; size++) {
                for (int count : new int[] {MOST, MOST - 1, 1 << 28, 1 << 26, 65}) {
                    AnyPointer.Reader list = Words.root(Pointer.list(0, size, count), 0);
                    assertThrows(MessageException.class, () -> list.as(VoidList.TYPE));
                    assertThrows(MessageException.class, list::targetSizeWords);
                    assertThrows(
                            MessageException.class,
                            () -> new MessageBuilder().root().set(list));
                }
            }
            AnyPointer.Reader text = Words.root(Pointer.list(0, ElementSize.BYTE, MOST), 0);
            assertThrows(MessageException.class, () -> text.as(Text.TYPE));
            assertThrows(MessageException.class, () -> text.as(Data.TYPE));
        }

        @Test
        void the_elements_of_a_composite_list_must_fit_its_words() {
            for (long tag : new long[] {
                Pointer.struct(2, 1, 0),
                Pointer.struct(1, 1, 1),
                Pointer.struct(1, 0xffff, 0xffff),
                Pointer.struct(MOST, 0xffff, 0xffff),
                Pointer.struct((1 << 30) - 1, 4, 0),
            }) {
                AnyPointer.Reader list = Words.root(Pointer.list(0, ElementSize.COMPOSITE, 1), tag, 0);
                assertThrows(MessageException.class, () -> list.as(StructList.type(NODE)));
                assertThrows(MessageException.class, list::targetSizeWords);
            }
            AnyPointer.Reader noTag = Words.root(Pointer.list(0, ElementSize.COMPOSITE, 0));
            assertThrows(MessageException.class, () -> noTag.as(StructList.type(NODE)));
            AnyPointer.Reader tagIsList = Words.root(Pointer.list(0, ElementSize.COMPOSITE, 0), Pointer.list(0, 0, 0));
            assertThrows(MessageException.class, () -> tagIsList.as(StructList.type(NODE)));
        }

        @Test
        void offsets_reach_in_both_directions_and_no_further_than_the_segment() {
            int furthest = (1 << 29) - 1;
            for (int offset : new int[] {-furthest - 1, furthest, -2, 2, -3}) {
                AnyPointer.Reader struct = Words.root(Pointer.struct(offset, 1, 0), 0);
                assertThrows(MessageException.class, () -> struct.as(NODE));
            }
            assertEquals(
                    0,
                    Words.root(Pointer.struct(-1, 1, 0), 0).as(Raw.type(1, 0))._int8(7, (byte) 0));
            for (int offset : new int[] {-3, 3, furthest}) {
                AnyPointer.Reader empty = Words.root(Pointer.struct(offset, 0, 0), 0);
                assertThrows(MessageException.class, () -> empty.as(NODE));
                AnyPointer.Reader none = Words.root(Pointer.list(offset, ElementSize.BYTE, 0), 0);
                assertThrows(MessageException.class, () -> none.as(Data.TYPE));
            }
        }

        @Test
        void the_largest_struct_must_lie_within_the_segment() {
            AnyPointer.Reader struct = Words.root(Pointer.struct(0, 0xffff, 0xffff), 0);
            assertThrows(MessageException.class, () -> struct.as(NODE));
            long[] message = new long[1 + 2 * 0xffff];
            message[0] = Pointer.struct(0, 0xffff, 0xffff);
            message[0xffff] = 5;
            assertEquals(5, Words.root(message).as(NODE)._int64(0xfffe, 0));
            assertTrue(Words.root(message).as(NODE)._isNull(0xfffe));
        }

        @Test
        void text_of_no_bytes_is_no_text_for_readers_and_builders() {
            long[] message = {Pointer.list(0, ElementSize.BYTE, 0)};
            assertThrows(MessageException.class, () -> Words.root(message).as(Text.TYPE));
            MessageBuilder copy = new MessageBuilder();
            copy.root().set(Words.root(message));
            assertThrows(MessageException.class, () -> copy.root().as(Text.TYPE));
            assertEquals(0, copy.root().as(Data.TYPE).size());
        }

        @Test
        void text_must_end_with_a_nul() {
            assertThrows(
                    MessageException.class,
                    () -> Words.root(Pointer.list(0, ElementSize.BYTE, 2), 0x4141)
                            .as(Text.TYPE));
            assertEquals(
                    "A", Words.root(Pointer.list(0, ElementSize.BYTE, 2), 0x41).as(Text.TYPE));
        }

        @Test
        void lists_too_long_for_a_pointer_are_the_callers_fault() {
            MessageBuilder message = new MessageBuilder();
            AnyPointer.Builder root = message.root();
            assertThrows(IllegalArgumentException.class, () -> root.init(VoidList.TYPE, MOST + 1));
            assertThrows(IllegalArgumentException.class, () -> root.init(VoidList.TYPE, -1));
            assertThrows(IllegalArgumentException.class, () -> root.init(Data.TYPE, -1));
            assertThrows(IllegalArgumentException.class, () -> root.init(StructList.type(Raw.type(2, 1)), 1 << 28));
            assertThrows(IllegalArgumentException.class, () -> root.init(Int64List.TYPE, MOST));
            assertThrows(IllegalArgumentException.class, () -> new MessageBuilder(0));
            assertThrows(IllegalArgumentException.class, () -> new MessageBuilder(Integer.MAX_VALUE));
        }
    }

    /** CVE-2022-46149: a list of structs without pointers that is read as a list of pointers. */
    @Test
    void data_of_structs_is_never_taken_for_pointers() {
        for (long tag : new long[] {Pointer.struct(1, 1, 0), Pointer.struct(1, 0, 0), Pointer.struct(0, 1, 0)}) {
            AnyPointer.Reader list =
                    Words.root(Pointer.list(0, ElementSize.COMPOSITE, 1), tag, Pointer.struct(0, 1, 1));
            assertThrows(MessageException.class, () -> list.as(PointerList.type(Text.TYPE)));
            assertThrows(MessageException.class, () -> list.as(PointerList.type(AnyPointer.TYPE)));
        }
    }

    @Test
    void pointers_of_the_wrong_kind_are_refused_by_every_type() {
        AnyPointer.Reader struct = Words.root(0x0000_0001_0000_0000L, 0);
        AnyPointer.Reader list = Words.root(Pointer.list(0, ElementSize.TWO_BYTES, 1), 0);
        AnyPointer.Reader cap = Words.root(Pointer.capability(0));
        for (PointerType<?, ?> type :
                new PointerType<?, ?>[] {Text.TYPE, Data.TYPE, Int32List.TYPE, StructList.type(NODE), VoidList.TYPE}) {
            assertThrows(MessageException.class, () -> struct.as(type));
            assertThrows(MessageException.class, () -> cap.as(type));
        }
        assertThrows(MessageException.class, () -> list.as(NODE));
        assertThrows(MessageException.class, () -> list.as(Data.TYPE));
        assertThrows(MessageException.class, () -> list.as(Text.TYPE));
        assertThrows(MessageException.class, () -> cap.as(NODE));
        assertThrows(MessageException.class, () -> list.pointerField(0));
        assertThrows(MessageException.class, () -> cap.pointerField(0));
    }
}

package dev.capstan.capnp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.capnp.dynamic.DynamicList;
import dev.capstan.capnp.dynamic.DynamicStruct;
import dev.capstan.capnp.dynamic.DynamicValue;
import dev.capstan.capnp.dynamic.ListSchema;
import dev.capstan.capnp.dynamic.SchemaLoader;
import dev.capstan.capnp.dynamic.StructSchema;
import dev.capstan.capnp.io.MessageInput;
import dev.capstan.capnp.io.Packed;
import dev.capstan.capnp.testfixture.TestAllTypes;
import java.io.ByteArrayInputStream;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The security advisories of the C++ implementation that concern serialization: none of their messages gets through any operation. Each operation is tried on a
 * message that nothing was asked before.
 */
class AdvisoriesTest {
    private static final int MOST = (1 << 29) - 1;
    private static final StructType<Raw.Builder, Raw.Reader> ANY = Raw.type(1, 1);
    private static final StructSchema SCHEMA = new SchemaLoader().load(TestAllTypes.TYPE);
    private static final Limits UNLIMITED = Limits.DEFAULT.withTraversalWords(Long.MAX_VALUE);

    /** Does something with all of a message. */
    private interface Operation {
        void apply(AnyPointer.Reader root);
    }

    private static final Map<String, Operation> OPERATIONS = new TreeMap<>(Map.of(
            "iterate", AdvisoriesTest::iterate,
            "totalSize", AnyPointer.Reader::targetSizeWords,
            "copy", root -> new MessageBuilder().root().set(root),
            "canonicalize", AnyPointer.Reader::canonical,
            "equals", root -> assertFalse(list(root).equals(List.of(1))),
            "contentEquals", root -> root.contentEquals(root),
            "resize of an orphan", AdvisoriesTest::resize,
            "dynamic read", AdvisoriesTest::readDynamically));

    private static void iterate(AnyPointer.Reader pointer) {
        switch (pointer.kind()) {
            case NULL, CAPABILITY -> {}
            case STRUCT -> iterate(pointer.as(AnyStruct.TYPE));
            case LIST -> {
                AnyList.Reader list = pointer.as(AnyList.TYPE);
                if (list.encoding() != AnyList.Encoding.BIT) {
                    list.forEach(AdvisoriesTest::iterate);
                }
            }
        }
    }

    private static void iterate(AnyStruct.Reader struct) {
        for (int i = 0; i < struct.pointerCount(); i++) {
            iterate(struct.pointer(i));
        }
    }

    private static List<?> list(AnyPointer.Reader root) {
        return root.kind() == AnyPointer.Kind.LIST
                ? root.as(AnyList.TYPE)
                : List.of(root.as(AnyStruct.TYPE).data());
    }

    private static void resize(AnyPointer.Reader root) {
        MessageBuilder message = new MessageBuilder();
        message.root().set(root);
        try (Orphan<AnyList.Builder, AnyList.Reader> orphan = message.root().disown(AnyList.TYPE)) {
            orphan.resize(3);
            orphan.resize(MOST);
        }
    }

    /** As each type of field that a list or struct may be taken for. */
    private static void readDynamically(AnyPointer.Reader root) {
        if (root.kind() == AnyPointer.Kind.STRUCT) {
            read(root.as(SCHEMA.structType()));
            return;
        }
        for (StructSchema.Field field : SCHEMA.fields()) {
            if (field.type() instanceof ListSchema list) {
                read(list.read(root));
            }
        }
    }

    private static void read(DynamicValue value) {
        switch (value) {
            case DynamicStruct.Reader struct -> {
                for (StructSchema.Field field : struct.schema().fields()) {
                    if (struct.has(field)) {
                        read(struct.get(field));
                    }
                }
            }
            case DynamicList.Reader list -> list.forEach(AdvisoriesTest::read);
            default -> {}
        }
    }

    private static void assertRefusedByAll(long[]... segments) {
        assertRefusedByAll(() -> Words.root(segments));
    }

    private static void assertRefusedByAll(Supplier<AnyPointer.Reader> root) {
        OPERATIONS.forEach(
                (name, operation) -> assertThrows(MessageException.class, () -> operation.apply(root.get()), name));
    }

    /** Integer overflow where a list's size is checked. */
    @Nested
    @DisplayName("CVE-2015-2310")
    class Cve_2015_2310 {
        @Test
        void counts_whose_sizes_overflow_are_out_of_bounds() {
            for (int size = ElementSize.BIT; size <= ElementSize.COMPOSITE; size++) {
                for (int count : new int[] {MOST, MOST - 1, 1 << 28, 1 << 26, 65}) {
                    assertRefusedByAll(new long[] {Pointer.list(0, size, count), 0});
                }
            }
        }

        @Test
        void elements_whose_sizes_overflow_are_out_of_bounds() {
            for (long tag : new long[] {
                Pointer.struct(1, 0xffff, 0xffff),
                Pointer.struct(MOST, 0xffff, 0xffff),
                Pointer.struct(1 << 28, 8, 8),
                Pointer.struct((1 << 30) - 1, 4, 0)
            }) {
                assertRefusedByAll(new long[] {Pointer.list(0, ElementSize.COMPOSITE, 1), tag, 0});
            }
        }

        @Test
        void so_are_structs_and_offsets_at_either_end() {
            for (long pointer : new long[] {
                Pointer.struct(0, 0xffff, 0xffff), Pointer.struct(MOST, 1, 0), Pointer.struct(-MOST - 1, 1, 0)
            }) {
                for (Map.Entry<String, Operation> operation : OPERATIONS.entrySet()) {
                    assertThrows(
                            MessageException.class,
                            () -> operation.getValue().apply(Words.root(pointer, 0)),
                            operation.getKey());
                }
            }
        }
    }

    /** Integer underflow where a text's NUL is taken off: a text of no bytes, which has none. */
    @Nested
    @DisplayName("CVE-2015-2311")
    class Cve_2015_2311 {
        private final long[] text = {Pointer.list(0, ElementSize.BYTE, 0)};

        @Test
        void a_text_of_no_bytes_is_refused_by_readers_and_builders_and_orphans() {
            assertThrows(MessageException.class, () -> Words.root(text).as(Text.TYPE));
            MessageBuilder copy = new MessageBuilder();
            copy.root().set(Words.root(text));
            assertThrows(MessageException.class, () -> copy.root().as(Text.TYPE));
            assertThrows(
                    MessageException.class,
                    () -> copy.asReader().as(PointerList.type(Text.TYPE)).get(0));
            try (Orphan<String, String> orphan = copy.root().disown(Text.TYPE)) {
                assertThrows(MessageException.class, orphan::get);
                assertThrows(MessageException.class, orphan::asReader);
                orphan.resize(2);
                assertEquals("\0\0", orphan.asReader());
                orphan.resize(0);
                assertEquals("", orphan.asReader());
            }
        }

        @Test
        void everything_else_takes_it_for_a_list_of_bytes() {
            OPERATIONS.forEach((name, operation) -> {
                if (!name.startsWith("dynamic") && !name.startsWith("resize")) {
                    operation.apply(Words.root(text));
                }
            });
            assertArrayEquals(text, Words.of(Words.root(text).canonical()));
        }

        @Test
        void a_dynamic_text_of_no_bytes_is_refused() {
            MessageBuilder message = new MessageBuilder();
            message.initRoot(TestAllTypes.TYPE).initDataField(0);
            DynamicStruct.Reader struct = message.asReader().as(SCHEMA.structType());
            StructSchema.Field textField = SCHEMA.field("textField");
            Raw.Builder raw = message.root().as(Raw.type(0, 1));
            raw._init(Data.TYPE, 0, 0);
            assertThrows(MessageException.class, () -> struct.get(textField));
        }
    }

    /** Lists whose elements take no room can claim any length: processor time. */
    @Nested
    @DisplayName("CVE-2015-2312 and CVE-2015-2313 (through totalSize())")
    class Cve_2015_2312_and_2313 {
        static List<long[]> lists() {
            return List.of(
                    new long[] {Pointer.list(0, ElementSize.VOID, MOST)},
                    new long[] {Pointer.list(0, ElementSize.COMPOSITE, 0), Pointer.struct(MOST, 0, 0)});
        }

        @ParameterizedTest
        @MethodSource("lists")
        void the_longest_lists_count_against_the_traversal_limit(long[] words) {
            assertRefusedByAll(words);
        }

        @ParameterizedTest
        @MethodSource("lists")
        void very_many_lists_below_the_limit_count_together(long[] words) {
            int lists = 40;
            long count = 1 << 18;
            long[] message = new long[1 + 2 * lists];
            message[0] = Pointer.list(0, ElementSize.POINTER, lists);
            for (int i = 0; i < lists; i++) {
                boolean voids = words.length == 1;
                message[1 + i] = voids
                        ? Pointer.list(0, ElementSize.VOID, (int) count)
                        : Pointer.list(lists - 1 - i + i, ElementSize.COMPOSITE, 0);
                message[1 + lists + i] = voids ? 0 : Pointer.struct((int) count, 0, 0);
            }
            OPERATIONS.forEach((name, operation) -> {
                // The first pointer is not equal to anything that it is compared with, so equals ends there.
                if (!name.equals("equals")) {
                    assertThrows(MessageException.class, () -> operation.apply(Words.root(message)), name);
                }
            });
        }

        @ParameterizedTest
        @MethodSource("lists")
        void where_the_limit_is_lifted_they_take_no_time(long[] words) {
            assertTimeoutPreemptively(Duration.ofSeconds(10), () -> {
                for (int i = 0; i < 1000; i++) {
                    AnyPointer.Reader root = Words.root(UNLIMITED, words);
                    assertTrue(root.contentEquals(Words.root(UNLIMITED, words)));
                    assertEquals(words.length - 1, root.targetSizeWords());
                    assertArrayEquals(words, Words.of(root.canonical()));
                    MessageBuilder copy = new MessageBuilder();
                    copy.root().set(root);
                    try (Orphan<AnyList.Builder, AnyList.Reader> orphan =
                            copy.root().disown(AnyList.TYPE)) {
                        orphan.resize(3);
                        orphan.resize(MOST);
                        assertEquals(MOST, orphan.asReader().size());
                    }
                }
            });
        }

        @Test
        void a_list_of_void_is_not_equal_to_a_shorter_one() {
            AnyPointer.Reader longer = Words.root(Pointer.list(0, ElementSize.VOID, 8));
            assertFalse(longer.contentEquals(Words.root(Pointer.list(0, ElementSize.VOID, 7))));
            assertTrue(longer.contentEquals(Words.root(Pointer.list(0, ElementSize.VOID, 8))));
        }
    }

    /** Checks of far pointers' bounds that a compiler may leave out, because a pointer was computed before it was checked. */
    @Nested
    @DisplayName("CVE-2017-7892")
    class Cve_2017_7892 {
        @Test
        void far_pointers_lead_to_nothing_beyond_their_segment() {
            for (long words : new long[] {1, 2, 3, 1 << 20, MOST}) {
                for (boolean isDouble : new boolean[] {false, true}) {
                    long[] root = {Pointer.far(isDouble, 8 * words, 1)};
                    assertRefusedByAll(root, new long[] {0});
                }
            }
        }

        @Test
        void nor_to_a_segment_that_is_not_there() {
            for (int segment : new int[] {1, 2, 511, 512, 0x7fff_ffff, -1}) {
                assertRefusedByAll(new long[] {Pointer.far(false, 0, segment)});
                assertRefusedByAll(new long[] {Pointer.far(true, 0, segment)});
            }
        }

        @Test
        void nor_to_themselves_or_one_another() {
            assertRefusedByAll(new long[] {Pointer.far(false, 0, 0)});
            assertRefusedByAll(new long[] {Pointer.far(true, 0, 0), Pointer.struct(0, 1, 0)});
            assertRefusedByAll(new long[] {Pointer.far(false, 0, 1)}, new long[] {Pointer.far(false, 0, 0)});
            assertRefusedByAll(
                    new long[] {Pointer.far(true, 0, 1)},
                    new long[] {Pointer.far(true, 0, 1), Pointer.struct(0, 1, 0)});
        }

        @Test
        void what_a_pad_describes_lies_within_its_segment() {
            for (long object : new long[] {Pointer.struct(0, 2, 0), Pointer.list(0, ElementSize.EIGHT_BYTES, 2)}) {
                assertRefusedByAll(new long[] {Pointer.far(false, 0, 1)}, new long[] {object, 0});
                assertRefusedByAll(
                        new long[] {Pointer.far(true, 0, 1)},
                        new long[] {Pointer.far(false, 0, 2), object},
                        new long[] {0});
                assertRefusedByAll(
                        new long[] {Pointer.far(true, 0, 1)},
                        new long[] {Pointer.far(false, 8L * MOST, 2), object},
                        new long[] {0, 0, 0});
            }
        }
    }

    /** A list of structs that is taken for one of pointers, which its elements may not have. */
    @Nested
    @DisplayName("CVE-2022-46149")
    class Cve_2022_46149 {
        private static final PointerType<?, ?>[] POINTERS = {
            PointerList.type(Text.TYPE),
            PointerList.type(Data.TYPE),
            PointerList.type(AnyPointer.TYPE),
            PointerList.type(Int32List.TYPE),
            PointerList.type(StructList.type(ANY))
        };

        @Test
        void structs_without_pointers_are_no_list_of_pointers() {
            for (long tag : new long[] {Pointer.struct(1, 1, 0), Pointer.struct(1, 0, 0), Pointer.struct(9, 0, 0)}) {
                for (PointerType<?, ?> type : POINTERS) {
                    long[] words = {Pointer.list(0, ElementSize.COMPOSITE, 1), tag, Pointer.struct(0, 1, 1)};
                    assertThrows(MessageException.class, () -> Words.root(words).as(type));
                    MessageBuilder copy = new MessageBuilder();
                    copy.root().set(Words.root(words));
                    assertThrows(MessageException.class, () -> copy.asReader().as(type), "in a message that is built");
                    assertThrows(
                            MessageException.class,
                            () -> copy.asReader().as(AnyList.TYPE).as(PointerList.type(Text.TYPE)));
                }
            }
        }

        @Test
        void nor_are_lists_of_numbers_and_lists_of_pointers_are_no_numbers() {
            for (int size = ElementSize.BIT; size <= ElementSize.EIGHT_BYTES; size++) {
                long[] words = {Pointer.list(0, size, 1), Pointer.struct(0, 1, 1)};
                for (PointerType<?, ?> type : POINTERS) {
                    assertThrows(MessageException.class, () -> Words.root(words).as(type));
                }
            }
            long[] pointers = {Pointer.list(0, ElementSize.POINTER, 1), 0};
            for (PointerType<?, ?> type : new PointerType<?, ?>[] {
                BoolList.TYPE, Int8List.TYPE, Int16List.TYPE, UInt32List.TYPE, Float64List.TYPE, Data.TYPE, Text.TYPE
            }) {
                assertThrows(MessageException.class, () -> Words.root(pointers).as(type));
            }
        }

        /** The pointer lies behind the data, and no further than the element. */
        @Test
        void structs_with_pointers_are_a_list_of_their_first() {
            long[] words = {
                Pointer.list(0, ElementSize.COMPOSITE, 4),
                Pointer.struct(2, 1, 1),
                Pointer.struct(0, 7, 7),
                Pointer.list(2, ElementSize.BYTE, 2),
                Pointer.struct(0, 7, 7),
                Pointer.list(0, ElementSize.BYTE, 2),
                'a'
            };
            PointerList.Reader<String> texts = Words.root(words).as(PointerList.type(Text.TYPE));
            assertEquals(List.of("a", "a"), List.copyOf(texts));
        }

        @Test
        void a_dynamic_list_of_texts_is_refused_too() {
            long[] words = {
                Pointer.struct(0, 0, 1),
                Pointer.list(0, ElementSize.COMPOSITE, 1),
                Pointer.struct(1, 1, 0),
                Pointer.struct(0, 1, 1)
            };
            int index = pointerIndex("textList");
            long[] message = new long[words.length + index];
            message[0] = Pointer.struct(0, 0, index + 1);
            System.arraycopy(words, 1, message, index + 1, words.length - 1);
            DynamicStruct.Reader struct = Words.root(message).as(SCHEMA.structType());
            assertThrows(MessageException.class, () -> struct.get("textList"));
        }

        private static int pointerIndex(String field) {
            return (int) SCHEMA.field(field).proto().getSlot().getOffset();
        }
    }

    /** One less than the number of segments is sent, so that the largest number became none. */
    @Nested
    @DisplayName("2026-03-12-0")
    class Advisory_2026_03_12_0 {
        @Test
        void the_largest_number_of_segments_is_too_many_however_it_arrives() throws Exception {
            byte[] frame = new byte[64];
            for (int count : new int[] {0xffff_ffff, 0xffff_fffe, 0x7fff_ffff, 0x8000_0000, 512}) {
                Words.putInt(frame, 0, count);
                assertThrows(MessageException.class, () -> MessageReader.frameBytes(frame, 0, frame.length, UNLIMITED));
                assertThrows(MessageException.class, () -> MessageReader.of(frame, 0, frame.length, UNLIMITED));
                assertThrows(MessageException.class, () -> MessageReader.of(MemorySegment.ofArray(frame), UNLIMITED));
                try (MessageInput in = new MessageInput(new ByteArrayInputStream(frame), UNLIMITED)) {
                    assertThrows(MessageException.class, in::next);
                }
                byte[] packed = Packed.pack(frame, 0, frame.length);
                try (MessageInput in = MessageInput.packed(new ByteArrayInputStream(packed), UNLIMITED)) {
                    assertThrows(MessageException.class, in::next);
                }
            }
        }

        @Test
        void nothing_is_set_aside_for_the_segments_of_a_table_that_is_not_there() {
            byte[] frame = new byte[8];
            Limits many = UNLIMITED.withSegments(Integer.MAX_VALUE);
            for (int count : new int[] {0x7fff_fffe, 0x7fff_fff0, 1 << 28}) {
                Words.putInt(frame, 0, count);
                assertEquals(-1, MessageReader.frameBytes(frame, 0, frame.length, many));
                assertThrows(MessageException.class, () -> MessageReader.of(frame, 0, frame.length, many));
            }
        }
    }
}

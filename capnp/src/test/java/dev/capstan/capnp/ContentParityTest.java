package dev.capstan.capnp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.capnp.testfixture.StandardContent;
import dev.capstan.capnp.testfixture.TestAllTypes;
import dev.capstan.capnp.testfixture.TestAnyOthers;
import dev.capstan.capnp.testfixture.TestAnyPointer;
import dev.capstan.capnp.testfixture.TestDefaults;
import dev.capstan.capnp.testfixture.TestEmptyStruct;
import dev.capstan.capnp.testfixture.TestEnum;
import dev.capstan.testkit.Parity;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What the C++ implementation's tests of generated code and of messages assert, on the fixture's types. */
class ContentParityTest {
    private final MessageBuilder message = new MessageBuilder();

    /** As a stranger would read it. */
    private static MessageReader sent(MessageBuilder message) {
        byte[] frame = message.toByteArray();
        return MessageReader.of(frame, 0, frame.length, Limits.DEFAULT);
    }

    private static MessageReader fromSegments(MessageBuilder message) {
        List<byte[]> segments = new ArrayList<>();
        for (ByteBuffer segment : message.segments()) {
            byte[] copy = new byte[segment.remaining()];
            segment.get(copy);
            segments.add(copy);
        }
        return MessageReader.of(segments, Limits.DEFAULT);
    }

    @Test
    @Parity({"encoding: AllTypes", "message: MallocBuilderWithFirstSegment"})
    @DisplayName("AllTypes")
    void every_kind_of_field_reads_back() {
        MessageBuilder scratch = new MessageBuilder(Storage.heap(new byte[16 << 10]));
        for (MessageBuilder each : List.of(message, scratch)) {
            StandardContent.fill(each.initRoot(TestAllTypes.TYPE));
            StandardContent.check(each.getRoot(TestAllTypes.TYPE).asReader());
            StandardContent.check(sent(each).root(TestAllTypes.TYPE));
            assertEquals(1, scratch.segments().size());
        }
    }

    @Test
    @Parity("encoding: AllTypesMultiSegment")
    @DisplayName("AllTypesMultiSegment")
    void every_kind_of_field_reads_back_from_a_message_of_many_segments() {
        for (int words : new int[] {1, 8}) {
            MessageBuilder tiny = new MessageBuilder(Storage.heap(words).fixed());
            StandardContent.fill(tiny.initRoot(TestAllTypes.TYPE));
            assertTrue(tiny.segments().size() > 5);
            StandardContent.check(tiny.getRoot(TestAllTypes.TYPE).asReader());
            StandardContent.check(sent(tiny).root(TestAllTypes.TYPE));
            StandardContent.check(fromSegments(tiny).root(TestAllTypes.TYPE));
        }
    }

    @Test
    @Parity({"encoding: Defaults", "encoding: DefaultsFromEmptyMessage"})
    @DisplayName("Defaults")
    void fields_that_were_not_set_have_their_defaults() {
        checkDefaults(message.initRoot(TestDefaults.TYPE).asReader());
        checkDefaults(Words.root(0).as(TestDefaults.TYPE));
        checkDefaults(sent(message).root(TestDefaults.TYPE));
    }

    private static void checkDefaults(TestDefaults.Reader defaults) {
        assertTrue(defaults.getBoolField());
        assertEquals(-123, defaults.getInt8Field());
        assertEquals(3456789012L, defaults.getUInt32Field());
        assertEquals(Long.parseUnsignedLong("12345678901234567890"), defaults.getUInt64Field());
        assertEquals(1234.5f, defaults.getFloat32Field());
        assertEquals(-123e45, defaults.getFloat64Field());
        assertEquals("foo", defaults.getTextField());
        assertEquals("nested", defaults.getStructField().getStructField().getTextField());
        assertEquals(TestEnum.CORGE, defaults.getEnumField());
        assertEquals(List.of(true, false, false, true), defaults.getBoolList());
        assertEquals(
                List.of(5555.5f, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN),
                defaults.getFloat32List());
        assertEquals("structlist 2", defaults.getStructList().get(1).getTextField());
    }

    @Test
    @Parity({
        "encoding: DefaultInitialization",
        "encoding: DefaultInitializationMultiSegment",
        "encoding: DefaultListBuilder"
    })
    @DisplayName("DefaultInitialization")
    void a_builder_reads_defaults_and_changes_copies_of_them() {
        for (Storage storage : List.of(Storage.heap(1000), Storage.heap(1).fixed())) {
            MessageBuilder own = new MessageBuilder(storage);
            TestDefaults.Builder builder = own.initRoot(TestDefaults.TYPE);
            checkDefaults(builder.asReader());
            assertEquals(12345678, builder.getStructField().getInt32List().at(0), "made a copy");
            builder.getStructField().setTextField("changed");
            builder.getStructList().get(0).setTextField("changed too");
            builder.getInt32List().set(0, 5);
            TestDefaults.Reader read = sent(own).root(TestDefaults.TYPE);
            assertEquals("changed", read.getStructField().getTextField());
            assertEquals("nested", read.getStructField().getStructField().getTextField());
            assertEquals("changed too", read.getStructList().get(0).getTextField());
            assertEquals("structlist 2", read.getStructList().get(1).getTextField());
            assertEquals(List.of(5, -111111111), read.getInt32List());
            checkDefaults(Words.root(0).as(TestDefaults.TYPE));
        }
    }

    @Test
    @Parity("encoding: BitListDowngrade")
    @DisplayName("BitListDowngrade")
    void numbers_cannot_be_changed_as_bits_but_read_as_structs_with_one() {
        AnyPointer.Builder root = message.root();
        UInt16List.Builder numbers = root.init(UInt16List.TYPE, 4);
        int[] values = {0x1201, 0x3400, 0x5601, 0x7801};
        for (int i = 0; i < 4; i++) {
            numbers.set(i, values[i]);
        }
        assertThrows(MessageException.class, () -> root.as(BoolList.TYPE));
        StructList.Reader<Raw.Reader> structs = root.asReader().as(StructList.type(Raw.type(1, 0)));
        assertEquals(
                List.of(true, false, true, true),
                structs.stream().map(each -> each._bool(0, false)).toList());
        assertEquals(List.of(0x1201, 0x3400, 0x5601, 0x7801), root.asReader().as(UInt16List.TYPE));
    }

    @Test
    @Parity({"encoding: BitListDowngradeFromStruct", "encoding: BitListUpgrade"})
    @DisplayName("BitListUpgrade")
    void bits_and_structs_are_never_each_other() {
        var structs = StructList.type(Raw.type(1, 0));
        message.root().init(structs, 3).get(1)._setBool(0, true, false);
        assertThrows(MessageException.class, () -> message.root().as(BoolList.TYPE));
        assertThrows(MessageException.class, () -> message.asReader().as(BoolList.TYPE));
        message.root().init(BoolList.TYPE, 4).set(0, true);
        assertThrows(MessageException.class, () -> message.root().as(structs));
        assertThrows(MessageException.class, () -> message.asReader().as(structs));
    }

    @Test
    @Parity("encoding: SetListToEmpty")
    @DisplayName("SetListToEmpty")
    void a_list_that_is_set_to_an_empty_one_is_there() {
        TestAllTypes.Builder root = message.initRoot(TestAllTypes.TYPE);
        TestAllTypes.Reader empty = Words.root(0).as(TestAllTypes.TYPE);
        root.setVoidList(empty.getVoidList());
        root.setBoolList(empty.getBoolList());
        root.setUInt8List(empty.getUInt8List());
        root.setUInt16List(empty.getUInt16List());
        root.setUInt32List(empty.getUInt32List());
        root.setUInt64List(empty.getUInt64List());
        root.setInt8List(empty.getInt8List());
        root.setInt16List(empty.getInt16List());
        root.setInt32List(empty.getInt32List());
        root.setInt64List(empty.getInt64List());
        root.setFloat32List(empty.getFloat32List());
        root.setFloat64List(empty.getFloat64List());
        root.setTextList(empty.getTextList());
        root.setDataList(empty.getDataList());
        root.setStructList(empty.getStructList());
        TestAllTypes.Reader read = sent(message).root(TestAllTypes.TYPE);
        assertTrue(read.hasVoidList() && read.getVoidList().isEmpty());
        assertTrue(read.hasBoolList() && read.getBoolList().isEmpty());
        assertTrue(read.hasUInt8List() && read.getUInt8List().isEmpty());
        assertTrue(read.hasUInt16List() && read.getUInt16List().isEmpty());
        assertTrue(read.hasUInt32List() && read.getUInt32List().isEmpty());
        assertTrue(read.hasUInt64List() && read.getUInt64List().isEmpty());
        assertTrue(read.hasInt8List() && read.getInt8List().isEmpty());
        assertTrue(read.hasInt16List() && read.getInt16List().isEmpty());
        assertTrue(read.hasInt32List() && read.getInt32List().isEmpty());
        assertTrue(read.hasInt64List() && read.getInt64List().isEmpty());
        assertTrue(read.hasFloat32List() && read.getFloat32List().isEmpty());
        assertTrue(read.hasFloat64List() && read.getFloat64List().isEmpty());
        assertTrue(read.hasTextList() && read.getTextList().isEmpty());
        assertTrue(read.hasDataList() && read.getDataList().isEmpty());
        assertTrue(read.hasStructList() && read.getStructList().isEmpty());
    }

    @Test
    @Parity({"encoding: StructSetters", "message: clone()"})
    @DisplayName("StructSetters")
    void a_struct_is_set_from_a_reader_of_another_message() {
        StandardContent.fill(message.initRoot(TestAllTypes.TYPE));
        MessageBuilder second = new MessageBuilder();
        second.setRoot(sent(message).root(TestAllTypes.TYPE));
        StandardContent.check(second.getRoot(TestAllTypes.TYPE).asReader());
        MessageBuilder third = new MessageBuilder();
        third.initRoot(TestAllTypes.TYPE).setStructField(second.asReader().as(TestAllTypes.TYPE));
        StandardContent.check(sent(third).root(TestAllTypes.TYPE).getStructField());
        MessageBuilder fourth = new MessageBuilder();
        fourth.initRoot(TestAnyPointer.TYPE)
                .getAnyPointerField()
                .setAs(TestAllTypes.TYPE, second.asReader().as(TestAllTypes.TYPE));
        StandardContent.check(
                sent(fourth).root(TestAnyPointer.TYPE).getAnyPointerField().as(TestAllTypes.TYPE));
    }

    @Test
    @Parity("encoding: Has")
    @DisplayName("Has")
    void only_what_was_set_is_there() {
        TestAllTypes.Builder root = message.initRoot(TestAllTypes.TYPE);
        assertFalse(root.hasTextField());
        assertFalse(root.hasDataField());
        assertFalse(root.hasStructField());
        assertFalse(root.hasInt32List());
        assertFalse(root.asReader().hasTextField());
        assertEquals("", root.asReader().getTextField(), "reading makes nothing");
        assertFalse(root.hasTextField());
        StandardContent.fill(root);
        assertTrue(root.hasTextField());
        assertTrue(root.hasDataField());
        assertTrue(root.hasStructField());
        assertTrue(root.hasInt32List());
        assertTrue(root.asReader().hasTextField());
    }

    @Test
    @Parity({"encoding: HasEmptyStruct", "encoding: HasEmptyList", "encoding: HasEmptyStructList"})
    @DisplayName("HasEmptyStruct")
    void what_is_empty_is_there_and_takes_no_room() {
        TestAnyPointer.Builder root = message.initRoot(TestAnyPointer.TYPE);
        assertEquals(1, root.totalSizeWords());
        assertTrue(root.getAnyPointerField().isNull());
        root.getAnyPointerField().init(TestEmptyStruct.TYPE);
        assertFalse(root.getAnyPointerField().isNull());
        assertFalse(root.asReader().getAnyPointerField().isNull());
        assertEquals(1, root.totalSizeWords());
        root.getAnyPointerField().init(Int32List.TYPE, 0);
        assertFalse(root.asReader().getAnyPointerField().isNull());
        assertEquals(1, root.totalSizeWords());
        root.getAnyPointerField().init(StructList.type(TestAllTypes.TYPE), 0);
        assertFalse(root.asReader().getAnyPointerField().isNull());
        assertEquals(2, root.totalSizeWords(), "the tag");
    }

    @Test
    @Parity("encoding: Downgrade pointer-list from struct-list")
    @DisplayName("Downgrade pointer-list from struct-list")
    void a_list_of_structs_is_read_as_one_of_their_first_pointers() {
        StructList.Builder<TestAllTypes.Builder> list = message.root().init(StructList.type(TestAllTypes.TYPE), 2);
        StandardContent.fill(list.get(0));
        list.get(1).setTextField("hello");
        assertEquals(List.of("foo", "hello"), message.asReader().as(PointerList.type(Text.TYPE)));
    }

    @Test
    @Parity("encoding: Copying ListList downgraded from ListStruct does not get corrupted")
    @DisplayName("Copying ListList downgraded from ListStruct does not get corrupted")
    void the_copy_of_a_list_that_was_read_as_one_of_lists_holds_nothing_from_behind_the_message() {
        long data = 0xddddddddddddddddL;
        AnyPointer.Reader root =
                Words.root(Pointer.list(0, ElementSize.COMPOSITE, 4), Pointer.struct(1, 3, 1), data, data, data, 0);
        PointerList.Reader<Int32List.Reader> lists = root.as(PointerList.type(Int32List.TYPE));
        assertEquals(1, lists.size());
        assertEquals(0, lists.get(0).size());
        message.root().setAs(PointerList.type(Int32List.TYPE), lists);
        PointerList.Reader<Int32List.Reader> copy = sent(message).root(PointerList.type(Int32List.TYPE));
        assertEquals(1, copy.size());
        assertEquals(0, copy.get(0).size());
    }

    @Test
    @Parity("encoding: list.setWithCaveats(i, list[i]) doesn't corrupt contents")
    @DisplayName("list.setWithCaveats(i, list[i]) doesn't corrupt contents")
    void an_element_that_is_set_to_itself_keeps_its_content() {
        StructList.Builder<TestAllTypes.Builder> list =
                message.initRoot(TestAllTypes.TYPE).initStructList(2);
        StandardContent.fill(list.get(0));
        list.setCopy(0, list.get(0).asReader());
        StandardContent.check(list.get(0).asReader());
        list.setCopy(1, list.get(0).asReader());
        StandardContent.check(list.get(0).asReader());
        StandardContent.check(list.get(1).asReader());
    }

    @Test
    @Parity("encoding: ListSize")
    @DisplayName("ListSize")
    void the_size_of_a_list_counts_with_that_of_what_it_holds() {
        TestAllTypes.Builder root = message.initRoot(TestAllTypes.TYPE);
        StandardContent.fill(root);
        long own = (long) TestAllTypes.TYPE.dataWords() + TestAllTypes.TYPE.pointerCount();
        AnyStruct.Reader raw = AnyStruct.of(root.asReader());
        long sum = own;
        for (int i = 0; i < raw.pointerCount(); i++) {
            sum += raw.pointer(i).targetSizeWords();
        }
        assertEquals(root.totalSizeWords(), sum);
        assertEquals(
                1,
                AnyStruct.of(message.getRoot(TestAllTypes.TYPE))
                        .asReader()
                        .pointer(0)
                        .targetSizeWords(),
                "foo");
    }

    @Test
    @Parity("any: AnyStructListCapInSchema")
    @DisplayName("AnyStructListCapInSchema")
    void fields_of_which_only_the_kind_is_known() {
        TestAnyOthers.Builder root = message.initRoot(TestAnyOthers.TYPE);
        AnyStruct.Builder made =
                root.initAnyStructField(TestAllTypes.TYPE.dataWords(), TestAllTypes.TYPE.pointerCount());
        StandardContent.fill(made.as(TestAllTypes.TYPE));
        root.initAnyListField(Int32List.TYPE, 2).set(1, 7);
        TestCap cap = new TestCap();
        root.setCapabilityField(cap);
        TestAnyOthers.Reader read = root.asReader();
        StandardContent.check(read.getAnyStructField().as(TestAllTypes.TYPE));
        assertEquals(List.of(0, 7), read.getAnyListField().as(Int32List.TYPE));
        assertTrue(read.hasCapabilityField());
        MessageBuilder copy = new MessageBuilder();
        copy.setRoot(read);
        TestAnyOthers.Reader copied = copy.asReader().as(TestAnyOthers.TYPE);
        StandardContent.check(copied.getAnyStructField().as(TestAllTypes.TYPE));
        assertTrue(copied.getAnyListField().contentEquals(read.getAnyListField()));
        copy.reset();
        message.reset();
        cap.close();
        assertEquals(0, cap.held());
    }

    @Test
    @DisplayName("adopt and disown of generated fields")
    void generated_fields_give_and_take_orphans() {
        TestAllTypes.Builder root = message.initRoot(TestAllTypes.TYPE);
        StandardContent.fill(root.initStructField());
        root.setTextField("text");
        root.initInt32List(2).set(1, 5);
        try (var struct = root.disownStructField();
                var text = root.disownTextField();
                var list = root.disownInt32List()) {
            assertFalse(root.hasStructField() || root.hasTextField() || root.hasInt32List());
            root.adoptStructField(struct);
            root.getStructField().adoptTextField(text);
            root.adoptInt32List(list);
        }
        TestAllTypes.Reader read = sent(message).root(TestAllTypes.TYPE);
        assertEquals("text", read.getStructField().getTextField());
        assertEquals(List.of(0, 5), read.getInt32List());
    }

    @Test
    @Parity("message: MessageBuilder::sizeInWords()")
    @DisplayName("MessageBuilder::sizeInWords()")
    void the_size_of_a_message_is_that_of_its_content_and_the_root_pointer() {
        TestAllTypes.Builder root = message.initRoot(TestAllTypes.TYPE);
        StandardContent.fill(root);
        MessageBuilder large = new MessageBuilder(4000);
        large.setRoot(root.asReader());
        assertEquals(root.totalSizeWords() + 1, large.sizeWords());
        long total = 0;
        for (ByteBuffer segment : large.segments()) {
            total += segment.remaining() / 8;
        }
        assertEquals(large.sizeWords(), total);
        StandardContent.check(fromSegments(large).root(TestAllTypes.TYPE));
    }

    @Test
    @Parity("layout: NanPatching")
    @DisplayName("NanPatching")
    void a_number_that_is_none_is_written_as_java_has_it_and_read_whatever_its_bits() {
        TestAllTypes.Builder root = message.initRoot(TestAllTypes.TYPE);
        root.setFloat32Field(Float.NaN);
        root.setFloat64Field(Double.NaN);
        assertTrue(Float.isNaN(root.asReader().getFloat32Field()));
        assertTrue(Double.isNaN(root.asReader().getFloat64Field()));
        Raw.Builder raw = new MessageBuilder().initRoot(Raw.type(1, 0));
        raw._setFloat32(0, Float.NaN, 0);
        assertEquals(0x7fc00000, raw._int32(0, 0));
        for (int bits : new int[] {0x7fc00000, 0x7fc00001, 0x7fc00005}) {
            raw._setInt32(0, bits, 0);
            assertTrue(Float.isNaN(raw._float32(0, 0)));
        }
        raw._setFloat64(0, Double.NaN, 0);
        assertEquals(0x7ff8000000000000L, raw._int64(0, 0));
    }

    @Test
    @Parity({"blob: Data", "blob: Compare"})
    @DisplayName("Data")
    void data_is_compared_by_content() {
        Data foo = Data.of(new byte[] {'f', 'o', 'o'});
        assertEquals(3, foo.size());
        assertEquals('o', foo.get(2));
        assertEquals(foo, Data.of(new byte[] {'f', 'o', 'o'}));
        assertFalse(foo.equals(Data.of(new byte[] {'f', 'o'})));
        assertFalse(foo.equals(Data.of(new byte[] {'f', 'o', 'p'})));
        assertArrayEquals(new byte[] {'f', 'o', 'o'}, foo.toByteArray());
        Data.Builder builder = message.root().init(Data.TYPE, 3);
        builder.put(0, new byte[] {'f', 'o', 'o'}, 0, 3);
        assertEquals(foo, Data.TYPE.asReader(builder));
        assertEquals(foo.hashCode(), Data.TYPE.asReader(builder).hashCode());
    }

    @Test
    @Parity("blob: Text")
    @DisplayName("Text")
    void text_is_a_string_and_can_be_had_as_bytes() {
        TestAllTypes.Builder root = message.initRoot(TestAllTypes.TYPE);
        root.setTextField("foo");
        assertEquals("foo", root.getTextField());
        assertEquals(3, root.asReader().getTextFieldUtf8().size());
        assertEquals(
                0, Words.of(message, 0)[1 + TestAllTypes.TYPE.dataWords() + TestAllTypes.TYPE.pointerCount()] >>> 24);
        root.setTextFieldUtf8(Data.of(StandardContent.bytes("baz")));
        assertEquals("baz", root.asReader().getTextField());
        assertEquals(Data.of(StandardContent.bytes("baz")), root.asReader().getTextFieldUtf8());
        Data.Builder bytes = root.getTextFieldUtf8();
        assertEquals(
                ByteBuffer.wrap(StandardContent.bytes("az")),
                bytes.asByteBuffer().slice(1, 2));
        bytes.set(0, (byte) 'z');
        assertEquals("zaz", root.getTextField());
    }

    @Test
    @Parity("message: ReadWriteDataStruct")
    @DisplayName("ReadWriteDataStruct")
    void the_data_section_of_a_struct_is_a_struct_without_pointers() {
        TestAllTypes.Builder root = message.initRoot(TestAllTypes.TYPE);
        root.setUInt32Field(123);
        root.setFloat64Field(1.5);
        root.setTextField("foo");
        Data section = Data.of(AnyStruct.of(root.asReader()).data().toByteArray());
        assertEquals(8 * TestAllTypes.TYPE.dataWords(), section.size());
        TestAllTypes.Reader read = TestAllTypes.TYPE.ofData(section);
        assertEquals(123, read.getUInt32Field());
        assertEquals(1.5, read.getFloat64Field());
        assertFalse(read.hasTextField());
        assertEquals("", read.getTextField());
        MessageBuilder copy = new MessageBuilder();
        copy.setRoot(read);
        assertEquals(123, sent(copy).root(TestAllTypes.TYPE).getUInt32Field());
        TestAllTypes.Reader nothing = TestAllTypes.TYPE.ofData(Data.EMPTY);
        assertTrue(nothing.contentEquals(Words.root(0).as(TestAllTypes.TYPE)));
        assertEquals(0, nothing.getFloat64Field());
        assertFalse(nothing.hasStructField());
        assertEquals(-123, TestDefaults.TYPE.ofData(Data.EMPTY).getInt8Field());
        assertEquals("foo", TestDefaults.TYPE.ofData(Data.EMPTY).getTextField());
        assertThrows(IllegalArgumentException.class, () -> TestAllTypes.TYPE.ofData(Data.of(new byte[9])));
        assertThrows(IllegalArgumentException.class, () -> TestAllTypes.TYPE.ofData(Data.of(new byte[1 << 19])));
    }

    /** C++ refuses memory that its processor may not read; here all access is by methods that need no alignment. */
    @Test
    @Parity("message: disallow unaligned")
    @DisplayName("disallow unaligned")
    void a_message_is_read_at_any_address_but_only_in_whole_words() {
        StandardContent.fill(message.initRoot(TestAllTypes.TYPE));
        byte[] frame = message.toByteArray();
        for (int skipped = 0; skipped < 8; skipped++) {
            byte[] shifted = new byte[frame.length + 8];
            System.arraycopy(frame, 0, shifted, skipped, frame.length);
            StandardContent.check(MessageReader.of(shifted, skipped, frame.length, Limits.DEFAULT)
                    .root(TestAllTypes.TYPE));
            try (java.lang.foreign.Arena memory = java.lang.foreign.Arena.ofConfined()) {
                MemorySegment outside = memory.allocate(frame.length + 8, 8).asSlice(skipped, frame.length);
                outside.copyFrom(MemorySegment.ofArray(frame));
                StandardContent.check(MessageReader.of(outside, Limits.DEFAULT).root(TestAllTypes.TYPE));
            }
        }
        MessageException e =
                assertThrows(MessageException.class, () -> MessageReader.of(List.of(new byte[17]), Limits.DEFAULT));
        assertTrue(String.valueOf(e.getMessage()).contains("whole number of words"), e.getMessage());
    }
}

package dev.capstan.capnp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.capnp.testfixture.StandardContent;
import dev.capstan.capnp.testfixture.TestAllTypes;
import dev.capstan.testkit.Parity;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Objects that are made before their place is known, taken out and put elsewhere, and lists that change their size. */
class OrphanTest {
    private static final PointerType<StructList.Builder<TestAllTypes.Builder>, StructList.Reader<TestAllTypes.Reader>>
            STRUCTS = StructList.type(TestAllTypes.TYPE);
    private static final PointerType<PointerList.Builder<String, String>, PointerList.Reader<String>> TEXTS =
            PointerList.type(Text.TYPE);

    private final MessageBuilder message = new MessageBuilder();
    private final AnyPointer.Builder root = message.root();

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Words of the message that are not zero. */
    private static int used(MessageBuilder message) {
        int count = 0;
        for (ByteBuffer segment : message.segments()) {
            for (long word : Words.of(segment)) {
                count += word == 0 ? 0 : 1;
            }
        }
        return count;
    }

    @Test
    @Parity({"orphan: Structs", "orphan: StructAnyPointer", "orphan: FarPointer"})
    void a_struct_moves_to_another_place_without_being_copied() {
        for (int firstWords : new int[] {1, 30, 1000}) {
            MessageBuilder far = new MessageBuilder(firstWords);
            PointerList.Builder<AnyPointer.Builder, AnyPointer.Reader> places =
                    far.root().init(PointerList.type(AnyPointer.TYPE), 2);
            TestAllTypes.Builder content = places.get(0).init(TestAllTypes.TYPE);
            StandardContent.fill(content);
            try (var orphan = places.get(0).disown(TestAllTypes.TYPE)) {
                assertTrue(places.isNull(0));
                assertFalse(orphan.isNull());
                StandardContent.check(orphan.asReader());
                orphan.get().setInt32Field(5);
                assertEquals(5, content.asReader().getInt32Field(), "the same memory");
                orphan.get().setInt32Field(-12345678);
                places.get(1).adopt(orphan);
                assertThrows(IllegalStateException.class, orphan::get);
            }
            assertTrue(places.isNull(0));
            StandardContent.check(places.get(1).as(TestAllTypes.TYPE).asReader());
        }
    }

    @Test
    void a_list_that_shrinks_leaves_the_empty_lists_behind_it_within_the_message() {
        for (int firstWords : new int[] {1, 20, 1000}) {
            MessageBuilder small = new MessageBuilder(firstWords);
            PointerList.Builder<AnyPointer.Builder, AnyPointer.Reader> places =
                    small.root().init(PointerList.type(AnyPointer.TYPE), 4);
            places.get(0).init(Int32List.TYPE, 12);
            places.get(1).init(Int32List.TYPE, 0);
            places.get(2).init(VoidList.TYPE, 5);
            resize(places.get(0), Int32List.TYPE, 1);
            assertEquals(0, places.get(1).as(Int32List.TYPE).size());
            assertEquals(5, places.get(2).as(VoidList.TYPE).size());
            places.get(3).setAs(Text.TYPE, "behind");
            assertSound(small);
        }
    }

    @Test
    void a_list_that_becomes_empty_stays_within_the_message_when_the_one_before_it_shrinks() {
        for (int firstWords : new int[] {1, 20, 1000}) {
            MessageBuilder small = new MessageBuilder(firstWords);
            PointerList.Builder<AnyPointer.Builder, AnyPointer.Reader> places =
                    small.root().init(PointerList.type(AnyPointer.TYPE), 2);
            places.get(0).init(Int32List.TYPE, 8);
            places.get(1).init(Int32List.TYPE, 8);
            resize(places.get(1), Int32List.TYPE, 0);
            resize(places.get(0), Int32List.TYPE, 1);
            assertEquals(0, places.get(1).as(Int32List.TYPE).size());
            resize(places.get(0), Int32List.TYPE, 9);
            resize(places.get(1), Int32List.TYPE, 9);
            assertSound(small);
        }
    }

    private static <B, R> void resize(AnyPointer.Builder place, PointerType<B, R> type, int size) {
        Orphan<B, R> orphan = place.disown(type);
        orphan.resize(size);
        place.adopt(orphan);
    }

    private static void assertSound(MessageBuilder message) {
        byte[] frame = message.toByteArray();
        assertEquals(
                message.asReader().targetSizeWords(),
                MessageReader.of(frame, 0, frame.length, Limits.DEFAULT).root().targetSizeWords());
    }

    @Test
    @Parity({"orphan: EmptyStruct", "orphan: EmptyStructOverwrite"})
    void an_empty_struct_is_not_null_when_it_moves() {
        PointerList.Builder<AnyPointer.Builder, AnyPointer.Reader> places =
                root.init(PointerList.type(AnyPointer.TYPE), 2);
        places.get(0).init(AnyStruct.TYPE);
        places.get(1).init(TestAllTypes.TYPE).setTextField("to be overwritten");
        places.get(1).adopt(places.get(0).disown(AnyStruct.TYPE));
        assertTrue(places.isNull(0));
        assertEquals(AnyPointer.Kind.STRUCT, places.get(1).kind());
        assertEquals(0, places.get(1).targetSizeWords());
    }

    @Test
    @Parity({"orphan: AdoptNullStruct", "orphan: DisownNull"})
    void null_is_taken_out_and_put_in_as_anything_else() {
        PointerList.Builder<AnyPointer.Builder, AnyPointer.Reader> places =
                root.init(PointerList.type(AnyPointer.TYPE), 2);
        places.get(1).init(TestAllTypes.TYPE).setTextField("gone");
        try (var nothing = places.get(0).disown(TestAllTypes.TYPE)) {
            assertTrue(nothing.isNull());
            assertEquals("", nothing.asReader().getTextField());
            places.get(1).adopt(nothing);
        }
        assertTrue(places.isNull(1));
        assertEquals(1, used(message), "nothing is left but the pointer to the list");
    }

    @Test
    @Parity({"orphan: Lists", "orphan: ListAnyPointer", "orphan: StructLists", "orphan: Text", "orphan: Data"})
    void lists_texts_and_data_move() {
        PointerList.Builder<AnyPointer.Builder, AnyPointer.Reader> places =
                root.init(PointerList.type(AnyPointer.TYPE), 5);
        places.get(0).setAs(Int32List.TYPE, ints(1, 2, 3));
        places.get(1).setAs(Text.TYPE, "foo");
        places.get(2).setAs(Data.TYPE, Data.of(ascii("bar")));
        places.get(3).init(STRUCTS, 2).get(1).setTextField("second");
        move(places, 0, Int32List.TYPE);
        assertEquals(List.of(1, 2, 3), places.get(4).as(Int32List.TYPE));
        move(places, 1, Text.TYPE);
        assertEquals("foo", places.get(4).as(Text.TYPE));
        move(places, 2, Data.TYPE);
        assertArrayEquals(ascii("bar"), places.get(4).as(Data.TYPE).toByteArray());
        move(places, 3, STRUCTS);
        assertEquals("second", places.get(4).as(STRUCTS).get(1).getTextField());
        places.get(4).clear();
        assertEquals(1, used(message), "nothing is left but the pointer to the list");
    }

    private static <B, R> void move(
            PointerList.Builder<AnyPointer.Builder, AnyPointer.Reader> places, int from, PointerType<B, R> type) {
        places.get(4).adopt(places.get(from).disown(type));
        assertTrue(places.isNull(from));
    }

    private static Int32List.Reader ints(int... values) {
        Int32List.Builder list = new MessageBuilder(200).root().init(Int32List.TYPE, values.length);
        for (int i = 0; i < values.length; i++) {
            list.set(i, values[i]);
        }
        return Int32List.TYPE.asReader(list);
    }

    @Test
    @Parity("orphan: NoCrossMessageTransfers")
    void an_orphan_stays_in_its_message() {
        MessageBuilder other = new MessageBuilder();
        try (var orphan = other.newOrphan(TestAllTypes.TYPE)) {
            IllegalArgumentException error = assertThrows(IllegalArgumentException.class, () -> root.adopt(orphan));
            assertTrue(String.valueOf(error.getMessage()).contains("set a copy"), () -> "" + error);
            assertFalse(orphan.isNull(), "it is still there");
        }
    }

    @Test
    @Parity({
        "orphan: OrphanageStruct",
        "orphan: OrphanageList",
        "orphan: OrphanageText",
        "orphan: OrphanageData",
        "orphan: OrphanageFromBuilder"
    })
    void orphans_are_made_beside_a_struct_whose_message_is_not_at_hand() {
        TestAllTypes.Builder builder = root.init(TestAllTypes.TYPE);
        MessageBuilder orphanage = MessageBuilder.containing(builder);
        AnyStruct.Builder raw = AnyStruct.of(builder);
        var struct = orphanage.newOrphan(TestAllTypes.TYPE);
        StandardContent.fill(struct.get());
        var list = orphanage.newOrphan(UInt8List.TYPE, 3);
        list.get().set(1, 200);
        var text = orphanage.newOrphanCopy(Text.TYPE, "foo");
        var data = orphanage.newOrphan(Data.TYPE, 3);
        data.get().put(0, ascii("bar"), 0, 3);
        int structAt = pointerOf(TestAllTypes.TYPE, b -> b.initStructField());
        int listAt = pointerOf(TestAllTypes.TYPE, b -> b.initUInt8List(1));
        int textAt = pointerOf(TestAllTypes.TYPE, b -> b.setTextField("x"));
        int dataAt = pointerOf(TestAllTypes.TYPE, b -> b.initDataField(1));
        raw.pointer(structAt).adopt(struct);
        raw.pointer(listAt).adopt(list);
        raw.pointer(textAt).adopt(text);
        raw.pointer(dataAt).adopt(data);
        TestAllTypes.Reader reader = builder.asReader();
        StandardContent.check(reader.getStructField());
        assertEquals(List.of(0, 200, 0), reader.getUInt8List());
        assertEquals("foo", reader.getTextField());
        assertArrayEquals(ascii("bar"), reader.getDataField().toByteArray());
    }

    private static <B extends StructBuilder, R extends StructReader> int pointerOf(
            StructType<B, R> type, java.util.function.Consumer<B> set) {
        B builder = new MessageBuilder().initRoot(type);
        set.accept(builder);
        AnyStruct.Builder raw = AnyStruct.of(builder);
        for (int i = 0; i < raw.pointerCount(); i++) {
            if (!raw.pointer(i).isNull()) {
                return i;
            }
        }
        throw new AssertionError("no pointer was set");
    }

    @Test
    @Parity({
        "orphan: OrphanageStructCopy",
        "orphan: OrphanageListCopy",
        "orphan: OrphanageTextCopy",
        "orphan: OrphanageDataCopy"
    })
    void copies_from_another_message_are_made_without_a_place() {
        MessageBuilder source = new MessageBuilder();
        StandardContent.fill(source.initRoot(TestAllTypes.TYPE));
        try (var struct = message.newOrphanCopy(
                        TestAllTypes.TYPE, source.asReader().as(TestAllTypes.TYPE));
                var list = message.newOrphanCopy(Int32List.TYPE, ints(7, 8));
                var text = message.newOrphanCopy(Text.TYPE, "foo");
                var data = message.newOrphanCopy(Data.TYPE, Data.of(ascii("bar")))) {
            source.reset();
            StandardContent.check(struct.asReader());
            assertEquals(List.of(7, 8), list.asReader());
            assertEquals("foo", text.asReader());
            assertArrayEquals(ascii("bar"), data.asReader().toByteArray());
        }
        assertEquals(0, used(message));
    }

    @Test
    @Parity({
        "orphan: ZeroOut",
        "orphan: StructsZerodAfterUse",
        "orphan: ListsZerodAfterUse",
        "orphan: EmptyListsZerodAfterUse",
        "orphan: StructListsZerodAfterUse",
        "orphan: EmptyStructListsZerodAfterUse",
        "orphan: TextZerodAfterUse",
        "orphan: DataZerodAfterUse"
    })
    void what_a_closed_orphan_held_is_zeroed() {
        var struct = message.newOrphan(TestAllTypes.TYPE);
        StandardContent.fill(struct.get());
        var list = message.newOrphanCopy(Int32List.TYPE, ints(1, 2, 3, 4, 5));
        var empty = message.newOrphan(Int32List.TYPE, 0);
        var structs = message.newOrphan(STRUCTS, 3);
        structs.get().get(2).setTextField("something");
        var noStructs = message.newOrphan(STRUCTS, 0);
        var text = message.newOrphanCopy(Text.TYPE, "text");
        var data = message.newOrphanCopy(Data.TYPE, Data.of(ascii("data")));
        for (Orphan<?, ?> orphan : List.of(struct, list, empty, structs, noStructs, text, data)) {
            assertTrue(used(message) > 0);
            orphan.close();
            orphan.close();
        }
        assertEquals(0, used(message));
    }

    @Test
    void capabilities_of_a_closed_orphan_are_closed_and_those_of_an_adopted_one_are_not() {
        TestCap cap = new TestCap();
        try (var closed = message.newOrphanCopy(AnyPointer.CAPABILITY, cap)) {
            assertEquals(2, cap.held());
            assertFalse(closed.isNull());
        }
        assertEquals(1, cap.held());
        root.adopt(message.newOrphanCopy(AnyPointer.CAPABILITY, cap));
        assertEquals(2, cap.held());
        message.reset();
        cap.close();
        assertEquals(0, cap.held());
    }

    @Test
    @Parity({"orphan: UpgradeStruct", "orphan: UpgradeStructList"})
    void an_orphan_of_an_older_schema_is_enlarged_when_it_is_edited() {
        StructType<Raw.Builder, Raw.Reader> old = Raw.type(1, 1);
        StructType<Raw.Builder, Raw.Reader> newer = Raw.type(2, 3);
        Raw.Builder struct = root.init(old);
        struct._setInt64(0, 42, 0);
        struct._setText(0, "kept");
        try (var orphan = root.disown(newer)) {
            assertEquals(0, orphan.asReader()._int64(1, 0));
            Raw.Builder larger = orphan.get();
            larger._setInt64(1, 7, 0);
            larger._setText(2, "new");
            root.adopt(orphan);
        }
        Raw.Reader read = root.asReader().as(newer);
        assertEquals(List.of(42L, 7L), List.of(read._int64(0, 0), read._int64(1, 0)));
        assertEquals(List.of("kept", "new"), List.of(read._text(0), read._text(2)));

        root.init(StructList.type(old), 2).get(1)._setText(0, "in a list");
        try (var orphan = root.disown(StructList.type(newer))) {
            orphan.get().get(1)._setText(2, "too");
            root.adopt(orphan);
        }
        Raw.Reader second = root.asReader().as(StructList.type(newer)).get(1);
        assertEquals(List.of("in a list", "too"), List.of(second._text(0), second._text(2)));
    }

    @Test
    @Parity({
        "orphan: ReferenceExternalData",
        "orphan: ReferenceExternalData_NoZeroOnSet",
        "orphan: ReferenceExternalData_NoZeroImmediateAbandon"
    })
    void data_of_somebody_else_is_sent_from_where_it_is_and_never_zeroed() {
        byte[] bytes = new byte[64];
        Arrays.fill(bytes, (byte) 7);
        TestAllTypes.Builder struct = root.init(TestAllTypes.TYPE);
        int dataAt = pointerOf(TestAllTypes.TYPE, b -> b.initDataField(1));
        AnyStruct.of(struct).pointer(dataAt).adopt(message.newOrphanReferencing(bytes, 8, 50));
        struct.setTextField("made afterwards");
        assertTrue(
                message.segments().stream().anyMatch(segment -> segment.array() == bytes && segment.arrayOffset() == 8),
                "it is not copied");
        byte[] frame = message.toByteArray();
        TestAllTypes.Reader read =
                MessageReader.of(frame, 0, frame.length, Limits.DEFAULT).root(TestAllTypes.TYPE);
        assertEquals(50, read.getDataField().size());
        assertEquals(7, read.getDataField().get(49));
        assertEquals("made afterwards", read.getTextField());
        struct.setDataField(new byte[3]);
        message.newOrphanReferencing(bytes, 0, 64).close();
        for (byte each : bytes) {
            assertEquals(7, each);
        }
        assertThrows(
                IllegalArgumentException.class,
                () -> message.newOrphanReferencing(bytes, 17, 47),
                "ends within a word");
        assertThrows(IndexOutOfBoundsException.class, () -> message.newOrphanReferencing(bytes, 16, 49));
    }

    // ---- size

    @Test
    @Parity({"orphan: TruncateData", "orphan: ExtendData", "orphan: ExtendDataCopy", "orphan: ExtendDataFromEmpty"})
    void data_changes_its_size() {
        resizes(Data.TYPE, orphan -> orphan.get().put(0, ascii("0123456789"), 0, 10), 10, (orphan, size) -> {
            byte[] expected = Arrays.copyOf(Arrays.copyOf(ascii("0123456789"), Math.min(size, 10)), size);
            assertArrayEquals(expected, orphan.asReader().toByteArray());
        });
    }

    @Test
    @Parity({"orphan: TruncateText", "orphan: ExtendText", "orphan: ExtendTextCopy", "orphan: ExtendTextFromEmpty"})
    void text_changes_its_size_and_keeps_its_end() {
        for (int size : new int[] {0, 1, 6, 7, 8, 14, 15, 16, 17, 40}) {
            for (boolean last : new boolean[] {true, false}) {
                MessageBuilder own = new MessageBuilder(40);
                try (var orphan = own.newOrphanCopy(Text.TYPE, "0123456789abcde")) {
                    if (!last) {
                        own.root().setAs(Text.TYPE, "in the way");
                    }
                    orphan.resize(size);
                    assertEquals(
                            "0123456789abcde".substring(0, Math.min(size, 15)) + "\0".repeat(Math.max(0, size - 15)),
                            orphan.asReader());
                }
            }
        }
        try (var nothing = message.root().disown(Text.TYPE)) {
            nothing.resize(3);
            assertEquals("\0\0\0", nothing.asReader());
        }
    }

    @Test
    @Parity({"orphan: TruncatePrimitiveList", "orphan: ExtendPrimitiveList", "orphan: ExtendPrimitiveListCopy"})
    void lists_of_primitives_change_their_size() {
        resizes(
                UInt32List.TYPE,
                orphan -> {
                    for (int i = 0; i < 7; i++) {
                        orphan.get().set(i, 123456789L + i);
                    }
                },
                7,
                (orphan, size) -> {
                    assertEquals(size, orphan.asReader().size());
                    for (int i = 0; i < size; i++) {
                        assertEquals(
                                i < 7 ? 123456789L + i : 0, orphan.asReader().at(i));
                    }
                });
        resizes(
                BoolList.TYPE,
                orphan -> {
                    for (int i = 0; i < 13; i++) {
                        orphan.get().set(i, true);
                    }
                },
                13,
                (orphan, size) -> {
                    for (int i = 0; i < size; i++) {
                        assertEquals(i < 13, orphan.asReader().at(i), i + " of " + size);
                    }
                });
    }

    @Test
    @Parity({
        "orphan: TruncatePointerList",
        "orphan: ExtendPointerList",
        "orphan: ExtendPointerListCopy",
        "orphan: ExtendPointerListFromEmpty",
        "orphan: ExtendPointerListFromEmpty (2)"
    })
    void lists_of_pointers_change_their_size() {
        resizes(
                TEXTS,
                orphan -> {
                    for (int i = 0; i < 7; i++) {
                        orphan.get().set(i, "foo" + i);
                    }
                },
                7,
                (orphan, size) -> {
                    assertEquals(size, orphan.asReader().size());
                    for (int i = 0; i < size; i++) {
                        assertEquals(i < 7 ? "foo" + i : "", orphan.asReader().get(i));
                    }
                });
    }

    @Test
    @Parity({
        "orphan: TruncateStructList",
        "orphan: ExtendStructList",
        "orphan: ExtendStructListCopy",
        "orphan: ExtendStructListFromEmpty"
    })
    void lists_of_structs_change_their_size() {
        resizes(
                STRUCTS,
                orphan -> {
                    for (int i = 0; i < 7; i++) {
                        orphan.get().get(i).setUInt32Field(123456789L + i);
                        orphan.get().get(i).setTextField("foo" + i);
                    }
                },
                7,
                (orphan, size) -> {
                    assertEquals(size, orphan.asReader().size());
                    for (int i = 0; i < size; i++) {
                        assertEquals(
                                i < 7 ? 123456789L + i : 0,
                                orphan.asReader().get(i).getUInt32Field());
                        assertEquals(
                                i < 7 ? "foo" + i : "", orphan.asReader().get(i).getTextField());
                    }
                });
    }

    /** From null, to smaller and larger sizes, at the end of a segment, in the midst of one, and where there is no more room. */
    private static <B, R> void resizes(
            PointerType<B, R> type,
            java.util.function.Consumer<Orphan<B, R>> fill,
            int count,
            java.util.function.ObjIntConsumer<Orphan<B, R>> check) {
        for (int size : new int[] {0, 1, count - 1, count, count + 1, 3 * count, 20 * count}) {
            for (boolean fromNull : new boolean[] {false, true}) {
                for (boolean last : new boolean[] {true, false}) {
                    for (int firstWords : new int[] {1, 10, 4000}) {
                        MessageBuilder own = new MessageBuilder(firstWords);
                        try (var orphan = fromNull ? own.root().disown(type) : own.newOrphan(type, count)) {
                            if (fromNull) {
                                orphan.resize(count);
                            }
                            fill.accept(orphan);
                            if (!last) {
                                own.root().setAs(Text.TYPE, "in the way");
                            }
                            orphan.resize(size);
                            check.accept(orphan, size);
                            own.root().adopt(orphan);
                        }
                        byte[] frame = own.toByteArray();
                        AnyPointer.Reader read = MessageReader.of(frame, 0, frame.length, Limits.DEFAULT)
                                .root();
                        MessageBuilder same = new MessageBuilder();
                        same.root().set(read);
                        assertArrayEquals(read.canonical(), same.asReader().canonical());
                        own.root().clear();
                        assertEquals(0, used(own), "what was cut off or moved is zeroed");
                    }
                }
            }
        }
    }

    @Test
    void memory_at_the_end_of_a_segment_is_used_again_when_a_list_gets_shorter() {
        try (var orphan = message.newOrphan(UInt8List.TYPE, 800)) {
            long before = message.sizeWords();
            orphan.resize(80);
            assertEquals(before - 90, message.sizeWords());
            orphan.resize(800);
            assertEquals(before, message.sizeWords());
        }
    }

    @Test
    void what_has_no_size_cannot_change_it() {
        try (var struct = message.newOrphan(TestAllTypes.TYPE);
                var list = message.newOrphan(UInt8List.TYPE, 1)) {
            assertThrows(UnsupportedOperationException.class, () -> struct.resize(1));
            assertThrows(IllegalArgumentException.class, () -> list.resize(-1));
            assertThrows(IllegalArgumentException.class, () -> list.resize(1 << 29));
        }
    }

    // ---- concatenation

    @Test
    @Parity({"orphan: ConcatenatePrimitiveLists", "orphan: ConcatenateBitLists"})
    void lists_of_primitives_are_joined() {
        try (var orphan = message.newOrphanConcat(Int32List.TYPE, List.of(ints(12, 34), ints(), ints(56)))) {
            assertEquals(List.of(12, 34, 56), orphan.asReader());
        }
        Random random = new Random(1);
        boolean[] expected = new boolean[60];
        BoolList.Reader[] lists = new BoolList.Reader[6];
        for (int i = 0, at = 0; i < 6; i++) {
            BoolList.Builder list = new MessageBuilder().root().init(BoolList.TYPE, 10);
            for (int bit = 0; bit < 10; bit++) {
                expected[at] = random.nextBoolean();
                list.set(bit, expected[at++]);
            }
            lists[i] = BoolList.TYPE.asReader(list);
        }
        try (var orphan = message.newOrphanConcat(BoolList.TYPE, List.of(lists))) {
            for (int i = 0; i < 60; i++) {
                assertEquals(expected[i], orphan.asReader().at(i));
            }
        }
    }

    @Test
    @Parity({"orphan: ConcatenatePointerLists", "orphan: ConcatenateStructLists"})
    void lists_of_pointers_and_structs_are_joined() {
        MessageBuilder source = new MessageBuilder();
        var first = source.newOrphan(TEXTS, 2);
        first.get().set(0, "foo");
        first.get().set(1, "bar");
        var second = source.newOrphan(TEXTS, 1);
        second.get().set(0, "baz");
        try (var orphan = message.newOrphanConcat(TEXTS, List.of(first.asReader(), second.asReader()))) {
            assertEquals(List.of("foo", "bar", "baz"), orphan.asReader());
        }
        var structs = source.newOrphan(STRUCTS, 2);
        structs.get().get(0).setTextField("one");
        structs.get().get(1).setInt8Field((byte) 4);
        try (var orphan = message.newOrphanConcat(STRUCTS, List.of(structs.asReader(), structs.asReader()))) {
            assertEquals("one", orphan.asReader().get(2).getTextField());
            assertEquals(4, orphan.asReader().get(3).getInt8Field());
        }
    }

    @Test
    @Parity("orphan: ConcatenateStructListsUpgradeFromPrimitive")
    void lists_of_primitives_and_of_structs_become_one_of_structs() {
        StructType<Raw.Builder, Raw.Reader> type = Raw.type(1, 1);
        AnyPointer.Builder place = new MessageBuilder().root();
        place.setAs(Int32List.TYPE, ints(1, 2));
        StructList.Reader<Raw.Reader> upgraded = place.asReader().as(StructList.type(type));
        StructList.Builder<Raw.Builder> structs = new MessageBuilder().root().init(StructList.type(type), 1);
        structs.get(0)._setInt32(0, 3, 0);
        structs.get(0)._setText(0, "text");
        try (var orphan = message.newOrphanConcat(
                StructList.type(type), List.of(upgraded, StructList.type(type).asReader(structs)))) {
            StructList.Reader<Raw.Reader> all = orphan.asReader();
            assertEquals(
                    List.of(1, 2, 3),
                    all.stream().map(each -> each._int32(0, 0)).toList());
            assertEquals("text", all.get(2)._text(0));
        }
    }

    @Test
    void an_element_of_a_list_of_pointers_is_taken_out_and_put_in() {
        PointerList.Builder<String, String> texts = root.init(TEXTS, 3);
        texts.set(0, "moves");
        texts.adopt(2, texts.disown(0));
        assertEquals(List.of("", "", "moves"), texts);
    }

    @Test
    void an_orphan_that_outlives_a_reset_leaves_the_next_message_alone() {
        AnyStruct.Builder next;
        byte[] before;
        try (var orphan = message.newOrphan(Data.TYPE, 8)) {
            message.reset();
            next = message.initRoot(AnyStruct.type(0, 3));
            next.pointer(0).setAs(Text.TYPE, "one");
            next.pointer(1).setAs(Text.TYPE, "two");
            next.pointer(2).setAs(Text.TYPE, "three");
            before = message.toByteArray();
            IllegalStateException refused = assertThrows(
                    IllegalStateException.class, () -> next.pointer(0).adopt(orphan));
            assertTrue(String.valueOf(refused.getMessage()).contains("reset"), refused.getMessage());
            assertThrows(IllegalStateException.class, orphan::get);
            assertThrows(IllegalStateException.class, orphan::asReader);
            assertThrows(IllegalStateException.class, orphan::isNull);
            assertThrows(IllegalStateException.class, () -> orphan.resize(4));
            assertThrows(IllegalStateException.class, () -> orphan.as(AnyPointer.TYPE));
        }
        assertArrayEquals(before, message.toByteArray(), "closing it does nothing");
        assertEquals("one", next.pointer(0).as(Text.TYPE));
        assertEquals("two", next.pointer(1).as(Text.TYPE));
        assertEquals("three", next.pointer(2).as(Text.TYPE));
    }

    @Test
    void an_orphan_made_after_a_reset_is_not_mistaken_for_one_made_before() {
        for (int reset = 0; reset < 3; reset++) {
            var old = message.newOrphanCopy(Text.TYPE, "old");
            message.reset();
            var fresh = message.newOrphanCopy(Text.TYPE, "new");
            old.close();
            message.root().adopt(fresh);
            assertEquals("new", message.root().as(Text.TYPE));
        }
    }
}

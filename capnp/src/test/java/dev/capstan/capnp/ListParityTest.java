package dev.capstan.capnp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.capnp.encoding.fixture.TestListDefaults;
import dev.capstan.capnp.encoding.fixture.TestLists;
import dev.capstan.capnp.testfixture.TestAllTypes;
import dev.capstan.testkit.LongRun;
import dev.capstan.testkit.Parity;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lists of small structs and of lists, their defaults and their setters, as the C++ implementation's tests of generated code have them. */
class ListParityTest {
    private final MessageBuilder message = new MessageBuilder(4000);
    private final TestListDefaults.Builder root = message.initRoot(TestListDefaults.TYPE);

    private static void fill(TestLists.Builder lists) {
        lists.initList0(2);
        StructList.Builder<TestLists.Struct1.Builder> bits = lists.initList1(4);
        bits.get(0).setF(true);
        bits.get(2).setF(true);
        bits.get(3).setF(true);
        var list8 = lists.initList8(2);
        list8.get(0).setF(123);
        list8.get(1).setF(45);
        var list16 = lists.initList16(2);
        list16.get(0).setF(12345);
        list16.get(1).setF(6789);
        var list32 = lists.initList32(2);
        list32.get(0).setF(123456789);
        list32.get(1).setF(234567890);
        var list64 = lists.initList64(2);
        list64.get(0).setF(1234567890123456L);
        list64.get(1).setF(2345678901234567L);
        var pointers = lists.initListP(2);
        pointers.get(0).setF("foo");
        pointers.get(1).setF("bar");
        PointerList.Builder<Int32List.Builder, Int32List.Reader> numbers = lists.initInt32ListList(3);
        put(numbers.init(0, 3), 1, 2, 3);
        put(numbers.init(1, 2), 4, 5);
        put(numbers.init(2, 1), 12341234);
        var texts = lists.initTextListList(3);
        put(texts.init(0, 2), "foo", "bar");
        put(texts.init(1, 1), "baz");
        put(texts.init(2, 2), "qux", "corge");
        var structs = lists.initStructListList(2);
        StructList.Builder<TestAllTypes.Builder> two = structs.init(0, 2);
        StructList.Builder<TestAllTypes.Builder> one = structs.init(1, 1);
        two.get(0).setInt32Field(123);
        two.get(1).setInt32Field(456);
        one.get(0).setInt32Field(789);
    }

    @SafeVarargs
    private static <T> void put(List<T> list, T... values) {
        for (int i = 0; i < values.length; i++) {
            list.set(i, values[i]);
        }
    }

    private static void check(TestLists.Reader lists) {
        assertEquals(2, lists.getList0().size());
        assertEquals(
                List.of(true, false, true, true),
                lists.getList1().stream().map(each -> each.getF()).toList());
        assertEquals(
                List.of(123, 45),
                lists.getList8().stream().map(each -> each.getF()).toList());
        assertEquals(
                List.of(12345, 6789),
                lists.getList16().stream().map(each -> each.getF()).toList());
        assertEquals(
                List.of(123456789L, 234567890L),
                lists.getList32().stream().map(each -> each.getF()).toList());
        assertEquals(
                List.of(1234567890123456L, 2345678901234567L),
                lists.getList64().stream().map(each -> each.getF()).toList());
        assertEquals(
                List.of("foo", "bar"),
                lists.getListP().stream().map(each -> each.getF()).toList());
        assertEquals(List.of(List.of(1, 2, 3), List.of(4, 5), List.of(12341234)), lists.getInt32ListList());
        assertEquals(List.of(List.of("foo", "bar"), List.of("baz"), List.of("qux", "corge")), lists.getTextListList());
        assertEquals(
                List.of(List.of(123, 456), List.of(789)),
                lists.getStructListList().stream()
                        .map(list -> list.stream()
                                .map(TestAllTypes.Reader::getInt32Field)
                                .toList())
                        .toList());
    }

    @Test
    @Parity("encoding: ListDefaults")
    @DisplayName("ListDefaults")
    void lists_that_were_not_set_have_their_defaults() {
        check(root.asReader().getLists());
        assertFalse(root.hasLists(), "reading makes nothing");
        check(root.getLists().asReader());
        assertTrue(root.hasLists(), "a builder needs something to change");
        check(root.asReader().getLists());
        byte[] frame = message.toByteArray();
        check(MessageReader.of(frame, 0, frame.length, Limits.DEFAULT)
                .root(TestListDefaults.TYPE)
                .getLists());
    }

    @Test
    @Parity("encoding: BuildListDefaults")
    @DisplayName("BuildListDefaults")
    void lists_that_are_built_read_back() {
        for (Storage storage : List.of(Storage.heap(1000), Storage.heap(1).fixed())) {
            MessageBuilder own = new MessageBuilder(storage);
            TestListDefaults.Builder struct = own.initRoot(TestListDefaults.TYPE);
            fill(struct.initLists());
            check(struct.asReader().getLists());
            check(struct.getLists().asReader());
            byte[] frame = own.toByteArray();
            check(MessageReader.of(frame, 0, frame.length, Limits.DEFAULT)
                    .root(TestListDefaults.TYPE)
                    .getLists());
        }
    }

    @Test
    @Parity("encoding: SmallStructLists")
    @DisplayName("SmallStructLists")
    void what_is_built_has_the_encoding_that_the_compiler_gave_the_default() {
        TestLists.Builder lists = root.initLists();
        TestLists.Reader empty = lists.asReader();
        for (List<?> list : List.of(
                empty.getList0(),
                empty.getList1(),
                empty.getList8(),
                empty.getList16(),
                empty.getList32(),
                empty.getList64(),
                empty.getListP(),
                empty.getInt32ListList(),
                empty.getTextListList(),
                empty.getStructListList())) {
            assertEquals(List.of(), list);
        }
        fill(lists);
        MessageBuilder copy = new MessageBuilder(4000);
        copy.initRoot(TestListDefaults.TYPE).getLists();
        assertEquals(1, message.segments().size());
        assertArrayEquals(Words.of(copy, 0), Words.of(message, 0));
    }

    @Test
    @Parity("encoding: OneBitStructSetters")
    @DisplayName("OneBitStructSetters")
    void a_struct_of_one_bit_is_set_from_an_element_of_a_list() {
        StructList.Builder<TestLists.Struct1.Builder> bits = root.initLists().initList1(8);
        boolean[] values = {true, true, false, true, true, false, true, false};
        for (int i = 0; i < 8; i++) {
            bits.get(i).setF(values[i]);
        }
        for (int i = 0; i < 8; i++) {
            MessageBuilder other = new MessageBuilder();
            other.setRoot(root.asReader().getLists().getList1().get(i));
            assertEquals(values[i], other.getRoot(TestLists.Struct1.TYPE).getF());
        }
    }

    @Test
    @Parity("encoding: ListSetters")
    @DisplayName("ListSetters")
    void lists_are_set_from_those_of_another_message_and_moved_within_their_own() {
        fill(root.initLists());
        TestLists.Reader source = root.asReader().getLists();
        MessageBuilder second = new MessageBuilder();
        TestListDefaults.Builder copied = second.initRoot(TestListDefaults.TYPE);
        TestLists.Builder lists = copied.initLists();
        lists.setList0(source.getList0());
        lists.setList1(source.getList1());
        lists.setList8(source.getList8());
        lists.setList16(source.getList16());
        lists.setList32(source.getList32());
        lists.setList64(source.getList64());
        lists.setListP(source.getListP());
        for (int i = 0; i < 3; i++) {
            (i == 0 ? lists.initInt32ListList(3) : lists.getInt32ListList())
                    .setCopy(i, source.getInt32ListList().get(i));
            (i == 0 ? lists.initTextListList(3) : lists.getTextListList())
                    .setCopy(i, source.getTextListList().get(i));
        }
        lists.initStructListList(2);
        lists.getStructListList().setCopy(0, source.getStructListList().get(0));
        lists.getStructListList().setCopy(1, source.getStructListList().get(1));
        check(copied.asReader().getLists());

        try (var adopter = second.newOrphan(TestLists.TYPE);
                var disowner = copied.disownLists()) {
            assertFalse(copied.hasLists());
            move(disowner.get(), adopter.get());
            assertFalse(disowner.get().hasList8() || disowner.get().hasListP());
            copied.adoptLists(adopter);
        }
        check(copied.asReader().getLists());
        assertEquals(source.totalSizeWords(), copied.asReader().getLists().totalSizeWords());
    }

    private static void move(TestLists.Builder from, TestLists.Builder to) {
        to.adoptList0(from.disownList0());
        to.adoptList1(from.disownList1());
        to.adoptList8(from.disownList8());
        to.adoptList16(from.disownList16());
        to.adoptList32(from.disownList32());
        to.adoptList64(from.disownList64());
        to.adoptListP(from.disownListP());
        var numbers = to.initInt32ListList(3);
        var texts = to.initTextListList(3);
        try (var first = from.getInt32ListList().disown(0);
                var words = from.getTextListList().disown(0)) {
            assertEquals(List.of(1, 2, 3), first.asReader());
            assertEquals(List.of("foo", "bar"), words.asReader());
            numbers.adopt(0, first);
            texts.adopt(0, words);
        }
        for (int i = 1; i < 3; i++) {
            numbers.adopt(i, from.getInt32ListList().disown(i));
            texts.adopt(i, from.getTextListList().disown(i));
        }
        var structs = to.initStructListList(2);
        try (var first = from.getStructListList().disown(0)) {
            assertEquals(123, first.asReader().get(0).getInt32Field());
            assertEquals(456, first.asReader().get(1).getInt32Field());
            structs.adopt(0, first);
        }
        structs.adopt(1, from.getStructListList().disown(1));
    }

    /** In a file with holes, of which only the pages that are written to take room; every element would be a gibibyte of them. */
    @Test
    @Parity("encoding: LongList")
    @DisplayName("LongList")
    @LongRun
    void a_list_of_a_gibibyte_is_written_and_read_from_one_end_to_the_other(@TempDir Path folder) throws IOException {
        int size = 1 << 27;
        try (FileChannel file = FileChannel.open(
                        folder.resolve("list"),
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
                Arena memory = Arena.ofShared()) {
            MessageBuilder large =
                    new MessageBuilder(Storage.of(new StorageTest.MappedFile(file, memory), size + 100L));
            Int64List.Builder list = large.initRoot(TestAllTypes.TYPE).initUInt64List(size);
            assertEquals(1, large.segments().size());
            for (int i = 0; i < size; i += 1 << 16) {
                list.set(i, ~(long) i);
            }
            list.set(size - 1, -7);
            Int64List.Reader read = large.asReader().as(TestAllTypes.TYPE).getUInt64List();
            assertEquals(size, read.size());
            for (int i = 0; i < size; i += 1 << 16) {
                assertEquals(~(long) i, read.at(i));
                assertEquals(0, read.at(i + 1));
            }
            assertEquals(-7, read.at(size - 1));
        }
    }
}

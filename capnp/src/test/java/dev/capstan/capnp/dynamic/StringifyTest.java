package dev.capstan.capnp.dynamic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.capnp.Data;
import dev.capstan.capnp.Limits;
import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.MessageException;
import dev.capstan.capnp.MessageReader;
import dev.capstan.capnp.StructType;
import dev.capstan.capnp.dynamic.fixture.TestBoundGenerics;
import dev.capstan.capnp.dynamic.fixture.TestLists;
import dev.capstan.capnp.dynamic.fixture.TestPrintInlineStructs;
import dev.capstan.capnp.dynamic.fixture.TestStructUnion;
import dev.capstan.capnp.dynamic.fixture.TestUnion;
import dev.capstan.capnp.dynamic.fixture.TestUnnamedUnion;
import dev.capstan.capnp.testfixture.TestAllTypes;
import dev.capstan.capnp.testfixture.TestEnum;
import dev.capstan.testkit.Parity;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Values as text: what stringify-test.c++ tests, case by case, and what else there is to see. */
class StringifyTest {
    /** What the C++ implementation writes of a new {@code TestAllTypes}; its own has a field more. */
    private static final String ZERO =
            "(voidField = void, boolField = false, int8Field = 0, int16Field = 0, int32Field = 0,"
                    + " int64Field = 0, uInt8Field = 0, uInt16Field = 0, uInt32Field = 0, uInt64Field = 0, float32Field = 0,"
                    + " float64Field = 0, enumField = foo)";

    private final SchemaLoader loader = new SchemaLoader();
    private final MessageBuilder message = new MessageBuilder();

    private DynamicStruct.Builder init(StructType<?, ?> type) {
        return message.initRoot(loader.load(type).structType());
    }

    private static String pretty(DynamicStruct.Builder struct) {
        return struct.asReader().toPrettyString();
    }

    /** Printed by {@code capnp convert binary:text} (0.9.2) of what {@link Content} writes. */
    static String resource(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(StringifyTest.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).stripTrailing();
        }
    }

    @Test
    @Parity("stringify: KjStringification")
    @DisplayName("KjStringification")
    void a_struct_is_written_in_one_line() throws IOException {
        DynamicStruct.Builder root = init(TestAllTypes.TYPE);
        assertEquals(ZERO, root.toString());
        Content.fill(root);
        assertEquals(resource("all-types.compact.txt"), root.toString());
        assertEquals(root.toString(), root.asReader().toCompactString());
        assertEquals(root.toString(), root.asReader().as(TestAllTypes.TYPE).toString());
        TestAllTypes.Builder generated = new MessageBuilder().initRoot(TestAllTypes.TYPE);
        assertEquals(ZERO, generated.toString());
    }

    @Test
    @Parity("stringify: PrettyPrint")
    @DisplayName("PrettyPrint")
    void a_struct_is_written_in_many_lines() throws IOException {
        DynamicStruct.Builder root = init(TestAllTypes.TYPE);
        assertEquals(ZERO.replace("(", "( ").replace(", ", ",\n  ").replace(")", " )"), pretty(root));
        Content.fill(root);
        assertEquals(resource("all-types.pretty.txt"), pretty(root));
    }

    @Test
    @Parity("stringify: PrettyPrintAdvanced")
    @DisplayName("PrettyPrintAdvanced")
    void what_is_short_stays_in_one_line() {
        DynamicStruct.Builder inline = init(TestPrintInlineStructs.TYPE);
        DynamicList.Builder structs = inline.initList("structList", 3);
        for (int i = 0; i < 3; i++) {
            structs.struct(i).set("int32Field", List.of(123, 456, 789).get(i));
            structs.struct(i).set("textField", List.of("foo", "bar", "baz").get(i));
        }
        String list = """
                structList = [
                    (int32Field = 123, textField = "foo"),
                    (int32Field = 456, textField = "bar"),
                    (int32Field = 789, textField = "baz") ] )""";
        assertEquals("( " + list, pretty(inline));
        inline.set("someText", "foo");
        assertEquals("( someText = \"foo\",\n  " + list, pretty(inline));

        DynamicStruct.Builder root = init(TestLists.TYPE);
        DynamicList.Builder lists = root.initList("int32ListList", 3);
        lists.put(0, List.of(123, 456, 789, 1234567890));
        lists.put(1, List.of(234, 567, 891, 1234567890));
        lists.put(2, List.of(345, 678, 912, 1234567890));
        assertEquals("""
                [ [123, 456, 789, 1234567890],
                  [234, 567, 891, 1234567890],
                  [345, 678, 912, 1234567890] ]""", lists.asReader().toPrettyString());
        String inner = """
                int32ListList = [
                    [123, 456, 789, 1234567890],
                    [234, 567, 891, 1234567890],
                    [345, 678, 912, 1234567890] ] )""";
        assertEquals("( " + inner, pretty(root));
        root.initList("list8", 0);
        assertEquals("( list8 = [],\n  " + inner, pretty(root));
        root.initList("list8", 1).struct(0).set("f", 12);
        assertEquals("( list8 = [(f = 12)],\n  " + inner, pretty(root));
        DynamicList.Builder bytes = root.initList("list8", 2);
        bytes.struct(0).set("f", 12);
        bytes.struct(1).set("f", 34);
        assertEquals("( list8 = [(f = 12), (f = 34)],\n  " + inner, pretty(root));

        DynamicStruct.Builder union = init(TestStructUnion.TYPE);
        DynamicStruct.Builder struct = union.struct("un").initStruct("struct");
        assertEquals("(un = (struct = ()))", pretty(union));
        struct.set("someText", "foo");
        assertEquals("""
                ( un = (
                    struct = (someText = "foo") ) )""", pretty(union));
        struct.set("moreText", "baaaaaaaaaaaaaaaaaaaaaaaaaaaaaar");
        assertEquals("""
                ( un = (
                    struct = (
                      someText = "foo",
                      moreText = "baaaaaaaaaaaaaaaaaaaaaaaaaaaaaar" ) ) )""", pretty(union));
    }

    @Test
    @Parity("stringify: Unions")
    @DisplayName("Unions")
    void of_a_union_the_member_that_is_set_is_written() {
        DynamicStruct.Builder root = init(TestUnion.TYPE);
        root.struct("union0").set("u0f1s32", 123);
        root.struct("union1").set("u1f0sp", "foo");
        assertTrue(
                root.toString().startsWith("(union0 = (u0f1s32 = 123), union1 = (u1f0sp = \"foo\"), "),
                root.toString());
        assertEquals("(u0f1s32 = 123)", root.get("union0").toString());
        assertEquals("(u1f0sp = \"foo\")", root.get("union1").toString());
        TestUnion.Reader typed = root.asReader().as(TestUnion.TYPE);
        assertEquals("(u0f1s32 = 123)", typed.getUnion0().toString());
    }

    @Test
    @Parity("stringify: UnionDefaults")
    @DisplayName("UnionDefaults")
    void members_are_written_with_their_defaults_too() {
        DynamicStruct.Builder root = init(TestUnion.TYPE);
        assertEquals("(u0f0s0 = void)", root.get("union0").toString());
        root.struct("union0").set("u0f1s16", 0);
        root.struct("union1").set("u1f1sp", "");
        assertEquals("(u0f1s16 = 0)", root.get("union0").toString());
        assertEquals("(u1f1sp = \"\")", root.get("union1").toString());
        // A first member behind a null pointer is the one that has nothing to tell.
        DynamicStruct.Builder late = init(TestStructUnion.TYPE);
        assertEquals("(un = ())", late.toString());
        late.struct("un").clear("object");
        assertEquals("(un = (object = ()))", late.toString());
    }

    @Test
    @Parity("stringify: UnnamedUnions")
    @DisplayName("UnnamedUnions")
    void the_member_stands_among_the_fields_by_its_ordinal() {
        DynamicStruct.Builder root = init(TestUnnamedUnion.TYPE);
        String f = "f" + "o".repeat(32);
        root.set("bar", 123);
        assertEquals("(middle = 0, bar = 123)", root.toString());
        assertEquals("(middle = 0, bar = 123)", pretty(root));
        root.set("after", f);
        assertEquals("(middle = 0, bar = 123, after = \"" + f + "\")", root.toString());
        assertEquals("( middle = 0,\n  bar = 123,\n  after = \"" + f + "\" )", pretty(root));
        root.set("before", "before");
        assertEquals("(before = \"before\", middle = 0, bar = 123, after = \"" + f + "\")", root.toString());
        root.set("foo", 0);
        assertEquals("(before = \"before\", foo = 0, middle = 0, after = \"" + f + "\")", root.toString());
        assertEquals("( before = \"before\",\n  foo = 0,\n  middle = 0,\n  after = \"" + f + "\" )", pretty(root));
    }

    @Test
    @Parity("stringify: StructUnions")
    @DisplayName("StructUnions")
    void a_struct_may_be_a_member() {
        DynamicStruct.Builder root = init(TestStructUnion.TYPE);
        DynamicStruct.Builder struct = root.struct("un").initStruct("struct");
        struct.set("someText", "foo");
        struct.set("moreText", "bar");
        assertEquals("(un = (struct = (someText = \"foo\", moreText = \"bar\")))", root.toString());
    }

    @Test
    @Parity("stringify: MoreValues")
    @DisplayName("MoreValues")
    void single_values_are_written_as_literals() {
        assertEquals("123", new DynamicValue.Int(123).toString());
        assertEquals("18446744073709551615", new DynamicValue.UInt(-1).toString());
        assertEquals("1.23e47", new DynamicValue.Real(123e45).toString());
        assertEquals("true", new DynamicValue.Bool(true).toString());
        assertEquals("void", DynamicValue.Nothing.VOID.toString());
        assertEquals("\"foo\"", new DynamicValue.Text("foo").toString());
        assertEquals("\"\\a\\b\\n\\t\\\"\"", new DynamicValue.Text("\u0007\b\n\t\"").toString());
        EnumSchema type = loader.load(TestEnum.type());
        assertEquals("foo", type.value(0).toString());
        assertEquals("(123)", type.value(123).toString());
    }

    @Test
    @Parity("stringify: Generics")
    @DisplayName("Generics")
    void type_parameters_are_written_as_what_they_are_bound_to() {
        DynamicStruct.Builder inner = init(TestBoundGenerics.TYPE).initStruct("inner");
        inner.set("foo", "abcd");
        inner.set("bar", List.of(123, 456));
        assertEquals("(foo = \"abcd\", bar = [123, 456])", inner.toString());
    }

    @Test
    void floats_have_as_many_digits_as_it_takes_to_read_them_again() {
        assertEquals("0.1", FloatText.of(0.1));
        assertEquals("0.30000000000000004", FloatText.of(0.1 + 0.2));
        assertEquals("100000", FloatText.of(1e5f));
        assertEquals("1e06", FloatText.of(1e6f));
        assertEquals("1.2345679e08", FloatText.of(1.2345679e8f));
        assertEquals("1e15", FloatText.of(1e15));
        assertEquals("123456789012345", FloatText.of(123456789012345.0));
        assertEquals("1e-05", FloatText.of(0.00001));
        assertEquals("0.0001", FloatText.of(0.0001));
        assertEquals("-0", FloatText.of(-0.0));
        assertEquals("4.94065645841247e-324", FloatText.of(Double.MIN_VALUE));
        assertEquals("3.4028235e38", FloatText.of(Float.MAX_VALUE));
        assertEquals("-inf", FloatText.of(Float.NEGATIVE_INFINITY));
        assertEquals("nan", FloatText.of(Double.NaN));
    }

    @Test
    void bytes_that_are_no_ascii_are_escaped_in_data_alone() {
        assertEquals("\"\\000\\037 é\\177\"", new DynamicValue.Text("\0\u001f é\u007f").toString());
        assertEquals(
                "\"\\303\\251\\377\\'\"",
                new DynamicValue.Bytes(Data.of((byte) 0xc3, (byte) 0xa9, (byte) -1, (byte) '\'')).toString());
    }

    @Test
    void a_message_that_cannot_be_read_says_so_in_its_text() {
        // A pointer to a struct that lies beyond the end.
        MessageReader broken = MessageReader.of(
                List.of(new byte[] {0, 0, 0, 0, 0, 0, 1, 0, 0x7c, 0, 0, 0, 1, 0, 0, 0}), Limits.DEFAULT);
        DynamicStruct.Reader root =
                broken.root(loader.load(TestBoundGenerics.TYPE).structType());
        assertTrue(root.toString().startsWith("<"), root.toString());
        assertTrue(broken.root(TestBoundGenerics.TYPE).toString().startsWith("<"));
        assertThrows(MessageException.class, root::toPrettyString);
    }

    /** Of a few words that stand for a list of millions of structs without content; in {@link TestAllTypes} each is a line of text. */
    private static MessageReader listOfNothing(int size) {
        ByteBuffer words = ByteBuffer.allocate(8 * (2 + POINTERS)).order(ByteOrder.LITTLE_ENDIAN);
        words.putLong((long) POINTERS << 48);
        words.position(8 * (1 + STRUCT_LIST));
        // A list of structs of no words; its tag lies behind the last pointer.
        words.putLong((POINTERS - STRUCT_LIST - 1L) << 2 | 1 | 7L << 32);
        words.putLong(8 * (1 + POINTERS), (long) size << 2);
        return MessageReader.of(List.of(words.array()), Limits.DEFAULT);
    }

    private static final int POINTERS = 20;
    /** Place of {@code structList} among the pointers of {@link TestAllTypes}. */
    private static final int STRUCT_LIST = 18;

    @Test
    void a_small_message_that_stands_for_a_long_text_is_refused() {
        StructSchema schema = loader.load(TestAllTypes.TYPE);
        DynamicStruct.Reader small = listOfNothing(3).root(schema.structType());
        assertEquals(3, small.get("structList").asList().size());
        // Each time a message of its own, since the second visit would be one too many.
        Supplier<DynamicStruct.Reader> large = () -> listOfNothing(8_000_000).root(schema.structType());
        for (Executable print : List.<Executable>of(
                () -> large.get().toCompactString(1 << 20), () -> large.get().toPrettyString(1 << 20))) {
            MessageException e = assertThrows(MessageException.class, print);
            assertTrue(
                    String.valueOf(e.getMessage()).contains("longer than the limit of 1048576 characters"),
                    e.toString());
        }
        assertThrows(MessageException.class, () -> large.get().toCompactString());
    }

    @Test
    void a_description_is_cut() {
        DynamicStruct.Reader large =
                listOfNothing(8_000_000).root(loader.load(TestAllTypes.TYPE).structType());
        String text = large.toString();
        assertEquals((1 << 14) + 3, text.length());
        assertTrue(text.endsWith("..."));
        assertTrue(text.contains("structList = [" + ZERO + ", " + ZERO));
        assertEquals("\"" + "x".repeat((1 << 14) - 1) + "...", new DynamicValue.Text("x".repeat(1 << 20)).toString());
        // Not between the halves of a surrogate pair.
        assertEquals(
                "\"" + "\ud83d\ude00".repeat((1 << 13) - 1) + "...",
                new DynamicValue.Text("\ud83d\ude00".repeat(1 << 14)).toString());
        assertEquals(
                "\"" + "x".repeat((1 << 14) - 2) + "\"", new DynamicValue.Text("x".repeat((1 << 14) - 2)).toString());
        assertEquals(
                "\"" + "\\000".repeat(4095) + "\\00...", new DynamicValue.Bytes(Data.of(new byte[1 << 20])).toString());
    }

    @Test
    void the_limit_counts_the_indentation_too() {
        DynamicStruct.Reader small =
                listOfNothing(100).root(loader.load(TestAllTypes.TYPE).structType());
        String compact = small.toCompactString();
        assertEquals(compact, small.toCompactString(compact.length()));
        assertThrows(MessageException.class, () -> small.toCompactString(compact.length() - 1));
        String pretty = small.toPrettyString();
        assertEquals(pretty, small.toPrettyString(pretty.length()));
        assertThrows(MessageException.class, () -> small.toPrettyString(pretty.length() - 1));
    }

    @Test
    void a_message_that_nests_too_deep_for_the_stack_is_refused() {
        DynamicStruct.Builder inner = init(TestAllTypes.TYPE);
        DynamicStruct.Builder root = inner;
        for (int i = 0; i < 100_000; i++) {
            inner = inner.initStruct("structField");
        }
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> pretty(root));
        assertTrue(String.valueOf(e.getMessage()).contains("nests deeper than 512 levels"), e.getMessage());
        assertTrue(root.toString().endsWith("..."), "cut before it is too deep");
    }
}

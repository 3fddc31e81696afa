package dev.capstan.capnp.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.capnp.Data;
import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.dynamic.Content;
import dev.capstan.capnp.dynamic.DynamicStruct;
import dev.capstan.capnp.dynamic.SchemaLoader;
import dev.capstan.capnp.dynamic.fixture.TestImpliedFirstField;
import dev.capstan.capnp.dynamic.fixture.TestLateUnion;
import dev.capstan.capnp.dynamic.fixture.TestListDefaults;
import dev.capstan.capnp.testfixture.TestAllTypes;
import dev.capstan.capnp.testfixture.TestDefaults;
import dev.capstan.testkit.Parity;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Reading text: what serialize-text-test.c++ tests, case by case, and the rest of the notation. */
class TextTest {
    private final MessageBuilder message = new MessageBuilder();
    private final MessageBuilder other = new MessageBuilder();

    private TestAllTypes.Reader parse(String text) {
        TestAllTypes.Builder root = message.initRoot(TestAllTypes.TYPE);
        TextForm.parse(text, TestAllTypes.TYPE, root);
        return root.asReader();
    }

    @Test
    @Parity("text: TextCodec TestAllTypes")
    @DisplayName("TextCodec TestAllTypes")
    void what_was_written_in_either_way_is_read_again() {
        TestAllTypes.Builder root = message.initRoot(TestAllTypes.TYPE);
        Content.fill(root);
        String compact = TextForm.compact(TestAllTypes.TYPE, root.asReader());
        String pretty = TextForm.pretty(TestAllTypes.TYPE, root.asReader());
        assertEquals(root.asReader().toString(), compact);
        assertTrue(pretty.contains("\n"));
        for (String text : List.of(compact, pretty)) {
            TestAllTypes.Builder copy = other.initRoot(TestAllTypes.TYPE);
            TextForm.parse(text, TestAllTypes.TYPE, copy);
            Content.check(copy.asReader());
            assertTrue(root.asReader().contentEquals(copy.asReader()));
        }
    }

    @Test
    @Parity("text: TextCodec TestDefaults")
    @DisplayName("TextCodec TestDefaults")
    void defaults_are_written_and_read() {
        TestDefaults.Builder root = message.initRoot(TestDefaults.TYPE);
        root.getStructField();
        root.getInt32List();
        root.setTextField("foo");
        String text = TextForm.compact(TestDefaults.TYPE, root.asReader());
        assertTrue(text.contains("int32Field = -12345678"), text);
        TestDefaults.Builder copy = other.initRoot(TestDefaults.TYPE);
        TextForm.parse(text, TestDefaults.TYPE, copy);
        assertTrue(root.asReader().contentEquals(copy.asReader()));
        assertEquals(-12345678, copy.getInt32Field());
        assertEquals("nested", copy.getStructField().getStructField().getTextField());
    }

    @Test
    @Parity("text: TextCodec TestListDefaults")
    @DisplayName("TextCodec TestListDefaults")
    void lists_of_all_sorts_are_written_and_read() {
        TestListDefaults.Builder root = message.initRoot(TestListDefaults.TYPE);
        Content.fillLists(DynamicStruct.of(new SchemaLoader().load(TestListDefaults.TYPE), root));
        TestListDefaults.Builder copy = other.initRoot(TestListDefaults.TYPE);
        TextForm.parse(TextForm.pretty(TestListDefaults.TYPE, root.asReader()), TestListDefaults.TYPE, copy);
        Content.checkLists(copy.asReader());
        assertTrue(root.asReader().contentEquals(copy.asReader()));
    }

    @Test
    @Parity("text: TextCodec raw text")
    @DisplayName("TextCodec raw text")
    void text_by_hand_has_comments_and_commas_at_the_end() {
        TestLateUnion.Builder root = message.initRoot(TestLateUnion.TYPE);
        TextForm.parse("""
                (
                    foo = -123, bar = "bar", baz = 456,
                    # Which members are set is said by naming them.
                    theUnion = ( qux = "qux" ),
                    anotherUnion = ( corge = [ 7, 8, 9 ] ),
                  )""", TestLateUnion.TYPE, root);
        assertEquals(-123, root.getFoo());
        assertEquals("bar", root.getBar());
        assertEquals(456, root.getBaz());
        assertTrue(root.getTheUnion().isQux());
        assertTrue(root.asReader().getTheUnion().hasQux());
        assertEquals("qux", root.getTheUnion().getQux());
        assertTrue(root.getAnotherUnion().isCorge());
        assertEquals(List.of(7, 8, 9), root.asReader().getAnotherUnion().getCorge());
    }

    @Test
    @Parity("text: TextCodec parse error")
    @DisplayName("TextCodec parse error")
    void what_is_wrong_is_told_by_line_and_column() {
        TextException e = assertThrows(TextException.class, () -> parse("\n  (,)"));
        assertEquals(2, e.line());
        assertEquals(4, e.column());
        assertEquals("2:4: A value is missing before ','. Write it, or remove what separates it.", e.getMessage());
    }

    @Test
    @Parity("text: text format implicitly coerces struct value from first field type")
    @DisplayName("text format implicitly coerces struct value from first field type")
    void text_or_a_number_stands_for_a_struct_whose_first_field_it_fits() {
        TestImpliedFirstField.Builder root = message.initRoot(TestImpliedFirstField.TYPE);
        TextForm.parse(
                "(textStruct = \"bar\", textStructList = [\"baz\", (text = \"qux\", i = 123)], intGroup = 123)",
                TestImpliedFirstField.TYPE,
                root);
        TestImpliedFirstField.Reader read = root.asReader();
        assertEquals("bar", read.getTextStruct().getText());
        assertEquals(321, read.getTextStruct().getI());
        assertEquals("baz", read.getTextStructList().get(0).getText());
        assertEquals(321, read.getTextStructList().get(0).getI());
        assertEquals("qux", read.getTextStructList().get(1).getText());
        assertEquals(123, read.getTextStructList().get(1).getI());
        assertEquals(123, read.getIntGroup().getI());
        assertEquals("corge", read.getIntGroup().getStr());
    }

    @Test
    void numbers_are_decimal_hexadecimal_or_octal() {
        assertEquals(-129 + 1, parse("(int8Field = -0x80)").getInt8Field());
        assertEquals(8, parse("(int8Field = 010)").getInt8Field());
        assertEquals(-1, parse("(uInt64Field = 18446744073709551615)").getUInt64Field());
        assertEquals(
                Long.MIN_VALUE, parse("(int64Field = -9223372036854775808)").getInt64Field());
        assertEquals(1.5e-3, parse("(float64Field = 1.5e-3)").getFloat64Field());
        assertEquals(-2.0, parse("(float64Field = - 2)").getFloat64Field());
        assertEquals(0x1p64, parse("(float64Field = 18446744073709551615)").getFloat64Field());
        assertEquals(Float.NEGATIVE_INFINITY, parse("(float32Field = -inf)").getFloat32Field());
        assertTrue(Double.isNaN(parse("(float64Field = nan)").getFloat64Field()));
        assertEquals(
                Double.doubleToRawLongBits(-0.0),
                Double.doubleToRawLongBits(parse("(float64Field = -0)").getFloat64Field()));
    }

    @Test
    void text_is_put_together_of_pieces_and_data_is_written_in_hexadecimal() {
        assertEquals(
                "abc\n\"\u0001é",
                parse("(textField = \"a\" # a comment\n 'b')".replace("'b'", "\"b\" \"c\\n\\\"\\x01\\303\\251\""))
                        .getTextField());
        assertEquals("a line\nb", parse("(textField = `a line\n\"b\")").getTextField());
        assertEquals(
                Data.of((byte) 0, (byte) 0x7f),
                parse("(dataField = 0x\"00 7f\")").getDataField());
        assertEquals(
                Data.of((byte) 0, (byte) -1),
                parse("(dataField = \"\\0\\xff\")").getDataField());
    }

    @Test
    void enumerants_without_a_name_are_read_as_they_are_written() {
        TestAllTypes.Reader read = parse("(enumField = (123), enumList = [(7), corge, (65535)])");
        assertEquals(123, read.getEnumFieldRaw());
        assertEquals("[garply, corge, (65535)]", read.toString().replaceAll(".*enumList = (.*)\\)", "$1"));
    }

    @Test
    void a_field_that_is_named_twice_has_the_later_value() {
        assertEquals(
                "",
                parse("(structField = (textField = \"x\"), structField = ())")
                        .getStructField()
                        .getTextField());
    }

    @Test
    void fields_that_are_not_named_stay_as_they_are() {
        TestAllTypes.Builder root = message.initRoot(TestAllTypes.TYPE);
        root.setInt8Field((byte) 5);
        TextForm.parse("(int16Field = 6)", TestAllTypes.TYPE, root);
        assertEquals(5, root.getInt8Field());
        assertEquals(6, root.getInt16Field());
    }

    @Test
    void structs_follow_one_another_in_an_input() {
        TextInput input = new TextInput("\ufeff# first\n(int8Field = 1) (int8Field = 2)\n# last\n");
        for (int expected = 1; expected <= 2; expected++) {
            assertTrue(input.hasNext());
            DynamicStruct.Builder root = new MessageBuilder()
                    .initRoot(new SchemaLoader().load(TestAllTypes.TYPE).structType());
            input.next(root);
            assertEquals(expected, root.get("int8Field").asInt());
        }
        assertFalse(input.hasNext());
    }
}

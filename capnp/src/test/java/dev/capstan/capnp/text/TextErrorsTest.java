package dev.capstan.capnp.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.dynamic.DynamicStruct;
import dev.capstan.capnp.dynamic.SchemaLoader;
import dev.capstan.capnp.dynamic.StructSchema;
import dev.capstan.capnp.testfixture.TestAllTypes;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Texts that are malformed, do not fit, or are too large. */
class TextErrorsTest {
    private final StructSchema schema = new SchemaLoader().load(TestAllTypes.TYPE);

    private DynamicStruct.Builder root() {
        return new MessageBuilder().initRoot(schema.structType());
    }

    private static String problem(TextException e) {
        return String.valueOf(e.getMessage());
    }

    private TextException refused(String text, Limits limits) {
        return assertThrows(TextException.class, () -> TextForm.parse(text, root(), limits));
    }

    private void refused(String text, int line, int column, String problem) {
        TextException e = refused(text, Limits.DEFAULT);
        assertTrue(problem(e).contains(problem), e.getMessage());
        assertEquals(line + ":" + column, e.line() + ":" + e.column(), e.getMessage());
        assertTrue(problem(e).startsWith(line + ":" + column + ": "), e.getMessage());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "~~ | 1 | The text ends where a value is expected. Complete it.",
                "(int8Field = 1 | 1 | This is not closed. Put ')' where it ends.",
                "(int8List = [1, 2) | 18 | Neither ',' nor ']' is here. Separate values with ','.",
                "(int8Field 1) | 12 | Neither ',' nor ')' is here.",
                "[int8Field = 1] | 12 | names of fields stand in parentheses.",
                "(int8Field = ) | 14 | A value is missing before ')'.",
                "() () | 4 | Something follows the struct.",
                "(textField = \"a) | 14 | The text is not closed.",
                "(textField = \"\\q\") | 15 | There is no such escape.",
                "(textField = \"\\x1\") | 15 | Two hexadecimal digits belong here.",
                "(textField = \"\\xff\") | 14 | The text is not UTF-8.",
                "(dataField = 0x\"0\") | 18 | A hexadecimal digit is missing.",
                "(dataField = 0x\"0g\") | 18 | Data is written as pairs of hexadecimal digits.",
                "(int8Field = 12x) | 14 | This is not a number. Put text in quotes.",
                "(int8Field = 09) | 14 | A leading 0 means that it is octal.",
                "(int8Field = 0x) | 14 | This is not a number of 64 bits.",
                "(uInt64Field = 18446744073709551616) | 16 | This is not a number of 64 bits.",
                "(float64Field = 1.2.3) | 17 | This is not a number. Write fractions like 1.5",
                "(float64Field = -x) | 17 | A number belongs behind the minus.",
                "(int8Field = .foo) | 14 | Write the value itself in their place.",
                "(structField = foo.bar) | 16 | Constants, imports and files exist in schemas alone.",
                "(textField = embed \"/etc/passwd\") | 14 | Constants, imports and files exist in schemas alone.",
                "(anyField = <opaque pointer>) | 13 | Leave the field out.",
                "(int8Field = ;) | 14 | No value begins like this.",
                "5 | 1 | The value is the number 5, but test.capnp:TestAllTypes is expected. Write structs as",
                "(5, 6) | 2 | A field has no name.",
                "(int9Field = 5) | 2 | TestAllTypes has no field 'int9Field'. It has voidField, boolField,",
                "(int8Field = 128) | 14 | the number 128 does not fit Int8. That is -128 to 127.",
                "(int8Field = -129) | 14 | the number -129 does not fit Int8.",
                "(uInt8Field = -1) | 15 | the number -1 does not fit UInt8. That is 0 to 255.",
                "(uInt32Field = 4294967296) | 16 | does not fit UInt32. That is 0 to 4294967295.",
                "(int8Field = 1.0) | 14 | The value is the number 1.0, but Int8 is expected.",
                "(boolField = 1) | 14 | Write true or false.",
                "(voidField = true) | 14 | Its only value is void.",
                "(textField = foo) | 14 | The value is 'foo', but Text is expected. Write text in quotes.",
                "(textField = 0x\"00\") | 14 | The value is data, but Text is expected.",
                "(float32Field = \"1\") | 17 | The value is text, but Float32 is expected.",
                "(enumField = fooo) | 14 | TestEnum has no enumerant 'fooo'. It has foo, bar,",
                "(enumField = (65536)) | 15 | Write the name of the enumerant, or its number in parentheses.",
                "(structField = [1]) | 16 | The value is a list, but test.capnp:TestAllTypes is expected.",
                "(int8List = (a = 1)) | 13 | The value is a struct, but List(Int8) is expected.",
                "(interfaceField = void) | 19 | cannot be written as text. Leave the field out.",
                "(anyField = 1) | 13 | has no known type. Leave the field out.",
                "(textField = \"éé\", x = 1) | 20 | has no field 'x'",
            })
    void what_is_wrong_is_told_with_its_place_and_a_hint(String text, int column, String problem) {
        refused(text, 1, column, problem);
    }

    @Test
    void lines_are_counted() {
        refused("(\n  # (\n  int8Field = 1,\n  int16Field = x)", 4, 16, "but Int16 is expected");
    }

    @Test
    void brackets_may_not_nest_deeper_than_the_limit() {
        String deep = "(structField = ".repeat(63) + "()" + ")".repeat(63);
        TextForm.parse(deep, root());
        refused("(structField = " + deep + ")", 1, 15 * 64 + 1, "deeper than 64 levels (Limits.nesting)");
        refused("(".repeat(1_000_000), 1, 65, "(Limits.nesting)");
        refused("(int8List = " + "[".repeat(1_000_000), 1, 76, "(Limits.nesting)");
        assertTrue(problem(refused("((()))", Limits.DEFAULT.withNesting(2))).contains("deeper than 2"));
    }

    @Test
    void a_text_may_not_be_larger_than_the_limit() {
        assertTrue(problem(refused("(int8Field = 1)", Limits.DEFAULT.withBytes(14)))
                .contains("The text has 15 bytes, more than 14 (Limits.bytes)."));
    }

    @Test
    void a_message_may_not_become_larger_than_the_limit() {
        String text = "(structList = [" + "(),".repeat(1_000) + "])";
        TextForm.parse(text, root());
        long words =
                (long) schema.structType().dataWords() + schema.structType().pointerCount();
        TextException e = refused(text, Limits.DEFAULT.withWords(1_000 * words));
        assertTrue(problem(e).contains("(Limits.words)"), e.getMessage());
        TextForm.parse(text, root(), Limits.DEFAULT.withWords(1_000 * words + 1));
    }

    @Test
    void damaged_texts_are_read_or_refused() {
        byte[] text =
                ("(boolField = true, int8Field = -1, float32Field = 1.5e3, textField = \"a\\n\\x01\", dataField = 0x\"00ff\","
                                + " structField = (int32List = [1, 2, 3]), enumList = [foo, (9)], textListList = [[\"x\"], []]) # end")
                        .getBytes(StandardCharsets.UTF_8);
        Random random = new Random(42);
        byte[] likely = "()[],=\"\\`#-.0x1e ".getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 5_000; i++) {
            byte[] damaged = text.clone();
            for (int n = random.nextInt(4); n >= 0; n--) {
                damaged[random.nextInt(damaged.length)] =
                        random.nextBoolean() ? likely[random.nextInt(likely.length)] : (byte) random.nextInt();
            }
            try {
                TextInput input = new TextInput(damaged, Limits.DEFAULT);
                while (input.hasNext()) {
                    input.next(root());
                }
            } catch (TextException e) {
                assertEquals(1, problem(e).indexOf(':'), e.getMessage());
            }
        }
    }
}

package dev.capstan.capnp.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.StructBuilder;
import dev.capstan.capnp.StructType;
import dev.capstan.capnp.Text;
import dev.capstan.capnp.dynamic.DynamicStruct;
import dev.capstan.capnp.dynamic.DynamicValue;
import dev.capstan.capnp.dynamic.ListSchema;
import dev.capstan.capnp.dynamic.SchemaLoader;
import dev.capstan.capnp.dynamic.Type;
import dev.capstan.capnp.json.fixture.TestAllTypes;
import dev.capstan.capnp.json.fixture.TestDoubling;
import dev.capstan.capnp.json.fixture.TestFlattenedCycle;
import dev.capstan.capnp.json.fixture.TestJsonAnnotations;
import dev.capstan.capnp.json.fixture.TestJsonAnnotations3;
import dev.capstan.capnp.json.fixture.TestMisplaced;
import dev.capstan.capnp.json.fixture.TestMore;
import dev.capstan.capnp.json.fixture.TestPointers;
import dev.capstan.capnp.json.fixture.TestSameNames;
import dev.capstan.capnp.json.fixture.TestUntoldUnion;
import dev.capstan.capnp.json.schema.Value;
import org.junit.jupiter.api.Test;

/** What is refused, where it is said to be, and what the text tells the reader to do. */
class JsonErrorsTest {
    private final JsonCodec json = JsonCodec.builder().build();
    private final JsonCodec annotated = JsonCodec.builder().annotations().build();
    private final JsonCodec strict =
            JsonCodec.builder().annotations().rejectUnknownFields().build();

    private static <B extends StructBuilder> JsonException refused(
            JsonCodec codec, StructType<B, ?> type, String text) {
        return assertThrows(
                JsonException.class, () -> codec.decode(text, type, new MessageBuilder().initRoot(type)), text);
    }

    private void says(String text, String fault) {
        assertEquals(fault, refused(json, TestAllTypes.TYPE, text).getMessage());
    }

    @Test
    void values_of_the_wrong_kind_are_refused_with_their_place() {
        says("[]", "line 1, column 1: Expected an object for json-test.capnp:TestAllTypes, found an array.");
        says("{\"boolField\":1}", "line 1, column 14: at boolField: Expected true or false, found a number.");
        says(
                "{\n  \"structField\": {\n    \"int32List\": [1, 2, {}]}}",
                "line 3, column 25: at structField.int32List[2]: Expected a number (or a string of digits) for Int32, found an object.");
        says("{\"textField\":5}", "line 1, column 14: at textField: Expected a string, found a number.");
        says("{\"textList\":[null]}", "line 1, column 14: at textList[0]: Expected a string, found null.");
        says(
                "{\"int32List\":{}}",
                "line 1, column 14: at int32List: Expected an array for List(Int32), found an object.");
        says(
                "{\"structList\":[1]}",
                "line 1, column 16: at structList[0]: Expected an object for json-test.capnp:TestAllTypes, found a number.");
        says(
                "{\"enumField\":\"nothing\"}",
                "line 1, column 14: at enumField: 'nothing' is no value of the enum json-test.capnp:TestEnum, which has foo, bar, baz, qux, quux, corge, grault, garply."
                        + " A value without a name is written as its number.");
        says("{\"dataField\":[256]}", "line 1, column 15: at dataField[0]: 256 does not fit UInt8, which is 0 to 255.");
        says("{\"int16Field\":1.5}", "line 1, column 15: at int16Field: 1.5 is not an integer, as Int16 needs.");
        says(
                "{\"int64Field\":1e19}",
                "line 1, column 15: at int64Field: 1e19 does not fit Int64, which is"
                        + " -9223372036854775808 to 9223372036854775807.");
        says(
                "{\"uInt64Field\":1e400}",
                "line 1, column 16: at uInt64Field: 1e400 does not fit UInt64, which is"
                        + " 0 to 18446744073709551615.");
    }

    @Test
    void names_that_occur_twice_are_refused() {
        says("{\"a\":1,\n\"b\":2,\"a\":3}", "line 2, column 11: 'a' is there twice in this object. Leave one out.");
        refused(json, TestAllTypes.TYPE, "{\"x\":{\"a\":{\"b\":1,\"\\u0062\":2}}}");
        // What has the same hash is not the same.
        json.decode("{\"Aa\":1,\"BB\":2}", TestAllTypes.TYPE, new MessageBuilder().initRoot(TestAllTypes.TYPE));
    }

    @Test
    void halves_of_surrogate_pairs_are_refused_wherever_they_stand() {
        for (String half :
                new String[] {"\\ud800", "\\udc00", "\\ud83dx", "\\ude00\\ud83d", "\ud83d", "\ude00", "\ud83d" + "\\n"
                }) {
            for (String text : new String[] {
                "{\"textField\":\"" + half + "\"}", "{\"unknown\":\"" + half + "\"}", "{\"" + half + "\":1}"
            }) {
                String fault =
                        String.valueOf(refused(json, TestAllTypes.TYPE, text).getMessage());
                assertTrue(fault.contains("surrogate"), fault);
            }
        }
        TestAllTypes.Builder root = new MessageBuilder().initRoot(TestAllTypes.TYPE);
        json.decode("{\"textField\":\"\\ud83d\\ude00 \ud83d\ude00 \ud83d" + "\\ude00\"}", TestAllTypes.TYPE, root);
        assertEquals("\ud83d\ude00 \ud83d\ude00 \ud83d\ude00", root.getTextField());
        assertThrows(JsonException.class, () -> json.encode(new DynamicValue.Text("\ud83d"), Type.Scalar.TEXT));
    }

    @Test
    void bytes_that_are_not_utf8_are_refused_with_their_place() {
        byte[] bytes = Content.bytes("{\n\"textField\":\"..\"}");
        bytes[15] = (byte) 0xff;
        JsonException e = assertThrows(
                JsonException.class,
                () -> json.decode(bytes, TestAllTypes.TYPE, new MessageBuilder().initRoot(TestAllTypes.TYPE)));
        assertEquals("line 2, column 14: This is not UTF-8, at byte 15.", e.getMessage());
    }

    @Test
    void limits_are_kept_and_named() {
        limited("textLength", new Limits(64, 20, 100, 100, 100, 100, 100, 100), "{\"textField\":\"01234567890\"}");
        limited("stringLength", new Limits(64, 100, 5, 100, 100, 100, 100, 100), "{\"textField\":\"012345\"}");
        limited("nameLength", new Limits(64, 100, 100, 5, 100, 100, 100, 100), "{\"textField\":\"\"}");
        limited("numberLength", new Limits(64, 100, 100, 100, 5, 100, 100, 100), "{\"int32Field\":1234567}");
        limited("numberLength", new Limits(64, 100, 100, 100, 5, 100, 100, 100), "{\"int32Field\":1.00000}");
        limited("listSize", new Limits(64, 100, 100, 100, 100, 3, 100, 100), "{\"int32List\":[1,2,3,4]}");
        limited("decodedWords", Limits.DEFAULT.withDecodedWords(100), "{\"structList\":[{},{},{},{}]}");
        limited(
                "decodedWords",
                Limits.DEFAULT.withDecodedWords(3),
                "{\"textField\":\"012345678901234567890123456789\"}");
        limited("nesting", Limits.DEFAULT.withNesting(2), "{\"structField\":{\"structField\":{}}}");
        assertThrows(IllegalArgumentException.class, () -> Limits.DEFAULT.withNesting(0));
        assertThrows(IllegalArgumentException.class, () -> Limits.DEFAULT.withNesting(100_000));
    }

    private static void limited(String name, Limits limits, String text) {
        JsonException refused = refused(JsonCodec.builder().limits(limits).build(), TestAllTypes.TYPE, text);
        String fault = String.valueOf(refused.getMessage());
        assertTrue(fault.contains("Limits." + name), fault);
        // A text that is too long as a whole is not looked at.
        assertEquals(name.equals("textLength") ? -1 : 1, refused.line(), fault);
    }

    @Test
    void a_message_that_would_become_too_long_or_too_deep_is_not_written() {
        TestAllTypes.Builder root = new MessageBuilder().initRoot(TestAllTypes.TYPE);
        root.initVoidList(1_000_000);
        JsonCodec small =
                JsonCodec.builder().limits(Limits.DEFAULT.withTextLength(1000)).build();
        String fault = assertThrows(JsonException.class, () -> small.encode(TestAllTypes.TYPE, root))
                .getMessage();
        assertTrue(String.valueOf(fault).contains("Limits.textLength"), fault);

        TestAllTypes.Builder deep = new MessageBuilder().initRoot(TestAllTypes.TYPE);
        TestAllTypes.Builder inner = deep;
        for (int i = 0; i < 70; i++) {
            inner = inner.initStructField();
        }
        assertThrows(RuntimeException.class, () -> json.encode(TestAllTypes.TYPE, deep));
        Value.Builder value = new MessageBuilder().initRoot(Value.TYPE);
        Value.Builder innermost = value;
        for (int i = 0; i < 70; i++) {
            innermost = innermost.initArray(1).get(0);
        }
        assertThrows(RuntimeException.class, () -> json.encodeRaw(Value.TYPE.asReader(value)));
    }

    @Test
    void values_without_a_form_in_json_ask_for_a_handler() {
        TestPointers.Builder root = new MessageBuilder().initRoot(TestPointers.TYPE);
        assertEquals("{}", json.encode(TestPointers.TYPE, root));
        for (String field : new String[] {"cap", "derived", "anyone", "any"}) {
            json.decode("{\"" + field + "\":null}", TestPointers.TYPE, root);
            String fault = String.valueOf(
                    refused(json, TestPointers.TYPE, "{\"" + field + "\":1}").getMessage());
            assertTrue(fault.contains("Register a handler"), fault);
        }
        root.getAny().setAs(Text.TYPE, "text");
        String fault = String.valueOf(assertThrows(JsonException.class, () -> json.encode(TestPointers.TYPE, root))
                .getMessage());
        assertTrue(fault.startsWith("at any: ") && fault.contains("Register a handler"), fault);
    }

    @Test
    void a_capability_in_a_list_may_be_null() {
        TestPointers.Builder root = new MessageBuilder().initRoot(TestPointers.TYPE);
        json.decode("{\"caps\":[null,null]}", TestPointers.TYPE, root);
        assertEquals(2, root.getCaps().size());
        assertEquals("{\"caps\":[null,null]}", json.encode(TestPointers.TYPE, root));
        String fault = String.valueOf(
                refused(json, TestPointers.TYPE, "{\"caps\":[null,1]}").getMessage());
        assertTrue(fault.contains("caps[1]") && fault.contains("Register a handler"), fault);
    }

    @Test
    void annotations_that_contradict_each_other_are_refused() {
        contradicts(TestFlattenedCycle.TYPE, "flattened into itself");
        contradicts(TestSameNames.TYPE, "two members that are called 'one'");
        contradicts(TestUntoldUnion.TYPE, "Add $Json.discriminator");
        contradicts(TestMisplaced.TYPE, "only Data");
        annotated.decode(
                "{\"aaax\":\"1\",\"bbby\":\"2\"}", TestDoubling.TYPE, new MessageBuilder().initRoot(TestDoubling.TYPE));
        JsonCodec few = JsonCodec.builder()
                .annotations()
                .limits(new Limits(64, 100, 100, 100, 100, 100, 100, 20))
                .build();
        String fault = String.valueOf(refused(few, TestDoubling.TYPE, "{}").getMessage());
        assertTrue(fault.contains("Limits.flattenedNames"), fault);
    }

    private <B extends StructBuilder> void contradicts(StructType<B, ?> type, String fault) {
        String said = String.valueOf(refused(annotated, type, "{}").getMessage());
        assertTrue(said.contains(fault), said);
        // Without annotations there is nothing wrong.
        json.decode("{}", type, new MessageBuilder().initRoot(type));
    }

    @Test
    void a_union_and_its_discriminator_must_agree() {
        TestJsonAnnotations.Builder root = new MessageBuilder().initRoot(TestJsonAnnotations.TYPE);
        // The value may come first.
        annotated.decode("{\"unionWithVoid\":{\"intValue\":3,\"type\":\"intValue\"}}", TestJsonAnnotations.TYPE, root);
        assertEquals(3, root.getUnionWithVoid().getIntValue());
        String contradiction = "{\"unionWithVoid\":{\"type\":\"voidValue\",\"intValue\":3}}";
        assertEquals(
                "line 1, column 49: at unionWithVoid: 'intValue' cannot be there, as 'type' says that 'voidValue' is.",
                refused(annotated, TestJsonAnnotations.TYPE, contradiction).getMessage());
        refused(annotated, TestJsonAnnotations.TYPE, "{\"union-type\":5}");

        // A member that a newer schema may have is left alone, or refused on demand.
        String newer = "{\"type\":\"newer\",\"value\":\"x\"}";
        TestJsonAnnotations3.Builder union = new MessageBuilder().initRoot(TestJsonAnnotations3.TYPE);
        annotated.decode(newer, TestJsonAnnotations3.TYPE, union);
        assertTrue(union.isFoo());
        assertEquals(
                "line 1, column 9: at type: 'newer' is no member of json-test.capnp:TestJsonAnnotations3.",
                refused(strict, TestJsonAnnotations3.TYPE, newer).getMessage());
        refused(strict, TestJsonAnnotations3.TYPE, "{\"value\":\"x\"}");
    }

    @Test
    void base64_and_hex_are_checked() {
        for (String text : new String[] {
            "{\"testBase64\":\"a\"}",
            "{\"testBase64\":\"a*==\"}",
            "{\"testHex\":\"abc\"}",
            "{\"testHex\":\"xx\"}",
            "{\"testHex\":[1]}",
            "{\"testBase64\":5}"
        }) {
            JsonException e = refused(annotated, TestJsonAnnotations.TYPE, text);
            assertEquals(1, e.line());
            assertTrue(e.path().startsWith("test"), e.getMessage());
        }
    }

    @Test
    void a_null_member_of_a_union_is_selected_only_if_nothing_else_is() {
        TestMore.Builder root = new MessageBuilder().initRoot(TestMore.TYPE);
        json.decode("{\"choice\":{\"inner\":null}}", TestMore.TYPE, root);
        assertTrue(root.getChoice().isInner());
        json.decode("{\"choice\":{\"number\":5,\"inner\":null}}", TestMore.TYPE, root);
        assertEquals(5, root.getChoice().getNumber());
    }

    @Test
    void calls_and_raw_text_are_written_but_never_read() {
        Value.Builder value = new MessageBuilder().initRoot(Value.TYPE);
        value.initCall().setFunction("f");
        assertEquals("f()", json.encodeRaw(Value.TYPE.asReader(value)));
        TestAllTypes.Builder root = new MessageBuilder().initRoot(TestAllTypes.TYPE);
        Value.Builder object = new MessageBuilder().initRoot(Value.TYPE);
        object.initObject(1).get(0).setName("textField");
        object.getObject().get(0).initValue().setRaw("\"x\"");
        assertThrows(JsonException.class, () -> json.decode(Value.TYPE.asReader(object), dynamic(root)));
        Value.Builder infinite = new MessageBuilder().initRoot(Value.TYPE);
        infinite.setNumber(Double.POSITIVE_INFINITY);
        assertThrows(JsonException.class, () -> json.encodeRaw(Value.TYPE.asReader(infinite)));
        assertFalse(root.hasTextField());
    }

    @Test
    void the_struct_form_has_each_name_once_like_the_text() {
        Value.Builder object = new MessageBuilder().initRoot(Value.TYPE);
        object.initObject(2).get(0).setName("int8Field");
        object.getObject().get(0).initValue().setNumber(1);
        object.getObject().get(1).setName("int8Field");
        object.getObject().get(1).initValue().setNumber(2);
        TestAllTypes.Builder root = new MessageBuilder().initRoot(TestAllTypes.TYPE);
        JsonException e =
                assertThrows(JsonException.class, () -> json.decode(Value.TYPE.asReader(object), dynamic(root)));
        assertEquals("at int8Field: 'int8Field' is there twice in this object. Leave one out.", e.getMessage());
        Value.Builder outer = new MessageBuilder().initRoot(Value.TYPE);
        outer.initObject(1).get(0).setName("structList");
        outer.getObject().get(0).initValue().initArray(2).get(0).initObject(0);
        outer.getObject().get(0).getValue().getArray().setCopy(1, Value.TYPE.asReader(object));
        e = assertThrows(JsonException.class, () -> json.decode(Value.TYPE.asReader(outer), dynamic(root)));
        assertEquals(
                "at structList[1].int8Field: 'int8Field' is there twice in this object. Leave one out.",
                e.getMessage());
        object.getObject().get(1).setName("uInt64Field");
        object.getObject().get(1).getValue().setNumber(0x1p63);
        json.decode(Value.TYPE.asReader(object), dynamic(root));
        assertEquals(Long.MIN_VALUE, root.getUInt64Field());
    }

    private static DynamicStruct.Builder dynamic(TestAllTypes.Builder root) {
        return DynamicStruct.of(new SchemaLoader().load(TestAllTypes.TYPE), root);
    }

    @Test
    void single_values_are_read_in_a_message_of_their_own() {
        assertEquals(new DynamicValue.Int(5), json.decode("5", Type.Scalar.INT8));
        assertEquals(new DynamicValue.Text("x"), json.decode("\"x\"", Type.Scalar.TEXT));
        ListSchema lists = new ListSchema(new ListSchema(Type.Scalar.INT16));
        assertEquals("[[1],[]]", json.encode(json.decode("[[1],[]]", lists), lists));
        assertThrows(JsonException.class, () -> json.decode("null", Type.Scalar.TEXT));
        assertEquals("true", json.encode(new DynamicValue.Bool(true), Type.Scalar.BOOL));
    }
}

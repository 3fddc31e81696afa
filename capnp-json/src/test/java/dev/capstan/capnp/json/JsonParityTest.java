package dev.capstan.capnp.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.cap.BrokenCap;
import dev.capstan.capnp.AnyPointer;
import dev.capstan.capnp.Client;
import dev.capstan.capnp.Data;
import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.dynamic.DynamicEnum;
import dev.capstan.capnp.dynamic.DynamicStruct;
import dev.capstan.capnp.dynamic.DynamicValue;
import dev.capstan.capnp.dynamic.EnumSchema;
import dev.capstan.capnp.dynamic.SchemaLoader;
import dev.capstan.capnp.dynamic.StructSchema;
import dev.capstan.capnp.dynamic.Type;
import dev.capstan.capnp.json.fixture.TestAllTypes;
import dev.capstan.capnp.json.fixture.TestBase64Union;
import dev.capstan.capnp.json.fixture.TestEnum;
import dev.capstan.capnp.json.fixture.TestInterface;
import dev.capstan.capnp.json.fixture.TestJsonAnnotatedEnum;
import dev.capstan.capnp.json.fixture.TestJsonAnnotations;
import dev.capstan.capnp.json.fixture.TestOldVersion;
import dev.capstan.capnp.json.fixture.TestPointers;
import dev.capstan.capnp.json.fixture.TestUnnamedUnion;
import dev.capstan.capnp.json.schema.Value;
import dev.capstan.testkit.Parity;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What the tests of the C++ implementation's codec show, with content of our own. */
class JsonParityTest {
    private final SchemaLoader loader = new SchemaLoader();
    private final JsonCodec json = JsonCodec.builder(loader).build();

    private static String resource(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(JsonParityTest.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        }
    }

    private static TestAllTypes.Builder content() {
        TestAllTypes.Builder root = new MessageBuilder().initRoot(TestAllTypes.TYPE);
        Content.fill(root);
        return root;
    }

    @Test
    @Parity("json: basic json encoding")
    @DisplayName("basic json encoding")
    void basic_encoding() {
        EnumSchema shade = loader.load(TestEnum.type());
        DynamicValue bytes = new DynamicValue.Bytes(Data.of((byte) 12, (byte) 34, (byte) 56));
        assertEquals("null", json.encode(DynamicValue.Nothing.VOID, Type.Scalar.VOID));
        assertEquals("true", json.encode(new DynamicValue.Bool(true), Type.Scalar.BOOL));
        assertEquals("false", json.encode(new DynamicValue.Bool(false), Type.Scalar.BOOL));
        assertEquals("123", json.encode(new DynamicValue.Int(123), Type.Scalar.INT32));
        assertEquals("-5.5", json.encode(new DynamicValue.Real(-5.5), Type.Scalar.FLOAT64));
        assertEquals("\"foo\"", json.encode(new DynamicValue.Text("foo"), Type.Scalar.TEXT));
        assertEquals(
                "\"ab\\\"cd\\\\ef\\u0003\"", json.encode(new DynamicValue.Text("ab\"cd\\ef\u0003"), Type.Scalar.TEXT));
        assertEquals("\"corge\"", json.encode(new DynamicEnum(shade, 5), shade));
        assertEquals("[12,34,56]", json.encode(bytes, Type.Scalar.DATA));
        assertEquals("[12, 34, 56]", JsonCodec.builder().pretty().build().encode(bytes, Type.Scalar.DATA));
    }

    @Test
    @Parity("json: raw encoding")
    @DisplayName("raw encoding")
    void raw_encoding() {
        Value.Builder value = new MessageBuilder().initRoot(Value.TYPE);
        value.setRaw("{\"field\":\"value\"}");
        assertEquals("{\"field\":\"value\"}", json.encodeRaw(Value.TYPE.asReader(value)));
    }

    @Test
    @Parity("json: encode all types")
    @DisplayName("encode all types")
    void encode_all_types() throws IOException {
        String expected = resource("all-types.json");
        assertEquals(expected, JsonCodec.builder().pretty().build().encode(TestAllTypes.TYPE, content()));
        assertEquals(withoutBlanks(expected), json.encode(TestAllTypes.TYPE, content()));
    }

    private static String withoutBlanks(String text) {
        StringBuilder bare = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' && text.charAt(i - 1) != '\\') {
                quoted = !quoted;
            }
            if (quoted || (c != ' ' && c != '\n')) {
                bare.append(c);
            }
        }
        return bare.toString();
    }

    @Test
    @Parity("json: encode union")
    @DisplayName("encode union")
    void encode_union() {
        TestUnnamedUnion.Builder root = new MessageBuilder().initRoot(TestUnnamedUnion.TYPE);
        root.setBefore("a");
        root.setMiddle(44);
        root.setAfter("c");
        root.setFoo(123);
        assertEquals(
                "{\"before\":\"a\",\"foo\":123,\"middle\":44,\"after\":\"c\"}",
                json.encode(TestUnnamedUnion.TYPE, root));
        root.setBar(321);
        assertEquals(
                "{\"before\":\"a\",\"middle\":44,\"bar\":321,\"after\":\"c\"}",
                json.encode(TestUnnamedUnion.TYPE, root));
    }

    @Test
    @Parity("json: null pointer field")
    @DisplayName("null pointer field")
    void null_is_a_null_pointer() {
        String text =
                "{\"names-can_contain!anything Really\": null, \"dependency\": null, \"enums\": null, \"testBase64\": null}";
        for (JsonCodec codec : List.of(json, JsonCodec.builder().annotations().build())) {
            TestJsonAnnotations.Builder root = new MessageBuilder().initRoot(TestJsonAnnotations.TYPE);
            codec.decode(text, TestJsonAnnotations.TYPE, root);
            assertFalse(root.hasSomeField());
            assertFalse(root.hasDependency());
            assertFalse(root.hasEnums());
            assertFalse(root.hasTestBase64());
        }
    }

    // Each with the text that it is written as, which is the same unless given.

    private final JsonCodec brief = JsonCodec.builder().omitDefaults().build();

    private void same(String text, Predicate<TestAllTypes.Builder> check) {
        read(text, text, check);
    }

    private void read(String text, String again, Predicate<TestAllTypes.Builder> check) {
        TestAllTypes.Builder root = new MessageBuilder().initRoot(TestAllTypes.TYPE);
        brief.decode(text, TestAllTypes.TYPE, root);
        assertTrue(check.test(root), text);
        assertEquals(again, brief.encode(TestAllTypes.TYPE, root), text);
    }

    private void refused(String text, String fault) {
        TestAllTypes.Builder root = new MessageBuilder().initRoot(TestAllTypes.TYPE);
        JsonException e = assertThrows(JsonException.class, () -> brief.decode(text, TestAllTypes.TYPE, root), text);
        assertTrue(String.valueOf(e.getMessage()).contains(fault), e.getMessage());
        assertEquals(1, e.line());
    }

    @Test
    @Parity("json: decode all types")
    @DisplayName("decode all types")
    void decode_all_types() {
        same("{}", r -> !r.getBoolField());
        read("{\"unknownField\":7}", "{}", r -> !r.getBoolField());
        same("{\"boolField\":true}", r -> r.getBoolField());
        integers();
        floats();
        same("{\"textField\":\"hello\"}", r -> r.getTextField().equals("hello"));
        read(
                "{\"textField\":\"foo\\u1234bar\"}",
                "{\"textField\":\"foo\u1234bar\"}",
                r -> r.getTextField().equals("foo\u1234bar"));
        same(
                "{\"dataField\":[7,0,122]}",
                r -> r.getDataField().toData().equals(Data.of((byte) 7, (byte) 0, (byte) 122)));
        same(
                "{\"structField\":{}}",
                r -> r.hasStructField() && !r.getStructField().getBoolField());
        read(
                "{\"structField\":{\"boolField\":false}}",
                "{\"structField\":{}}",
                r -> !r.getStructField().getBoolField());
        same("{\"structField\":{\"boolField\":true}}", r -> r.getStructField().getBoolField());
        same("{\"enumField\":\"bar\"}", r -> r.getEnumField() == TestEnum.BAR);
    }

    private void integers() {
        String[] bounds = {
            "int8", "-128", "127", "-129", "128",
            "int16", "-32768", "32767", "-32769", "32768",
            "int32", "-2147483648", "2147483647", "-2147483649", "2147483648",
            "uInt8", "0", "255", "-1", "256",
            "uInt16", "0", "65535", "-1", "65536",
            "uInt32", "0", "4294967295", "-1", "42949672956",
        };
        for (int i = 0; i < bounds.length; i += 5) {
            String field = "{\"" + bounds[i] + "Field\":";
            for (String good : List.of(bounds[i + 1], bounds[i + 2])) {
                String plain = good.equals("0") ? "{}" : field + good + "}";
                read(field + good + "}", plain, r -> true);
                read(field + "\"" + good + "\"}", plain, r -> true);
            }
            for (String bad : List.of(bounds[i + 3], bounds[i + 4])) {
                refused(field + bad + "}", "does not fit");
                refused(field + "\"" + bad + "\"}", "does not fit");
            }
        }
        read("{\"int64Field\":-9007199254740992}", "{\"int64Field\":\"-9007199254740992\"}", r -> true);
        read("{\"int64Field\":9007199254740991}", "{\"int64Field\":\"9007199254740991\"}", r -> true);
        // C++ goes through a float here and rounds.
        read("{\"int64Field\":9007199254740993}", "{\"int64Field\":\"9007199254740993\"}", r -> true);
        same("{\"int64Field\":\"-9223372036854775808\"}", r -> r.getInt64Field() == Long.MIN_VALUE);
        same("{\"int64Field\":\"9223372036854775807\"}", r -> r.getInt64Field() == Long.MAX_VALUE);
        refused("{\"int64Field\":\"-9223372036854775809\"}", "does not fit");
        refused("{\"int64Field\":\"9223372036854775808\"}", "does not fit");
        read("{\"uInt64Field\":9007199254740991}", "{\"uInt64Field\":\"9007199254740991\"}", r -> true);
        same("{\"uInt64Field\":\"18446744073709551615\"}", r -> r.getUInt64Field() == -1);
        read("{\"uInt64Field\":\"0\"}", "{}", r -> r.getUInt64Field() == 0);
        refused("{\"uInt64Field\":\"18446744073709551616\"}", "does not fit");
        refused("{\"int64Field\":\"177a\"}", "is not an integer");
        refused("{\"uInt64Field\":\"177a\"}", "is not an integer");
    }

    private void floats() {
        for (String type : List.of("float32", "float64")) {
            String field = "{\"" + type + "Field\":";
            read(field + "0}", "{}", r -> real(r, type) == 0);
            same(field + "4.5}", r -> real(r, type) == 4.5);
            same(field + "\"NaN\"}", r -> Double.isNaN(real(r, type)));
            for (String nan : List.of("null", "\"nan\"")) {
                read(field + nan + "}", field + "\"NaN\"}", r -> Double.isNaN(real(r, type)));
            }
            String large = type.equals("float32") ? "1e39" : "1e309";
            for (String infinite : List.of("\"Infinity\"", "\"infinity\"", "\"INF\"", large)) {
                read(field + infinite + "}", field + "\"Infinity\"}", r -> real(r, type) == Double.POSITIVE_INFINITY);
            }
            for (String infinite : List.of("\"-Infinity\"", "\"-infinity\"", "\"-INF\"", "-" + large)) {
                read(field + infinite + "}", field + "\"-Infinity\"}", r -> real(r, type) == Double.NEGATIVE_INFINITY);
            }
            refused(field + "\"177a\"}", "is not a number");
        }
    }

    private static double real(TestAllTypes.Builder root, String type) {
        return type.equals("float32") ? root.getFloat32Field() : root.getFloat64Field();
    }

    @Test
    @Parity("json: decode all types")
    @DisplayName("decode all types: lists")
    void decode_all_lists() {
        same("{}", r -> !r.hasBoolList());
        same("{\"boolList\":[]}", r -> r.hasBoolList() && r.getBoolList().isEmpty());
        same("{\"boolList\":[false]}", r -> r.getBoolList().equals(List.of(false)));
        same("{\"boolList\":[true]}", r -> r.getBoolList().equals(List.of(true)));
        for (String type : List.of("int8", "int16", "int32", "uInt8", "uInt16", "uInt32")) {
            same("{\"" + type + "List\":[7]}", r -> true);
            read("{\"" + type + "List\":[\"7\"]}", "{\"" + type + "List\":[7]}", r -> true);
        }
        for (String type : List.of("int64", "uInt64")) {
            same("{\"" + type + "List\":[\"7\"]}", r -> true);
            read("{\"" + type + "List\":[7]}", "{\"" + type + "List\":[\"7\"]}", r -> true);
        }
        for (String type : List.of("float32", "float64")) {
            String field = "{\"" + type + "List\":";
            same(field + "[4.5]}", r -> true);
            read(field + "[\"4.5\"]}", field + "[4.5]}", r -> true);
            read(field + "[null]}", field + "[\"NaN\"]}", r -> true);
            for (String special : List.of("NaN", "Infinity", "-Infinity")) {
                same(field + "[\"" + special + "\"]}", r -> true);
            }
        }
        same("{\"textList\":[\"hello\"]}", r -> r.getTextList().equals(List.of("hello")));
        same("{\"dataList\":[[7,0,122]]}", r -> r.getDataList().size() == 1);
        same("{\"structList\":[{}]}", r -> r.hasStructList());
        read("{\"structList\":[{\"boolField\":false}]}", "{\"structList\":[{}]}", r -> r.hasStructList());
        same(
                "{\"structList\":[{\"boolField\":true}]}",
                r -> r.getStructList().get(0).getBoolField());
        same("{\"enumList\":[\"bar\"]}", r -> r.getEnumList().get(0) == TestEnum.BAR);
    }

    @Test
    @Parity("json: decode test message")
    @DisplayName("decode test message")
    void decode_test_message() {
        TestAllTypes.Builder root = content();
        MessageBuilder decoded = new MessageBuilder();
        json.decode(json.encode(TestAllTypes.TYPE, root), TestAllTypes.TYPE, decoded.initRoot(TestAllTypes.TYPE));
        assertTrue(
                decoded.asReader().contentEquals(MessageBuilder.containing(root).asReader()));
    }

    private static Value.Reader raw(JsonCodec codec, String text) {
        Value.Builder root = new MessageBuilder().initRoot(Value.TYPE);
        codec.decodeRaw(text, root);
        return Value.TYPE.asReader(root);
    }

    @Test
    @Parity("json: basic json decoding")
    @DisplayName("basic json decoding")
    void basic_decoding() {
        assertTrue(raw(json, "null").isNull());
        assertFalse(raw(json, "false").getBoolean());
        assertTrue(raw(json, "true").getBoolean());
        assertEquals("foo", raw(json, "\"foo\"").getString());
        assertEquals("\"", raw(json, "\"\\\"\"").getString());
        assertEquals("\\abc\"d\\e", raw(json, "\"\\\\abc\\\"d\\\\e\"").getString());
        assertEquals(
                "\"\\/\b\f\n\r\t\u0003abcdef",
                raw(json, "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0003abc\\u0064\\u0065f\"")
                        .getString());
        assertEquals(0, raw(json, "[]").getArray().size());
        assertTrue(raw(json, "[true]").getArray().get(0).getBoolean());
        Value.Reader three = raw(json, "  [  true  , false\t\n , null]");
        assertEquals(3, three.getArray().size());
        assertFalse(three.getArray().get(1).getBoolean());
        assertTrue(three.getArray().get(2).isNull());
        assertEquals(0, raw(json, "{}").getObject().size());
        assertEquals(0, raw(json, "\r\n\t {\r\n\t }\r\n\t ").getObject().size());
        Value.Field.Reader some = raw(json, "{\"some\": null}").getObject().get(0);
        assertEquals("some", some.getName());
        assertTrue(some.getValue().isNull());
        assertEquals(123, raw(json, "123").getNumber());
        assertEquals(-5, raw(json, "-5").getNumber());
        assertEquals(-5.5, raw(json, "-5.5").getNumber());
        assertEquals(
                "{\"foo\\n\\tbaz\":\"a val\",\"bar\":[\"a\",-550000000000,{\"z\":{}}]}",
                json.encodeRaw(raw(json, "{\"foo\\n\\tbaz\": \"a val\", \"bar\": [\"a\", -5.5e11,  { \"z\": {}}]}")));
    }

    @Test
    @Parity("json: basic json decoding")
    @DisplayName("basic json decoding: errors")
    void basic_decoding_errors() {
        for (String text : List.of("[", "{", "\"\\u\"", "[\"\\n\\\", 3]", "-", "\"abc", "{\"a\":")) {
            JsonException e = assertThrows(JsonException.class, () -> raw(json, text), text);
            assertTrue(e.line() == 1 && e.column() > 0, e.getMessage());
        }
        List<String> malformed = List.of(
                "z",
                "a",
                "+123",
                "[00]",
                "[01]",
                "[}",
                "{]",
                "[}]",
                "[1, , ]",
                "[,]",
                "[true,]",
                "[, 1]",
                "[1\"\"]",
                "[1,, \"\"]",
                "{\"a\"1: 0}",
                "{\"some\": null,}",
                "11a",
                "\"\\z\"",
                "\"\\u12zz\"",
                "--",
                "\f{}",
                "{\u000b}",
                "",
                " ",
                "1 2",
                "{}{}",
                "[] x",
                "'a'",
                "{a:1}",
                "NaN",
                "Infinity",
                "1.",
                ".5",
                "1e",
                "// c\n1",
                "\"\u0001\"",
                "nul",
                "truee",
                "\ufeff1");
        for (String text : malformed) {
            JsonException e = assertThrows(JsonException.class, () -> raw(json, text), text);
            assertTrue(e.line() >= 1 && e.column() >= 1, e.getMessage());
            assertFalse(String.valueOf(e.getMessage()).contains("Source"), e.getMessage());
        }
    }

    @Test
    @Parity("json: maximum nesting depth")
    @DisplayName("maximum nesting depth")
    void maximum_nesting_depth() {
        JsonCodec none =
                JsonCodec.builder().limits(Limits.DEFAULT.withNesting(1)).build();
        JsonCodec deep =
                JsonCodec.builder().limits(Limits.DEFAULT.withNesting(3)).build();
        String four = "{\"foo\": \"a\", \"bar\": [\"b\", {\"baz\": [-5.5e11]}, [[1], {\"z\": 2}]]}";
        raw(json, four);
        raw(JsonCodec.builder().limits(Limits.DEFAULT.withNesting(4)).build(), four);
        assertThrows(JsonException.class, () -> raw(deep, four));
        for (String shallow : List.of("[]", "{}", "[1, 2, \"{[[\"]")) {
            raw(none, shallow);
        }
        for (String tooDeep : List.of("[[]]", "{\"a\":{}}", "[{}]")) {
            String fault =
                    assertThrows(JsonException.class, () -> raw(none, tooDeep)).getMessage();
            assertTrue(String.valueOf(fault).contains("Limits.nesting"), fault);
            raw(deep, tooDeep);
        }
        raw(json, "[".repeat(64) + "]".repeat(64));
        assertThrows(JsonException.class, () -> raw(json, "[".repeat(65) + "]".repeat(65)));
        assertThrows(JsonException.class, () -> raw(json, "[".repeat(1_000_000)));
    }

    @Test
    @Parity("json: unknown fields")
    @DisplayName("unknown fields")
    void unknown_fields() {
        JsonCodec strict = JsonCodec.builder().rejectUnknownFields().build();
        JsonCodec annotated =
                JsonCodec.builder().annotations().rejectUnknownFields().build();
        String valid = "{\"int8Field\":1}";
        String unknown = "{\"unknown\":1,\"int8Field\":1}";
        for (JsonCodec codec : List.of(strict, annotated, json)) {
            codec.decode(valid, TestAllTypes.TYPE, new MessageBuilder().initRoot(TestAllTypes.TYPE));
        }
        json.decode(unknown, TestAllTypes.TYPE, new MessageBuilder().initRoot(TestAllTypes.TYPE));
        for (JsonCodec codec : List.of(strict, annotated)) {
            String fault = assertThrows(
                            JsonException.class,
                            () -> codec.decode(
                                    unknown, TestAllTypes.TYPE, new MessageBuilder().initRoot(TestAllTypes.TYPE)))
                    .getMessage();
            assertTrue(String.valueOf(fault).contains("'unknown'"), fault);
        }
    }

    /** A struct as the array of its fields, null pointers as null. */
    private static final class AsArray implements JsonHandler.OfStruct {
        @Override
        public void encode(JsonCodec codec, DynamicStruct.Reader value, Value.Builder output) {
            List<StructSchema.Field> fields = value.schema().fields();
            var items = output.initArray(fields.size());
            for (StructSchema.Field field : fields) {
                if (value.has(field)) {
                    codec.encode(value.get(field), field.type(), items.get(field.index()));
                }
            }
        }

        @Override
        public void decode(JsonCodec codec, Value.Reader input, DynamicStruct.Builder output) {
            for (StructSchema.Field field : output.schema().fields()) {
                if (!input.getArray().get(field.index()).isNull()) {
                    codec.decode(input.getArray().get(field.index()), output, field);
                }
            }
        }
    }

    @Test
    @Parity("json: register custom encoding handlers")
    @DisplayName("register custom encoding handlers")
    void custom_encoding_handlers() {
        JsonCodec codec = JsonCodec.builder(loader)
                .handler(loader.load(TestOldVersion.TYPE), new AsArray())
                .handler(Type.Scalar.TEXT, new JsonHandler.OfValue() {
                    @Override
                    public void encode(JsonCodec codec, DynamicValue value, Value.Builder output) {
                        Value.Call.Builder call = output.initCall();
                        call.setFunction("Frob");
                        call.initParams(2).get(0).setNumber(123);
                        call.getParams().get(1).setString(value.asText());
                    }

                    @Override
                    public Object decode(JsonCodec codec, Value.Reader input, Type type) {
                        throw new AssertionError("No parser yields a call.");
                    }
                })
                .build();
        TestOldVersion.Builder root = new MessageBuilder().initRoot(TestOldVersion.TYPE);
        root.setOld1(123);
        root.setOld2("foo");
        assertEquals("[\"123\",Frob(123,\"foo\"),null]", codec.encode(TestOldVersion.TYPE, root));
    }

    @Test
    @Parity("json: register custom roundtrip handler")
    @DisplayName("register custom roundtrip handler")
    void custom_roundtrip_handler() {
        JsonCodec codec = JsonCodec.builder(loader)
                .handler(loader.load(TestOldVersion.TYPE), new AsArray())
                .build();
        TestOldVersion.Builder root = new MessageBuilder().initRoot(TestOldVersion.TYPE);
        root.setOld1(123);
        root.initOld3().setOld2("foo");
        String text = codec.encode(TestOldVersion.TYPE, root);
        assertEquals("[\"123\",null,[\"0\",\"foo\",null]]", text);

        TestOldVersion.Builder decoded = new MessageBuilder().initRoot(TestOldVersion.TYPE);
        codec.decode(text, TestOldVersion.TYPE, decoded);
        assertEquals(123, decoded.getOld1());
        assertFalse(decoded.hasOld2());
        assertEquals("foo", decoded.getOld3().getOld2());
        assertFalse(decoded.getOld3().hasOld3());
    }

    @Test
    @Parity("json: register field handler")
    @DisplayName("register field handler")
    void field_handler() {
        JsonCodec codec = JsonCodec.builder(loader)
                .handler(loader.load(TestOldVersion.TYPE).field("old3"), new AsArray())
                .build();
        TestOldVersion.Builder root = new MessageBuilder().initRoot(TestOldVersion.TYPE);
        root.setOld1(123);
        root.setOld2("foo");
        root.initOld3().setOld2("bar");
        String text = codec.encode(TestOldVersion.TYPE, root);
        assertEquals("{\"old1\":\"123\",\"old2\":\"foo\",\"old3\":[\"0\",\"bar\",null]}", text);

        TestOldVersion.Builder decoded = new MessageBuilder().initRoot(TestOldVersion.TYPE);
        codec.decode(text, TestOldVersion.TYPE, decoded);
        assertEquals("foo", decoded.getOld2());
        assertEquals("bar", decoded.getOld3().getOld2());
        assertFalse(decoded.getOld3().hasOld3());
    }

    /** Capabilities by what they are called in a table; all of them are one here. */
    private record ByName(TestInterface.Client client) implements JsonHandler.OfValue {
        @Override
        public void encode(JsonCodec codec, DynamicValue value, Value.Builder output) {
            try (Client opened = value.asCapability()) {
                output.setString(opened.cap().brand() == client.cap().brand() ? "the one" : "another");
            }
        }

        @Override
        public Object decode(JsonCodec codec, Value.Reader input, Type type) {
            if (!input.isString() || !input.getString().equals("the one")) {
                throw new IllegalArgumentException("There is no such object.");
            }
            return client;
        }
    }

    @Test
    @Parity("json: register capability handler")
    @DisplayName("register capability handler")
    void capability_handler() {
        try (TestInterface.Client client = new TestInterface.Client(BrokenCap.because("never called"))) {
            JsonCodec codec = JsonCodec.builder(loader)
                    .handler(loader.load(TestInterface.TYPE), new ByName(client))
                    .build();
            String text = "{\"cap\":\"the one\",\"derived\":\"the one\",\"caps\":[\"the one\",\"the one\"]}";
            TestPointers.Builder root = new MessageBuilder().initRoot(TestPointers.TYPE);
            codec.decode(text, TestPointers.TYPE, root);
            assertTrue(root.hasCap() && root.hasDerived());
            assertEquals(2, root.getCaps().size());
            assertEquals(text, codec.encode(TestPointers.TYPE, root));
            String fault = assertThrows(
                            JsonException.class, () -> codec.decode("{\"caps\":[\"x\"]}", TestPointers.TYPE, root))
                    .getMessage();
            assertEquals("line 1, column 10: at caps[0]: There is no such object.", fault);
        }
    }

    private static void fillAnnotated(TestJsonAnnotations.Builder root) {
        root.setSomeField("some");
        root.getAGroup().setFlatFoo(123);
        root.getAGroup().setFlatBar("flat");
        root.getAGroup().getFlatBaz().setHello(true);
        root.getAGroup().getDoubleFlat().setFlatQux("twice flat");
        root.getPrefixedGroup().setFoo("so long that each element of the object gets a line for itself");
        root.getPrefixedGroup().setBar(321);
        root.getPrefixedGroup().getBaz().setHello(true);
        root.getPrefixedGroup().getMorePrefix().setQux("prefixed");
        root.getAUnion().initBar().setBarMember(789);
        root.getAUnion().getBar().setMultiMember("multi");
        root.initDependency().setFoo("dependent");
        root.getSimpleGroup().setGrault("group");
        var enums = root.initEnums(4);
        enums.set(0, TestJsonAnnotatedEnum.QUX);
        enums.set(1, TestJsonAnnotatedEnum.BAR);
        enums.set(2, TestJsonAnnotatedEnum.FOO);
        enums.set(3, TestJsonAnnotatedEnum.BAZ);
        var items = root.initInnerJson().initArray(3);
        items.get(0).setNumber(123);
        items.get(1).setString("hello");
        var member = items.get(2).initObject(1).get(0);
        member.setName("object");
        member.initValue().setBoolean(true);
        root.setTestBase64(Data.of(Content.bytes("base")));
        root.setTestHex(Data.of(Content.bytes("hex")));
        root.getBUnion().setBar(678);
        root.initExternalUnion().initBar().setValue("external");
        root.initUnionWithVoid().setVoidValue();
    }

    private JsonCodec annotated() {
        return JsonCodec.builder(loader)
                .annotations()
                .pretty()
                .handler(loader.load(TestJsonAnnotations.TYPE).field("customFieldHandler"), new JsonHandler.OfValue() {
                    @Override
                    public void encode(JsonCodec codec, DynamicValue value, Value.Builder output) {
                        output.setString("added-" + value.asText());
                    }

                    @Override
                    public Object decode(JsonCodec codec, Value.Reader input, Type type) {
                        return input.getString().substring("added-".length());
                    }
                })
                .build();
    }

    @Test
    @Parity("json: rename fields")
    @DisplayName("rename fields")
    void annotations() throws IOException {
        MessageBuilder message = new MessageBuilder();
        TestJsonAnnotations.Builder root = message.initRoot(TestJsonAnnotations.TYPE);
        fillAnnotated(root);
        JsonCodec codec = annotated();
        String expected = resource("annotated.json");
        assertEquals(expected, codec.encode(TestJsonAnnotations.TYPE, root));

        root.setCustomFieldHandler("custom");
        String text = codec.encode(TestJsonAnnotations.TYPE, root);
        assertTrue(text.contains("\"customFieldHandler\": \"added-custom\""), text);
        // Tags come before what they tell about, then after it.
        for (String order : List.of(text, reversed(text))) {
            MessageBuilder decoded = new MessageBuilder();
            codec.decode(order, TestJsonAnnotations.TYPE, decoded.initRoot(TestJsonAnnotations.TYPE));
            assertEquals(
                    text, codec.encode(TestJsonAnnotations.TYPE, decoded.getRoot(TestJsonAnnotations.TYPE)), order);
            AnyPointer.Reader same = message.asReader();
            assertTrue(decoded.asReader().contentEquals(same), order);
        }
    }

    private String reversed(String text) {
        var members = raw(json, text).getObject();
        Value.Builder other = new MessageBuilder().initRoot(Value.TYPE);
        var reversed = other.initObject(members.size());
        for (int i = 0; i < members.size(); i++) {
            reversed.get(members.size() - 1 - i).setName(members.get(i).getName());
            reversed.get(members.size() - 1 - i).setValue(members.get(i).getValue());
        }
        return json.encodeRaw(Value.TYPE.asReader(other));
    }

    @Test
    @Parity("json: base64 union encoded correctly")
    @DisplayName("base64 union encoded correctly")
    void base64_in_a_union() {
        TestBase64Union.Builder root = new MessageBuilder().initRoot(TestBase64Union.TYPE);
        root.initFoo(5);
        JsonCodec codec = JsonCodec.builder().annotations().pretty().build();
        assertEquals("{\"foo\": \"AAAAAAA=\"}", codec.encode(TestBase64Union.TYPE, root));
    }

    /** What C++ measures is shown here to be right each time; the figures are a matter of the module {@code bench}. */
    private static void often(Consumer<Integer> step) {
        for (int i = 0; i < 1000; i++) {
            step.accept(i);
        }
    }

    @Test
    @Parity("json: JSON encode bench")
    @DisplayName("JSON encode bench")
    void encoding_many_times() {
        JsonCodec pretty = JsonCodec.builder().pretty().build();
        DynamicValue bytes = new DynamicValue.Bytes(Data.of((byte) 12, (byte) 34, (byte) 56));
        often(i -> {
            assertEquals(Integer.toString(i), json.encode(new DynamicValue.Int(i), Type.Scalar.INT32));
            assertEquals("\"foo\"", json.encode(new DynamicValue.Text("foo"), Type.Scalar.TEXT));
            assertEquals("[12,34,56]", json.encode(bytes, Type.Scalar.DATA));
            assertEquals("[12, 34, 56]", pretty.encode(bytes, Type.Scalar.DATA));
        });
    }

    @Test
    @Parity("json: JSON parse bench")
    @DisplayName("JSON parse bench")
    void decoding_many_times() {
        AnyPointer.Reader expected = MessageBuilder.containing(content()).asReader();
        String text = json.encode(TestAllTypes.TYPE, content());
        often(i -> {
            MessageBuilder decoded = new MessageBuilder();
            json.decode(text, TestAllTypes.TYPE, decoded.initRoot(TestAllTypes.TYPE));
            assertTrue(decoded.asReader().contentEquals(expected));
        });
    }
}

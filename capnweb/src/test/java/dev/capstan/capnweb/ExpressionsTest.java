package dev.capstan.capnweb;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.capstan.cap.Path;
import dev.capstan.capnweb.FakeSession.BlobToCome;
import dev.capstan.capnweb.FakeSession.Later;
import dev.capstan.capnweb.FakeSession.Mapped;
import dev.capstan.capnweb.FakeSession.Reference;
import dev.capstan.testkit.Parity;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Each kind of expression, both ways. The texts are those of TypeScript 0.12, from recorded sessions. */
class ExpressionsTest {
    private final FakeSession session = new FakeSession();

    private void bothWays(@Nullable Object value, String json) {
        assertEquals(json, session.encode(value));
        assertEquals(value, session.decode(json));
    }

    @Nested
    class PlainValues {
        @Test
        void scalars_stand_for_themselves() {
            bothWays(null, "null");
            bothWays(true, "true");
            bothWays(false, "false");
            bothWays(17L, "17");
            bothWays(0.1, "0.1");
            bothWays("\u00e9 \ud83d\ude00\"\\\n", "\"\u00e9 \ud83d\ude00\\\"\\\\\\n\"");
            bothWays("", "\"\"");
            assertEquals("0", session.encode(-0.0));
            assertEquals("9007199254740992", session.encode(9007199254740992.0));
        }

        @Test
        void smaller_numbers_are_sent_as_numbers() {
            assertEquals("[[1,2,3,0.5]]", session.encode(List.of(1, (short) 2, (byte) 3, 0.5f)));
        }

        @Test
        @Parity({"PY-468", "PY-469", "PY-470", "PY-471", "PY-472"})
        void each_array_costs_two_pairs_of_brackets() {
            bothWays(List.of(), "[[]]");
            bothWays(List.of(List.of()), "[[[[]]]]");
            bothWays(List.of(List.of(List.of())), "[[[[[[]]]]]]");
            bothWays(List.of(1L, List.of("x", List.of()), Map.of()), "[[1,[[\"x\",[[]]]],{}]]");
            bothWays(Arrays.asList(1L, null), "[[1,null]]");
        }

        @Test
        @Parity("PY-163")
        void what_looks_like_an_expression_inside_an_array_is_none() {
            bothWays(List.of("bytes", "AA"), "[[\"bytes\",\"AA\"]]");
            bothWays(List.of("export", -1L), "[[\"export\",-1]]");
            bothWays(List.of("date", 1L), "[[\"date\",1]]");
            bothWays(List.of("hello"), "[[\"hello\"]]");
        }

        @Test
        void members_keep_their_order() {
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("z", 1L);
            map.put("a", JsValue.UNDEFINED);
            map.put("", List.of());
            String json = "{\"z\":1,\"a\":[\"undefined\"],\"\":[[]]}";
            bothWays(map, json);
            assertEquals(json, session.encode(session.decode(json)));
        }

        @Test
        void names_that_every_object_has_in_javascript_are_dropped_but_decoded() {
            assertEquals(
                    Map.of("ok", 5L, "then", 6L),
                    session.decode(
                            "{\"__proto__\":[\"export\",-3],\"constructor\":2,\"toJSON\":3,\"toString\":4,\"ok\":5,"
                                    + "\"then\":6}"));
            assertEquals(List.of(session.cap(-3), 2L, 3L, 4L), session.dropped);
        }

        @Test
        @Parity("PY-166")
        void plain_trees_are_not_copied() {
            Object tree = new ArrayList<>(List.of(new ArrayList<>(List.of(1L, new LinkedHashMap<>(Map.of("a", "b"))))));
            Object value = new Decoder(Limits.DEFAULT, session).value(tree);
            assertSame(((List<?>) tree).getFirst(), value);
        }

        @Test
        void a_tree_is_left_as_it_was() {
            List<?> literal = List.of(1L, List.of("undefined"), Map.of("a", List.of("nan")), 2L);
            List<?> tree = Collections.unmodifiableList(new ArrayList<>(List.of(literal)));
            assertEquals(
                    List.of(1L, JsValue.UNDEFINED, Map.of("a", Double.NaN), 2L),
                    new Decoder(Limits.DEFAULT, session).value(tree));
        }
    }

    @Nested
    class Scalar {
        @Test
        void undefined_and_the_numbers_that_json_lacks() {
            bothWays(JsValue.UNDEFINED, "[\"undefined\"]");
            bothWays(Double.POSITIVE_INFINITY, "[\"inf\"]");
            bothWays(Double.NEGATIVE_INFINITY, "[\"-inf\"]");
            bothWays(Double.NaN, "[\"nan\"]");
            assertEquals(Double.POSITIVE_INFINITY, session.decode("[\"inf\",1,2]"));
            assertEquals("[\"nan\"]", session.encode(Float.NaN));
        }

        @Test
        @Parity({"CW-L003", "CW-L004", "OWN-12"})
        void bigints() {
            bothWays(new BigInteger("12345678901234567890"), "[\"bigint\",\"12345678901234567890\"]");
            bothWays(BigInteger.valueOf(-5), "[\"bigint\",\"-5\"]");
            Map<String, Long> forms =
                    Map.of("0xff", 255L, "", 0L, " 7 ", 7L, "+3", 3L, "0b101", 5L, "0O17", 15L, "007", 7L);
            forms.forEach((text, n) ->
                    assertEquals(BigInteger.valueOf(n), session.decode("[\"bigint\",\"" + text + "\"]"), text));
        }

        @Test
        @Parity("CW-I018")
        void dates() {
            bothWays(Instant.ofEpochMilli(1749342170815L), "[\"date\",1749342170815]");
            bothWays(Instant.EPOCH, "[\"date\",0]");
            bothWays(Instant.ofEpochMilli(-1), "[\"date\",-1]");
            bothWays(JsValue.INVALID_DATE, "[\"date\",null]");
            bothWays(Instant.parse("2026-11-21T14:00:00.123456Z"), "[\"date\",1795269600123.456]");
            bothWays(Instant.parse("1969-12-31T23:59:59.999750Z"), "[\"date\",-0.25]");
            bothWays(Instant.ofEpochMilli(8_640_000_000_000_000L), "[\"date\",8640000000000000]");
            bothWays(Instant.ofEpochMilli(-8_640_000_000_000_000L), "[\"date\",-8640000000000000]");
            for (String beyond : List.of("8640000000000001", "1e99", "-1e99", "1e400")) {
                assertEquals(JsValue.INVALID_DATE, session.decode("[\"date\"," + beyond + "]"));
            }
            assertEquals(Instant.EPOCH, session.decode("[\"date\",5e-324,true]"));
        }

        @Test
        void microseconds_of_this_century_come_back() {
            Instant date = Instant.parse("2099-12-31T23:59:59.000001Z");
            for (int i = 0; i < 1_000_000; i += 997) {
                Instant moved = date.plusNanos(i * 1_000L);
                assertEquals(moved, session.decode(session.encode(moved)));
            }
        }

        @Test
        @Parity({"CW-I008", "CW-I009", "CW-I010"})
        void bytes() {
            byte[] bytes = {1, 2, 3, -6};
            assertEquals("[\"bytes\",\"AQID+g\"]", session.encode(bytes));
            for (String text : List.of("AQID+g", "AQID+g==", "AQID-g", "AQID-g==", "AQ\\u0049D+g")) {
                assertArrayEquals(bytes, (byte[]) session.decode("[\"bytes\",\"" + text + "\"]"), text);
            }
            assertArrayEquals(bytes, (byte[]) session.decode("[\"bytes\",\"AQID+g\",\"Uint8Array\"]"));
            assertEquals("[\"bytes\",\"\"]", session.encode(new byte[0]));
            assertArrayEquals(new byte[0], (byte[]) session.decode("[\"bytes\",\"\"]"));
        }

        @Test
        @Parity({"CW-I012", "CW-I013", "CW-I014"})
        void all_other_kinds_of_bytes() {
            bothWays(
                    new TypedBytes(TypedBytes.Kind.UINT16, new byte[] {1, 0, 2, 1}),
                    "[\"bytes\",\"AQACAQ\",\"Uint16Array\"]");
            bothWays(
                    new TypedBytes(TypedBytes.Kind.ARRAY_BUFFER, new byte[] {9, 8}),
                    "[\"bytes\",\"CQg\",\"ArrayBuffer\"]");
            for (TypedBytes.Kind kind : TypedBytes.Kind.values()) {
                TypedBytes value = new TypedBytes(kind, new byte[16]);
                assertEquals(value, session.decode(session.encode(value)));
            }
        }

        @Test
        @Parity("CW-I007")
        void megabytes_of_bytes() {
            byte[] bytes = new byte[4_000_001];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) (i * 31);
            }
            assertArrayEquals(bytes, (byte[]) session.decode(session.encode(bytes)));
        }
    }

    @Nested
    class Errors {
        @Test
        @Parity({"CW-I024", "PY-169", "PY-249", "PY-307"})
        void an_error_without_more_has_three_elements() {
            bothWays(JsError.of("TypeError", "plain failure"), "[\"error\",\"TypeError\",\"plain failure\"]");
        }

        @Test
        @Parity({"CW-I028", "CW-I027", "PY-155"})
        void a_stack_is_the_fourth() {
            bothWays(new JsError("Error", "m", "at x", Map.of()), "[\"error\",\"Error\",\"m\",\"at x\"]");
            assertNull(assertInstanceOf(JsError.class, session.decode("[\"error\",\"E\",\"m\",5]"))
                    .stack());
        }

        @Test
        @Parity({"CW-I021", "CW-I022", "CW-I025", "CW-I026"})
        void properties_are_the_fifth() {
            String json =
                    "[\"error\",\"CodedError\",\"coded failure\",null,{\"code\":\"E_CODE\",\"details\":{\"retry\":3,\"at\":"
                            + "[\"date\",0],\"list\":[[1,[[2]]]],\"big\":[\"bigint\",\"5\"]}}]";
            JsError error = assertInstanceOf(JsError.class, session.decode(json));
            assertEquals("CodedError", error.name());
            assertEquals("E_CODE", error.props().get("code"));
            assertEquals(json, session.encode(error));
        }

        @Test
        @Parity({"CW-I023", "CW-I030", "CW-I032", "CW-I031"})
        void causes_and_inner_errors_are_properties() {
            for (String json : List.of(
                    "[\"error\",\"Error\",\"outer\",null,{\"cause\":[\"error\",\"RangeError\",\"inner\"]}]",
                    "[\"error\",\"AggregateError\",\"many\",null,{\"errors\":[[[\"error\",\"Error\",\"a\"],[\"error\",\"TypeError\","
                            + "\"b\"]]]}]",
                    "[\"error\",\"Error\",\"oops\",null,{\"cause\":\"boom\"}]",
                    "[\"error\",\"Error\",\"m\",\"stack\",{\"a\":1}]")) {
                assertEquals(json, session.encode(session.decode(json)));
            }
        }

        @Test
        @Parity("CW-I184")
        void properties_that_errors_have_anyway_are_dropped_but_decoded() {
            assertEquals(
                    new JsError("Error", "x", null, Map.of("fine", 3L)),
                    session.decode(
                            "[\"error\",\"Error\",\"x\",null,{\"__proto__\":1,\"toString\":2,\"fine\":3,\"name\":"
                                    + "[\"export\",-1]},4]"));
            assertEquals(List.of(1L, 2L, session.cap(-1)), session.dropped);
            assertEquals(
                    "[\"error\",\"Error\",\"x\"]",
                    session.encode(new JsError("Error", "x", null, Map.of("name", 1L, "stack", 2L))));
        }

        @Test
        @Parity("CW-I033")
        void properties_that_cannot_be_sent_are_left_out() {
            Map<String, Object> props = new LinkedHashMap<>();
            props.put("cap", session.cap(-1));
            props.put("half", Map.of("a", List.of(1L, session.cap(-2))));
            props.put("ok", 1L);
            props.put("thread", Thread.currentThread());
            props.put("stream", session.readable(1));
            props.put("blob", new Blob("", new byte[0]));
            props.put("later", new Later("promise", -1));
            assertEquals(
                    "[\"error\",\"Error\",\"has stub\",null,{\"ok\":1}]",
                    session.encode(new JsError("Error", "has stub", null, props)));
            assertEquals(
                    "[\"error\",\"Error\",\"m\",\"s\"]",
                    session.encode(new JsError("Error", "m", "s", Map.of("cap", session.cap(-1)))));
            assertEquals(
                    "[[[\"error\",\"Error\",\"m\"],[\"export\",-1]]]",
                    session.encode(
                            List.of(new JsError("Error", "m", null, Map.of("c", session.cap(-1))), session.cap(-1))));
        }

        @Test
        @Parity("CW-I034")
        void a_property_that_holds_itself_is_left_out() {
            List<Object> loop = new ArrayList<>();
            loop.add(loop);
            assertEquals(
                    "[\"error\",\"Error\",\"m\",null,{\"a\":1}]",
                    session.encode(new JsError("Error", "m", null, Map.of("loop", loop, "a", 1L))));
        }

        @Test
        @Parity("CW-I035")
        void properties_that_are_too_large_are_all_left_out() {
            List<Object> twice = List.of("x");
            for (int i = 0; i < 60; i++) {
                twice = List.of(twice, twice);
            }
            session.limits = Limits.DEFAULT.withMessageBytes(10_000);
            assertEquals(
                    "[[[\"error\",\"Error\",\"m\",\"s\"],1]]",
                    session.encode(List.of(new JsError("Error", "m", "s", Map.of("twice", twice)), 1)));
            JsError inner = new JsError("Error", "inner", null, Map.of("twice", twice));
            assertEquals(
                    "[\"error\",\"Error\",\"m\"]",
                    session.encode(new JsError("Error", "m", null, Map.of("cause", inner))));
        }

        @Test
        void a_throwable_tells_its_message_only() {
            assertEquals("[\"error\",\"Error\",\"no\"]", session.encode(new IllegalStateException("no")));
            assertEquals("[\"error\",\"Error\",\"\"]", session.encode(new IllegalStateException()));
        }
    }

    @Nested
    class Capabilities {
        @Test
        @Parity({"PY-147", "PY-148", "PY-149", "PY-151", "PY-302", "PY-305"})
        void what_the_session_knows_is_written_and_read_by_it() {
            bothWays(session.cap(-1), "[\"export\",-1]");
            bothWays(new Later("promise", -2), "[\"promise\",-2]");
            bothWays(session.writable(-3), "[\"writable\",-3]");
            bothWays(session.readable(1), "[\"readable\",1]");
            bothWays(
                    Map.of("a", List.of(session.cap(-1), session.cap(-2))),
                    "{\"a\":[[[\"export\",-1],[\"export\",-2]]]}");
            assertEquals(session.cap(3), session.decode("[\"export\",3.0]"));
        }

        @Test
        @Parity({"PY-152", "PY-153", "PY-164", "PY-303", "PY-304", "PY-306", "PY-309", "PY-316"})
        void expressions_of_all_kinds_lie_in_one_value() {
            Map<String, Object> all = new LinkedHashMap<>();
            all.put("capability", session.cap(-1));
            all.put("promise", new Later("promise", -2));
            all.put("error", JsError.of("not_found", "User not found"));
            all.put("data", List.of(1L, 2L, 3L));
            all.put("list", List.of(new Later("promise", -3), session.cap(-4), "other"));
            all.put("deep", Map.of("deeper", Map.of("capability", session.cap(-5))));
            all.put("success", false);
            bothWays(
                    all,
                    "{\"capability\":[\"export\",-1],\"promise\":[\"promise\",-2],\"error\":[\"error\",\"not_found\",\"User not found\"],"
                            + "\"data\":[[1,2,3]],\"list\":[[[\"promise\",-3],[\"export\",-4],\"other\"]],\"deep\":{\"deeper\":{\"capability\":[\"export\",-5]}},"
                            + "\"success\":false}");
        }

        @Test
        @Parity({"PY-159", "PY-160", "PY-477"})
        void references_calls_and_maps_lie_in_one_value() {
            Map<?, ?> all = assertInstanceOf(
                    Map.class,
                    session.decode(
                            "{\"user\":[\"import\",1],\"action\":\"update\",\"mapper\":[\"remap\",2,[],[[\"import\",1]],"
                                    + "[[\"pipeline\",-1]]],\"call\":[\"pipeline\",3,[\"m\"],[[\"export\",-1],[[\"x\"]],5]]}"));
            assertEquals(new Reference("import", 1, Path.Names.NONE, null), all.get("user"));
            assertEquals("update", all.get("action"));
            assertEquals(
                    new Mapped(2, Path.Names.NONE, List.of(List.of("import", 1L)), List.of(List.of("pipeline", -1L))),
                    all.get("mapper"));
            assertEquals(
                    new Reference("pipeline", 3, Path.Names.of("m"), List.of(session.cap(-1), List.of("x"), 5L)),
                    all.get("call"));
        }

        @Test
        void blobs_are_streams() {
            assertEquals("[\"blob\",\"text/x\",[\"readable\",1]]", session.encode(new Blob("Text/X", new byte[3])));
            assertEquals(
                    new BlobToCome("text/x", session.readable(4)),
                    session.decode("[\"blob\",\"text/x\",[\"readable\",4]]"));
        }

        @Test
        @Parity("PY-231")
        void references_to_our_own() {
            assertEquals(new Reference("import", -2, Path.Names.NONE, null), session.decode("[\"import\",-2]"));
            assertEquals(new Reference("pipeline", 1, Path.Names.NONE, null), session.decode("[\"pipeline\",1]"));
            assertEquals(
                    new Reference("pipeline", 1, new Path.Names(List.of("prop", 0, "bytes", "AA")), null),
                    session.decode("[\"pipeline\",1,[\"prop\",0,\"bytes\",\"AA\"]]"));
            assertEquals(
                    new Reference("pipeline", 1, Path.Names.of("bytes", "AA"), List.of()),
                    session.decode("[\"pipeline\",1,[\"bytes\",\"AA\"],[]]"));
            assertEquals(
                    new Reference("pipeline", -1, Path.Names.NONE, List.of(5L)),
                    session.decode("[\"pipeline\",-1,[],[5]]"));
        }

        @Test
        @Parity("PY-232")
        void arguments_are_expressions_without_further_brackets() {
            Reference call = assertInstanceOf(
                    Reference.class,
                    session.decode("[\"import\",0,[\"m\"],[[\"bytes\",\"AA\"],[[1]],[\"export\",-1]]]"));
            List<?> args = assertInstanceOf(List.class, call.args());
            assertArrayEquals(new byte[1], assertInstanceOf(byte[].class, args.get(0)));
            assertEquals(List.of(List.of(1L), session.cap(-1)), args.subList(1, 3));
            Reference single =
                    assertInstanceOf(Reference.class, session.decode("[\"pipeline\",0,[\"m\"],[[\"bytes\",\"AA\"]]]"));
            assertInstanceOf(
                    byte[].class, assertInstanceOf(List.class, single.args()).getFirst());
        }

        @Test
        void numbers_that_are_no_index_are_names() {
            assertEquals(
                    new Reference("pipeline", 1, new Path.Names(List.of("-1", "0.5", "1e+21", "4294967296", 2)), null),
                    session.decode("[\"pipeline\",1,[-1,0.5,1e21,4294967296,2.0]]"));
        }

        @Test
        void maps_are_handed_over_as_they_are() {
            assertEquals(
                    new Mapped(
                            1,
                            Path.Names.of("list"),
                            List.of(List.of("import", 0L), List.of("export", -4L)),
                            List.of(List.of("pipeline", -1L, List.of("square"), List.of(List.of("pipeline", 0L))), 1L)),
                    session.decode(
                            "[\"remap\",1,[\"list\"],[[\"import\",0],[\"export\",-4]],[[\"pipeline\",-1,[\"square\"],"
                                    + "[[\"pipeline\",0]]],1]]"));
        }
    }

    @Test
    @Parity({"CW-I001", "CW-I002", "PX-399"})
    void the_value_of_every_type_that_typescript_sent_is_written_as_it_was() {
        String json =
                "{\"date\":[\"date\",1749342170815],\"bad\":[\"date\",null],\"big\":[\"bigint\",\"12345678901234567890\"],"
                        + "\"neg\":[\"bigint\",\"-5\"],\"bytes\":[\"bytes\",\"AQID+g\"],\"empty\":[\"bytes\",\"\"],\"u16\":[\"bytes\",\"AQACAQ\","
                        + "\"Uint16Array\"],\"ab\":[\"bytes\",\"CQg\",\"ArrayBuffer\"],\"undef\":[\"undefined\"],\"nul\":null,\"inf\":[\"inf\"],"
                        + "\"ninf\":[\"-inf\"],\"nan\":[\"nan\"],\"nzero\":0,\"int\":9007199254740992,\"dbl\":0.1,\"arr\":[[1,[[\"x\",[[]]]],{}]],"
                        + "\"str\":\"\u00e9 \ud83d\ude00\\\"\\\\\\n\",\"url\":[\"url\",\"https://example.com/a%20b?q=1\"],\"headers\":[\"headers\","
                        + "[[\"content-type\",\"text/plain\"],[\"x-a\",\"b\"]]]}";
        assertEquals(json, session.encode(session.decode(json)));
    }
}

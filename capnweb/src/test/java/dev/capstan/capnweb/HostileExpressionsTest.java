package dev.capstan.capnweb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.testkit.Parity;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What the TypeScript implementation was seen to refuse when it was sent to it, and limits. */
class HostileExpressionsTest {
    private final FakeSession session = new FakeSession();

    private WebException refused(String json) {
        return assertThrows(WebException.class, () -> session.decode(json), json);
    }

    @Test
    @Parity({"CW-I006", "CW-I019", "CW-I029", "PX-400", "PY-255", "PY-163", "PY-224", "PY-225"})
    void expressions_that_are_none_are_refused_with_the_text_of_typescript() {
        for (String json : List.of(
                "[]",
                "[1,2]",
                "[\"x\"]",
                "[\"frob\",1]",
                "[[],1]",
                "[null]",
                "[{}]",
                "[\"undefined\",1]",
                "[\"error\"]",
                "[\"error\",\"Error\"]",
                "[\"error\",\"Error\",5]",
                "[\"error\",5,\"m\"]",
                "[\"error\",\"E\",\"m\",null,null]",
                "[\"error\",\"E\",\"m\",null,[]]",
                "[\"error\",\"E\",\"m\",null,\"x\"]",
                "[\"bigint\"]",
                "[\"bigint\",5]",
                "[\"date\"]",
                "[\"date\",\"x\"]",
                "[\"date\",true]",
                "[\"bytes\"]",
                "[\"bytes\",5]",
                "[\"bytes\",\"AQ\",5]",
                "[\"bytes\",\"AQ\",null]",
                "[\"url\"]",
                "[\"url\",\"http://x/\",1]",
                "[\"headers\",{}]",
                "[\"headers\",[],1]",
                "[\"headers\",[[\"a\"]]]",
                "[\"headers\",[\"a\"]]",
                "[\"headers\",[[\"a\",1]]]",
                "[\"request\",\"http://x/\"]",
                "[\"request\",\"http://x/\",null]",
                "[\"request\",\"http://x/\",{},1]",
                "[\"request\",\"http://x/\",{\"headers\":{}}]",
                "[\"request\",\"http://x/\",{\"signal\":1}]",
                "[\"response\",null]",
                "[\"response\",null,5]",
                "[\"response\",null,{\"webSocket\":1}]",
                "[\"response\",null,{\"status\":\"200\"}]",
                "[\"blob\",\"t\"]",
                "[\"blob\",5,[\"readable\",1]]",
                "[\"blob\",\"text/plain\",[\"bytes\",\"AQ\"]]",
                "[\"export\"]",
                "[\"export\",\"1\"]",
                "[\"export\",0.5]",
                "[\"promise\",null]",
                "[\"writable\",{}]",
                "[\"readable\",1e400]",
                "[\"pipeline\"]",
                "[\"pipeline\",\"0\",[\"square\"],[3]]",
                "[\"pipeline\",0,null,[3]]",
                "[\"pipeline\",0,[{}],[3]]",
                "[\"pipeline\",0,[null],[3]]",
                "[\"pipeline\",0,[\"square\"],3]",
                "[\"pipeline\",0,[\"square\"],[3],1]",
                "[\"import\"]",
                "[\"import\",\"1\"]",
                "[\"import\",0,\"x\"]",
                "[\"remap\",0,[],[[\"pipeline\",0]],[1]]",
                "[\"remap\",0,[],[[\"import\"]],[1]]",
                "[\"remap\",0,[],[5],[1]]",
                "[\"remap\",0,[],[]]",
                "[\"remap\",0,[],[],[],[]]",
                "[\"remap\",\"0\",[],[],[]]",
                "[\"remap\",0,[null],[],[]]",
                "[\"remap\",0,[],{},[]]")) {
            WebException fault = refused(json);
            assertTrue(fault.getMessage().startsWith("unknown special value: ["), fault.getMessage());
            assertEquals("", fault.path());
            assertEquals(-1, fault.offset());
        }
    }

    @Test
    @Parity({"CW-I016", "CW-I017", "OWN-13"})
    void operands_that_make_no_sense_are_refused() {
        for (String json : List.of(
                "[\"bigint\",\"zz\"]",
                "[\"bigint\",\"-0xff\"]",
                "[\"bigint\",\"0x\"]",
                "[\"bigint\",\"1 2\"]",
                "[\"bigint\",\"-\"]",
                "[\"bigint\",\"1_0\"]",
                "[\"bigint\",\"\u0661\"]",
                "[\"bytes\",\"@@@@\"]",
                "[\"bytes\",\"A\"]",
                "[\"bytes\",\"AQ=A\"]",
                "[\"bytes\",\"AQ\u00e9A\"]",
                "[\"bytes\",\"AQ\",\"Foo\"]",
                "[\"bytes\",\"AQ\",\"Uint16Array\"]",
                "[\"url\",\"not a url\"]",
                "[\"url\",\"http:\"]",
                "[\"url\",\"http:///x\"]",
                "[\"headers\",[[\"a\",\"b\\nc\"]]]",
                "[\"headers\",[[\"a b\",\"c\"]]]",
                "[\"request\",\"http://x/\",{\"method\":\"POST\",\"body\":5}]",
                "[\"request\",\"http://x/\",{\"body\":\"x\"}]",
                "[\"request\",\"http://x/\",{\"method\":\"a b\"}]",
                "[\"request\",\"http://u:p@x/\",{}]",
                "[\"response\",[\"export\",-1],{}]",
                "[\"response\",\"x\",{\"status\":204}]",
                "[\"response\",null,{\"status\":99}]",
                "[\"response\",null,{\"status\":9223372036854775807}]",
                "[\"response\",null,{\"statusText\":\"a\\nb\"}]")) {
            refused(json);
        }
    }

    @Test
    void a_refused_body_is_given_back() {
        refused("[\"response\",[\"export\",-1],{}]");
        refused("[\"blob\",\"t\",[\"export\",-2]]");
        assertEquals(List.of(session.cap(-1), session.cap(-2)), session.dropped);
    }

    @Test
    void a_fault_tells_where_it_is() {
        Map<String, String> cases = new TreeMap<>(Map.of(
                "{\"a\":[[1,{\"b\":[\"date\",\"x\"]}]]}", "a[1].b",
                "[\"pipeline\",0,[\"m\"],[1,[\"frob\"]]]", "[3][1]",
                "[\"error\",\"E\",\"m\",null,{\"cause\":[\"frob\"]}]", "cause",
                "[\"response\",[\"frob\"],{}]", "[1]",
                "[\"request\",\"http://x/\",{\"method\":\"POST\",\"body\":[\"frob\"]}]", "body",
                "{\"a\":{\"toString\":[\"frob\"]}}", "a.toString"));
        cases.forEach((json, path) -> assertEquals(path, refused(json).path(), json));
        assertEquals(
                "at a[1].b: unknown special value: [\"date\",\"x\"]: a date is a number of milliseconds, or null",
                refused("{\"a\":[[1,{\"b\":[\"date\",\"x\"]}]]}").getMessage());
        String name = "n".repeat(10_000);
        assertTrue(refused("{\"" + name + "\":[\"" + name + "\"]}").getMessage().length() < 300);
    }

    @Test
    @Parity({"CW-L006", "CW-L009", "CW-L010", "CW-L007", "OWN-11"})
    void values_may_nest_as_deep_as_typescript_lets_them() {
        session.decode("{\"a\":".repeat(255) + "1" + "}".repeat(255));
        refused("{\"a\":".repeat(256) + "1" + "}".repeat(256));
        session.decode("[[".repeat(255) + "1" + "]]".repeat(255));
        refused("[[".repeat(256) + "1" + "]]".repeat(256));
        String call = "[\"pipeline\",0,[],[";
        session.decode(call.repeat(255) + "1" + "]]".repeat(255));
        refused(call.repeat(256) + "1" + "]]".repeat(256));
        String error = "[\"error\",\"E\",\"m\",null,{\"cause\":";
        session.decode(error.repeat(255) + "1" + "}]".repeat(255));
        refused(error.repeat(256) + "1" + "}]".repeat(256));
    }

    @Test
    @Parity("CW-L011")
    void values_may_be_written_as_deep_as_they_may_be_read() {
        Object value = 1L;
        for (int i = 0; i < 255; i++) {
            assertEquals(value, session.decode(session.encode(value)));
            value = i % 2 == 0 ? List.of(value) : Map.of("a", value);
        }
        assertEquals(value, session.decode(session.encode(value)));
        Object deeper = List.of(value);
        assertThrows(WebException.class, () -> session.encode(deeper));
        session.limits = Limits.DEFAULT.withDepth(500);
        Object deepest = 1L;
        for (int i = 0; i < 499; i++) {
            deepest = List.of(deepest);
        }
        Object tooDeep = List.of(deepest);
        assertEquals(deepest, session.decode(session.encode(deepest)));
        assertThrows(WebException.class, () -> session.encode(tooDeep));
        assertThrows(IllegalArgumentException.class, () -> Limits.DEFAULT.withDepth(501));
    }

    @Test
    @Parity({"CW-L001", "CW-L002"})
    void bigints_may_have_as_many_digits_as_typescript_lets_them() {
        for (int digits : new int[] {16_383, 16_384}) {
            session.decode("[\"bigint\",\"" + "9".repeat(digits) + "\"]");
            session.decode("[\"bigint\",\"-" + "9".repeat(digits) + "\"]");
        }
        refused("[\"bigint\",\"" + "9".repeat(16_385) + "\"]");
        refused("[\"bigint\",\"-" + "9".repeat(16_385) + "\"]");
        session.limits = Limits.DEFAULT.withBigIntDigits(3);
        assertEquals("[\"bigint\",\"99\"]", session.encode(new BigInteger("99")));
        assertEquals("[\"bigint\",\"999\"]", session.encode(new BigInteger("999")));
        assertEquals("[\"bigint\",\"-99\"]", session.encode(new BigInteger("-99")));
        for (String beyond : List.of("1000", "-100", "9".repeat(5_000))) {
            assertThrows(WebException.class, () -> session.encode(new BigInteger(beyond)));
        }
    }

    @Test
    void introductions_and_pipes_are_found_where_they_are_ones() {
        String json =
                "[\"pipeline\",0,[\"export\",5],[{\"a\":[[[\"export\",-1],[\"promise\",-2]]],\"toString\":[\"writable\",-3]},"
                        + "[[\"export\",-99]],[\"readable\",7],[\"remap\",1,[],[[\"import\",0],[\"export\",-4]],[[\"export\",-98]]],"
                        + "[\"error\",\"E\",\"m\",null,{\"cause\":[\"export\",-5]}],[\"frob\",[\"export\",-97]],[\"export\",\"x\"],"
                        + "[\"request\",\"http://x/\",{\"body\":[\"export\",-6],\"cf\":[\"export\",-96]}],"
                        + "[\"response\",[\"export\",-7],{}],[\"blob\",\"t\",[\"export\",-8]]]]";
        byte[] utf8 = json.getBytes(UTF_8);
        List<Long> found = new ArrayList<>();
        Decoder.introductions(Json.parse(utf8, 0, utf8.length, Limits.DEFAULT), found::add);
        assertEquals(List.of(-1L, -2L, -3L, 7L, -4L, -5L, -6L, -7L, -8L), found);
    }
}

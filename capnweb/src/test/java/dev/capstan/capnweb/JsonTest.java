package dev.capstan.capnweb;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.testkit.Parity;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JsonTest {
    private static @Nullable Object parse(String json) {
        byte[] utf8 = json.getBytes(UTF_8);
        return Json.parse(utf8, 0, utf8.length, Limits.DEFAULT);
    }

    private static WebException refused(byte[] utf8, Limits limits) {
        return assertThrows(WebException.class, () -> Json.parse(utf8, 0, utf8.length, limits));
    }

    private static WebException refused(String json) {
        return refused(json.getBytes(UTF_8), Limits.DEFAULT);
    }

    @Test
    void integers_are_longs_and_all_other_numbers_doubles() {
        assertEquals(
                List.of(0L, -1L, Long.MAX_VALUE, Long.MIN_VALUE, 0x1p63, 1e20, 1.0, 1000.0, 0.1, 0L),
                parse(
                        "[0,-1,9223372036854775807,-9223372036854775808,9223372036854775808,100000000000000000000,1.0,1e3,"
                                + "0.1,-0]"));
        assertEquals(Double.POSITIVE_INFINITY, parse("1e400"));
    }

    @Test
    void members_keep_their_order_and_the_last_of_a_name_wins() {
        Map<?, ?> map = assertInstanceOf(Map.class, parse("{\"b\":1,\"a\":2,\"b\":3,\"\":null}"));
        assertEquals("{b=3, a=2, =null}", map.toString());
    }

    @Test
    void bytes_are_decoded_without_a_string_wherever_they_stand_in_the_array() {
        byte[] text = "xx[\"push\", [ \"bytes\" ,\t\"AQID+g\"]]yy".getBytes(UTF_8);
        List<?> message = assertInstanceOf(List.class, Json.parse(text, 2, text.length - 4, Limits.DEFAULT));
        List<?> bytes = assertInstanceOf(List.class, message.get(1));
        assertArrayEquals(new byte[] {1, 2, 3, -6}, assertInstanceOf(byte[].class, bytes.get(1)));
    }

    @Test
    void base64_that_we_would_spell_otherwise_stays_a_string() {
        for (String text :
                List.of("AQID+g==", "-_8", "AR", "A", "AQID+", "@@@@", "A\\u0051", "AQ=", "=", "AQ\u00e9A")) {
            List<?> bytes = assertInstanceOf(List.class, parse("[\"bytes\",\"" + text + "\"]"));
            assertEquals(text.replace("\\u0051", "Q"), bytes.get(1));
        }
    }

    @Test
    void text_that_is_no_json_is_refused_at_its_byte() {
        Map<String, Integer> cases = Map.ofEntries(
                Map.entry("", 0),
                Map.entry("hello", 0),
                Map.entry("[1 2]", 3),
                Map.entry("{\"a\"}", 4),
                Map.entry("{a:1}", 1),
                Map.entry("[\"bytes\",\"AQ", 12),
                Map.entry("[1", 2),
                Map.entry("{\"a\":1", 6),
                Map.entry("\"\\x\"", 2),
                Map.entry("\"\n\"", 1),
                Map.entry("01", 0),
                Map.entry("1.", 0),
                Map.entry("+1", 0),
                Map.entry("NaN", 0),
                Map.entry("[] []", 3),
                Map.entry("nul", 0),
                Map.entry("'a'", 0),
                Map.entry("// a\n1", 0),
                Map.entry("-", 0),
                Map.entry("1e", 0),
                Map.entry("1e+", 0),
                Map.entry("[1,]", 3),
                Map.entry("{\"a\":1,}", 7),
                Map.entry("[,1]", 1),
                Map.entry("{\"a\" 1}", 5),
                Map.entry("[1}", 2),
                Map.entry("\"\\u12g4\"", 5),
                Map.entry("\"\\", 1),
                Map.entry("[\"a", 3),
                Map.entry("truE", 0));
        cases.forEach((json, offset) -> {
            WebException fault = refused(json);
            assertTrue(fault.offset() >= 0, () -> json + ": " + fault.getMessage());
            assertTrue(Math.abs(fault.offset() - offset) <= 4, () -> json + ": " + fault.getMessage());
        });
    }

    @Test
    void other_encodings_than_utf8_are_refused() {
        for (byte[] bytes : List.of(
                "[1,2]".getBytes(UTF_16LE),
                "[1,2]".getBytes(UTF_16BE),
                "\ufeff[1,2]".getBytes(UTF_16BE),
                "\ufeff[1,2]".getBytes(UTF_8),
                "[\"\u00e9\"]".getBytes(ISO_8859_1),
                new byte[] {'"', (byte) 0xc0, (byte) 0xa2, '"'},
                new byte[] {'"', (byte) 0xed, (byte) 0xa0, (byte) 0x80, '"'},
                new byte[] {'"', (byte) 0xf4, (byte) 0x90, (byte) 0x80, (byte) 0x80, '"'},
                new byte[] {'"', (byte) 0xe0, (byte) 0x80, (byte) 0x80, '"'},
                new byte[] {'"', (byte) 0xe2, (byte) 0x82})) {
            assertTrue(refused(bytes, Limits.DEFAULT).offset() >= 0, () -> Arrays.toString(bytes));
        }
    }

    @Test
    void characters_of_every_length_and_halves_of_pairs_are_read() {
        assertEquals(
                "a\u00e9\u20ac\ud83d\ude00\ud800\u2028\u0000",
                parse("\"a\u00e9\u20ac\ud83d\ude00\\ud800\u2028\\u0000\""));
        assertEquals(
                Map.of("\u00e9\ud83d\ude00", "\ud83d\ude00"), parse("{\"\u00e9\ud83d\ude00\":\"\\ud83d\\ude00\"}"));
        assertEquals(Map.of("\ud83d\ude00\u2028", 1L), parse("{\"\\ud83d\\ude00\\u2028\":1}"));
    }

    @Test
    void a_name_may_be_half_a_pair() {
        assertEquals(Map.of("\ud800", 1L), parse("{\"\\ud800\":1}"));
        assertEquals(Map.of("\ude00", 1L), parse("{\"\\ude00\":1}"));
    }

    @Test
    void names_that_share_a_place_in_the_table_of_known_ones_stay_apart() {
        Json json = new Json(Limits.DEFAULT);
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 3_000; i++) {
                byte[] utf8 = ("[\"n" + i * 7919 % 3_001 + "\",\"Aa\",\"BB\"]").getBytes(UTF_8);
                assertEquals(List.of("n" + i * 7919 % 3_001, "Aa", "BB"), json.parse(utf8, 0, utf8.length));
            }
            for (String same : List.of("AaAa", "BBBB", "AaBB", "BBAa")) {
                byte[] utf8 = ("[\"" + same + "\"]").getBytes(UTF_8);
                assertEquals(List.of(same), json.parse(utf8, 0, utf8.length));
            }
        }
    }

    /** The scan looks at eight bytes at a time. */
    @Test
    void whatever_ends_the_plain_part_of_a_string_is_found_wherever_it_stands() {
        for (int length = 0; length < 40; length++) {
            for (int place = 0; place <= length; place++) {
                String before = "~".repeat(place);
                String behind = " ".repeat(length - place);
                assertEquals(
                        List.of("", before + "\u00e9" + behind),
                        parse("[\"\",\"" + before + "\u00e9" + behind + "\"]"));
                assertEquals(List.of("", before + "\"" + behind), parse("[\"\",\"" + before + "\\\"" + behind + "\"]"));
                for (char c = 0; c < ' '; c++) {
                    refused("[\"\",\"" + before + c + behind + "\"]");
                }
            }
        }
    }

    @Test
    void numbers_are_those_that_the_jdk_reads() {
        Random random = new Random(20261122);
        for (int i = 0; i < 40_000; i++) {
            String text = (random.nextBoolean() ? "-" : "") + random.nextLong(1L << random.nextInt(1, 60));
            if (random.nextBoolean()) {
                text += "." + random.nextLong(1L << random.nextInt(1, 60));
            }
            if (random.nextInt(4) == 0) {
                text += "eE".charAt(random.nextInt(2))
                        + List.of("", "+", "-").get(random.nextInt(3))
                        + random.nextInt(330);
            }
            Object read = parse(text);
            assertEquals(
                    text.matches("-?[0-9]+") ? (Object) Long.parseLong(text) : (Object) Double.parseDouble(text),
                    read,
                    text);
        }
    }

    @Test
    @Parity({"CW-L012", "PX-027", "PX-028", "PX-029"})
    void each_limit_holds_at_its_number() {
        edge(Limits::withMessageBytes, 9, "[1,2,3,4]");
        edge(Limits::withMessageBytes, 9, "[\"\u20ac\",1]");
        edge(Limits::withNames, 2, "{\"a\":1,\"b\":2}");
        edge(Limits::withElements, 3, "[1,2,3]");
        edge(Limits::withElements, 3, "[\"a\",2,3]");
        edge(Limits::withValues, 4, "[1,2,3]");
        edge(Limits::withValues, 4, "[\"bytes\",\"AA\",3]");
        edge(Limits::withValues, 4, "[{\"a\":[]},1]");
        int most = Limits.DEFAULT.brackets();
        check(Limits.DEFAULT, nested(most - 1), nested(most + 1));
        check(Limits.DEFAULT, nested(most), nested(most + 1));
        check(Limits.DEFAULT, "{\"a\":".repeat(most) + "1" + "}".repeat(most), "[".repeat(100_000));
        check(Limits.DEFAULT, "1".repeat(999), "1".repeat(1_001));
        check(Limits.DEFAULT, "1".repeat(1_000), "1".repeat(1_001));
        check(Limits.DEFAULT, "1." + "1".repeat(998), "1." + "1".repeat(1_999));
    }

    /** A text that needs as much as the limit: it is read where more is allowed and where just that is, and not where less is. */
    private static void edge(BiFunction<Limits, Integer, Limits> limit, int needed, String text) {
        byte[] utf8 = text.getBytes(UTF_8);
        for (int most = needed; most <= needed + 1; most++) {
            Json.parse(utf8, 0, utf8.length, limit.apply(Limits.DEFAULT, most));
        }
        refused(utf8, limit.apply(Limits.DEFAULT, needed - 1));
    }

    private static String nested(int brackets) {
        return "[".repeat(brackets) + "]".repeat(brackets);
    }

    private static void check(Limits limits, String most, String more) {
        byte[] utf8 = most.getBytes(UTF_8);
        Json.parse(utf8, 0, utf8.length, limits);
        refused(more.getBytes(UTF_8), limits);
    }

    @Test
    void long_names_and_many_names_are_read() {
        parse("{\"" + "n".repeat(100_000) + "\":1}");
        StringBuilder many = new StringBuilder("{");
        for (int i = 0; i < 60_000; i++) {
            many.append(i == 0 ? "\"" : ",\"").append(i * 7919L).append("\":").append(i);
        }
        assertEquals(
                60_000,
                assertInstanceOf(Map.class, parse(many.append('}').toString())).size());
    }

    @Test
    void mutated_messages_are_read_or_refused_and_nothing_else() {
        Random random = new Random(20261121);
        byte[] message =
                ("[\"push\",[\"pipeline\",0,[\"echo\",3],[{\"d\":[\"date\",17.5e2],\"b\":[\"bytes\",\"AQID+g\"],"
                                + "\"\u00e9\\ud800\":[[true,false,null,-0.1]]},[\"error\",\"E\",\"m\",null,{\"c\":1}]]]]")
                        .getBytes(UTF_8);
        FakeSession session = new FakeSession();
        for (int i = 0; i < 50_000; i++) {
            byte[] mutant = message.clone();
            for (int n = random.nextInt(3); n >= 0; n--) {
                mutant[random.nextInt(mutant.length)] = (byte)
                        (random.nextInt(4) == 0 ? random.nextInt(256) : "[]{}\",:\\0e.-tu".charAt(random.nextInt(14)));
            }
            int length = random.nextInt(10) == 0 ? random.nextInt(mutant.length) : mutant.length;
            try {
                Object tree = Json.parse(mutant, 0, length, Limits.DEFAULT);
                Decoder.introductions(tree, id -> {});
                if (tree instanceof List<?> list && list.size() > 1) {
                    new Decoder(Limits.DEFAULT, session).value(list.get(1));
                }
            } catch (WebException e) {
                assertTrue(e.getMessage().length() < 2_000);
            }
        }
    }
}

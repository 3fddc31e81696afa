package dev.capstan.capnweb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;

class JsonWriterTest {
    private static String string(String text) {
        return new JsonWriter(0).string(text).toString();
    }

    /** Compared with Node 20 for each of the 65,536 units: those below a blank, quote, backslash and the surrogates are escaped. */
    @Test
    void every_character_is_escaped_as_json_stringify_does() {
        for (int c = 0; c < 0x10000; c++) {
            String self = Character.toString(c);
            String expected = switch (c) {
                case '\b' -> "\\b";
                case '\t' -> "\\t";
                case '\n' -> "\\n";
                case '\f' -> "\\f";
                case '\r' -> "\\r";
                case '"' -> "\\\"";
                case '\\' -> "\\\\";
                default -> c < 0x20 || (c >= 0xd800 && c < 0xe000) ? String.format("\\u%04x", c) : self;
            };
            assertEquals("\"" + expected + "\"", string(self));
            assertEquals("\"a" + expected + "z\"", string("a" + self + "z"));
        }
    }

    @Test
    void pairs_are_four_bytes_and_halves_of_them_escaped() {
        assertEquals("\"\ud83d\ude00\\ud83dx\\ude00\\ud83d\"", string("\ud83d\ude00\ud83dx\ude00\ud83d"));
        assertEquals("\"\\ude00\\ud83d\"", string("\ude00\ud83d"));
        assertEquals(8, new JsonWriter(0).string("\ud83d\ude00\u00e9").size());
    }

    @Test
    void texts_grow_the_array_wherever_they_need_it() {
        Random random = new Random(7);
        for (int i = 0; i < 2_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(200); n > 0; n--) {
                text.appendCodePoint(random.nextBoolean() ? random.nextInt(0xd800) : 0x1f600);
            }
            JsonWriter out = new JsonWriter(0);
            out.string(text.toString());
            byte[] utf8 = out.toByteArray();
            assertEquals(text.toString(), Json.parse(utf8, 0, utf8.length, Limits.DEFAULT));
        }
    }

    @Test
    void base64_is_that_of_the_jdk_without_padding() {
        Random random = new Random(7);
        for (int length = 0; length < 300; length++) {
            byte[] bytes = new byte[length];
            random.nextBytes(bytes);
            String text = Base64.getEncoder().withoutPadding().encodeToString(bytes);
            assertEquals("\"" + text + "\"", new JsonWriter(0).base64(bytes).toString());
            assertEquals(text, Base64Text.text(bytes));
        }
    }

    @Test
    void what_was_written_can_be_taken_back() {
        JsonWriter out = new JsonWriter(0).raw("[1");
        int mark = out.size();
        out.string("x".repeat(1_000)).truncate(mark);
        assertEquals("[1]", out.raw(']').toString());
        assertEquals(3, out.toByteArray().length);
        assertEquals("[1]", new String(out.array(), 0, out.size(), UTF_8));
        assertThrows(IllegalArgumentException.class, () -> out.truncate(4));
    }
}

package dev.capstan.net.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Headers, answers, routes and UTF-8, which need no connection. */
final class ValuesTest {
    @Test
    void what_utf_8_is_is_told_as_the_jdk_tells_it() {
        Random random = new Random(7);
        byte[] starts = {
            'a',
            'b',
            (byte) 0xc1,
            (byte) 0xc3,
            (byte) 0xe0,
            (byte) 0xe2,
            (byte) 0xed,
            (byte) 0xf0,
            (byte) 0xf3,
            (byte) 0xf4,
            (byte) 0xf5,
            (byte) 0x80,
            (byte) 0x8f,
            (byte) 0x9f,
            (byte) 0xa0,
            (byte) 0xbf,
            (byte) 0xff,
            0
        };
        int valid = 0;
        for (int round = 0; round < 200_000; round++) {
            byte[] bytes = new byte[random.nextInt(24)];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = i < 9 && round % 2 == 0 ? (byte) 'x' : starts[random.nextInt(starts.length)];
            }
            boolean expected = isUtf8(bytes);
            assertEquals(
                    expected,
                    Utf8.invalidAt(bytes, 0, bytes.length) < 0,
                    () -> HexFormat.of().formatHex(bytes));
            valid += expected ? 1 : 0;
        }
        assertTrue(valid > 1000, valid + " valid ones");
    }

    private static boolean isUtf8(byte[] bytes) {
        try {
            CharBuffer decoded = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes));
            return decoded.length() <= bytes.length;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    @Test
    void text_is_cut_between_code_points() {
        assertArrayEquals("ab".getBytes(StandardCharsets.UTF_8), Utf8.cut("abc", 2));
        assertArrayEquals("a".getBytes(StandardCharsets.UTF_8), Utf8.cut("aé", 2));
        assertArrayEquals("aé".getBytes(StandardCharsets.UTF_8), Utf8.cut("aé", 3));
        assertArrayEquals(new byte[0], Utf8.cut("💡", 3));
        assertArrayEquals("💡".getBytes(StandardCharsets.UTF_8), Utf8.cut("💡x", 4));
    }

    @Test
    void headers_compare_names_without_case_and_keep_their_order() {
        Headers headers = Headers.of("A", "1", "b", "2", "a", "3");
        assertEquals("1", headers.first("a"));
        assertEquals(List.of("1", "3"), headers.all("A"));
        assertEquals(List.of(), headers.all("c"));
        assertEquals(Headers.of("A", "1").with("b", "2").with("a", "3"), headers);
        assertTrue(Headers.of("Connection", "keep-alive , Upgrade").lists("connection", "upgrade"));
        assertFalse(Headers.of("Connection", "Upgraded").lists("connection", "upgrade"));
    }

    @Test
    void headers_do_not_print_their_values() {
        assertEquals("[authorization]", Headers.of("authorization", "secret").toString());
    }

    @Test
    void headers_that_cannot_be_sent_are_refused() {
        for (String name : List.of("", "a b", "a:", "ä", "a\r\n")) {
            assertThrows(IllegalArgumentException.class, () -> Headers.of(name, "x"));
        }
        for (String value : List.of("\n", "\r", "\0", "\u007f", "€")) {
            assertThrows(IllegalArgumentException.class, () -> Headers.of("x", value));
        }
        assertThrows(IllegalArgumentException.class, () -> Headers.of("x"));
    }

    @Test
    void a_status_out_of_range_is_refused() {
        assertThrows(IllegalArgumentException.class, () -> new HttpResponse(199, Headers.of(), new byte[0]));
        assertThrows(IllegalArgumentException.class, () -> new HttpResponse(600, Headers.of(), new byte[0]));
    }

    @Test
    void a_path_that_could_never_match_is_refused() {
        for (String path : List.of("", "x", "/*x", "/a*", "*", "/a/*/b")) {
            assertThrows(
                    IllegalArgumentException.class, () -> HttpRoutes.none().webSocket(path, (request, socket) -> {}));
        }
    }
}

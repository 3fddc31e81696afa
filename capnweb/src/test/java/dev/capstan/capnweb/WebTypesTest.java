package dev.capstan.capnweb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.capstan.testkit.Parity;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WebTypesTest {
    private final FakeSession session = new FakeSession();

    private void bothWays(Object value, String json) {
        assertEquals(json, session.encode(value));
        assertEquals(value, session.decode(json));
    }

    @Test
    void urls() {
        bothWays(new Url("https://example.com/a%20b?q=1"), "[\"url\",\"https://example.com/a%20b?q=1\"]");
        for (String good : List.of(
                "http://u:p@[::1]:8080/|?q={}#f",
                "data:text/plain,a b",
                "mailto:a@b",
                "WS://x",
                "ftp://h:/",
                "file:///etc",
                "http://h:65535\\x")) {
            assertEquals(good, new Url(good).toString());
        }
        for (String bad : List.of(
                "",
                ":",
                "//x",
                "1a:b",
                "http:x",
                "http://",
                "http://?q",
                "http://u@",
                "http://a b/",
                "http://a^b/",
                "http://h:x/",
                "http://h:65536/",
                "http://[::1]x/",
                "http://[::1",
                "http://x/\n",
                "\u00e9:x")) {
            assertThrows(IllegalArgumentException.class, () -> new Url(bad), bad);
        }
    }

    @Test
    @Parity("CW-I167")
    void header_fields_are_sorted_and_combined_as_javascript_lists_them() {
        Headers headers = Headers.of(
                "X-A", " b ", "Set-Cookie", "1", "content-type", "text/plain", "x-a", "c", "set-cookie", "2");
        assertEquals(
                "[\"headers\",[[\"content-type\",\"text/plain\"],[\"set-cookie\",\"1\"],[\"set-cookie\",\"2\"],[\"x-a\",\"b, c\"]]]",
                session.encode(headers));
        assertEquals(headers, session.decode(session.encode(headers)));
        assertEquals("b, c", headers.get("X-a"));
        assertNull(headers.get("y"));
        bothWays(Headers.NONE, "[\"headers\",[]]");
        bothWays(Headers.of("bytes", "AA"), "[\"headers\",[[\"bytes\",\"AA\"]]]");
        assertThrows(IllegalArgumentException.class, () -> Headers.of("a"));
        assertThrows(IllegalArgumentException.class, () -> Headers.of("a", "\u0100"));
        assertThrows(IllegalArgumentException.class, () -> Headers.of("", "b"));
    }

    @Test
    @Parity("CW-I170")
    void requests_leave_out_what_has_its_default() {
        bothWays(WebRequest.get(new Url("http://x.test/"), Headers.NONE), "[\"request\",\"http://x.test/\",{}]");
        bothWays(
                new WebRequest(
                        new Url("http://x.test/p"),
                        "post",
                        Headers.of("content-type", "text/plain;charset=UTF-8", "x-h", "1"),
                        session.readable(1),
                        Map.of()),
                "[\"request\",\"http://x.test/p\",{\"method\":\"POST\",\"headers\":[[\"content-type\",\"text/plain;charset=UTF-8\"],"
                        + "[\"x-h\",\"1\"]],\"body\":[\"readable\",1],\"duplex\":\"half\"}]");
        Map<String, Object> init = new LinkedHashMap<>();
        init.put("unknown", 1L);
        init.put("cf", Map.of("a", Arrays.asList("bytes", "AA", 1L, null, true, 0.5)));
        init.put("keepalive", true);
        init.put("mode", "cors");
        init.put("credentials", "omit");
        init.put("redirect", "follow");
        init.put("integrity", "");
        init.put("cache", "no-store");
        String json = "[\"request\",\"http://x/\",{\"cache\":\"no-store\",\"credentials\":\"omit\",\"keepalive\":true,"
                + "\"cf\":{\"a\":[\"bytes\",\"AA\",1,null,true,0.5]}}]";
        assertEquals(json, session.encode(new WebRequest(new Url("http://x/"), "GET", Headers.NONE, null, init)));
        assertEquals(json, session.encode(session.decode(json)));
    }

    @Test
    void bodies_may_be_texts_and_bytes() {
        WebRequest text = new WebRequest(new Url("http://x/"), "PUT", Headers.NONE, "hello", Map.of());
        bothWays(text, "[\"request\",\"http://x/\",{\"method\":\"PUT\",\"body\":\"hello\",\"duplex\":\"half\"}]");
        assertEquals(
                "[\"response\",[\"bytes\",\"AQID\"],{}]", session.encode(WebResponse.of(200, new byte[] {1, 2, 3})));
        assertEquals(
                "[\"response\",[\"bytes\",\"AQID\"],{}]",
                session.encode(session.decode("[\"response\",[\"bytes\",\"AQID\"],{\"status\":200}]")));
        assertThrows(IllegalArgumentException.class, () -> WebResponse.of(200, 5));
        assertThrows(
                IllegalArgumentException.class,
                () -> new WebRequest(new Url("http://x/"), "HEAD", Headers.NONE, "x", Map.of()));
        assertThrows(
                IllegalArgumentException.class,
                () -> new WebRequest(new Url("http://x/"), "trace", Headers.NONE, null, Map.of()));
    }

    @Test
    @Parity("CW-I171")
    void responses_leave_out_what_has_its_default() {
        bothWays(
                new WebResponse(
                        201,
                        "",
                        Headers.of("content-type", "text/plain;charset=UTF-8", "x-r", "2"),
                        session.readable(4),
                        Map.of()),
                "[\"response\",[\"readable\",4],{\"status\":201,\"headers\":[[\"content-type\",\"text/plain;charset=UTF-8\"],"
                        + "[\"x-r\",\"2\"]]}]");
        bothWays(WebResponse.of(204, null), "[\"response\",null,{\"status\":204}]");
        bothWays(
                new WebResponse(404, "Not Found", Headers.NONE, null, Map.of("encodeBody", "manual")),
                "[\"response\",null,{\"status\":404,\"statusText\":\"Not Found\",\"encodeBody\":\"manual\"}]");
    }

    @Test
    void members_of_init_that_are_no_json_are_refused_when_sent() {
        WebResponse response = new WebResponse(200, "", Headers.NONE, null, Map.of("cf", Map.of("a", session.cap(-1))));
        assertEquals(
                "cf",
                assertThrows(WebException.class, () -> session.encode(response)).path());
    }
}

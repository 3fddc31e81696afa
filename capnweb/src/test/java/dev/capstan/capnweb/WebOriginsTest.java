package dev.capstan.capnweb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Promise;
import dev.capstan.net.http.Headers;
import dev.capstan.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which web pages may open sessions and send batches. */
class WebOriginsTest {
    private static final String SQUARE = "[\"push\",[\"pipeline\",0,[\"square\"],[2]]]\n[\"pull\",1]";

    private final WebScene scene = new WebScene();

    private WebServer.Door door() {
        return visitor -> Promise.of(new GoldenApi(scene.loop).main().cap());
    }

    @AfterEach
    void close() {
        scene.server.close();
        scene.sim.poll();
    }

    private String socket(String... headers) {
        try {
            scene.new Raw(headers);
            return "open";
        } catch (CompletionException e) {
            String text = String.valueOf(e.getMessage());
            return text.contains("status 403") ? "refused" : text;
        }
    }

    @Test
    void pages_of_the_same_host_and_programs_are_let_in_and_pages_of_others_are_not() {
        assertEquals("open", socket());
        assertEquals("open", socket("origin", "http://server"));
        assertEquals("open", socket("origin", "HTTPS://SERVER"));
        for (String other : List.of(
                "http://server:81",
                "http://evil.example",
                "http://server.evil.example",
                "null",
                "file://",
                "server",
                "")) {
            assertEquals("refused", socket("origin", other), other);
            assertEquals(403, scene.post(SQUARE, "origin", other).status(), other);
        }
        assertEquals("refused", socket("origin", "http://server", "origin", "http://server"));
        assertEquals(200, scene.post(SQUARE).status());
        assertEquals(200, scene.post(SQUARE, "origin", "http://server").status());
    }

    @Test
    void refused_pages_are_one_line_a_minute_in_the_log() {
        try (LogTap log = new LogTap(WebServer.class.getName())) {
            assertEquals("open", socket());
            assertEquals(List.of(), log.lines());
            for (int i = 0; i < 20; i++) {
                assertEquals("refused", socket("origin", "http://evil" + i + ".example"));
                assertEquals(
                        403,
                        scene.post(SQUARE, "origin", "http://evil" + i + ".example")
                                .status());
            }
            List<String> first = log.lines();
            assertEquals(1, first.size(), first.toString());
            assertTrue(first.getFirst().contains("http://evil0.example"), first.getFirst());
            scene.sim.advance(Duration.ofSeconds(61));
            assertEquals(List.of(), log.lines());
            socket("origin", "http://evil.example");
            socket("origin", "http://evil.example");
            List<String> second = log.lines();
            assertEquals(1, second.size(), second.toString());
            assertTrue(second.getFirst().endsWith("(and 39 more since the last of these lines)"), second.getFirst());
            scene.sim.advance(Duration.ofSeconds(59));
            socket("origin", "http://evil.example");
            assertEquals(List.of(), log.lines());
            scene.sim.advance(Duration.ofSeconds(2));
            socket("origin", "http://evil.example");
            List<String> third = log.lines();
            assertEquals(1, third.size(), third.toString());
            assertTrue(third.getFirst().contains("and 2 more"), third.getFirst());
        }
    }

    @Test
    void a_browser_that_names_no_origin_but_says_that_the_page_is_of_another_site_is_refused() {
        assertEquals(403, scene.post(SQUARE, "sec-fetch-site", "cross-site").status());
        assertEquals(403, scene.post(SQUARE, "sec-fetch-site", "same-site").status());
        assertEquals(200, scene.post(SQUARE, "sec-fetch-site", "same-origin").status());
        assertEquals(200, scene.post(SQUARE, "sec-fetch-site", "none").status());
        assertEquals("refused", socket("sec-fetch-site", "cross-site"));
    }

    @Test
    void a_form_of_another_page_cannot_send_a_batch_with_the_cookies_of_its_victim() {
        HttpResponse answer = scene.post(
                SQUARE,
                "content-type",
                "text/plain",
                "origin",
                "https://evil.example",
                "sec-fetch-site",
                "cross-site",
                "cookie",
                "session=victim");
        assertEquals(403, answer.status());
    }

    @Test
    void who_runs_the_server_is_told_what_lets_a_refused_page_in_for_each_way_to_serve() {
        Access.Refusal refusal = Access.SAME_HOST.refusal("server:80", List.of("https://app.example"), null, true);
        String told = refusal == null ? "let in" : refusal.text();
        for (String way : List.of("--origin", "pages.origins", "Access.withOrigins")) {
            assertTrue(told.contains(way), told);
        }
    }

    @Test
    void origins_that_are_named_are_let_in_and_may_read_the_answer() {
        scene.serving(door(), "https://app.example", "http://localhost:3000");
        assertEquals("open", socket("origin", "https://App.example"));
        assertEquals("refused", socket("origin", "http://app.example"));
        assertEquals("refused", socket("origin", "http://localhost:3001"));
        HttpResponse answer = scene.post(SQUARE, "origin", "http://localhost:3000", "sec-fetch-site", "cross-site");
        assertEquals(200, answer.status());
        assertEquals("http://localhost:3000", answer.headers().first("access-control-allow-origin"));
        assertEquals("origin", answer.headers().first("vary"));
        assertNull(
                scene.post(SQUARE, "origin", "https://evil.example").headers().first("access-control-allow-origin"));
    }

    @Test
    void a_browser_that_asks_beforehand_is_told_what_an_allowed_page_may_send() {
        scene.serving(door(), "https://app.example");
        HttpResponse allowed = preflight("https://app.example");
        assertEquals(204, allowed.status());
        assertEquals("https://app.example", allowed.headers().first("access-control-allow-origin"));
        assertEquals("POST", allowed.headers().first("access-control-allow-methods"));
        assertEquals("authorization", allowed.headers().first("access-control-allow-headers"));
        assertEquals(403, preflight("https://evil.example").status());
    }

    private HttpResponse preflight(String origin) {
        return scene.sim.await(scene.http.send(
                "OPTIONS",
                WebScene.BATCH,
                Headers.of("origin", origin, "access-control-request-headers", "authorization"),
                new byte[0]));
    }

    @Test
    void every_origin_is_let_in_where_that_is_asked_for() {
        scene.serving(door(), "*");
        assertEquals("open", socket("origin", "null"));
        assertEquals(200, scene.post(SQUARE, "sec-fetch-site", "cross-site").status());
    }

    @Test
    void an_origin_that_is_none_is_refused_when_the_server_is_made() {
        for (String wrong : List.of("app.example", "https://app.example/", "https://app.example/path", "")) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> new WebServer(scene.loop, door(), Options.DEFAULT, Access.SAME_HOST.withOrigins(wrong)),
                    wrong);
        }
    }

    @Test
    void answers_are_never_shown_as_a_page() {
        HttpResponse answer = scene.post(SQUARE);
        assertEquals("text/plain;charset=UTF-8", answer.headers().first("content-type"));
        assertEquals("nosniff", answer.headers().first("x-content-type-options"));
    }
}

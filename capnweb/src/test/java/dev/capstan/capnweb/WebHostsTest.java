package dev.capstan.capnweb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Promise;
import dev.capstan.net.http.Headers;
import dev.capstan.net.http.HttpResponse;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Names that lead to a server though it never had them: pages that were loaded from them are not its own. */
class WebHostsTest {
    private static final String SQUARE = "[\"push\",[\"pipeline\",0,[\"square\"],[5]]]\n[\"pull\",1]";

    private final WebScene scene = new WebScene();

    @AfterEach
    void close() {
        scene.server.close();
        scene.sim.poll();
    }

    private void serving(Access access) {
        scene.serving(visitor -> Promise.of(new GoldenApi(scene.loop).main().cap()), access);
    }

    private HttpResponse post(String host, String... headers) {
        return scene.sim.await(scene.http.post(
                URI.create("http://" + host + "/rpc"), Headers.of(headers), SQUARE.getBytes(StandardCharsets.UTF_8)));
    }

    /** The status that a page which was loaded from {@code host} is answered with, over a WebSocket and in a batch. */
    private int asPageOf(String host) {
        int status = post(host, "origin", "http://" + host).status();
        int asSocket;
        try {
            scene.sim
                    .await(scene.http.webSocket(
                            URI.create("ws://" + host + "/rpc"), Headers.of("origin", "http://" + host)))
                    .end();
            asSocket = 200;
        } catch (CompletionException e) {
            String text = String.valueOf(e.getMessage());
            asSocket = text.contains("status 403") ? 403 : text.contains("status 421") ? 421 : 0;
        }
        assertEquals(status, asSocket, "batch and WebSocket differ");
        return status;
    }

    @Test
    void a_page_of_a_name_that_somebody_else_let_lead_here_is_refused() {
        serving(Access.SAME_HOST);
        for (String name :
                List.of("evil.example", "evil.example:8080", "localhost.evil.example", "127.0.0.1.evil.example")) {
            assertEquals(421, asPageOf(name), name);
        }
        HttpResponse refused = post("evil.example", "origin", "http://evil.example");
        assertTrue(WebScene.text(refused).contains("pages.hosts"), WebScene.text(refused));
        assertTrue(WebScene.text(refused).contains("Access.withHosts"), WebScene.text(refused));
        assertEquals(421, post("evil.example", "sec-fetch-site", "same-origin").status());
    }

    @Test
    void pages_of_this_machines_own_names_and_of_numeric_addresses_are_let_in() {
        serving(Access.SAME_HOST);
        for (String name : List.of(
                "localhost",
                "LOCALHOST:8080",
                "app.localhost",
                "127.0.0.1:8080",
                "192.168.1.7",
                "[::1]",
                "[::1]:8080")) {
            assertEquals(200, asPageOf(name), name);
        }
    }

    @Test
    void pages_of_names_that_the_server_was_told_are_let_in() {
        serving(Access.SAME_HOST.withHosts("app.example", "API.example"));
        assertEquals(200, asPageOf("app.example"));
        assertEquals(200, asPageOf("App.Example:8443"));
        assertEquals(200, asPageOf("api.example"));
        assertEquals(200, asPageOf("localhost"));
        assertEquals(421, asPageOf("other.example"));
        assertEquals(421, asPageOf("sub.app.example"));
        serving(Access.SAME_HOST.withHosts("*"));
        assertEquals(200, asPageOf("other.example"));
    }

    @Test
    void programs_are_let_in_under_any_name() {
        serving(Access.SAME_HOST);
        assertEquals(200, post("anything.example").status());
        assertEquals(200, post("anything.example", "sec-fetch-site", "none").status());
    }

    @Test
    void a_page_of_an_origin_that_is_named_is_let_in_whatever_the_host_is_called() {
        serving(Access.SAME_HOST.withOrigins("https://app.example"));
        assertEquals(200, post("proxy.example", "origin", "https://app.example").status());
        assertEquals(
                403, post("proxy.example", "origin", "https://evil.example").status());
    }

    @Test
    void a_browser_that_asks_beforehand_gets_the_same_answer() {
        serving(Access.SAME_HOST);
        HttpResponse answer = scene.sim.await(scene.http.send(
                "OPTIONS",
                URI.create("http://evil.example/rpc"),
                Headers.of("origin", "http://evil.example", "access-control-request-headers", "authorization"),
                new byte[0]));
        assertEquals(421, answer.status());
    }

    @Test
    void what_is_no_name_is_refused_when_the_server_is_made() {
        for (String wrong :
                List.of("", "https://app.example", "app.example:8443", "app.example/", "*.example", "[::1]")) {
            assertThrows(IllegalArgumentException.class, () -> new Access(Set.of(), Set.of(wrong)), wrong);
        }
    }
}

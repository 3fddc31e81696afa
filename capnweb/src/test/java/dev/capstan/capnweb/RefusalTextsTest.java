package dev.capstan.capnweb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import dev.capstan.net.http.Headers;
import java.net.URI;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whoever is refused is told what by, and what to do about it. */
class RefusalTextsTest {
    private final WebScene scene = new WebScene();

    @AfterEach
    void close() {
        scene.server.close();
        scene.sim.poll();
    }

    private String failure(WebPeer peer, Object argument) {
        try (peer;
                Cap main = peer.main()) {
            return scene.failure(WebScene.call(main, "square", argument));
        }
    }

    @Test
    void a_batch_to_a_wrong_path_is_told_which() {
        assertEquals(
                "RPC request failed: 404 there is nothing here (http://server/wrong)",
                failure(scene.client().batch(URI.create("http://server/wrong?token=secret")), 2L));
    }

    @Test
    void a_batch_that_the_server_cannot_read_ends_in_words_and_not_in_json() {
        WebServer.Door door =
                visitor -> Promise.of(new GoldenApi(scene.loop).main().cap());
        WebServer small = new WebServer(
                scene.loop, door, Options.DEFAULT.withLimits(Limits.DEFAULT.withMessageBytes(1000)), WebScene.ACCESS);
        scene.serving(small);
        String told = failure(scene.client().batch(WebScene.BATCH), "x".repeat(2000));
        assertTrue(
                told.endsWith("more than the limit of 1000 of the side that reads it (Limits.messageBytes): send it in"
                        + " parts, or as a stream"),
                told);
        assertTrue(!told.contains("[\"abort\""), told);
    }

    @Test
    void a_web_socket_of_a_foreign_page_is_told_its_origin_and_what_would_let_it_in() {
        WebPeer peer = scene.client().connect(WebScene.SOCKET, Headers.of("origin", "https://evil.example"), null);
        assertEquals(
                "ws://server:80/rpc did not open a WebSocket but answered with status 403: pages of"
                        + " https://evil.example are not allowed here: if they should be, the server has to name that"
                        + " origin",
                failure(peer, 2L));
    }

    @Test
    void an_origin_is_not_told_at_any_length() {
        String page = "https://" + "a".repeat(1000);
        WebPeer peer = scene.client().connect(WebScene.SOCKET, Headers.of("origin", page), null);
        assertTrue(failure(peer, 2L).length() < 400);
    }

    @Test
    void a_socket_that_was_refused_without_a_reason_is_told_where_to_look() {
        WebPeer peer = scene.client().connect(URI.create("ws://server/wrong"));
        assertTrue(failure(peer, 2L).contains("status 404"));
    }
}

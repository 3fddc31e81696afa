package dev.capstan.net.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.BytePipe;
import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.net.Limits;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Routes that are put together, and WebSockets that are refused. */
final class HttpRoutesTest {
    private final SimLoop sim = new SimLoop();

    private static HttpRoutes answering(String path, String text) {
        return HttpRoutes.none().on("POST", path, request -> Promise.of(HttpResponse.text(200, text)));
    }

    private static int status(HttpRoutes routes, String path, String origin) {
        HttpRequest request =
                new HttpRequest("POST", path, null, Headers.of("host", "here", "origin", origin), new byte[0]);
        return routes.find(request, false) instanceof HttpRoutes.Found.ToAnswer(HttpResponse answer)
                ? answer.status()
                : 200;
    }

    @Test
    void routes_that_are_put_together_keep_their_rules_for_origins() {
        HttpRoutes open = answering("/open", "open").origins(request -> true);
        HttpRoutes ours = answering("/ours", "ours");
        HttpRoutes both = ours.and(open);
        HttpRoutes bothWays = open.and(ours);
        for (HttpRoutes routes :
                new HttpRoutes[] {both, bothWays, HttpRoutes.none().and(both).and(bothWays)}) {
            assertEquals(200, status(routes, "/open", "http://elsewhere"));
            assertEquals(403, status(routes, "/ours", "http://elsewhere"));
            assertEquals(200, status(routes, "/ours", "http://here"));
            assertEquals(404, status(routes, "/none", "http://here"));
        }
        assertEquals(403, status(ours.and(open).origins(request -> false), "/ours", "http://here"));
        assertEquals(200, status(ours.and(open).origins(request -> false), "/open", "http://here"));
    }

    @Test
    void a_websocket_that_its_handler_refuses_is_answered_before_it_opens() {
        HttpRoutes routes = HttpRoutes.none().webSocket("/", new HttpRoutes.SocketHandler() {
            @Override
            public void opened(HttpRequest request, WebSocket socket) {
                throw new AssertionError("it was refused");
            }

            @Override
            public @Nullable HttpResponse refusal(HttpRequest request) {
                return HttpResponse.text(503, "there are too many");
            }
        });
        HttpServer server = new HttpServer(sim.loop(), routes, Limits.Http.DEFAULT);
        BytePipe pipe = new BytePipe(sim.loop());
        RawPeer client = new RawPeer(pipe.left());
        server.accept(pipe.right());
        client.say(String.join(
                "\r\n",
                "GET / HTTP/1.1",
                "Host: here",
                "Upgrade: websocket",
                "Connection: Upgrade",
                "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                "",
                ""));
        sim.poll();
        assertTrue(client.heard().startsWith("HTTP/1.1 503 "), client.heard());
        assertTrue(client.heard().endsWith("there are too many"), client.heard());
        server.close();
        sim.advance(Duration.ofMinutes(2));
        assertEquals(0, server.open());
    }
}

package dev.capstan.gateway.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Address;
import dev.capstan.async.Promise;
import dev.capstan.net.Limits;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.Headers;
import dev.capstan.net.http.HttpClient;
import dev.capstan.net.http.HttpResponse;
import dev.capstan.net.http.HttpRoutes;
import dev.capstan.net.http.HttpServer;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The console as HTTP sees it. */
class RoutesTest {
    private static final Map<String, String> FILES = Map.of(
            "files.txt", "assets/index-1.js\nindex.html\n", "index.html", "<p>page", "assets/index-1.js", "run()");

    private final NetLoop net = NetLoop.open("console", Transport.AUTO);

    @AfterEach
    void close() {
        net.close();
    }

    private static PageFiles files(Map<String, String> files) {
        return PageFiles.of(name -> {
            String text = files.get(name);
            return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
        });
    }

    private HttpResponse get(HttpRoutes routes, String path, Headers headers) {
        return net.loop()
                .fetch(() -> HttpServer.listen(
                                net.loop(), net.network(), new Address.Tcp("127.0.0.1", 0), routes, Limits.Http.DEFAULT)
                        .then(server -> {
                            int port = ((Address.Tcp) server.address()).port();
                            return new HttpClient(net.loop(), net.network(), new Random(1), Limits.Http.DEFAULT)
                                    .send("GET", URI.create("http://127.0.0.1:" + port + path), headers, new byte[0])
                                    .attach(server);
                        }))
                .await();
    }

    private HttpRoutes console() {
        return net.loop()
                .fetch(() ->
                        Promise.of(new Console(net.loop(), new SecureRandom()).routes(new Address.Tcp("127.0.0.1", 0))))
                .await();
    }

    @Test
    void the_page_may_run_nothing_but_its_own_script_and_be_in_nobody_s_frame() {
        HttpResponse page = get(files(FILES).routes("/console"), "/console/", Headers.of());
        String policy = page.headers().first("content-security-policy");
        assertEquals(PageFiles.POLICY, policy);
        assertTrue(PageFiles.POLICY.contains("default-src 'none'"));
        assertTrue(PageFiles.POLICY.contains("frame-ancestors 'none'"));
        assertTrue(!PageFiles.POLICY.contains("unsafe"));
        assertEquals("nosniff", page.headers().first("x-content-type-options"));
        assertEquals("no-referrer", page.headers().first("referrer-policy"));
        assertEquals("no-store", page.headers().first("cache-control"));
        assertEquals("text/html;charset=UTF-8", page.headers().first("content-type"));
    }

    @Test
    void what_has_its_content_in_its_name_is_kept_by_browsers() {
        HttpResponse script = get(files(FILES).routes("/console"), "/console/assets/index-1.js", Headers.of());
        assertEquals("private, max-age=31536000, immutable", script.headers().first("cache-control"));
        assertEquals("text/javascript;charset=UTF-8", script.headers().first("content-type"));
        assertEquals("run()", new String(script.body(), StandardCharsets.UTF_8));
    }

    @Test
    void only_what_the_build_has_listed_is_served() {
        HttpRoutes routes = files(FILES).routes("/console");
        for (String path : List.of(
                "/console/files.txt", "/console/../Console.class", "/console/%2e%2e/Console.class", "/console/x")) {
            assertEquals(404, get(routes, path, Headers.of()).status(), path);
        }
        HttpResponse moved = get(routes, "/console", Headers.of());
        assertEquals(308, moved.status());
        assertEquals("/console/", moved.headers().first("location"));
    }

    @Test
    void a_build_without_npm_has_a_page_that_says_how_to_get_the_console() {
        HttpResponse page = get(files(Map.of()).routes("/console"), "/console/", Headers.of());
        assertEquals(503, page.status());
        assertTrue(new String(page.body(), StandardCharsets.UTF_8).contains("npm"));
        assertEquals(PageFiles.POLICY, page.headers().first("content-security-policy"));
    }

    @Test
    void a_list_that_names_a_file_that_is_not_there_is_an_error_of_the_build() {
        String said = String.valueOf(
                assertThrows(UncheckedIOException.class, () -> files(Map.of("files.txt", "index.html\n")))
                        .getMessage());
        assertTrue(said.contains("index.html"), said);
    }

    private int socket(String... headers) {
        Headers all = Headers.of(
                "connection",
                "upgrade",
                "upgrade",
                "websocket",
                "sec-websocket-version",
                "13",
                "sec-websocket-key",
                "AAAAAAAAAAAAAAAAAAAAAA==");
        for (int i = 0; i < headers.length; i += 2) {
            all = all.with(headers[i], headers[i + 1]);
        }
        return get(console(), "/console/rpc", all).status();
    }

    @Test
    void pages_of_others_get_no_socket() {
        assertEquals(403, socket("origin", "https://evil.example"));
        assertEquals(403, socket("origin", "null"));
    }

    @Test
    void a_server_that_others_reach_has_no_console_unless_that_is_said() {
        for (String host : List.of("0.0.0.0", "192.0.2.1", "example.org", "127.0.0.1.example.org", "::")) {
            Console console = new Console(net.loop(), new SecureRandom());
            String said = String.valueOf(
                    assertThrows(IllegalArgumentException.class, () -> console.routes(new Address.Tcp(host, 80)))
                            .getMessage());
            assertTrue(said.contains("routesForAnybody()"), said);
        }
    }

    @Test
    void a_link_has_its_token_where_browsers_send_it_nowhere() {
        String link = net.loop()
                .fetch(() -> Promise.of(new Console(net.loop(), new SecureRandom()).link("http://127.0.0.1:8080")))
                .await();
        assertTrue(link.matches("http://127\\.0\\.0\\.1:8080/console/#token=[\\w-]{24}"), link);
    }
}

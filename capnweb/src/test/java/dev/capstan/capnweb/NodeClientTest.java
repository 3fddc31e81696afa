package dev.capstan.capnweb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Address;
import dev.capstan.cap.LocalCap;
import dev.capstan.net.Limits.Http;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.HttpRoutes;
import dev.capstan.net.http.HttpServer;
import dev.capstan.testkit.ForeignPeer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The TypeScript implementation on Node calls a server of ours over a WebSocket. */
@ForeignPeer
class NodeClientTest {
    private static final Path ROOT = root();
    private static final int CANNOT_BE_HAD = 77;

    private static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        return Files.exists(folder.resolve("peers/node")) ? Objects.requireNonNull(folder.getParent()) : folder;
    }

    private record Ended(int code, String output) {}

    private static Ended run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .directory(ROOT.toFile())
                .redirectErrorStream(true)
                .start();
        CompletableFuture<byte[]> output = CompletableFuture.supplyAsync(() -> {
            try {
                return process.getInputStream().readAllBytes();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        if (!process.waitFor(100, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        return new Ended(process.waitFor(), new String(output.join(), StandardCharsets.UTF_8));
    }

    @Test
    void node_calls_objects_of_ours_in_every_way() throws Exception {
        Ended installed = run("bash", "capnweb/peers/node/install.sh");
        Assumptions.assumeTrue(
                installed.code() != CANNOT_BE_HAD,
                () -> installed.output().lines().reduce((before, last) -> last).orElse("no Node peer"));
        assertEquals(0, installed.code(), installed.output());
        List<WebPeer> peers = new ArrayList<>();
        try (NetLoop net = NetLoop.open("server", Transport.AUTO)) {
            HttpRoutes routes = HttpRoutes.none()
                    .webSocket(
                            "/",
                            (request, socket) -> peers.add(WebPeer.over(
                                    net.loop(),
                                    socket,
                                    new LocalCap(net.loop(), new GoldenApi(net.loop()).main()),
                                    Limits.DEFAULT,
                                    Compat.V0_12)));
            HttpServer server = net.loop()
                    .fetch(() -> HttpServer.listen(
                            net.loop(), net.network(), new Address.Tcp("127.0.0.1", 0), routes, Http.DEFAULT))
                    .await();
            int port = ((Address.Tcp) server.address()).port();
            Ended ended = run("node", "capnweb/target/node/client.mjs", "" + port);
            assertEquals(0, ended.code(), ended.output());
            assertEquals(String.join("\n", EXPECTED), ended.output().strip());
            WebPeer peer = peers.getFirst();
            net.loop().fetch(peer::onDisconnect).await();
            assertEquals(
                    new WebPeer.Tables(0, 0, 0),
                    net.loop()
                            .fetch(() -> dev.capstan.async.Promise.of(peer.tables()))
                            .await());
            assertTrue(peers.size() == 1, "one session");
            net.loop().post(server::close);
        }
    }

    private static final List<String> EXPECTED = List.of(
            "[\"square\",144]",
            "[\"nothing\",true]",
            "[\"text\",\"é\u2028😀\\\"\\\\\\n\\ud800\"]",
            "[\"nested\",{\"list\":[1,[2,[]],{}],\"nul\":null,\"no\":false,\"small\":0.1,\"large\":1e+21}]",
            "[\"values\",[1749342170815,\"12345678901234567890\",[1,2,250],\"Uint16Array\",[1,258],true,true]]",
            "[\"pipelined\",[6,7,7]]",
            "[\"promise as argument\",14]",
            "[\"property\",7]",
            "[\"missing\",true]",
            "[\"no method\",{\"failed\":\"TypeError\",\"message\":\"'nope' is not a function.\"}]",
            "[\"callback\",{\"got\":50}]",
            "[\"object\",73]",
            "[\"bundle\",[\"bundle\",15,2,2,2]]",
            "[\"error\",{\"failed\":\"TypeError\",\"message\":\"plain failure\"}]",
            "[\"cause\",[\"outer\",\"RangeError\",\"inner\"]]",
            "[\"kept\",2]",
            "[\"self\",16]",
            "[\"many\",true]",
            "[\"stream\",[\"chunk0\",\"chunk1\",\"chunk2\"]]",
            "[\"byte stream\",[[1,2],[3]]]",
            "[\"broken stream\",[\"Error\",\"stream broke\"]]",
            "[\"cancelled stream\",[\"chunk0\",25]]",
            "[\"stream to Java\",[\"x\",{\"y\":[1]},null,1]]",
            "[\"broken stream to Java\",{\"failed\":\"RangeError\",\"message\":\"source broke\"}]",
            "[\"stream that Java cancels\",[0,\"The stream was closed by its reader before its end.\"]]",
            "[\"stream both ways\",[1,[2],{\"three\":3}]]",
            "[\"large stream\",6553600]",
            "[\"writable\",[\"done\",\"a\",{\"b\":[1]},\"CLOSE\"]]",
            "[\"writable that fails\",{\"failed\":\"RangeError\",\"message\":\"disk full\"}]",
            "[\"writable that is aborted\",[\"ABORT spoilt\"]]",
            "[\"writable that is dropped\",\"WritableStream RPC stub was disposed without calling close()\"]",
            "[\"writable of Java\",[\"a\",{\"b\":1}]]",
            "[\"writable of Java, aborted\",{\"failed\":\"RangeError\",\"message\":\"changed my mind\"}]",
            "[\"chunks that can be called\",[10,11]]",
            "[\"blob to Java\",{\"size\":4,\"type\":\"text/x\",\"text\":\"aéb\"}]",
            "[\"blob of Java\",[\"text/plain\",\"hi blob\"]]",
            "[\"large blob\",[3000000,true]]",
            "[\"request\",[\"POST\",\"http://x.test/p\",\"1\",\"hello\"]]",
            "[\"response\",[201,\"2\",\"body!\"]]",
            "[\"empty response\",[204,null]]",
            "[\"response to Java and back\",[202,\"body\"]]",
            "[\"after all that\",36]");
}

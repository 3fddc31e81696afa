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
            "[\"maps: list\",[1,4,9]]",
            "[\"maps: objects\",[{\"id\":1,\"sq\":1},{\"id\":2,\"sq\":4}]]",
            "[\"maps: nested\",[[2],[3,4],[4,5,6]]]",
            "[\"maps: null\",null]",
            "[\"maps: undefined\",true]",
            "[\"maps: scalar\",16]",
            "[\"maps: literal\",[[1,\"lit\",[1]],[2,\"lit\",[1]]]]",
            "[\"maps: property\",7]",
            "[\"maps: captured function\",[[10,20,30],[1,2,3]]]",
            "[\"maps: captured object\",[8,10]]",
            "[\"maps: captured promise\",[10,11]]",
            "[\"maps: captured value\",[10,11]]",
            "[\"maps: objects in results\",[11,12]]",
            "[\"maps: one fails\",{\"failed\":\"TypeError\",\"message\":\"plain failure\"}]",
            "[\"maps: later\",[\"slow done\",\"slow done\"]]",
            "[\"maps: many\",true]",
            "[\"maps: product\",{\"failed\":\"Error\",\"message\":\"the maps of one message make more than 500000 values here (Limits.Maps.values): map over less at a time\"}]");
}

package dev.capstan.capnweb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Address;
import dev.capstan.async.Promise;
import dev.capstan.cap.Answer;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Path;
import dev.capstan.net.Limits.Http;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.HttpClient;
import dev.capstan.net.http.HttpServer;
import dev.capstan.testkit.ForeignPeer;
import dev.capstan.testkit.Parity;
import dev.capstan.testkit.Recorder;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** With the TypeScript implementation on Node, live: either side calls the other over a WebSocket and in batches, and Node calls Node through us. */
@ForeignPeer
class NodeTest {
    private static final WebPeer.Tables WITHOUT_OWN_MAIN = new WebPeer.Tables(0, 1, 0);

    private Set<String> threadsBefore = Set.of();
    private long socketsBefore;
    private NetLoop net;

    @BeforeEach
    void open() throws Exception {
        NodePeer.install();
        // The JDK opens what it keeps for good with its first socket and its first process.
        NetLoop.open("first", Transport.AUTO).close();
        threadsBefore = loops();
        socketsBefore = sockets();
        net = NetLoop.open("web", Transport.AUTO);
    }

    @AfterEach
    void leavesNoThreadAndNoSocket() throws IOException {
        net.close();
        assertEquals(threadsBefore, loops());
        assertEquals(socketsBefore, sockets());
    }

    private static Set<String> loops() {
        Set<String> names = new TreeSet<>();
        for (Thread each : Thread.getAllStackTraces().keySet()) {
            if (!each.isDaemon()) {
                names.add(each.getName());
            }
        }
        return names;
    }

    private static long sockets() throws IOException {
        try (Stream<java.nio.file.Path> all = Files.list(java.nio.file.Path.of("/proc/self/fd"))) {
            return all.filter(fd -> {
                        try {
                            return Files.readSymbolicLink(fd).toString().startsWith("socket:");
                        } catch (IOException e) {
                            return false; // The descriptor with which the folder itself is read.
                        }
                    })
                    .count();
        }
    }

    private WebClient client() {
        return new WebClient(net.loop(), new HttpClient(net.loop(), net.network(), new Random(1), Http.DEFAULT));
    }

    private <T> T onLoop(java.util.concurrent.Callable<T> work) {
        return net.loop().fetch(() -> Promise.of(work.call())).await();
    }

    private HttpServer listen(WebServer server) {
        return net.loop()
                .fetch(() -> HttpServer.listen(
                        net.loop(), net.network(), new Address.Tcp("127.0.0.1", 0), server.routes("/"), Http.DEFAULT))
                .await();
    }

    private static int port(HttpServer server) {
        return ((Address.Tcp) server.address()).port();
    }

    private WebServer.Door golden() {
        return visitor -> Promise.of(new GoldenApi(net.loop()).main().cap());
    }

    /** Waits until the server has no session left. */
    private void settle(WebServer server, HttpServer http) {
        while (onLoop(server::open) > 0) {
            net.loop().timer().after(Duration.ofMillis(5)).await();
        }
        onLoop(() -> {
            http.close();
            return true;
        });
    }

    @Test
    @Parity({
        "PX-034", "PX-036", "PX-038", "PX-040", "PX-042", "PX-044", "PX-046", "PX-048", "PX-050", "PX-052", "PX-056",
        "PX-060", "PX-180", "PX-243", "PX-295", "PX-296", "PX-297", "PX-298", "PX-299", "PX-300", "PX-301", "PX-302",
        "PX-303", "PX-304", "PX-307", "PX-308", "PX-309", "PX-316", "PX-317", "PX-318"
    })
    void node_calls_objects_of_ours_in_every_way() throws Exception {
        WebServer server = new WebServer(net.loop(), golden());
        HttpServer http = listen(server);
        assertEquals(String.join("\n", EXPECTED), NodePeer.said("client.mjs", port(http)));
        settle(server, http);
    }

    @Test
    void node_gets_streams_back_from_us() throws Exception {
        WebServer server = new WebServer(net.loop(), golden());
        HttpServer http = listen(server);
        assertEquals(String.join("\n", STREAMS), NodePeer.said("streams.mjs", port(http)));
        settle(server, http);
    }

    @Test
    void node_sends_batches_to_us() throws Exception {
        WebServer server = new WebServer(net.loop(), golden());
        HttpServer http = listen(server);
        assertEquals(
                String.join("\n", BATCHES.subList(0, 6))
                        + "\n[\"callback\",{\"failed\":\"Error\",\"message\":\"This call came in an HTTP batch, whose client cannot"
                        + " answer; use a WebSocket for calls that go back.\"}]\n"
                        + "[\"afterwards\",{\"failed\":\"Error\",\"message\":\"Batch RPC request ended.\"}]\n[\"requests\",8]",
                NodePeer.said("batch.mjs", port(http)));
        settle(server, http);
    }

    @Test
    void node_answers_the_same_batches_alike_where_it_answers() throws Exception {
        try (NodePeer node = NodePeer.server()) {
            assertEquals(
                    String.join("\n", BATCHES.subList(0, 6))
                            + "\n[\"afterwards\",{\"failed\":\"Error\",\"message\":\"Batch RPC request ended.\"}]\n[\"requests\",7]",
                    NodePeer.said("batch.mjs", node.port(), "hangs"));
        }
    }

    @Test
    @Parity({
        "PX-035", "PX-037", "PX-039", "PX-041", "PX-043", "PX-045", "PX-047", "PX-049", "PX-051", "PX-053", "PX-057",
        "PX-061", "PX-160", "PX-161", "PX-162", "PX-163", "PX-164", "PX-165", "PX-166", "PX-167", "PX-168", "PX-169",
        "PX-170", "PX-171", "PX-172", "PX-173", "PX-174", "PX-175", "PX-176", "PX-177", "PX-178", "PX-179", "PX-231",
        "PX-232", "PX-233", "PX-234", "PX-235", "PX-236", "PX-237", "PX-238", "PX-244"
    })
    void we_call_objects_of_node_in_every_way() throws Exception {
        try (NodePeer node = NodePeer.server()) {
            WebPeer peer = client().connect(URI.create("ws://127.0.0.1:" + node.port() + "/"));
            Cap main = peer.main();
            assertEquals("144", onLoopAwait(main, "square", 12L));
            assertEquals("UNDEFINED", onLoopAwait(main, "nothing"));
            assertEquals("\u00e9\u2028\ud83d\ude00", onLoopAwait(main, "echo", "\u00e9\u2028\ud83d\ude00"));
            Cap function = new Scripted(net.loop())
                    .function(args -> Scripted.value((Long) args.getFirst() * 10))
                    .cap();
            assertEquals("{got=50}", onLoopAwait(main, "callMe", function, 5L));
            Cap object = new Scripted(net.loop())
                    .on("increment", args -> Scripted.value(70 + (Long) args.getFirst()))
                    .cap();
            assertEquals("73", onLoopAwait(main, "incrementCounter", object, 3L));
            assertEquals(List.of("6", "7"), pipelined(main));
            Failure failure = net.loop()
                    .fetch(() -> WebScene.call(main, "fail", "cause")
                            .<Failure>handle(
                                    value -> Promise.failed(new AssertionError(value)),
                                    cause -> Promise.of(Failure.of(cause))))
                    .await();
            assertEquals("outer", failure.reason());
            main.close();
            while (!onLoop(peer::tables).equals(WITHOUT_OWN_MAIN)) {
                net.loop().timer().after(Duration.ofMillis(5)).await();
            }
            node.assertEmpty();
            peer.close();
            net.loop().fetch(peer::onDisconnect).await();
        }
    }

    @Test
    void node_does_not_see_the_text_that_travels_with_our_calls() throws Exception {
        Recorder recorder = new Recorder("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        WebClient traced = new WebClient(
                net.loop(),
                new HttpClient(net.loop(), net.network(), new Random(1), Http.DEFAULT),
                Options.DEFAULT.withObserver(recorder));
        try (NodePeer node = NodePeer.server();
                WebPeer peer = traced.connect(URI.create("ws://127.0.0.1:" + node.port() + "/"));
                Cap main = peer.main()) {
            assertEquals("144", onLoopAwait(main, "square", 12L));
            assertEquals(List.of("6", "7"), pipelined(main));
            assertTrue(recorder.lines().contains("outgoing 1 ok"), () -> "" + recorder.lines());
        }
    }

    private String onLoopAwait(Cap cap, String name, Object... arguments) {
        return net.loop().fetch(() -> WebScene.call(cap, name, arguments)).await();
    }

    /** Two calls of an object that is not there yet. */
    private List<String> pipelined(Cap main) {
        return net.loop()
                .fetch(() -> {
                    Answer counter = WebScene.send(main, "makeCounter", 4L);
                    Cap inside = counter.pipeline().cap(Path.Names.NONE);
                    return Promise.all(
                                    List.of(WebScene.call(inside, "increment", 2L), WebScene.call(inside, "increment")))
                            .attach(inside)
                            .attach(counter);
                })
                .await();
    }

    @Test
    void we_send_batches_to_node() throws Exception {
        try (NodePeer node = NodePeer.server()) {
            WebPeer peer = client().batch(URI.create("http://127.0.0.1:" + node.port() + "/"));
            try (Cap main = peer.main()) {
                assertEquals(List.of("6", "7"), pipelined(main));
                String again = net.loop()
                        .fetch(() -> WebScene.call(main, "square", 2L)
                                .recover(failure -> Promise.of(String.valueOf(failure.getMessage()))))
                        .await();
                assertTrue(again.startsWith("Batch RPC request ended. Ask for all results together"), again);
            }
            assertEquals(new WebPeer.Tables(0, 0, 0), onLoop(peer::tables));
        }
    }

    @Test
    void node_calls_node_through_a_process_of_ours_that_ends_both_sessions() throws Exception {
        try (NodePeer node = NodePeer.server()) {
            WebPeer behind = client().connect(URI.create("ws://127.0.0.1:" + node.port() + "/"));
            Cap main = onLoop(behind::main);
            WebServer server = new WebServer(net.loop(), visitor -> Promise.of(main.share()));
            HttpServer http = listen(server);
            assertEquals(String.join("\n", EXPECTED), NodePeer.said("client.mjs", port(http)));
            settle(server, http);
            main.close();
            assertEquals(WITHOUT_OWN_MAIN, onLoop(behind::tables));
            node.assertEmpty();
            behind.close();
            net.loop().fetch(behind::onDisconnect).await();
            assertTrue(Objects.equals(onLoop(behind::tables), new WebPeer.Tables(0, 0, 0)));
        }
    }

    /** What client.mjs says. */
    static final List<String> EXPECTED = List.of(
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
            "[\"handed back\",4]",
            "[\"bundle\",[\"bundle\",15,2,2,2]]",
            "[\"error\",{\"failed\":\"TypeError\",\"message\":\"plain failure\"}]",
            "[\"cause\",[\"outer\",\"RangeError\",\"inner\"]]",
            "[\"kept\",2]",
            "[\"self\",16]",
            "[\"later\",101]",
            "[\"many\",true]",
            "[\"stream\",[\"chunk0\",\"chunk1\",\"chunk2\"]]",
            "[\"byte stream\",[[1,2],[3]]]",
            "[\"broken stream\",[\"Error\",\"stream broke\"]]",
            "[\"cancelled stream\",[\"chunk0\",25]]",
            "[\"stream to Java\",[\"x\",{\"y\":[1]},null,1]]",
            "[\"broken stream to Java\",{\"failed\":\"RangeError\",\"message\":\"source broke\"}]",
            "[\"stream that Java cancels\",[0,\"The stream was closed by its reader before its end.\"]]",
            "[\"large stream to Java\",6553600]",
            "[\"writable\",[\"done\",\"a\",{\"b\":[1]},\"CLOSE\"]]",
            "[\"writable that fails\",{\"failed\":\"RangeError\",\"message\":\"disk full\"}]",
            "[\"writable that is aborted\",[\"ABORT spoilt\"]]",
            "[\"writable that is dropped\",\"WritableStream RPC stub was disposed without calling close()\"]",
            "[\"chunks that can be called\",[10,11]]",
            "[\"blob to Java\",{\"size\":4,\"type\":\"text/x\",\"text\":\"aéb\"}]",
            "[\"blob of Java\",[\"text/plain\",\"hi blob\"]]",
            "[\"large blob\",[3000000,true]]",
            "[\"request\",[\"POST\",\"http://x.test/p\",\"1\",\"hello\"]]",
            "[\"response\",[201,\"2\",\"body!\"]]",
            "[\"empty response\",[204,null]]",
            "[\"after all that\",36]",
            "[\"tables\",{\"imports\":1,\"exports\":1}]");

    private static final List<String> STREAMS = List.of(
            "[\"stream both ways\",[1,[2],{\"three\":3}]]",
            "[\"large stream\",6553600]",
            "[\"writable of Java\",[\"a\",{\"b\":1}]]",
            "[\"writable of Java, aborted\",{\"failed\":\"RangeError\",\"message\":\"changed my mind\"}]",
            "[\"response to Java and back\",[202,\"body\"]]",
            "[\"tables\",{\"imports\":1,\"exports\":1}]");

    private static final List<String> BATCHES = List.of(
            "[\"two\",[4,9]]",
            "[\"dependent\",25]",
            "[\"property\",7]",
            "[\"text\",\"é\u2028😀\\\"\\\\\\n\"]",
            "[\"error\",{\"failed\":\"TypeError\",\"message\":\"plain failure\"}]",
            "[\"hundred\",true]");
}

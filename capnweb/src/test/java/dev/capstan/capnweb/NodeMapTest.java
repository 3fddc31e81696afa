package dev.capstan.capnweb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.capstan.async.Address;
import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import dev.capstan.net.Limits.Http;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.HttpClient;
import dev.capstan.net.http.HttpServer;
import dev.capstan.testkit.ForeignPeer;
import dev.capstan.testkit.Parity;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Maps with the TypeScript implementation on Node, live: Node maps over what we have, and we over what Node has. */
@ForeignPeer
class NodeMapTest {
    private static final List<String> EXPECTED = List.of(
            "[\"list\",[1,4,9]]",
            "[\"objects\",[{\"id\":1,\"sq\":1},{\"id\":2,\"sq\":4}]]",
            "[\"nested\",[[2],[3,4],[4,5,6]]]",
            "[\"null\",null]",
            "[\"undefined\",true]",
            "[\"scalar\",16]",
            "[\"literal\",[[1,\"lit\",[1]],[2,\"lit\",[1]]]]",
            "[\"property\",7]",
            "[\"captured function\",[[10,20,30],[1,2,3]]]",
            "[\"captured object\",[8,10]]",
            "[\"captured promise\",[10,11]]",
            "[\"objects in results\",[11,12]]",
            "[\"one fails\",{\"failed\":\"TypeError\",\"message\":\"plain failure\"}]",
            "[\"later\",[\"slow done\",\"slow done\"]]",
            "[\"many\",true]",
            "[\"product\",{\"failed\":\"Error\",\"message\":\"the maps of one message make more than 500000 values here (Limits.Maps.values): map over less at a time\"}]",
            "[\"tables\",{\"imports\":1,\"exports\":1}]");

    @Test
    @Parity({"PX-187", "PX-188", "PX-189", "PX-190", "PX-191"})
    void node_maps_over_what_we_have() throws Exception {
        NodePeer.install();
        try (NetLoop net = NetLoop.open("web", Transport.AUTO)) {
            WebServer server = new WebServer(
                    net.loop(),
                    visitor -> Promise.of(new GoldenApi(net.loop()).main().cap()));
            HttpServer http = net.loop()
                    .fetch(() -> HttpServer.listen(
                            net.loop(),
                            net.network(),
                            new Address.Tcp("127.0.0.1", 0),
                            server.routes("/"),
                            Http.DEFAULT))
                    .await();
            assertEquals(String.join("\n", EXPECTED), NodePeer.said("maps.mjs", ((Address.Tcp) http.address()).port()));
            while (net.loop().fetch(() -> Promise.of(server.open())).await() > 0) {
                net.loop().timer().after(Duration.ofMillis(5)).await();
            }
            net.loop().post(http::close);
        }
    }

    private static long number(@Nullable Object value) {
        return (Long) Objects.requireNonNull(value);
    }

    private static Object value(Stub stub) {
        try (stub) {
            return stub.value().await();
        }
    }

    @Test
    @Parity({"PX-183", "PX-184", "PX-185", "PX-186", "PX-208"})
    void we_map_over_what_node_has() throws Exception {
        NodePeer.install();
        try (NetLoop net = NetLoop.open("web", Transport.AUTO);
                NodePeer node = NodePeer.server()) {
            WebClient client =
                    new WebClient(net.loop(), new HttpClient(net.loop(), net.network(), new Random(1), Http.DEFAULT));
            WebPeer peer = client.connect(URI.create("ws://127.0.0.1:" + node.port() + "/"));
            Function<List<Object>, Object> tenfold = args -> number(args.getFirst()) * 10;
            try (Stub api = Stub.of(net.loop(), peer.main());
                    Stub list = api.call("list", 3);
                    Stub users = api.call("users");
                    Stub nine = api.call("square", 3);
                    Stub own = Stub.of(net.loop(), WebTarget.of(tenfold).on(net.loop()))) {
                assertEquals(List.of(1L, 2L, 3L), value(list.map(x -> x)));
                assertEquals(List.of(1L, 4L, 9L), value(list.map(x -> api.call("square", x))));
                assertEquals(
                        List.of(Map.of("id", 1L, "sq", 1L), Map.of("id", 2L, "sq", 4L)),
                        value(users.map(u -> Map.of("id", u.get("id"), "sq", api.call("square", u.get("id"))))));
                assertEquals(
                        List.of(List.of(2L), List.of(3L, 4L), List.of(4L, 5L, 6L)),
                        value(list.map(x -> api.call("list", x).map(y -> api.call("add", x, y)))));
                assertEquals(List.of(10L, 20L, 30L), value(list.map(x -> own.apply(x))));
                assertEquals(List.of(10L, 11L, 12L), value(list.map(x -> api.call("add", x, nine))));
                assertEquals(9L, nine.value().await());
                // It is known here by now, and the peer has forgotten it.
                assertEquals(List.of(10L, 11L, 12L), value(list.map(x -> api.call("add", x, nine))));
                try (Stub counters = list.map(x -> api.call("makeCounter", x));
                        Stub thirteen = counters.get(2).call("increment", 10)) {
                    assertEquals(13L, thirteen.value().await());
                    for (Object each : (List<?>) counters.value().await()) {
                        ((Stub) Objects.requireNonNull(each)).close();
                    }
                }
                try (Stub failed = list.map(x -> api.call("fail", "plain"))) {
                    assertEquals(
                            "plain failure",
                            assertThrows(Failure.class, () -> failed.value().await())
                                    .reason());
                }
            }
            peer.close();
            net.loop().fetch(peer::onDisconnect).await();
        }
    }
}

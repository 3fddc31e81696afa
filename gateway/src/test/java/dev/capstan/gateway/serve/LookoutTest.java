package dev.capstan.gateway.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Address;
import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import dev.capstan.capnp.rpc.Peer;
import dev.capstan.capnweb.Stub;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What a server tells those who look after it, with real sockets. */
class LookoutTest {
    private static final String TOKEN = "a token of the owner's choice";

    private static ServerScene scene(UnaryOperator<Configuration> change) throws Exception {
        return new ServerScene(change, null, null);
    }

    private static String link(ServerScene scene) {
        return scene.onLoop(() -> Promise.of(scene.server.console()));
    }

    private static Stub door(ServerScene scene) {
        return Stub.of(scene.loop, scene.webSocket("/console/rpc").main());
    }

    private static String text(ServerScene scene, String path) {
        return new String(scene.get(path).body(), StandardCharsets.UTF_8);
    }

    private static void callOverEachWire(ServerScene scene) throws Exception {
        assertEquals(1, ServerScene.literal(scene.capnp(), 1));
        assertEquals(2, scene.literal(scene.webSocket("/calculator"), 2));
        assertEquals(3, ServerScene.evaluated(scene.grpc(), "1 + 2"));
    }

    @Test
    void the_link_that_is_printed_opens_the_console_once_and_all_objects_are_there() throws Exception {
        try (ServerScene scene = scene(UnaryOperator.identity())) {
            String link = link(scene);
            String start = "http://" + scene.authority + "/console/#token=";
            assertTrue(link.startsWith(start), link);
            assertTrue(
                    scene.get("/console/")
                                    .headers()
                                    .all("content-security-policy")
                                    .size()
                            == 1,
                    "the page is served, or what says how to build it");
            String token = link.substring(start.length());
            Stub api = door(scene).call("authenticate", token);
            assertEquals(
                    Set.of("calculator", "chat", "files"),
                    ((List<?>) api.call("services").value().await())
                            .stream()
                                    .map(each -> ((Map<?, ?>) each).get("name"))
                                    .collect(Collectors.toSet()));
            Stub value =
                    api.call("service", "calculator").call("evaluate", Map.of("expression", Map.of("literal", 42)));
            Map<?, ?> read = (Map<?, ?>) value.get("value").call("read").value().await();
            assertEquals(42.0, ((Number) Objects.requireNonNull(read.get("number"))).doubleValue());
            Stub again = door(scene).call("authenticate", token);
            assertThrows(Failure.class, () -> again.call("services").value().await());
        }
    }

    @Test
    void a_token_of_the_configuration_lets_in_as_often_as_it_is_shown_and_is_not_printed() throws Exception {
        try (ServerScene scene = scene(all -> all.withConsole(new Configuration.Console(true, TOKEN)))) {
            assertTrue(!link(scene).contains(TOKEN));
            for (int i = 0; i < 2; i++) {
                Stub api = door(scene).call("authenticate", TOKEN);
                assertEquals(3, ((List<?>) api.call("services").value().await()).size());
            }
        }
    }

    @Test
    void a_console_that_is_not_wanted_is_not_there() throws Exception {
        try (ServerScene scene = scene(all -> all.withConsole(new Configuration.Console(false, null)))) {
            assertEquals(404, scene.get("/console/").status());
            assertEquals("none", link(scene));
        }
    }

    @Test
    void where_other_machines_can_connect_a_console_needs_a_token_of_its_owner() throws Exception {
        try (ServerScene scene = scene(UnaryOperator.identity())) {
            Address.Tcp everywhere = new Address.Tcp("0.0.0.0", 8080);
            Configuration open = Configuration.of(everywhere, List.of());
            Configuration guarded = open.withConsole(new Configuration.Console(true, TOKEN));
            List<String> links = scene.onLoop(() -> Promise.of(List.of(
                    new Lookout(scene.loop, open, List.of(), scene.random).link(everywhere),
                    new Lookout(scene.loop, guarded, List.of(), scene.random).link(everywhere))));
            assertTrue(links.getFirst().contains("write console.token"), links.getFirst());
            assertTrue(links.getLast().startsWith("http://0.0.0.0:8080/console/"), links.getLast());
        }
    }

    @Test
    void the_console_shows_the_sessions_of_each_wire_and_not_its_own() throws Exception {
        try (ServerScene scene = scene(all -> all.withConsole(new Configuration.Console(true, TOKEN)))) {
            callOverEachWire(scene);
            Stub api = door(scene).call("authenticate", TOKEN);
            List<?> sessions = (List<?>) api.call("sessions").value().await();
            assertEquals(
                    List.of("capnp", "capnweb", "grpc"),
                    sessions.stream()
                            .map(each -> String.valueOf(((Map<?, ?>) each).get("wire")))
                            .sorted()
                            .toList());
        }
    }

    @Test
    void a_call_over_each_wire_is_counted_once_under_its_own_name() throws Exception {
        try (ServerScene scene = scene(UnaryOperator.identity())) {
            callOverEachWire(scene);
            String metrics = text(scene, "/metrics");
            for (String call : List.of(
                    "rpc_method=\"Calculator/evaluate\",rpc_system_name=\"capnp\"",
                    "rpc_method=\"evaluate\",rpc_system_name=\"capnweb\"",
                    "rpc_method=\"capstan.demo.Calculator/Evaluate\",rpc_system_name=\"grpc\"")) {
                String line = "rpc_server_call_duration_seconds_count{error_type=\"\"," + call + "} 1\n";
                assertTrue(metrics.contains(line), () -> line + "is not in\n" + metrics);
            }
        }
    }

    @Test
    void a_server_that_leaves_says_so_while_its_connections_are_still_served() throws Exception {
        try (ServerScene scene =
                scene(all -> all.withDrain(new Configuration.Drain(Duration.ofMinutes(5), Duration.ofSeconds(1))))) {
            Peer peer = scene.capnp();
            assertEquals("serving\n", text(scene, "/health"));
            Promise<Integer> end = scene.onLoop(() -> Promise.of(scene.server.drain()));
            assertEquals(503, scene.get("/health").status());
            assertEquals("draining\n", text(scene, "/health"));
            assertEquals(7, ServerScene.literal(peer, 7));
            end.cancel();
        }
    }
}

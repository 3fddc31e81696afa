package dev.capstan.gateway.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Address;
import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import dev.capstan.capnp.rpc.Peer;
import dev.capstan.capnweb.Readable;
import dev.capstan.capnweb.Stub;
import dev.capstan.grpc.GrpcFailure;
import dev.capstan.grpc.client.CallSettings;
import dev.capstan.grpc.client.GrpcCall;
import dev.capstan.testprotos.InteropService;
import dev.capstan.testprotos.interop.StreamingInputCallRequest;
import dev.capstan.testprotos.interop.StreamingInputCallResponse;
import dev.capstan.testprotos.interop.TestServiceGrpc;
import io.grpc.Status;
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
                    Set.of("calculator", "chat", "files", CalculatorService.NAME),
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
                assertEquals(4, ((List<?>) api.call("services").value().await()).size());
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

    private static Map<?, ?> service(Stub api, String name) {
        return ((List<?>) api.call("services").value().await())
                .stream()
                        .map(each -> (Map<?, ?>) each)
                        .filter(each -> name.equals(each.get("name")))
                        .findFirst()
                        .orElseThrow();
    }

    @Test
    void the_console_calls_services_of_grpc_within_the_process_and_they_count_as_calls_of_grpc() throws Exception {
        try (ServerScene scene = scene(all -> all.withConsole(new Configuration.Console(true, TOKEN)))) {
            Stub api = door(scene).call("authenticate", TOKEN);
            Map<?, ?> described = service(api, CalculatorService.NAME);
            assertEquals("grpc", described.get("wire"));
            Stub service = api.call("service", CalculatorService.NAME);
            assertEquals(
                    7.0, ((Number) service.call("evaluate", "1 + 2 * 3").value().await()).doubleValue());
            Failure failure = assertThrows(
                    Failure.class, () -> service.call("evaluate", "1 +").value().await());
            assertTrue(!failure.reason().isEmpty());
            assertTrue(text(scene, "/metrics")
                    .contains("rpc_method=\"capstan.demo.Calculator/Evaluate\",rpc_system_name=\"grpc\"} 1\n"));
        }
    }

    private static ServerScene withInterop() throws Exception {
        Offer interop = new Offer("/interop", null, null, Set.of(), List.of(new InteropService().bindService()), null);
        return new ServerScene(
                all -> all.withConsole(new Configuration.Console(true, TOKEN)), null, null, List.of(interop));
    }

    @Test
    void answers_that_a_service_of_grpc_streams_are_a_stream_of_the_console() throws Exception {
        try (ServerScene scene = withInterop()) {
            Stub api = door(scene).call("authenticate", TOKEN);
            Stub service = api.call("service", "grpc.testing.TestService");
            Object streamed = service.call(
                            "streamingOutputCall",
                            Map.of("responseParameters", List.of(Map.of("size", 3), Map.of("size", 5))))
                    .value()
                    .await();
            try (Readable answers = (Readable) streamed) {
                for (int size : List.of(3, 5)) {
                    try (Readable.Chunk chunk = answers.read().await()) {
                        Map<?, ?> payload =
                                (Map<?, ?>) ((Map<?, ?>) Objects.requireNonNull(chunk.value())).get("payload");
                        assertEquals(size, ((byte[]) Objects.requireNonNull(payload.get("body"))).length);
                    }
                }
                try (Readable.Chunk end = answers.read().await()) {
                    assertTrue(end.isEnd());
                }
            }
        }
    }

    @Test
    void killing_the_session_of_grpc_ends_the_calls_of_all_its_clients_and_others_are_served() throws Exception {
        try (ServerScene scene = withInterop()) {
            Stub api = door(scene).call("authenticate", TOKEN);
            GrpcCall<StreamingInputCallRequest, StreamingInputCallResponse> hanging =
                    scene.grpc().call(TestServiceGrpc.getStreamingInputCallMethod(), CallSettings.DEFAULT);
            Promise<StreamingInputCallResponse> answer = hanging.answer();
            // The server has heard of it when another call of the same connection was answered.
            assertEquals(3, ServerScene.evaluated(scene.grpc(), "1 + 2"));
            Map<?, ?> session = grpcSession(api, 1);
            assertEquals(true, api.call("kill", session.get("id")).value().await());
            GrpcFailure failure = assertThrows(GrpcFailure.class, answer::await);
            assertEquals(Status.Code.UNAVAILABLE, failure.code());
            assertEquals("the connection was cut in the console", failure.reason());
            assertEquals(3, ServerScene.evaluated(scene.grpc(), "1 + 2"));
            assertEquals(session.get("id"), grpcSession(api, 0).get("id"));
        }
    }

    /** The session of gRPC, once so many calls of it run. */
    private static Map<?, ?> grpcSession(Stub api, int running) {
        for (int i = 0; i < 1_000; i++) {
            for (Object each : (List<?>) api.call("sessions").value().await()) {
                Map<?, ?> session = (Map<?, ?>) each;
                if ("grpc".equals(session.get("wire"))
                        && ((Number) Objects.requireNonNull(session.get("answers"))).intValue() == running) {
                    return session;
                }
            }
        }
        throw new AssertionError("there are never " + running + " calls of gRPC that run");
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

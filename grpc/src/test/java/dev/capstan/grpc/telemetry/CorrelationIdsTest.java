package dev.capstan.grpc.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.grpc.CallMetadata;
import dev.capstan.grpc.GrpcFailure;
import dev.capstan.grpc.OwnProcess;
import dev.capstan.grpc.ServerKind;
import dev.capstan.grpc.client.CallSettings;
import dev.capstan.grpc.client.GrpcClient;
import dev.capstan.testkit.Parity;
import dev.capstan.testprotos.interop.SimpleRequest;
import dev.capstan.testprotos.interop.TestServiceGrpc;
import io.grpc.Context;
import io.grpc.Status;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Ids that go from call to call. */
class CorrelationIdsTest {
    private final Telemetry ids = CorrelationIds.telemetry(new Random(1));
    private final TelemetryScene scene = new TelemetryScene();
    private final BlockingQueue<CorrelationIds> handled = new LinkedBlockingQueue<>();

    @AfterEach
    void close() {
        scene.close();
    }

    private TelemetryScene.Unary keeping(TelemetryScene.Unary then) {
        return (request, to) -> {
            handled.add(CorrelationIds.of(Context.current()).orElseThrow());
            then.answer(request, to);
        };
    }

    /** The headers of the answer. */
    private static CallMetadata call(GrpcClient client, SimpleRequest request, CallMetadata metadata) {
        try (var call = client.call(TestServiceGrpc.getUnaryCallMethod(), CallSettings.DEFAULT.with(metadata))) {
            call.write(request);
            call.end();
            call.one();
            return call.headers();
        }
    }

    private static CallMetadata metadata(String request, String correlation) {
        return CallMetadata.EMPTY.with("x-request-id", request).with("x-correlation-id", correlation);
    }

    private static void assertIds(CorrelationIds expected, CallMetadata found) {
        assertEquals(List.of(expected.requestId()), found.all("x-request-id"));
        assertEquals(List.of(expected.correlationId()), found.all("x-correlation-id"));
    }

    @ParameterizedTest
    @EnumSource
    @Parity("GRPC-F8.2")
    void ids_that_came_are_the_handlers_and_are_answered(ServerKind kind) throws Exception {
        GrpcClient client = scene.client(scene.serve(kind, keeping(TelemetryScene::echo), ids.server()));
        CallMetadata answered = call(client, TelemetryScene.ask(1), metadata("r-1", "c-1"));
        assertEquals(new CorrelationIds("r-1", "c-1"), handled.take());
        assertIds(new CorrelationIds("r-1", "c-1"), answered);
    }

    @ParameterizedTest
    @EnumSource
    @Parity("GRPC-F8.2")
    void a_call_without_ids_gets_one_for_both(ServerKind kind) throws Exception {
        GrpcClient client = scene.client(scene.serve(kind, keeping(TelemetryScene::echo), ids.server()));
        CallMetadata answered = call(client, TelemetryScene.ask(1), CallMetadata.EMPTY);
        CorrelationIds made = handled.take();
        assertTrue(made.requestId().matches("[0-9a-f]{32}"), made::toString);
        assertEquals(made.requestId(), made.correlationId());
        assertIds(made, answered);
    }

    @ParameterizedTest
    @EnumSource
    @Parity("GRPC-G4.2")
    void a_failure_without_headers_has_the_ids_in_its_trailers(ServerKind kind) {
        GrpcClient client = scene.client(scene.serve(kind, keeping(TelemetryScene::echo), ids.server()));
        GrpcFailure failure = assertThrows(
                GrpcFailure.class,
                () -> call(client, TelemetryScene.failing(Status.Code.NOT_FOUND, "no"), metadata("r-2", "c-2")));
        assertIds(new CorrelationIds("r-2", "c-2"), failure.trailers());
    }

    @ParameterizedTest
    @EnumSource
    @Parity("GRPC-F8.2")
    void ids_are_carried_on_to_the_calls_of_a_handler(ServerKind kind) throws Exception {
        GrpcClient inner = scene.client(scene.serve(kind, keeping(TelemetryScene::echo), ids.server()), ids);
        for (boolean later : new boolean[] {false, true}) {
            GrpcClient outer = scene.client(scene.serve(kind, scene.forwarding(inner, later), ids.server()));
            call(outer, TelemetryScene.ask(1), metadata("r-3", "c-3"));
            assertEquals(new CorrelationIds("r-3", "c-3"), handled.take());
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_client_makes_ids_where_there_are_none_and_keeps_those_of_a_call(ServerKind kind) throws Exception {
        TelemetryScene.Seen seen = new TelemetryScene.Seen();
        GrpcClient client = scene.client(scene.serve(kind, TelemetryScene::echo, seen), ids);
        call(client, TelemetryScene.ask(1), CallMetadata.EMPTY);
        String made = seen.text("x-request-id");
        assertTrue(made != null && made.matches("[0-9a-f]{32}"), made);
        call(client, TelemetryScene.ask(1), CallMetadata.EMPTY.with("x-request-id", "mine"));
        CallMetadata sent = CallMetadata.of(seen.headers.take());
        assertIds(new CorrelationIds("mine", "mine"), sent);
    }

    private static Stream<Arguments> unbelievable() {
        return Stream.of(ServerKind.values())
                .flatMap(kind -> Stream.of("a b", "x".repeat(129)).map(id -> Arguments.of(kind, id)));
    }

    @ParameterizedTest
    @MethodSource("unbelievable")
    void an_id_that_does_not_fit_into_a_log_line_is_replaced(ServerKind kind, String id) throws Exception {
        GrpcClient client = scene.client(scene.serve(kind, keeping(TelemetryScene::echo), ids.server()));
        call(client, TelemetryScene.ask(1), metadata(id, "x".repeat(128)));
        CorrelationIds found = handled.take();
        assertTrue(found.requestId().matches("[0-9a-f]{32}"), found::toString);
        assertEquals("x".repeat(128), found.correlationId());
    }

    @Test
    void the_libraries_of_telemetry_are_not_needed_by_whoever_does_without() throws Exception {
        OwnProcess done = OwnProcess.run(
                BareProgram.class,
                entry -> !entry.contains("opentelemetry") && !entry.contains("micrometer"),
                List.of());
        assertEquals(0, done.exit(), done::output);
        assertEquals(32, done.number("IDS"));
    }
}

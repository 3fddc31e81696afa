package dev.capstan.grpc.typed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Promise;
import dev.capstan.grpc.CallMetadata;
import dev.capstan.grpc.GrpcFailure;
import dev.capstan.grpc.Messages;
import dev.capstan.grpc.client.CallSettings;
import dev.capstan.grpc.client.GrpcCall;
import dev.capstan.grpc.client.GrpcClient;
import dev.capstan.grpc.server.GrpcServer;
import dev.capstan.grpc.server.ServerContext;
import dev.capstan.testkit.Parity;
import dev.capstan.testprotos.interop.SimpleRequest;
import dev.capstan.testprotos.interop.SimpleResponse;
import dev.capstan.testprotos.interop.StreamingOutputCallRequest;
import dev.capstan.testprotos.interop.StreamingOutputCallResponse;
import dev.capstan.testprotos.interop.TestServiceRpc;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What handlers learn and say besides messages, and what clients see of it. */
class ContextTest {
    private final Place place = new Place();
    private final BlockingQueue<GrpcCall<?, ?>> begun = new LinkedBlockingQueue<>();

    @AfterEach
    void close() throws Exception {
        place.close();
    }

    /** Handlers of both styles that do this with their context. */
    private List<GrpcClient> clients(Place.Kind kind, Consumer<ServerContext> action) throws Exception {
        return List.of(
                place.client(kind, TestServiceRpc.bind(asking(action), place.how())),
                place.client(kind, TestServiceRpc.bind(askingBlocking(action), place.how())),
                place.client(
                        kind,
                        TestServiceRpc.bind(askingBlocking(action), place.how().fibers())));
    }

    private static TestServiceRpc.Async asking(Consumer<ServerContext> action) {
        return new TestServiceRpc.Async() {
            @Override
            public Promise<SimpleResponse> unaryCall(SimpleRequest request) {
                action.accept(ServerContext.current());
                return Promise.of(Echo.answer(request));
            }

            @Override
            public Flow.Publisher<StreamingOutputCallResponse> fullDuplexCall(
                    Flow.Publisher<StreamingOutputCallRequest> requests) {
                action.accept(ServerContext.current());
                return new Flows.Listed<>(List.of());
            }
        };
    }

    private static TestServiceRpc.Blocking askingBlocking(Consumer<ServerContext> action) {
        return new TestServiceRpc.Blocking() {
            @Override
            public SimpleResponse unaryCall(SimpleRequest request) {
                action.accept(ServerContext.current());
                return Echo.answer(request);
            }

            @Override
            public Messages<StreamingOutputCallResponse> fullDuplexCall(Messages<StreamingOutputCallRequest> requests) {
                return Messages.writing(out -> action.accept(ServerContext.current()));
            }
        };
    }

    private CallSettings settings() {
        return CallSettings.DEFAULT.onBegin(begun::add);
    }

    private GrpcCall<?, ?> lastCall() {
        GrpcCall<?, ?> last = begun.poll();
        assertNotNull(last);
        return last;
    }

    private static SimpleResponse ask(GrpcClient client, CallSettings settings) {
        return TestServiceRpc.blocking(client, settings).unaryCall(Echo.ask(1));
    }

    @ParameterizedTest
    @EnumSource
    @Parity({"GRPC-S3.1", "GRPC-P11.1", "GRPC-G2.1"})
    void metadata_headers_and_trailers_go_both_ways_as_values(Place.Kind kind) throws Exception {
        CallMetadata sent = CallMetadata.EMPTY.with("x-asked", "a").with("x-asked", "b");
        for (GrpcClient client : clients(kind, context -> {
            context.headers(CallMetadata.EMPTY.with(
                    "x-heard", String.join("+", context.in().all("x-asked"))));
            assertEquals(List.of("a+b"), context.out().all("x-heard"));
            context.trailers(CallMetadata.EMPTY.with("x-end-bin", new byte[] {0, -1}));
        })) {
            ask(client, settings().with(sent));
            GrpcCall<?, ?> call = lastCall();
            assertEquals(List.of("a+b"), call.headers().all("x-heard"));
            assertEquals(-1, call.trailers().firstBytes("x-end-bin").orElseThrow()[1]);
        }
    }

    @ParameterizedTest
    @EnumSource
    @Parity("GRPC-S3.4")
    void a_stream_of_answers_without_any_has_headers_and_trailers_too(Place.Kind kind) throws Exception {
        for (GrpcClient client : clients(kind, context -> {
            context.headers(CallMetadata.EMPTY.with("x-heard", "yes"));
            context.trailers(CallMetadata.EMPTY.with("x-end", "yes"));
        })) {
            assertNull(TestServiceRpc.blocking(client, settings())
                    .fullDuplexCall(Messages.of(List.of()))
                    .read());
            GrpcCall<?, ?> call = lastCall();
            assertEquals("yes", call.headers().first("x-heard").orElse(""));
            assertEquals("yes", call.trailers().first("x-end").orElse(""));
        }
    }

    @ParameterizedTest
    @EnumSource
    @Parity("GRPC-G4.1")
    void a_call_that_fails_has_its_trailers_beside_those_of_the_failure(Place.Kind kind) throws Exception {
        for (GrpcClient client : clients(kind, context -> {
            context.trailers(CallMetadata.EMPTY.with("x-end", "yes"));
            throw new GrpcFailure(
                    Status.DATA_LOSS, CallMetadata.EMPTY.with("x-lost", "7").toMetadata(), "", null, 0, "");
        })) {
            GrpcFailure failure = assertThrows(GrpcFailure.class, () -> ask(client, settings()));
            assertEquals(Status.Code.DATA_LOSS, failure.code());
            assertEquals("yes", failure.trailers().first("x-end").orElse(""));
            assertEquals("7", failure.trailers().first("x-lost").orElse(""));
        }
    }

    @ParameterizedTest
    @EnumSource
    @Parity({"GRPC-S6.1", "GRPC-C5.1"})
    void a_handler_knows_who_asks_what_and_for_how_long(Place.Kind kind) throws Exception {
        BlockingQueue<ServerContext> contexts = new LinkedBlockingQueue<>();
        for (GrpcClient client : clients(kind, contexts::add)) {
            ask(client, settings().within(Duration.ofSeconds(50)));
            ServerContext context = contexts.remove();
            assertEquals("grpc.testing.TestService/UnaryCall", context.method());
            InetSocketAddress peer =
                    assertInstanceOf(InetSocketAddress.class, context.peer().orElseThrow());
            assertTrue(peer.getAddress().isLoopbackAddress() && peer.getPort() > 0, peer.toString());
            assertTrue(context.authority().orElse("").startsWith("127.0.0.1:"), context.authority()::toString);
            Duration left = context.timeLeft().orElseThrow();
            assertTrue(left.isPositive() && left.compareTo(Duration.ofSeconds(50)) <= 0, left.toString());
            assertEquals(Optional.empty(), context.identity());
            assertFalse(context.isCancelled());
        }
    }

    @ParameterizedTest
    @EnumSource
    @Parity("GRPC-S5.7")
    void a_call_that_a_handler_makes_has_no_more_time_than_the_handler(Place.Kind kind) throws Exception {
        BlockingQueue<ServerContext> behind = new LinkedBlockingQueue<>();
        GrpcClient backend = place.client(kind, TestServiceRpc.bind(asking(behind::add), place.how()));
        TestServiceRpc.Async passing = new TestServiceRpc.Async() {
            @Override
            public Promise<SimpleResponse> unaryCall(SimpleRequest request) {
                return backend.ask(TestServiceRpc.UNARY_CALL, request, settings());
            }
        };
        TestServiceRpc.Blocking waiting = new TestServiceRpc.Blocking() {
            @Override
            public SimpleResponse unaryCall(SimpleRequest request) {
                return backend.one(TestServiceRpc.UNARY_CALL, request, settings());
            }
        };
        for (ServerServiceDefinition each : List.of(
                TestServiceRpc.bind(passing, place.how()),
                TestServiceRpc.bind(waiting, place.how()),
                TestServiceRpc.bind(waiting, place.how().fibers()))) {
            ask(place.client(kind, each), settings().within(Duration.ofSeconds(50)));
            Duration left = behind.remove().timeLeft().orElseThrow();
            assertTrue(left.isPositive() && left.compareTo(Duration.ofSeconds(50)) <= 0, left.toString());
        }
    }

    @ParameterizedTest
    @EnumSource
    @Parity("GRPC-S6.1")
    void a_call_without_a_deadline_has_all_the_time(Place.Kind kind) throws Exception {
        BlockingQueue<ServerContext> contexts = new LinkedBlockingQueue<>();
        for (GrpcClient client : clients(kind, contexts::add)) {
            ask(client, settings());
            assertEquals(Optional.empty(), contexts.remove().timeLeft());
        }
    }

    @ParameterizedTest
    @EnumSource
    @Parity({"GRPC-S6.2", "GRPC-S6.3"})
    void a_handler_is_told_when_nobody_waits_any_more(Place.Kind kind) throws Exception {
        for (boolean fibers : new boolean[] {false, true}) {
            CompletableFuture<String> started = new CompletableFuture<>();
            CompletableFuture<Boolean> told = new CompletableFuture<>();
            TestServiceRpc.Blocking handler = new TestServiceRpc.Blocking() {
                @Override
                public Messages<StreamingOutputCallResponse> fullDuplexCall(
                        Messages<StreamingOutputCallRequest> requests) {
                    ServerContext context = ServerContext.current();
                    context.onCancel(() -> told.complete(context.isCancelled()));
                    return Messages.writing(out -> {
                        started.complete("started");
                        requests.read();
                    });
                }
            };
            GrpcClient client = place.client(
                    kind, TestServiceRpc.bind(handler, fibers ? place.how().fibers() : place.how()));
            try (GrpcCall<?, ?> call = client.call(TestServiceRpc.FULL_DUPLEX_CALL)) {
                started.get(60, TimeUnit.SECONDS);
                assertFalse(call.context().isCancelled());
            }
            assertTrue(told.get(60, TimeUnit.SECONDS));
        }
    }

    @ParameterizedTest
    @EnumSource
    @Parity("GRPC-S3.5")
    void headers_are_sent_once_and_before_the_first_message(Place.Kind kind) throws Exception {
        BlockingQueue<Throwable> thrown = new LinkedBlockingQueue<>();
        for (GrpcClient client : clients(kind, context -> {
            context.headers(CallMetadata.EMPTY);
            thrown.add(assertThrows(IllegalStateException.class, () -> context.headers(CallMetadata.EMPTY)));
        })) {
            ask(client, settings());
            assertTrue(String.valueOf(thrown.remove().getMessage()).contains("before the first message"));
        }
    }

    @Test
    void there_is_no_context_outside_of_a_handler() {
        assertThrows(IllegalStateException.class, ServerContext::current);
    }

    @Test
    @Parity("GRPC-G10.3")
    void a_handler_learns_that_its_server_drains_and_can_end_its_stream() throws Exception {
        CompletableFuture<ServerContext> running = new CompletableFuture<>();
        TestServiceRpc.Blocking handler = new TestServiceRpc.Blocking() {
            @Override
            public Messages<StreamingOutputCallResponse> fullDuplexCall(Messages<StreamingOutputCallRequest> requests) {
                CompletableFuture<String> drains = new CompletableFuture<>();
                ServerContext context = ServerContext.current();
                context.onDrain(() -> drains.complete("drains"));
                running.complete(context);
                return Messages.writing(out -> {
                    drains.join();
                    out.write(Echo.output(7));
                });
            }
        };
        GrpcServer grpc = GrpcServer.on(place.net.loop())
                .service(TestServiceRpc.bind(handler))
                .build();
        GrpcClient client = place.client(place.listen(grpc));
        try (GrpcCall<StreamingOutputCallRequest, StreamingOutputCallResponse> call =
                client.call(TestServiceRpc.FULL_DUPLEX_CALL)) {
            ServerContext context = running.get(60, TimeUnit.SECONDS);
            assertFalse(context.isDraining());
            Promise<Void> drained = place.net
                    .loop()
                    .fetch(() -> Promise.of(grpc.drain(Duration.ofMinutes(1))))
                    .await();
            StreamingOutputCallResponse last = call.read();
            assertNotNull(last);
            assertEquals(7, last.getPayload().getBody().size());
            assertNull(call.read());
            assertTrue(context.isDraining());
            place.net.loop().fetch(() -> drained).await();
        }
    }
}

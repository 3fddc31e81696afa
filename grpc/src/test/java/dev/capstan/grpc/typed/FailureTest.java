package dev.capstan.grpc.typed;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Any;
import com.google.rpc.DebugInfo;
import com.google.rpc.ErrorInfo;
import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import dev.capstan.grpc.GrpcFailure;
import dev.capstan.grpc.Messages;
import dev.capstan.grpc.client.GrpcCall;
import dev.capstan.grpc.client.GrpcClient;
import dev.capstan.testkit.Parity;
import dev.capstan.testprotos.interop.Empty;
import dev.capstan.testprotos.interop.SimpleRequest;
import dev.capstan.testprotos.interop.SimpleResponse;
import dev.capstan.testprotos.interop.StreamingOutputCallRequest;
import dev.capstan.testprotos.interop.StreamingOutputCallResponse;
import dev.capstan.testprotos.interop.TestServiceRpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What clients are told when handlers fail, or are asked wrongly, on either server. */
class FailureTest {
    private final Place place = new Place();

    @AfterEach
    void close() throws Exception {
        place.close();
    }

    private GrpcClient serve(Place.Kind kind, TestServiceRpc.Async handler) throws Exception {
        return place.client(kind, TestServiceRpc.bind(handler, place.how()));
    }

    private GrpcClient serve(Place.Kind kind, TestServiceRpc.Blocking handler) throws Exception {
        return place.client(kind, TestServiceRpc.bind(handler, place.how()));
    }

    private static TestServiceRpc.Async failing(Supplier<? extends RuntimeException> failure) {
        return new TestServiceRpc.Async() {
            @Override
            public Promise<SimpleResponse> unaryCall(SimpleRequest request) {
                return Promise.failed(failure.get());
            }

            @Override
            public Promise<Empty> emptyCall(Empty request) {
                throw failure.get();
            }

            @Override
            public Flow.Publisher<StreamingOutputCallResponse> streamingOutputCall(StreamingOutputCallRequest request) {
                return to -> to.onError(failure.get());
            }
        };
    }

    private static TestServiceRpc.Blocking failingBlocking(Supplier<? extends RuntimeException> failure) {
        return new TestServiceRpc.Blocking() {
            @Override
            public SimpleResponse unaryCall(SimpleRequest request) {
                throw failure.get();
            }

            @Override
            public Empty emptyCall(Empty request) {
                throw failure.get();
            }

            @Override
            public Messages<StreamingOutputCallResponse> streamingOutputCall(StreamingOutputCallRequest request) {
                return Messages.writing(out -> {
                    throw failure.get();
                });
            }
        };
    }

    private void assertFails(
            Place.Kind kind, Supplier<? extends RuntimeException> failure, Status.Code code, String reason)
            throws Exception {
        for (GrpcClient client : List.of(serve(kind, failing(failure)), serve(kind, failingBlocking(failure)))) {
            TestServiceRpc.Blocking stub = TestServiceRpc.blocking(client);
            assertTold(code, reason, () -> stub.unaryCall(Echo.ask(1)));
            assertTold(code, reason, () -> stub.emptyCall(Empty.getDefaultInstance()));
            assertTold(
                    code, reason, () -> stub.streamingOutputCall(Echo.sizes(1)).read());
        }
    }

    private static void assertTold(Status.Code code, String reason, Executable call) {
        GrpcFailure told = assertThrows(GrpcFailure.class, call);
        assertEquals(code, told.code());
        assertEquals(reason, told.reason().replaceAll("[A-Za-z]+Call ", "it "));
    }

    @ParameterizedTest
    @EnumSource
    @Parity("GRPC-S7.1")
    void a_status_that_a_handler_throws_is_the_call_s(Place.Kind kind) throws Exception {
        assertFails(
                kind,
                () -> Status.NOT_FOUND.withDescription("no such thing").asRuntimeException(),
                Status.Code.NOT_FOUND,
                "no such thing");
    }

    @ParameterizedTest
    @EnumSource
    @Parity("GRPC-S7.5")
    void a_failure_of_the_house_is_told_by_its_table(Place.Kind kind) throws Exception {
        assertFails(
                kind, () -> Failure.overloaded("come back later"), Status.Code.RESOURCE_EXHAUSTED, "come back later");
    }

    @ParameterizedTest
    @EnumSource
    @Parity("GRPC-S7.6")
    void what_was_not_meant_for_the_client_is_not_told(Place.Kind kind) throws Exception {
        assertFails(
                kind,
                () -> new IllegalStateException("password=hunter2"),
                Status.Code.UNKNOWN,
                "the handler of grpc.testing.TestService/it failed");
    }

    @ParameterizedTest
    @EnumSource
    @Parity({"GRPC-S7.4", "GRPC-F3.1"})
    void typed_details_of_a_failure_arrive(Place.Kind kind) throws Exception {
        com.google.rpc.Status status = com.google.rpc.Status.newBuilder()
                .setCode(Status.Code.ABORTED.value())
                .setMessage("lost the race")
                .addDetails(Any.pack(ErrorInfo.newBuilder().setReason("RACE").build()))
                .build();
        TestServiceRpc.Blocking stub = TestServiceRpc.blocking(
                serve(kind, failingBlocking(() -> StatusProto.toStatusRuntimeException(status))));
        GrpcFailure told = assertThrows(GrpcFailure.class, () -> stub.unaryCall(Echo.ask(1)));
        assertEquals("RACE", told.detail(ErrorInfo.class).orElseThrow().getReason());
    }

    @ParameterizedTest
    @EnumSource
    @Parity("GRPC-S7.4")
    void what_a_call_of_the_handler_has_failed_with_is_told_without_what_was_meant_for_the_handler_alone(
            Place.Kind kind) throws Exception {
        com.google.rpc.Status status = com.google.rpc.Status.newBuilder()
                .setCode(Status.Code.ABORTED.value())
                .setMessage("lost the race")
                .addDetails(Any.pack(
                        DebugInfo.newBuilder().setDetail("at Secret.java").build()))
                .addDetails(Any.pack(ErrorInfo.newBuilder().setReason("RACE").build()))
                .build();
        Metadata trailers =
                requireNonNull(StatusProto.toStatusRuntimeException(status).getTrailers());
        trailers.put(Metadata.Key.of("x-secret", Metadata.ASCII_STRING_MARSHALLER), "of the backend");
        TestServiceRpc.Blocking backend = TestServiceRpc.blocking(serve(
                kind,
                failingBlocking(
                        () -> Status.ABORTED.withDescription("lost the race").asRuntimeException(trailers))));
        GrpcFailure heard = assertThrows(GrpcFailure.class, () -> backend.unaryCall(Echo.ask(1)));
        assertEquals("of the backend", heard.trailers().first("x-secret").orElseThrow());
        TestServiceRpc.Blocking stub = TestServiceRpc.blocking(serve(kind, new TestServiceRpc.Blocking() {
            @Override
            public SimpleResponse unaryCall(SimpleRequest request) {
                return backend.unaryCall(request);
            }
        }));
        GrpcFailure told = assertThrows(GrpcFailure.class, () -> stub.unaryCall(Echo.ask(1)));
        assertEquals(Status.Code.ABORTED, told.code());
        assertEquals("lost the race", told.reason());
        assertEquals(1, told.details().size());
        assertEquals("RACE", told.detail(ErrorInfo.class).orElseThrow().getReason());
        assertFalse(told.trailers().names().contains("x-secret"));
    }

    @ParameterizedTest
    @EnumSource
    @Parity("GRPC-P1.5")
    void a_method_that_a_handler_does_not_have_is_unimplemented(Place.Kind kind) throws Exception {
        TestServiceRpc.Blocking blocking = TestServiceRpc.blocking(serve(kind, new TestServiceRpc.Blocking() {}));
        TestServiceRpc.Blocking async = TestServiceRpc.blocking(serve(kind, new TestServiceRpc.Async() {}));
        for (TestServiceRpc.Blocking stub : List.of(blocking, async)) {
            GrpcFailure told = assertThrows(
                    GrpcFailure.class,
                    () -> stub.fullDuplexCall(Messages.of(List.of())).read());
            assertEquals(Status.Code.UNIMPLEMENTED, told.code());
        }
    }

    @ParameterizedTest
    @EnumSource
    @Parity("GRPC-C1.2")
    void a_client_that_does_not_send_exactly_one_message_where_one_is_due_is_told_so(Place.Kind kind) throws Exception {
        // A stream by the client's book, one message by the server's.
        MethodDescriptor<SimpleRequest, SimpleResponse> streaming = TestServiceRpc.UNARY_CALL.toBuilder()
                .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
                .build();
        for (GrpcClient client :
                List.of(serve(kind, new Echo.Blocking()), serve(kind, new Echo.Async(place.net.loop())))) {
            // A second message ends the call before it comes to the handler on grpc-java's server, without a status.
            for (int count : kind == Place.Kind.OWN ? new int[] {0, 2} : new int[] {0}) {
                try (GrpcCall<SimpleRequest, SimpleResponse> call = client.call(streaming)) {
                    for (int i = 0; i < count; i++) {
                        call.write(Echo.ask(1));
                    }
                    call.end();
                    GrpcFailure told = assertThrows(GrpcFailure.class, call::read);
                    assertEquals(Status.Code.UNIMPLEMENTED, told.code(), told.reason());
                }
            }
        }
    }

    @Test
    void a_server_without_a_loop_has_to_be_given_one() throws Exception {
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        GrpcClient client = place.client(
                Place.Kind.GRPC_JAVA,
                ServerInterceptors.intercept(
                        TestServiceRpc.bind(new Echo.Async(place.net.loop())), new ServerInterceptor() {
                            @Override
                            public <Q, S> ServerCall.Listener<Q> interceptCall(
                                    ServerCall<Q, S> call, Metadata headers, ServerCallHandler<Q, S> next) {
                                try {
                                    return next.startCall(call, headers);
                                } catch (IllegalStateException e) {
                                    thrown.complete(e);
                                    throw e;
                                }
                            }
                        }));
        assertThrows(GrpcFailure.class, () -> TestServiceRpc.blocking(client).unaryCall(Echo.ask(1)));
        assertTrue(String.valueOf(thrown.get(60, TimeUnit.SECONDS).getMessage()).contains("Handling.on(loop)"));
    }
}

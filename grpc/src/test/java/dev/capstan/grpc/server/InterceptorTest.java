package dev.capstan.grpc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.capstan.grpc.CallMetadata;
import dev.capstan.grpc.EchoService;
import dev.capstan.grpc.GrpcFailure;
import dev.capstan.grpc.Served;
import dev.capstan.grpc.client.CallSettings;
import dev.capstan.grpc.client.GrpcClient;
import dev.capstan.testkit.Parity;
import dev.capstan.testprotos.interop.Empty;
import dev.capstan.testprotos.interop.TestServiceGrpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What stands before the handlers of a server. */
class InterceptorTest {
    private static void call(GrpcClient client, CallMetadata metadata) {
        client.one(
                TestServiceGrpc.getEmptyCallMethod(), Empty.getDefaultInstance(), CallSettings.DEFAULT.with(metadata));
    }

    @Test
    @Parity({"GRPC-P6.1", "GRPC-F8.1"})
    void an_interceptor_refuses_a_call_before_its_handler() {
        AtomicInteger handled = new AtomicInteger();
        try (Served served = new Served(server -> server.service(new EchoService())
                .intercept(new Counting(handled))
                .intercept(new Guard()))) {
            GrpcClient client = served.client();
            for (CallMetadata wrong :
                    new CallMetadata[] {CallMetadata.EMPTY, CallMetadata.EMPTY.with("authorization", "Bearer wrong")}) {
                GrpcFailure refused = assertThrows(GrpcFailure.class, () -> call(client, wrong));
                assertEquals(Status.Code.UNAUTHENTICATED, refused.code());
                assertEquals("no such token", refused.reason());
            }
            assertEquals(0, handled.get());
            call(client, CallMetadata.EMPTY.with("authorization", "Bearer right"));
            assertEquals(1, handled.get());
        }
    }

    /** Lets calls with the right token pass. */
    private record Guard() implements ServerInterceptor {
        @Override
        public <Q, S> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, S> call, Metadata headers, ServerCallHandler<Q, S> next) {
            if ("Bearer right"
                    .equals(headers.get(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER)))) {
                return next.startCall(call, headers);
            }
            call.close(Status.UNAUTHENTICATED.withDescription("no such token"), new Metadata());
            return new ServerCall.Listener<>() {};
        }
    }

    private record Counting(AtomicInteger calls) implements ServerInterceptor {
        @Override
        public <Q, S> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, S> call, Metadata headers, ServerCallHandler<Q, S> next) {
            calls.incrementAndGet();
            return next.startCall(call, headers);
        }
    }
}

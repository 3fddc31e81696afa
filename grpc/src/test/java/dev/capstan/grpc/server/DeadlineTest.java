package dev.capstan.grpc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.BytePipe;
import dev.capstan.async.SimLoop;
import dev.capstan.grpc.Limits;
import dev.capstan.net.http.HttpServer;
import dev.capstan.testkit.ByteReceiver;
import dev.capstan.testkit.Parity;
import dev.capstan.testprotos.interop.TestServiceGrpc;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When calls have to end, in simulated time. */
class DeadlineTest {
    private static final Duration TEN = Duration.ofSeconds(10);

    private final SimLoop sim = new SimLoop();
    private final List<Context> contexts = new ArrayList<>();
    private final List<String> told = new ArrayList<>();

    /** A call of the one method, which never ends by itself, as gRPC-Web over HTTP/1.1; what has come of its answer. */
    private ByteReceiver call(Limits.Server limits, String fields) {
        ServerServiceDefinition service = ServerServiceDefinition.builder(
                        ServiceDescriptor.newBuilder(TestServiceGrpc.SERVICE_NAME)
                                .addMethod(TestServiceGrpc.getEmptyCallMethod())
                                .build())
                .addMethod(TestServiceGrpc.getEmptyCallMethod(), (call, headers) -> {
                    contexts.add(Context.current());
                    return new ServerCall.Listener<>() {
                        @Override
                        public void onCancel() {
                            told.add("cancel");
                        }
                    };
                })
                .build();
        GrpcServer grpc =
                GrpcServer.on(sim.loop()).service(service).limits(limits).build();
        HttpServer http = new HttpServer(sim.loop(), grpc.routes(), dev.capstan.net.Limits.Http.DEFAULT);
        BytePipe pipe = new BytePipe(sim.loop());
        ByteReceiver client = new ByteReceiver();
        pipe.left().start(client);
        http.accept(pipe.right());
        byte[] request = ("POST /grpc.testing.TestService/EmptyCall HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n"
                        + "Content-Type: application/grpc-web\r\n" + fields + "\r\n\0\0\0\0\0")
                .getBytes(StandardCharsets.US_ASCII);
        pipe.left().write(request, 0, request.length);
        sim.poll();
        return client;
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 0, 1})
    @Parity("GRPC-S5.2")
    void the_deadline_of_the_client_is_one_of_the_loop_s_clock(long offset) {
        ByteReceiver client = call(Limits.Server.DEFAULT, "grpc-timeout: 10S\r\n");
        sim.advance(TEN.plusNanos(offset));
        assertEquals(offset >= 0, client.text().contains("grpc-status: 4\r\n"));
        assertEquals(offset >= 0, contexts.getFirst().isCancelled());
        assertEquals(offset >= 0 ? List.of("cancel") : List.of(), told);
    }

    @Test
    void a_handler_s_context_says_that_it_was_the_deadline() {
        ByteReceiver client = call(Limits.Server.DEFAULT.withDeadline(TEN), "");
        assertFalse(contexts.getFirst().isCancelled());
        sim.advance(TEN);
        assertTrue(client.text().contains("grpc-status: 4\r\n"));
        assertEquals(
                Status.Code.DEADLINE_EXCEEDED,
                Contexts.statusFromCancelled(contexts.getFirst()).getCode());
    }

    @Test
    void a_deadline_takes_one_timer() {
        ByteReceiver without = call(Limits.Server.DEFAULT, "");
        int timers = sim.loop().timer().pending();
        ByteReceiver with = call(Limits.Server.DEFAULT, "grpc-timeout: 10S\r\n");
        assertEquals(0, without.length() + with.length());
        assertEquals(timers + timers + 1, sim.loop().timer().pending());
    }
}

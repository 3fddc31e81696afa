package dev.capstan.grpc.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Address;
import dev.capstan.async.Loop;
import dev.capstan.grpc.ByteCalls;
import dev.capstan.grpc.GrpcFailure;
import dev.capstan.grpc.ServerKind;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Connections that live on the loop of the client. */
class LoopConnectionsTest {
    private final NetLoop serving = NetLoop.open("serving", Transport.AUTO);
    private final ByteCalls bytes = new ByteCalls();

    @AfterEach
    void close() {
        serving.close();
    }

    private ServerServiceDefinition echo() {
        return bytes.service((call, headers) -> new ServerCall.Listener<>() {}, (call, headers) -> {
            call.request(2);
            return new ServerCall.Listener<>() {
                @Override
                public void onMessage(byte[] message) {
                    call.sendHeaders(new Metadata());
                    call.sendMessage(message);
                    call.close(Status.OK, new Metadata());
                }
            };
        });
    }

    /** Keeps the loops on which answers arrive, and "none" for threads without one. */
    private record Where(Set<Object> loops) implements ClientInterceptor {
        @Override
        public <Q, S> ClientCall<Q, S> interceptCall(MethodDescriptor<Q, S> method, CallOptions options, Channel next) {
            return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
                @Override
                public void start(Listener<S> listener, Metadata headers) {
                    super.start(
                            new SimpleForwardingClientCallListener<>(listener) {
                                @Override
                                public void onMessage(S message) {
                                    Loop loop = Loop.current();
                                    loops.add(loop == null ? "none" : loop);
                                    super.onMessage(message);
                                }
                            },
                            headers);
                }
            };
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"EPOLL", "NIO"})
    void answers_arrive_on_the_loop_of_the_network(Transport transport) throws Exception {
        Set<Object> loops = ConcurrentHashMap.newKeySet();
        try (NetLoop net = NetLoop.open("client", transport);
                ServerKind.Running server = ServerKind.OURS.start(serving, echo());
                GrpcClient client = GrpcClient.on(net)
                        .to(new Address.Tcp("127.0.0.1", server.port()))
                        .plaintext()
                        .intercept(new Where(loops))
                        .build()) {
            assertEquals(3, client.one(bytes.unary, new byte[3], CallSettings.DEFAULT).length);
            assertEquals(
                    5,
                    client.ask(bytes.unary, new byte[5], CallSettings.DEFAULT).await().length);
            assertEquals(new HashSet<>(Set.of(net.loop())), loops);
        }
    }

    @Test
    void a_client_that_outlives_its_loop_fails_its_calls_and_can_be_closed() throws Exception {
        NetLoop net = NetLoop.open("client", Transport.AUTO);
        try (ServerKind.Running server = ServerKind.OURS.start(serving, echo())) {
            GrpcClient client = GrpcClient.on(net)
                    .to(new Address.Tcp("127.0.0.1", server.port()))
                    .plaintext()
                    .build();
            assertEquals(3, client.one(bytes.unary, new byte[3], CallSettings.DEFAULT).length);
            net.close();
            CallSettings within = CallSettings.DEFAULT.within(Duration.ofSeconds(20));
            GrpcFailure failure = assertThrows(GrpcFailure.class, () -> client.one(bytes.unary, new byte[3], within));
            assertTrue(
                    Set.of(Status.Code.UNAVAILABLE, Status.Code.INTERNAL).contains(failure.code()),
                    () -> failure.code() + ": " + failure.reason());
            client.close();
        }
    }
}

package dev.capstan.grpc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.testprotos.guide.GreeterGrpc;
import dev.capstan.testprotos.guide.Greeting;
import dev.capstan.testprotos.guide.Name;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.inprocess.AnonymousInProcessSocketAddress;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.inprocess.InProcessSocketAddress;
import io.grpc.stub.StreamObserver;
import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the calls of a connection have in common on servers that are not ours. */
class ConnectionTest {
    /** Of a server that tells nothing. */
    private static final class Untold extends ServerCall<Name, Greeting> {
        @Override
        public void request(int messages) {}

        @Override
        public void sendHeaders(Metadata headers) {}

        @Override
        public void sendMessage(Greeting message) {}

        @Override
        public void close(Status status, Metadata trailers) {}

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public MethodDescriptor<Name, Greeting> getMethodDescriptor() {
            return GreeterGrpc.getGreetMethod();
        }
    }

    /** Notes the connection of each call. */
    private static final class Noting implements ServerInterceptor {
        final List<Object> connections = new CopyOnWriteArrayList<>();

        @Override
        public <Q, S> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, S> call, Metadata headers, ServerCallHandler<Q, S> next) {
            connections.add(GrpcServer.connection(call));
            return next.startCall(call, headers);
        }
    }

    private static final class Greeter extends GreeterGrpc.GreeterImplBase {
        @Override
        public void greet(Name request, StreamObserver<Greeting> answer) {
            answer.onNext(Greeting.newBuilder().setText(request.getText()).build());
            answer.onCompleted();
        }
    }

    static List<SocketAddress> addresses() {
        return List.of(new InProcessSocketAddress("connections"), new AnonymousInProcessSocketAddress());
    }

    private static void greetTwice(SocketAddress at) throws InterruptedException {
        ManagedChannel channel = InProcessChannelBuilder.forAddress(at).build();
        for (int i = 0; i < 2; i++) {
            Name name = Name.newBuilder().setText("Ann").build();
            assertEquals("Ann", GreeterGrpc.newBlockingStub(channel).greet(name).getText());
        }
        channel.shutdown();
        assertTrue(channel.awaitTermination(20, TimeUnit.SECONDS));
    }

    @Test
    void calls_of_a_server_that_does_not_tell_have_a_connection_each() {
        Untold one = new Untold();
        Object connection = GrpcServer.connection(one);
        assertSame(connection, GrpcServer.connection(one));
        assertNotSame(connection, GrpcServer.connection(new Untold()));
    }

    @ParameterizedTest
    @MethodSource("addresses")
    void each_channel_within_the_process_is_a_connection(SocketAddress at) throws Exception {
        Noting noting = new Noting();
        Server server = InProcessServerBuilder.forAddress(at)
                .addService(new Greeter())
                .intercept(noting)
                .build()
                .start();
        greetTwice(at);
        greetTwice(at);
        List<Object> seen = noting.connections;
        assertEquals(4, seen.size());
        assertSame(seen.get(0), seen.get(1));
        assertSame(seen.get(2), seen.get(3));
        assertNotSame(seen.get(1), seen.get(2));
        server.shutdownNow();
        assertTrue(server.awaitTermination(20, TimeUnit.SECONDS));
    }
}

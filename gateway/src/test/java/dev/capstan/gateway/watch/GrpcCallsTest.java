package dev.capstan.gateway.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.capstan.async.Address;
import dev.capstan.async.Loop;
import dev.capstan.cap.Failure;
import dev.capstan.cap.ObservedSession;
import dev.capstan.grpc.GrpcFailure;
import dev.capstan.grpc.client.CallSettings;
import dev.capstan.grpc.client.GrpcClient;
import dev.capstan.grpc.server.GrpcServer;
import dev.capstan.net.Limits;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.HttpServer;
import dev.capstan.testkit.Recorder;
import dev.capstan.testprotos.guide.GreeterGrpc;
import dev.capstan.testprotos.guide.Greeting;
import dev.capstan.testprotos.guide.Name;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an observer is told of calls of gRPC, whose threads are not the loop's. */
class GrpcCallsTest {
    private final NetLoop net = NetLoop.open("grpc-calls", Transport.AUTO);
    private final Loop loop = net.loop();
    private final Recorder asking = new Recorder();
    private final Recorder asked = new Recorder();
    private final List<Failure> closed = new ArrayList<>();

    private static final class Greeter extends GreeterGrpc.GreeterImplBase {
        @Override
        public void greet(Name name, StreamObserver<Greeting> to) {
            if (name.getText().isEmpty()) {
                to.onError(Status.UNAVAILABLE.withDescription("nobody").asException());
                return;
            }
            to.onNext(Greeting.newBuilder().setText("hello " + name.getText()).build());
            to.onCompleted();
        }
    }

    @Test
    void calls_are_told_on_the_loop_with_their_ends() {
        GrpcCalls served = GrpcCalls.on(loop, asked, ObservedSession.Origin.from(""), closed::add);
        GrpcCalls called = GrpcCalls.on(loop, asking, ObservedSession.Origin.to("greeter"), closed::add);
        GrpcServer server = GrpcServer.on(loop)
                .service(new Greeter())
                .intercept(served.server())
                .build();
        HttpServer http = loop.fetch(() -> HttpServer.listen(
                        loop, net.network(), new Address.Tcp("127.0.0.1", 0), server.routes(), Limits.Http.DEFAULT))
                .await();
        try (GrpcClient client = GrpcClient.on(net)
                .to(http.address())
                .plaintext()
                .intercept(called.client())
                .build()) {
            assertEquals("hello you", greeted(client, "you").getText());
            assertThrows(GrpcFailure.class, () -> greeted(client, ""));
        }
        served.close();
        called.close();
        loop.fetch(() -> {
                    http.close();
                    return loop.atLast();
                })
                .await();
        net.close();
        assertEquals(lines("incoming"), asked.lines());
        assertEquals(lines("outgoing"), asking.lines());
        asked.sessions().getFirst().close(Failure.disconnected("enough"));
        assertEquals(1, closed.size());
    }

    private static Greeting greeted(GrpcClient client, String name) {
        return client.one(
                GreeterGrpc.getGreetMethod(), Name.newBuilder().setText(name).build(), CallSettings.DEFAULT);
    }

    private static List<String> lines(String way) {
        return List.of(
                "session grpc",
                way + " 0 guide.Greeter.Greet() without bytes",
                way + " 0 ok, no message",
                way + " 1 guide.Greeter.Greet() without bytes",
                way + " 1 failed: UNAVAILABLE: nobody, no message",
                "over: DISCONNECTED");
    }
}

package dev.capstan.gateway.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Address;
import dev.capstan.async.Completer;
import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Membrane;
import dev.capstan.capnweb.Readable;
import dev.capstan.capnweb.WebTarget;
import dev.capstan.capnweb.Writable;
import dev.capstan.gateway.translate.Limits;
import dev.capstan.grpc.GrpcFailure;
import dev.capstan.grpc.client.CallSettings;
import dev.capstan.grpc.client.GrpcCall;
import dev.capstan.grpc.client.GrpcClient;
import dev.capstan.grpc.server.GrpcServer;
import dev.capstan.net.http.HttpServer;
import dev.capstan.testprotos.guide.GreeterGrpc;
import dev.capstan.testprotos.guide.Greeting;
import dev.capstan.testprotos.guide.Name;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Clients of gRPC in front of one object: what one of them may take of it. */
class VisitorsTest extends GrpcScene {
    private final GrpcBridge narrow =
            new GrpcBridge(net.loop(), SCHEMAS, Limits.DEFAULT, new Membrane.Limits(10, 3, 1 << 20, 4));
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicInteger cancelled = new AtomicInteger();
    private final List<Writable> writing = new ArrayList<>();

    private final WebTarget object = WebTarget.empty()
            .cancelable()
            .method("greet", arguments -> {
                String name = (String) nonNull(((Map<?, ?>) nonNull(arguments.getFirst())).get("text"));
                if (!name.startsWith("never")) {
                    return Map.of("text", "hello " + name);
                }
                waiting.incrementAndGet();
                Completer<Object> never = new Completer<>(net.loop());
                never.onCancel(cancelled::incrementAndGet);
                return never.promise();
            })
            .method("greetOften", arguments -> {
                Writable.Pair pipe = Writable.pipe(net.loop());
                writing.add(pipe.writable());
                pipe.writable().write(Map.of("text", "first")).listen(net.loop(), (done, failure) -> {});
                return pipe.readable();
            });

    private GrpcServer front() {
        Cap shared = inLoop(() -> object.on(net.loop()));
        open.add(() -> inLoop(() -> {
            writing.forEach(Writable::close);
            shared.close();
            return true;
        }));
        return GrpcServer.on(net.loop())
                .service(inLoop(() -> narrow.ofWeb("guide.Greeter", () -> Promise.of(shared.share()))))
                .build();
    }

    private Address listening(GrpcServer server) {
        return net.loop()
                .fetch(() -> HttpServer.listen(
                        net.loop(),
                        net.network(),
                        new Address.Tcp("127.0.0.1", 0),
                        server.routes(),
                        dev.capstan.net.Limits.Http.DEFAULT))
                .await()
                .address();
    }

    private GrpcClient client(Address at) {
        GrpcClient client = GrpcClient.on(net).to(at).plaintext().build();
        open.addFirst(client);
        return client;
    }

    private static GrpcCall<Name, Greeting> begin(
            GrpcClient client, MethodDescriptor<Name, Greeting> method, String name) {
        GrpcCall<Name, Greeting> call = client.call(method, CallSettings.DEFAULT);
        call.write(Name.newBuilder().setText(name).build());
        call.end();
        return call;
    }

    private static String refusal(GrpcCall<Name, Greeting> call) {
        GrpcFailure failure = assertThrows(GrpcFailure.class, call::read);
        assertEquals(Status.Code.RESOURCE_EXHAUSTED, failure.code());
        return failure.getMessage();
    }

    private void left() throws InterruptedException {
        until(() -> inLoop(narrow::visitors) == 0);
    }

    @Test
    void a_client_whose_calls_never_end_leaves_room_for_the_others() throws Exception {
        Address at = listening(front());
        GrpcClient greedy = client(at);
        List<GrpcCall<Name, Greeting>> calls = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            calls.add(begin(greedy, GreeterGrpc.getGreetMethod(), "never"));
        }
        until(() -> waiting.get() == 3);
        try (GrpcCall<Name, Greeting> fourth = begin(greedy, GreeterGrpc.getGreetMethod(), "Ada")) {
            assertTrue(refusal(fourth).contains("Membrane.Limits.calls"));
        }
        try (GrpcCall<Name, Greeting> other = begin(client(at), GreeterGrpc.getGreetMethod(), "Bob")) {
            assertEquals("hello Bob", other.one().getText());
        }
        assertEquals(3, waiting.get());
        calls.forEach(GrpcCall::close);
        until(() -> cancelled.get() == 3);
        left();
        try (GrpcCall<Name, Greeting> again = begin(greedy, GreeterGrpc.getGreetMethod(), "Ada")) {
            assertEquals("hello Ada", again.one().getText());
        }
        left();
    }

    @Test
    void calls_that_were_given_up_and_have_not_stopped_count_although_the_client_has_no_others() throws Exception {
        AtomicInteger gone = new AtomicInteger();
        List<Completer<Object>> answers = new ArrayList<>();
        WebTarget stubborn = WebTarget.empty().method("greet", arguments -> {
            if (!Map.of("text", "never").equals(arguments.getFirst())) {
                return Map.of("text", "hello");
            }
            Completer<Object> answer = new Completer<>(net.loop());
            answers.add(answer);
            return answer.promise();
        });
        Cap shared = inLoop(() -> stubborn.on(net.loop()));
        GrpcClient greedy = client(listening(GrpcServer.on(net.loop())
                .intercept(endings(gone))
                .service(inLoop(() -> narrow.ofWeb("guide.Greeter", () -> Promise.of(shared.share()))))
                .build()));
        List<GrpcCall<Name, Greeting>> calls = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            calls.add(begin(greedy, GreeterGrpc.getGreetMethod(), "never"));
        }
        until(() -> inLoop(answers::size) == 3);
        calls.forEach(GrpcCall::close);
        until(() -> gone.get() == 3);
        for (int i = 0; i < 2; i++) {
            try (GrpcCall<Name, Greeting> fourth = begin(greedy, GreeterGrpc.getGreetMethod(), "Ada")) {
                assertTrue(refusal(fourth).contains("Membrane.Limits.calls"));
            }
        }
        assertEquals(1, inLoop(narrow::visitors));
        inLoop(() -> {
            answers.forEach(each -> each.complete(Map.of("text", "late")));
            return shared;
        });
        left();
        try (GrpcCall<Name, Greeting> again = begin(greedy, GreeterGrpc.getGreetMethod(), "Ada")) {
            assertEquals("hello", again.one().getText());
        }
        left();
        inLoop(() -> {
            shared.close();
            return true;
        });
    }

    /** Counts the calls that have ended. */
    private static ServerInterceptor endings(AtomicInteger count) {
        return new ServerInterceptor() {
            @Override
            public <Q, S> ServerCall.Listener<Q> interceptCall(
                    ServerCall<Q, S> call, Metadata headers, ServerCallHandler<Q, S> next) {
                return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
                    @Override
                    public void onCancel() {
                        super.onCancel();
                        count.incrementAndGet();
                    }
                };
            }
        };
    }

    @Test
    void a_client_that_takes_all_its_streams_leaves_those_of_the_others() throws Exception {
        Address at = listening(front());
        GrpcClient greedy = client(at);
        List<GrpcCall<Name, Greeting>> calls = new ArrayList<>();
        // A client's connection has room for three calls: those whose streams have come are answered.
        for (int i = 0; i < 4; i++) {
            GrpcCall<Name, Greeting> call = begin(greedy, GreeterGrpc.getGreetOftenMethod(), "x");
            assertEquals("first", nonNull(call.read()).getText());
            calls.add(call);
        }
        try (GrpcCall<Name, Greeting> fifth = begin(greedy, GreeterGrpc.getGreetOftenMethod(), "x")) {
            assertTrue(refusal(fifth).contains("Membrane.Limits.streams"));
        }
        try (GrpcCall<Name, Greeting> other = begin(client(at), GreeterGrpc.getGreetOftenMethod(), "x")) {
            assertEquals("first", nonNull(other.read()).getText());
        }
        calls.forEach(GrpcCall::close);
        left();
    }

    @Test
    void what_the_calls_of_a_client_hold_in_bytes_is_bounded() throws Exception {
        Address at = listening(front());
        GrpcClient greedy = client(at);
        String much = "never" + "x".repeat(600_000);
        List<GrpcCall<Name, Greeting>> calls = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            calls.add(begin(greedy, GreeterGrpc.getGreetMethod(), much));
        }
        until(() -> waiting.get() == 2);
        try (GrpcCall<Name, Greeting> third = begin(greedy, GreeterGrpc.getGreetMethod(), "Ada")) {
            assertTrue(refusal(third).contains("Membrane.Limits.bytes"));
        }
        try (GrpcCall<Name, Greeting> other = begin(client(at), GreeterGrpc.getGreetMethod(), "Bob")) {
            assertEquals("hello Bob", other.one().getText());
        }
        calls.forEach(GrpcCall::close);
        left();
    }

    @Test
    void a_stream_of_requests_is_given_back_if_the_object_cannot_be_had() throws Exception {
        Codec codec = new Codec(Dialect.WEB, SCHEMAS, Limits.DEFAULT);
        Rpc rpc = Rpc.all(SCHEMAS.service("guide.Greeter").orElseThrow()).getFirst();
        Front front = new Front(
                net.loop(),
                codec,
                () -> Promise.failed(Failure.disconnected("no server")),
                false,
                new Visitors(net.loop(), Membrane.Limits.DEFAULT));
        List<Failure> broken = new ArrayList<>();
        Promise<Object> result = net.loop().fetch(() -> {
            Writable.Pair pipe = Writable.pipe(net.loop());
            pipe.writable().onBroken(broken::add);
            Readable requests = pipe.readable();
            open.add(() -> inLoop(() -> {
                pipe.writable().close();
                return true;
            }));
            return front.called(new Membrane(net.loop(), Membrane.Policy.ALL), rpc, requests, value -> new Object());
        });
        assertEquals("no server", assertThrows(Failure.class, result::await).reason());
        until(() -> inLoop(broken::size) == 1);
    }

    @Test
    void a_call_over_another_server_of_grpc_java_has_a_border_too() throws Exception {
        Server server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(front().services().getFirst())
                .build()
                .start();
        open.addFirst(() -> server.shutdownNow().awaitTermination());
        GrpcClient greedy = client(new Address.Tcp("127.0.0.1", server.getPort()));
        List<GrpcCall<Name, Greeting>> calls = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            calls.add(begin(greedy, GreeterGrpc.getGreetMethod(), "never"));
        }
        until(() -> waiting.get() == 3);
        assertEquals(1, inLoop(narrow::visitors));
        try (GrpcCall<Name, Greeting> fourth = begin(greedy, GreeterGrpc.getGreetMethod(), "Ada")) {
            assertTrue(refusal(fourth).contains("Membrane.Limits.calls"));
        }
        calls.forEach(GrpcCall::close);
        until(() -> cancelled.get() == 3);
        left();
    }
}

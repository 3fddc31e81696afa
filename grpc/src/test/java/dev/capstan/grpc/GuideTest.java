package dev.capstan.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Any;
import com.google.rpc.BadRequest;
import dev.capstan.async.Address;
import dev.capstan.async.CanceledException;
import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.Network;
import dev.capstan.async.Promise;
import dev.capstan.capnweb.WebClient;
import dev.capstan.capnweb.WebPeer;
import dev.capstan.capnweb.WebServer;
import dev.capstan.capnweb.bind.Binder;
import dev.capstan.capnweb.bind.Remote;
import dev.capstan.grpc.client.Attempts;
import dev.capstan.grpc.client.Balancing;
import dev.capstan.grpc.client.CallSettings;
import dev.capstan.grpc.client.GrpcCall;
import dev.capstan.grpc.client.GrpcClient;
import dev.capstan.grpc.client.MethodPolicy;
import dev.capstan.grpc.client.Token;
import dev.capstan.grpc.client.TokenCredentials;
import dev.capstan.grpc.client.WebChannel;
import dev.capstan.grpc.server.GrpcServer;
import dev.capstan.grpc.server.Handling;
import dev.capstan.grpc.server.ServerContext;
import dev.capstan.grpc.services.Health;
import dev.capstan.grpc.services.ReflectionClient;
import dev.capstan.grpc.telemetry.CorrelationIds;
import dev.capstan.grpc.telemetry.Telemetry;
import dev.capstan.net.Limits.Http;
import dev.capstan.net.NetLoop;
import dev.capstan.net.http.Headers;
import dev.capstan.net.http.HttpClient;
import dev.capstan.net.http.HttpResponse;
import dev.capstan.net.http.HttpRoutes;
import dev.capstan.net.http.HttpServer;
import dev.capstan.testprotos.guide.GreeterGrpc;
import dev.capstan.testprotos.guide.GreeterRpc;
import dev.capstan.testprotos.guide.Greeting;
import dev.capstan.testprotos.guide.Name;
import io.grpc.Context;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import java.lang.invoke.MethodHandles;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** What docs/grpc.md shows. */
class GuideTest {
    private static final long SECONDS = 60;

    // snippet async
    /** Returns promises, and is run by the loop: it must not block. */
    static final class AsyncGreeter implements GreeterRpc.Async {
        @Override
        public Promise<Greeting> greet(Name request) {
            return Promise.of(greeting("Hello, " + request.getText()));
        }
    }
    // end snippet

    // snippet blocking
    /** May block: each call has a virtual thread. */
    static class BlockingGreeter implements GreeterRpc.Blocking {
        @Override
        public Greeting greet(Name request) {
            return greeting("Hello, " + request.getText());
        }

        @Override
        public Messages<Greeting> greetOften(Name request) {
            return Messages.writing(out -> {
                for (int i = 1; i <= 3; i++) {
                    out.write(greeting("Hello " + i + ", " + request.getText()));
                }
            });
        }

        @Override
        public Greeting greetTogether(Messages<Name> requests) {
            List<String> names = new ArrayList<>();
            for (Name each : requests) {
                names.add(each.getText());
            }
            return greeting("Hello, " + String.join(" and ", names));
        }

        @Override
        public Messages<Greeting> talk(Messages<Name> requests) {
            return Messages.writing(out -> {
                for (Name each : requests) {
                    out.write(greet(each));
                }
            });
        }
    }
    // end snippet

    // snippet remote
    @Remote
    interface Clock {
        String time();
    }
    // end snippet

    private static Name name(String text) {
        return Name.newBuilder().setText(text).build();
    }

    private static Greeting greeting(String text) {
        return Greeting.newBuilder().setText(text).build();
    }

    private static List<String> texts(Iterable<Greeting> greetings) {
        List<String> texts = new ArrayList<>();
        greetings.forEach(each -> texts.add(each.getText()));
        return texts;
    }

    private static Served serve(GreeterRpc.Blocking greeter) {
        return new Served(server -> server.service(GreeterRpc.bind(greeter)));
    }

    @Test
    void one_port_serves_pages_and_capn_web_and_grpc() {
        try (Served served = serve(new BlockingGreeter())) {
            NetLoop net = served.net;
            Loop loop = net.loop();
            Network network = served.net.network();
            Binder binder = Binder.of(MethodHandles.lookup());
            Clock clock = () -> "noon";
            Address address = Served.ANY_PORT;
            // snippet server
            GrpcServer grpc = GrpcServer.on(loop)
                    .service(GreeterRpc.bind(new AsyncGreeter()))
                    .build();
            WebServer web = new WebServer(loop, visitor -> Promise.of(binder.serve(loop, clock)));
            HttpRoutes routes = HttpRoutes.none()
                    .on("GET", "/", request -> Promise.of(HttpResponse.text(200, "a page")))
                    .and(web.routes("/rpc"))
                    .and(grpc.routes());
            HttpServer http = loop.fetch(() -> HttpServer.listen(loop, network, address, routes, Http.DEFAULT))
                    .await();
            // end snippet
            int port = ((Address.Tcp) http.address()).port();

            // snippet client
            GrpcClient client = GrpcClient.on(net)
                    .to(new Address.Tcp("127.0.0.1", port))
                    .plaintext()
                    .build();
            Promise<Greeting> promised = GreeterRpc.client(client).greet(name("Ann"));
            Greeting waitedFor = GreeterRpc.blocking(client).greet(name("Bob"));
            // end snippet
            served.keep(client);
            assertEquals("Hello, Ann", promised.await().getText());
            assertEquals("Hello, Bob", waitedFor.getText());

            HttpClient plain = new HttpClient(loop, network, new Random(1), Http.DEFAULT);
            URI here = URI.create("http://127.0.0.1:" + port + "/");
            assertEquals(
                    200,
                    loop.fetch(() -> plain.send("GET", here, Headers.of(), new byte[0]))
                            .await()
                            .status());
            try (WebPeer peer = new WebClient(loop, plain).batch(here.resolve("/rpc"))) {
                assertEquals("noon", binder.stub(Clock.class, loop, peer.main()).time());
            }

            // snippet drain
            Promise<Void> drained = loop.fetch(() -> {
                Promise<Void> last = grpc.drain(Duration.ofSeconds(30));
                http.close();
                return last;
            });
            // end snippet
            drained.await();
            assertEquals(0, grpc.calls());
        }
    }

    @Test
    void streams_are_read_and_written_in_the_blocking_style() {
        try (Served served = serve(new BlockingGreeter())) {
            GrpcClient client = served.client();
            List<String> seen = new ArrayList<>();
            // snippet streams
            GreeterRpc.Blocking greeter = GreeterRpc.blocking(client);
            try (Messages<Greeting> greetings = greeter.greetOften(name("Ann"))) {
                for (Greeting each : greetings) {
                    seen.add(each.getText());
                }
            }
            Greeting together = greeter.greetTogether(Messages.of(List.of(name("Ann"), name("Bob"))));
            // end snippet
            assertEquals(List.of("Hello 1, Ann", "Hello 2, Ann", "Hello 3, Ann"), seen);
            assertEquals("Hello, Ann and Bob", together.getText());
            try (Messages<Greeting> talk = greeter.talk(Messages.of(List.of(name("Ann"), name("Bob"))))) {
                assertEquals(List.of("Hello, Ann", "Hello, Bob"), texts(talk));
            }
        }
    }

    @Test
    void a_client_of_the_web_calls_over_http_1() {
        try (Served served = serve(new BlockingGreeter())) {
            Loop loop = served.net.loop();
            Network network = served.net.network();
            int port = served.port();
            RandomGenerator random = new Random(1);
            // snippet web
            HttpClient http = new HttpClient(loop, network, random, Http.DEFAULT).keepAlive(Duration.ofSeconds(2));
            URI base = URI.create("http://127.0.0.1:" + port + "/");
            GrpcClient client = GrpcClient.over(loop, new WebChannel(loop, http, base, false, Limits.DEFAULT));
            Greeting answer = GreeterRpc.blocking(client).greet(name("Ann"));
            // end snippet
            served.keep(client);
            assertEquals("Hello, Ann", answer.getText());
            try (Messages<Greeting> greetings = GreeterRpc.blocking(client).greetOften(name("Ann"))) {
                assertEquals(List.of("Hello 1, Ann", "Hello 2, Ann", "Hello 3, Ann"), texts(greetings));
            }
            assertEquals(
                    "Hello, Ann and Bob",
                    GreeterRpc.blocking(client)
                            .greetTogether(Messages.of(List.of(name("Ann"), name("Bob"))))
                            .getText());
            assertEquals(
                    "Hello, Bob",
                    GreeterGrpc.newBlockingStub(client.channel())
                            .greet(name("Bob"))
                            .getText());
            GrpcClient other = served.keep(GrpcClient.over(loop, served.channel()));
            assertEquals(
                    "Hello, Eve", GreeterRpc.blocking(other).greet(name("Eve")).getText());
        }
    }

    @Test
    void streams_are_published_in_the_asynchronous_style() throws Exception {
        try (Served served = serve(new BlockingGreeter())) {
            GrpcClient client = served.client();
            CompletableFuture<List<Greeting>> all = new CompletableFuture<>();
            // snippet flow
            Flow.Publisher<Greeting> published = GreeterRpc.client(client).greetOften(name("Ann"));
            published.subscribe(new Flow.Subscriber<>() {
                private final List<Greeting> greetings = new ArrayList<>();

                @Override
                public void onSubscribe(Flow.Subscription subscription) {
                    subscription.request(
                            Long.MAX_VALUE); // As many as there are; a smaller number holds the server back.
                }

                @Override
                public void onNext(Greeting each) {
                    greetings.add(each);
                }

                @Override
                public void onError(Throwable failure) {
                    all.completeExceptionally(failure);
                }

                @Override
                public void onComplete() {
                    all.complete(greetings);
                }
            });
            // end snippet
            assertEquals(
                    List.of("Hello 1, Ann", "Hello 2, Ann", "Hello 3, Ann"), texts(all.get(SECONDS, TimeUnit.SECONDS)));
        }
    }

    /** Says what it knows of its call, and refuses names without letters. */
    private static final class Knowing extends BlockingGreeter {
        // snippet handler
        @Override
        public Greeting greet(Name request) {
            ServerContext call = ServerContext.current();
            String tenant = call.in().first("x-tenant").orElse("nobody");
            call.trailers(CallMetadata.EMPTY.with("x-served-for", tenant));
            if (request.getText().isEmpty()) {
                BadRequest detail = BadRequest.newBuilder()
                        .addFieldViolations(BadRequest.FieldViolation.newBuilder()
                                .setField("text")
                                .setDescription("a name has at least one letter"))
                        .build();
                throw StatusProto.toStatusRuntimeException(com.google.rpc.Status.newBuilder()
                        .setCode(Status.Code.INVALID_ARGUMENT.value())
                        .setMessage("there is no name")
                        .addDetails(Any.pack(detail))
                        .build());
            }
            return greeting("Hello, " + request.getText() + ", within " + call.timeLeft());
        }
        // end snippet
    }

    @Test
    void metadata_deadlines_and_trailers_are_said_per_call() {
        try (Served served = serve(new Knowing())) {
            GrpcClient client = served.client();
            BlockingQueue<GrpcCall<?, ?>> calls = new LinkedBlockingQueue<>();
            // snippet settings
            CallSettings settings = CallSettings.DEFAULT
                    .within(Duration.ofSeconds(20))
                    .with(CallMetadata.EMPTY.with("x-tenant", "blue"))
                    .onBegin(calls::add);
            Greeting answer = GreeterRpc.blocking(client, settings).greet(name("Ann"));
            CallMetadata trailers = calls.remove().trailers();
            // end snippet
            assertTrue(answer.getText().startsWith("Hello, Ann, within Optional[PT"), answer.getText());
            assertEquals("blue", trailers.first("x-served-for").orElseThrow());
        }
    }

    @Test
    void a_failure_has_a_code_a_reason_and_details() {
        try (Served served = serve(new Knowing())) {
            GrpcClient client = served.client();
            List<String> told = new ArrayList<>();
            // snippet failure
            try {
                GreeterRpc.blocking(client).greet(name(""));
            } catch (GrpcFailure e) {
                told.add(e.code() + ": " + e.reason());
                e.detail(BadRequest.class)
                        .ifPresent(bad -> told.add(bad.getFieldViolations(0).getDescription()));
            }
            // end snippet
            assertEquals(List.of("INVALID_ARGUMENT: there is no name", "a name has at least one letter"), told);
        }
    }

    @Test
    void a_call_that_nobody_wants_any_more_is_cancelled_at_the_server() throws Exception {
        CompletableFuture<Completer<Greeting>> begun = new CompletableFuture<>();
        CompletableFuture<Void> cancelled = new CompletableFuture<>();
        Served[] place = new Served[1];
        GreeterRpc.Async never = new GreeterRpc.Async() {
            @Override
            public Promise<Greeting> greet(Name request) {
                ServerContext.current().onCancel(() -> cancelled.complete(null));
                Completer<Greeting> completer = new Completer<>(place[0].net.loop());
                begun.complete(completer);
                return completer.promise();
            }
        };
        try (Served served = new Served(server -> server.service(GreeterRpc.bind(never)))) {
            place[0] = served;
            GrpcClient client = served.client();
            Promise<Greeting> answer = GreeterRpc.client(client).greet(name("Ann"));
            begun.get(SECONDS, TimeUnit.SECONDS);
            answer.cancel();
            cancelled.get(SECONDS, TimeUnit.SECONDS);
        }
    }

    @Test
    void a_stream_that_is_left_early_stops_its_writer() throws Exception {
        CompletableFuture<Throwable> stopped = new CompletableFuture<>();
        try (Served served = serve(new BlockingGreeter() {
            @Override
            public Messages<Greeting> greetOften(Name request) {
                return Messages.writing(out -> {
                    try {
                        while (true) {
                            out.write(greeting("Hello"));
                        }
                    } catch (CanceledException e) {
                        stopped.complete(e);
                        throw e;
                    }
                });
            }
        })) {
            try (Messages<Greeting> greetings =
                    GreeterRpc.blocking(served.client()).greetOften(name("Ann"))) {
                assertEquals("Hello", greetings.iterator().next().getText());
            }
            assertTrue(stopped.get(SECONDS, TimeUnit.SECONDS) instanceof CanceledException);
        }
    }

    @Test
    void calls_within_the_process_need_no_connection() throws Exception {
        try (Served served = serve(new BlockingGreeter())) {
            Loop loop = served.net.loop();
            // snippet inprocess
            Server server = InProcessServerBuilder.forName("greeters")
                    .addService(GreeterRpc.bind(new BlockingGreeter(), Handling.on(loop)))
                    .build()
                    .start();
            GrpcClient client = GrpcClient.on(loop)
                    .over(() -> InProcessChannelBuilder.forName("greeters"))
                    .build();
            // end snippet
            served.keep(client);
            try {
                assertEquals(
                        "Hello, Ann",
                        GreeterRpc.blocking(client).greet(name("Ann")).getText());
            } finally {
                server.shutdownNow();
            }
        }
    }

    @Test
    void calls_are_tried_again_hedged_and_spread() {
        AtomicInteger tries = new AtomicInteger();
        BlockingGreeter shaky = new BlockingGreeter() {
            @Override
            public Messages<Greeting> greetOften(Name request) {
                if (tries.incrementAndGet() == 1) {
                    throw Status.UNAVAILABLE.asRuntimeException();
                }
                return super.greetOften(request);
            }
        };
        try (Served served = serve(shaky);
                Served other = serve(shaky)) {
            NetLoop net = served.net;
            Address first = served.http.address();
            Address second = other.http.address();
            // snippet policies
            Set<Status.Code> passing = Set.of(Status.Code.UNAVAILABLE);
            GrpcClient client = GrpcClient.on(net)
                    .to(first, second)
                    .plaintext()
                    .balancing(new Balancing.RoundRobin())
                    .policy(MethodPolicy.of("guide.Greeter")
                            .within(Duration.ofSeconds(20))
                            .with(new Attempts.Retry(3, Duration.ofMillis(100), Duration.ofSeconds(1), 2, passing)))
                    .policy(MethodPolicy.of("guide.Greeter/Greet")
                            .with(new Attempts.Hedging(2, Duration.ofMillis(50), passing)))
                    .retryBudget(100, 0.1)
                    .build();
            // end snippet
            served.keep(client);
            try (Messages<Greeting> greetings = GreeterRpc.blocking(client).greetOften(name("Ann"))) {
                assertEquals(3, texts(greetings).size());
            }
            assertEquals(2, tries.get());
            assertEquals(
                    "Hello, Ann", GreeterRpc.blocking(client).greet(name("Ann")).getText());
        }
    }

    @Test
    void tokens_travel_with_calls_and_messages_are_compressed() {
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        try (Served served = serve(new BlockingGreeter() {
            @Override
            public Greeting greet(Name request) {
                ServerContext call = ServerContext.current();
                seen.add(call.in().first("authorization").orElse("none"));
                seen.add(GrpcServer.encodingOfMessage(call.call()));
                return super.greet(request);
            }
        })) {
            NetLoop net = served.net;
            Loop loop = net.loop();
            Address address = served.http.address();
            // snippet tokens
            TokenCredentials tokens =
                    TokenCredentials.of(loop, () -> Promise.of(new Token("Bearer abc", Duration.ofHours(1))));
            GrpcClient client = GrpcClient.on(net)
                    .to(address)
                    .plaintext()
                    .credentials(tokens.evenOnPlaintext()) // Only because this page has no certificate.
                    .compress("gzip")
                    .build();
            // end snippet
            served.keep(client);
            GreeterRpc.blocking(client).greet(name("Ann"));
            assertEquals(List.of("Bearer abc", "gzip"), new ArrayList<>(seen));
        }
    }

    @Test
    void a_server_tells_how_it_is_and_what_it_has() {
        Health health = new Health();
        InstantSource clock = InstantSource.system();
        try (Served served = new Served(server -> {
            server.service(GreeterRpc.bind(new BlockingGreeter()));
            // snippet told
            server.health(health).reflection().channelz(clock);
            // end snippet
            return server;
        })) {
            GrpcClient client = served.client();
            Loop loop = served.net.loop();
            // snippet health
            health.set("guide.Greeter", ServingStatus.NOT_SERVING);
            ServingStatus status = HealthGrpc.newBlockingStub(client.channel())
                    .check(HealthCheckRequest.newBuilder()
                            .setService("guide.Greeter")
                            .build())
                    .getStatus();
            List<String> services = new ReflectionClient(loop, client, CallSettings.DEFAULT, Limits.Reflection.DEFAULT)
                    .services()
                    .await();
            // end snippet
            assertEquals(ServingStatus.NOT_SERVING, status);
            assertTrue(services.containsAll(List.of("guide.Greeter", "grpc.channelz.v1.Channelz")), services::toString);
        }
    }

    @Test
    void telemetry_is_a_pair_of_interceptors() {
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        Random random = new Random(1);
        // snippet telemetry
        Telemetry ids = CorrelationIds.telemetry(random);
        // end snippet
        BlockingGreeter greeter = new BlockingGreeter() {
            @Override
            public Greeting greet(Name request) {
                seen.add(CorrelationIds.of(Context.current()).orElseThrow().requestId());
                return super.greet(request);
            }
        };
        try (Served served =
                new Served(server -> server.service(GreeterRpc.bind(greeter)).intercept(ids.server()))) {
            GrpcClient client = served.client(builder -> builder.plaintext().intercept(ids.client()));
            CallSettings settings = CallSettings.DEFAULT.with(CallMetadata.EMPTY.with("x-request-id", "r-1"));
            GreeterRpc.blocking(client, settings).greet(name("Ann"));
            assertEquals(List.of("r-1"), new ArrayList<>(seen));
        }
    }

    // snippet implbase
    /** As it was written for grpc-java. */
    static final class OldGreeter extends GreeterGrpc.GreeterImplBase {
        @Override
        public void greet(Name request, StreamObserver<Greeting> answer) {
            answer.onNext(greeting("Hello, " + request.getText()));
            answer.onCompleted();
        }
    }
    // end snippet

    @Test
    void services_and_stubs_of_grpc_java_work_as_they_are() {
        try (Served served = new Served(server -> server.service(new OldGreeter()))) {
            GrpcClient client = served.client();
            // snippet stub
            Greeting answer = GreeterGrpc.newBlockingStub(client.channel()).greet(name("Ann"));
            // end snippet
            assertEquals("Hello, Ann", answer.getText());
            GrpcFailure failure = assertThrows(
                    GrpcFailure.class,
                    () -> GreeterRpc.blocking(client).greetTogether(Messages.of(List.of(name("Ann")))));
            assertEquals(Status.Code.UNIMPLEMENTED, failure.code());
        }
    }

    @Test
    void blocking_handlers_may_be_fibers_of_the_loop() {
        // snippet fibers
        Handling handling = Handling.byServer().fibers();
        // end snippet
        try (Served served = new Served(server -> server.service(GreeterRpc.bind(new BlockingGreeter(), handling)))) {
            assertEquals(
                    "Hello, Ann",
                    GreeterRpc.blocking(served.client()).greet(name("Ann")).getText());
        }
    }
}

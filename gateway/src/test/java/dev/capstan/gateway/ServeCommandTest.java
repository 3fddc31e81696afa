package dev.capstan.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.DoubleValue;
import com.google.protobuf.StringValue;
import dev.capstan.async.Address;
import dev.capstan.async.Network;
import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import dev.capstan.capnp.CallContext;
import dev.capstan.capnp.rpc.Vat;
import dev.capstan.capnweb.Stub;
import dev.capstan.capnweb.WebClient;
import dev.capstan.capnweb.WebPeer;
import dev.capstan.examples.calculator.Function;
import dev.capstan.gateway.options.ExitException;
import dev.capstan.gateway.serve.ServerScene;
import dev.capstan.grpc.GrpcFailure;
import dev.capstan.grpc.client.CallSettings;
import dev.capstan.grpc.client.GrpcClient;
import dev.capstan.net.Limits;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.HttpClient;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.protobuf.ProtoUtils;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code capstan serve}. */
class ServeCommandTest {
    private static final Path SCHEMA = Path.of("../examples/calculator/src/main/capnp/calculator.capnp");
    private static final int CALLERS = 4;
    private static final int WARM_CALLS = 50;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int serve(String configuration, String... more) throws IOException {
        Files.writeString(folder.resolve("capstan.toml"), configuration);
        List<String> arguments = new ArrayList<>(List.of("serve", "capstan.toml"));
        arguments.addAll(List.of(more));
        return run(arguments.toArray(String[]::new));
    }

    private int run(String... arguments) {
        return Main.run(
                folder,
                InputStream.nullInputStream(),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                arguments);
    }

    private String said() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void what_is_wrong_with_a_file_is_told_like_a_compiler_does() throws IOException {
        assertEquals(ExitException.USAGE, serve("""
                lisen = "127.0.0.1:0"

                [[serve]]
                path = "/a"
                to = "http://127.0.0.1:1/"
                schema = "none.capnp"
                """));
        assertTrue(
                said().contains("capstan: capstan.toml:1: lisen: there is no such key, did you mean \"listen\"?"),
                said());
        assertTrue(said().contains("capstan: capstan.toml:1: listen: is missing"), said());
        assertTrue(
                said().contains("capstan: capstan.toml:5: serve[1].to: 'http://127.0.0.1:1/': a batch is over"),
                said());
        assertTrue(said().contains("capstan: capstan.toml:6: serve[1].schema: there is no file"), said());
        assertEquals("", out.toString(StandardCharsets.UTF_8));
    }

    @Test
    void a_file_that_is_not_there_is_told() {
        assertEquals(ExitException.USAGE, run("serve", "none.toml"));
        assertTrue(said().contains("capstan: there is no file none.toml"), said());
    }

    @Test
    void a_file_can_be_checked_without_serving_it() throws IOException {
        assertEquals(0, serve("listen = '127.0.0.1:0'\nserve = [{path = '/a', object = 'chat'}]\n", "--check"), said());
        assertTrue(said().contains("capstan.toml is right"), said());
    }

    @Test
    void a_check_reads_the_schemas_and_certificates_too() throws IOException {
        Path schema = SCHEMA.toAbsolutePath();
        String upstream =
                "serve = [{path = '/a', to = 'capnp://127.0.0.1:1', schema = '" + schema + "', interface = '%s'}]\n";
        assertEquals(
                ExitException.SCHEMA,
                serve("listen = '127.0.0.1:0'\n" + upstream.formatted("Calkulator"), "--check"),
                said());
        assertTrue(said().contains("Calkulator"), said());
        assertEquals(0, serve("listen = '127.0.0.1:0'\n" + upstream.formatted("Calculator"), "--check"), said());
        Files.writeString(folder.resolve("key.pem"), "no key\n");
        Files.writeString(folder.resolve("cert.pem"), "no certificate\n");
        assertEquals(ExitException.USAGE, serve("""
                listen = '127.0.0.1:0'
                tls = {certificate = 'cert.pem', key = 'key.pem'}
                serve = [{path = '/a', object = 'chat'}]
                """, "--check"), said());
        assertTrue(said().contains("key.pem is no key that fits"), said());
        assertTrue(said().contains("-----BEGIN PRIVATE KEY-----"), said());
    }

    @Test
    void a_check_refuses_what_could_not_be_served() throws IOException {
        Path schema = SCHEMA.toAbsolutePath();
        String two =
                "serve = [{path = '/a', object = 'calculator'}, {path = '/b', to = 'capnp://127.0.0.1:1', schema = '"
                        + schema + "', interface = 'Calculator'}]\n";
        assertEquals(ExitException.SCHEMA, serve("listen = '127.0.0.1:0'\n" + two, "--check"), said());
        assertTrue(said().contains("/a and at /b has the same interface"), said());
        Files.writeString(folder.resolve("no.pem"), "nobody\n");
        String trusting = "serve = [{path = '/a', to = '%s', schema = '" + schema
                + "', interface = 'Calculator', authorities = 'no.pem'}]\n";
        assertEquals(
                ExitException.SCHEMA,
                serve("listen = '127.0.0.1:0'\n" + trusting.formatted("capnps://127.0.0.1:1"), "--check"),
                said());
        assertTrue(said().contains("no.pem holds no certificates of authorities"), said());
        assertEquals(
                ExitException.USAGE,
                serve("listen = '127.0.0.1:0'\n" + trusting.formatted("capnp://127.0.0.1:1"), "--check"),
                said());
        assertTrue(said().contains("authorities: there is no TLS on the way to"), said());
        assertEquals(
                ExitException.USAGE,
                serve("listen = 'localhost:8080'\nserve = [{path = '/a', object = 'chat'}]\n", "--check"),
                said());
        assertTrue(
                said().contains("listen: WebTransport needs an address of numbers: write \"127.0.0.1:8080\""), said());
    }

    @Test
    void a_schema_with_problems_is_told() throws IOException {
        Files.writeString(
                folder.resolve("bad.capnp"), "@0xb8f1d6c2a3e40797;\ninterface A { x @0 () -> (y :Nothing); }\n");
        assertEquals(
                ExitException.SCHEMA,
                serve(
                        "listen = '127.0.0.1:0'\nserve = [{path = '/a', to = 'capnp://127.0.0.1:1', schema = 'bad.capnp'}]\n"));
        assertTrue(said().contains("bad.capnp:2"), said());
    }

    @Test
    void an_address_that_cannot_be_had_is_told() throws IOException {
        try (NetLoop net = NetLoop.open("taken", Transport.AUTO);
                Vat vat = Vat.on(net.loop()).build();
                Network.Listener taken = vat.listen(net.network(), new Address.Tcp("127.0.0.1", 0))
                        .await()) {
            assertEquals(
                    ExitException.UNREACHABLE,
                    serve("listen = '" + taken.address() + "'\nserve = [{path = '/a', object = 'chat'}]\n"));
            assertTrue(said().contains(taken.address().toString()), said());
        }
    }

    @Test
    void debug_shows_what_passes_on_each_wire_and_the_console_is_told() throws Exception {
        Path file = folder.resolve("debug.toml");
        Files.writeString(file, "listen = '127.0.0.1:0'\nserve = [{path = '/calculator', object = 'calculator'}]\n");
        try (CapstanProcess server = CapstanProcess.capstan("serve", "--debug", file.toString());
                NetLoop net = NetLoop.open("clients", Transport.AUTO)) {
            server.line("capstan: console: http://127.0.0.1:");
            String authority = server.line("READY ").substring("READY ".length());
            Address address = Address.parse(authority);
            HttpClient http = new HttpClient(net.loop(), net.network(), new SecureRandom(), Limits.Http.DEFAULT);
            try (Vat vat = Vat.on(net.loop()).build();
                    WebPeer web =
                            new WebClient(net.loop(), http).connect(URI.create("ws://" + authority + "/calculator"));
                    GrpcClient grpc = GrpcClient.on(net).to(address).plaintext().build()) {
                assertEquals(
                        1,
                        ServerScene.literal(vat.connect(net.network(), address).await(), 1));
                server.line("Calculator.evaluate");
                Stub.of(net.loop(), web.main())
                        .call("evaluate", Map.of("expression", Map.of("literal", 2)))
                        .value()
                        .await();
                server.line("capnweb push");
                grpc.one(evaluate(), StringValue.of("1 + 1"), CallSettings.DEFAULT);
                server.line("grpc call");
            }
            server.terminate();
            assertEquals(0, server.exitCode(), server::output);
        }
    }

    /** Counts the calls that have begun. */
    private static final class Counting implements Function.Server {
        private final AtomicInteger begun = new AtomicInteger();

        @Override
        public Promise<Void> call(CallContext<Function.CallParams.Reader, Function.CallResults.Builder> context) {
            context.results().setNumber(begun.incrementAndGet());
            return Promise.done();
        }
    }

    /** Somebody who calls again and again until that fails. */
    private static final class Caller {
        private final AtomicInteger answered = new AtomicInteger();
        private final CountDownLatch warm = new CountDownLatch(WARM_CALLS);
        private final Thread thread;
        private RuntimeException end = new IllegalStateException("goes on");

        Caller(Runnable call) {
            thread = Thread.ofVirtual().start(() -> {
                while (true) {
                    try {
                        call.run();
                    } catch (RuntimeException e) {
                        end = e;
                        return;
                    }
                    answered.incrementAndGet();
                    warm.countDown();
                }
            });
        }
    }

    @Test
    void a_server_that_is_asked_to_end_under_load_loses_no_call() throws Exception {
        Counting counting = new Counting();
        try (NetLoop net = NetLoop.open("load", Transport.AUTO);
                Vat upstream = Vat.on(net.loop()).serving(counting).build();
                Network.Listener behind = upstream.listen(net.network(), new Address.Tcp("127.0.0.1", 0))
                        .await()) {
            Path file = folder.resolve("load.toml");
            Files.writeString(file, """
                    listen = "127.0.0.1:0"

                    [[serve]]
                    path = "/calculator"
                    object = "calculator"

                    [[serve]]
                    path = "/count"
                    to = "capnp://%s"
                    schema = "%s"
                    interface = "Function"

                    [drain]
                    time = "20s"
                    """.formatted(
                            behind.address(), SCHEMA.toAbsolutePath().normalize()));
            try (CapstanProcess server = CapstanProcess.capstan("serve", file.toString())) {
                String authority = server.line("READY ").substring("READY ".length());
                List<Caller> counted = new ArrayList<>();
                Address address = Address.parse(authority);
                HttpClient http = new HttpClient(net.loop(), net.network(), new SecureRandom(), Limits.Http.DEFAULT);
                try (Vat vat = Vat.on(net.loop()).build();
                        WebPeer web =
                                new WebClient(net.loop(), http).connect(URI.create("ws://" + authority + "/count"));
                        GrpcClient grpc =
                                GrpcClient.on(net).to(address).plaintext().build()) {
                    for (int i = 0; i < CALLERS; i++) {
                        Function.Client function =
                                vat.connect(net.network(), address).await().bootstrap(Function.TYPE);
                        counted.add(new Caller(() -> {
                            try (var answer = function.call(params -> params.initArguments(0))) {
                                answer.await();
                            }
                        }));
                        Stub stub = Stub.of(net.loop(), web.main());
                        counted.add(new Caller(() -> stub.call("call", Map.of("arguments", List.of()))
                                .value()
                                .await()));
                    }
                    List<Caller> all = new ArrayList<>(counted);
                    Caller overGrpc =
                            new Caller(() -> grpc.one(evaluate(), StringValue.of("1 + 1"), CallSettings.DEFAULT));
                    all.add(overGrpc);
                    for (Caller each : all) {
                        assertTrue(each.warm.await(60, TimeUnit.SECONDS), () -> "stuck: " + each.end);
                    }
                    server.terminate();
                    for (Caller each : all) {
                        assertTrue(each.thread.join(java.time.Duration.ofSeconds(60)), "a caller was never told");
                    }
                    assertEquals(0, server.exitCode(), server::output);
                    assertTrue(server.output().contains("no call was cut"), server::output);
                    for (Caller each : counted) {
                        assertEquals(
                                Failure.Kind.DISCONNECTED, Failure.of(each.end).kind(), () -> each.end.toString());
                    }
                    assertEquals(Status.Code.UNAVAILABLE, ((GrpcFailure) overGrpc.end).code());
                    assertEquals(
                            counting.begun.get(),
                            counted.stream()
                                    .mapToInt(each -> each.answered.get())
                                    .sum());
                }
            }
        }
    }

    private static MethodDescriptor<StringValue, DoubleValue> evaluate() {
        return MethodDescriptor.<StringValue, DoubleValue>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName("capstan.demo.Calculator/Evaluate")
                .setRequestMarshaller(ProtoUtils.marshaller(StringValue.getDefaultInstance()))
                .setResponseMarshaller(ProtoUtils.marshaller(DoubleValue.getDefaultInstance()))
                .build();
    }
}

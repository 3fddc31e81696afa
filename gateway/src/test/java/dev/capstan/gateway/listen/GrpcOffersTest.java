package dev.capstan.gateway.listen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import dev.capstan.async.Address;
import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.capnp.rpc.Vat;
import dev.capstan.capnpc.source.SourceFiles;
import dev.capstan.capnweb.Stub;
import dev.capstan.capnweb.WebClient;
import dev.capstan.capnweb.WebPeer;
import dev.capstan.gateway.options.ExitException;
import dev.capstan.gateway.options.LoadedSchema;
import dev.capstan.gateway.serve.ConfigurationFile;
import dev.capstan.gateway.serve.Server;
import dev.capstan.gateway.translate.Bridge;
import dev.capstan.gateway.translate.Limits;
import dev.capstan.grpc.server.GrpcServer;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.HttpClient;
import dev.capstan.net.http.HttpServer;
import dev.capstan.testprotos.guide.GreeterGrpc;
import dev.capstan.testprotos.guide.Greeting;
import dev.capstan.testprotos.guide.Name;
import io.grpc.stub.StreamObserver;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gRPC server behind the one port of a configuration. */
class GrpcOffersTest {
    private static final String SCHEMA = """
            @0xb8f1d6c2a3e40799;
            interface Greeter { greet @0 (text :Text) -> (text :Text); }
            """;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private final NetLoop net = NetLoop.open("serve", Transport.AUTO);
    private final SecureRandom random = new SecureRandom();
    private final StringWriter told = new StringWriter();

    @AfterEach
    void close() {
        net.close();
    }

    private Address greeter(boolean tellsSchemas) {
        GrpcServer.Builder server = GrpcServer.on(net.loop()).service(new GreeterGrpc.GreeterImplBase() {
            @Override
            public void greet(Name name, StreamObserver<Greeting> to) {
                to.onNext(
                        Greeting.newBuilder().setText("hello " + name.getText()).build());
                to.onCompleted();
            }
        });
        if (tellsSchemas) {
            server.reflection();
        }
        return net.loop()
                .fetch(() -> HttpServer.listen(
                        net.loop(),
                        net.network(),
                        new Address.Tcp("127.0.0.1", 0),
                        server.build().routes(),
                        dev.capstan.net.Limits.Http.DEFAULT))
                .await()
                .address();
    }

    private Server serve(Address upstream, String... keys) throws Exception {
        String text = "listen = \"127.0.0.1:0\"\n[[serve]]\npath = \"/greeter\"\nto = \"grpc://" + upstream + "\"\n"
                + String.join("\n", keys);
        ConfigurationFile.Reading read = new ConfigurationFile(folder, Offers.names(), ServeCommand::way).read(text);
        assertEquals(List.of(), read.problems());
        return Objects.requireNonNull(Offers.serve(
                net,
                Objects.requireNonNull(read.configuration()),
                Clock.systemUTC(),
                random,
                folder,
                new PrintWriter(told, true)));
    }

    private Object greeted(Server server, String... path) {
        HttpClient http = new HttpClient(net.loop(), net.network(), random, dev.capstan.net.Limits.Http.DEFAULT);
        URI uri = URI.create("ws://" + server.address() + "/greeter");
        try (WebPeer page = new WebClient(net.loop(), http).connect(uri)) {
            Promise<Object> greeting = net.loop().fetch(() -> {
                Stub at = Stub.of(net.loop(), page.main());
                for (String step : path) {
                    at = at.get(step);
                }
                return at.call("greet", Map.of("text", "Ada")).value();
            });
            return greeting.await();
        }
    }

    private void descriptors() throws Exception {
        FileDescriptorSet set = FileDescriptorSet.newBuilder()
                .addFile(Name.getDescriptor().getFile().toProto())
                .build();
        Files.write(folder.resolve("greeter.pb"), set.toByteArray());
    }

    @Test
    void the_url_of_a_grpc_server_that_is_wrong_is_the_only_problem() {
        String text = """
                listen = "127.0.0.1:0"
                [[serve]]
                path = "/greeter"
                to = "grpc://host"
                service = "guide.Greeter"
                """;
        List<String> problems = new ConfigurationFile(folder, Offers.names(), ServeCommand::way)
                .read(text).problems().stream().map(Object::toString).toList();
        assertEquals(1, problems.size(), problems::toString);
        assertTrue(problems.getFirst().contains("'grpc://host' has no port"), problems::toString);
    }

    @Test
    void pages_call_services_that_the_server_tells_by_reflection() throws Exception {
        Server server = serve(greeter(true));
        assertEquals(Map.of("text", "hello Ada"), greeted(server, "guide", "Greeter"));
    }

    @Test
    void pages_call_one_service_of_a_file_of_descriptors() throws Exception {
        descriptors();
        Server server = serve(greeter(false), "descriptors = \"greeter.pb\"", "service = \"guide.Greeter\"");
        assertEquals(Map.of("text", "hello Ada"), greeted(server));
    }

    @Test
    void cap_n_proto_calls_a_service_by_a_schema_and_pages_call_it_too() throws Exception {
        Files.writeString(folder.resolve("greeter.capnp"), SCHEMA);
        Server server = serve(greeter(true), "schema = \"greeter.capnp\"");
        var type = Objects.requireNonNull(LoadedSchema.of(
                        Path.of("greeter.capnp"), folder, List.of(SourceFiles.standard()), new PrintWriter(told, true)))
                .interfaceType(null);
        try (Vat vat = Vat.on(net.loop()).build()) {
            var peer = vat.connect(net.network(), server.address()).await();
            Bridge bridge = new Bridge(net.loop(), Limits.DEFAULT);
            Promise<Object> greeting = net.loop().fetch(() -> {
                Cap greeter = bridge.toWeb(type, peer.bootstrap());
                return Stub.of(net.loop(), greeter)
                        .call("greet", Map.of("text", "Bob"))
                        .value();
            });
            assertEquals(Map.of("text", "hello Bob"), greeting.await());
        }
        assertEquals(Map.of("text", "hello Ada"), greeted(server, "guide", "Greeter"));
    }

    @Test
    void what_does_not_match_is_told_at_start() throws Exception {
        Files.writeString(folder.resolve("greeter.capnp"), SCHEMA.replace("greet @0", "grete @0"));
        descriptors();
        Address unused = new Address.Tcp("127.0.0.1", 1);
        IllegalArgumentException refusal = assertThrows(
                IllegalArgumentException.class,
                () -> serve(unused, "schema = \"greeter.capnp\"", "descriptors = \"greeter.pb\""));
        assertTrue(String.valueOf(refusal.getMessage()).contains("Method 'grete'"), refusal::toString);
    }

    @Test
    void a_server_that_does_not_tell_its_schemas_is_told_with_what_to_do() {
        Address silent = greeter(false);
        ExitException refusal = assertThrows(ExitException.class, () -> serve(silent));
        assertEquals(ExitException.SCHEMA, refusal.code());
        assertTrue(
                String.valueOf(refusal.getMessage()).contains("Name them: descriptors = \"services.pb\""),
                refusal::toString);
    }

    @Test
    void a_server_that_is_not_there_is_told_at_start_where_it_has_to_be_asked() {
        Failure failure = assertThrows(Failure.class, () -> serve(new Address.Tcp("127.0.0.1", 1)));
        assertEquals(Failure.Kind.DISCONNECTED, failure.kind());
    }
}

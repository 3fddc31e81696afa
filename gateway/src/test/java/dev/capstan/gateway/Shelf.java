package dev.capstan.gateway;

import dev.capstan.async.Address;
import dev.capstan.async.Network;
import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import dev.capstan.capnp.CallContext;
import dev.capstan.capnp.dynamic.DynamicCapability;
import dev.capstan.capnp.dynamic.DynamicServer;
import dev.capstan.capnp.dynamic.DynamicStruct;
import dev.capstan.capnp.dynamic.InterfaceSchema;
import dev.capstan.capnp.rpc.Vat;
import dev.capstan.capnpc.source.SourceFiles;
import dev.capstan.capnweb.Access;
import dev.capstan.capnweb.Options;
import dev.capstan.capnweb.Readable;
import dev.capstan.capnweb.WebServer;
import dev.capstan.capnweb.WebTarget;
import dev.capstan.gateway.options.InputException;
import dev.capstan.gateway.options.LoadedSchema;
import dev.capstan.grpc.server.GrpcServer;
import dev.capstan.grpc.services.DescriptorPool;
import dev.capstan.net.Limits;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.HttpRoutes;
import dev.capstan.net.http.HttpServer;
import dev.capstan.testprotos.InteropService;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/** A server of each wire on 127.0.0.1, for commands to call, whose objects do much the same. */
public final class Shelf implements AutoCloseable {
    static final String SCHEMA = """
            @0xc2d4a1f8e96b7350;
            interface Api {
              add @0 (a :Int64, b :Int64) -> (c :Int64);
              getNode @1 () -> (node :Node);
              openSink @2 () -> (sink :Sink);
              fill @3 (out :Pipe, chunks :UInt32) -> ();
              fail @4 (kind :Text);
              sleep @5 ();
              people @6 () -> (list :List(Person));
              isSame @7 (a :Node, b :Node) -> (same :Bool);
              maybe @8 (there :Bool) -> (one :Maybe);
            }
            interface Node { getNext @0 () -> (node :Node); depth @1 () -> (value :UInt32); }
            interface Sink { write @0 (chunk :Data) -> stream; done @1 () -> (bytes :UInt64); }
            interface Pipe { write @0 (text :Text, number :Float64 = 0.5); }
            struct Person { name @0 :Text; age @1 :UInt8 = 30; home :group { street @2 :Text; } kind @3 :Kind; node @4 :Node; }
            struct Maybe { union { none @0 :Void; node @1 :Node; } }
            enum Kind { mobile @0; fixed @1; }
            """;

    public final NetLoop net = NetLoop.open("shelf", Transport.AUTO);
    private final LoadedSchema schema;
    private final InterfaceSchema api;
    private final Vat vat;
    /** What their header {@code x-who} says. */
    final List<String> visitors = new CopyOnWriteArrayList<>();

    public Shelf(Path folder) throws IOException, InputException {
        Path file = folder.resolve("api.capnp");
        Files.writeString(file, SCHEMA);
        StringWriter problems = new StringWriter();
        LoadedSchema loaded =
                LoadedSchema.of(file, folder, List.of(SourceFiles.standard()), new PrintWriter(problems, true));
        if (loaded == null) {
            throw new AssertionError(problems.toString());
        }
        schema = loaded;
        api = loaded.interfaceType("Api");
        vat = Vat.on(net.loop()).serving(new Thing("Api")).build();
    }

    private static Address.Tcp anyPort() {
        return new Address.Tcp("127.0.0.1", 0);
    }

    public LoadedSchema schema() {
        return schema;
    }

    public String capnp() {
        return capnp(net.network());
    }

    public String capnp(Network network) {
        return vat.listen(network, anyPort()).await().address().toString();
    }

    HttpServer http(Network network, HttpRoutes routes) {
        return net.loop()
                .fetch(() -> HttpServer.listen(net.loop(), network, anyPort(), routes, Limits.Http.DEFAULT))
                .await();
    }

    /** Where Cap'n Web is spoken, without a scheme. */
    public String web() {
        return http(net.network(), webRoutes()).address() + "/rpc";
    }

    HttpRoutes webRoutes() {
        return webServer().routes("/rpc");
    }

    WebServer webServer() {
        return new WebServer(
                net.loop(),
                visitor -> {
                    visitor.header("x-who").ifPresent(visitors::add);
                    return Promise.of(page().on(net.loop()));
                },
                Options.DEFAULT,
                Access.SAME_HOST);
    }

    public String grpc(UnaryOperator<GrpcServer.Builder> with) {
        GrpcServer server = with.apply(GrpcServer.on(net.loop()).service(new InteropService()))
                .build();
        return http(net.network(), server.routes()).address().toString();
    }

    public String grpc(Network network) {
        GrpcServer server = GrpcServer.on(net.loop())
                .service(new InteropService())
                .reflection(List.of(), DescriptorPool.of(List.of()))
                .build();
        return http(network, server.routes()).address().toString();
    }

    public String grpc() {
        return grpc(server -> server.reflection(List.of(), DescriptorPool.of(List.of())));
    }

    @Override
    public void close() {
        net.loop()
                .fetch(() -> {
                    vat.close();
                    return Promise.done();
                })
                .await();
        net.close();
    }

    // ---- Cap'n Web

    private static long number(Object argument) {
        return ((Number) argument).longValue();
    }

    private WebTarget page() {
        return WebTarget.empty()
                .method("add", arguments -> number(arguments.get(0)) + number(arguments.get(1)))
                .method("node", arguments -> webNode(1))
                .method("same", arguments -> arguments)
                .method("fail", arguments -> {
                    throw Failure.failed("as you wished");
                })
                .method("special", arguments -> {
                    Map<String, Object> all = new LinkedHashMap<>();
                    all.put("big", BigInteger.TWO.pow(70));
                    all.put("bytes", new byte[] {1, 2, 3});
                    all.put("nan", Double.NaN);
                    all.put("date", Instant.EPOCH);
                    all.put("$money", 5L);
                    return all;
                })
                .method("count", arguments -> Readable.of(net.loop(), counted(number(arguments.get(0)))))
                .method("sum", arguments -> sum((Readable) arguments.get(0), 0))
                .method(
                        "callBack",
                        arguments -> ((dev.capstan.capnweb.Stub) arguments.get(0))
                                .apply(7L)
                                .value())
                .property("version", () -> "1.2");
    }

    private static List<Object> counted(long to) {
        List<Object> all = new ArrayList<>();
        for (long i = 1; i <= to; i++) {
            all.add(i);
        }
        return all;
    }

    private static Promise<Long> sum(Readable stream, long before) {
        return stream.read()
                .then(chunk -> chunk.isEnd()
                        ? Promise.of(before)
                        : sum(stream, before + number(Objects.requireNonNull(chunk.value()))));
    }

    private WebTarget webNode(long depth) {
        return WebTarget.empty().method("next", arguments -> webNode(depth + 1)).method("depth", arguments -> depth);
    }

    // ---- Cap'n Proto

    private final class Thing implements DynamicServer {
        private final InterfaceSchema schema;
        private final int depth;
        private long bytes;

        Thing(String name) {
            this(schemaOf(name), 0);
        }

        Thing(InterfaceSchema schema, int depth) {
            this.schema = schema;
            this.depth = depth;
        }

        @Override
        public InterfaceSchema schema() {
            return schema;
        }

        @Override
        public Promise<Void> call(
                InterfaceSchema.Method method, CallContext<DynamicStruct.Reader, DynamicStruct.Builder> context)
                throws Exception {
            return Shelf.this.call(this, method.name(), context);
        }
    }

    private InterfaceSchema schemaOf(String name) {
        return switch (name) {
            case "Api" -> api;
            case "Node" ->
                (InterfaceSchema) api.method("getNode").results().field("node").type();
            case "Sink" ->
                (InterfaceSchema) api.method("openSink").results().field("sink").type();
            default -> throw new AssertionError(name);
        };
    }

    private Promise<Void> call(Thing thing, String method, CallContext<DynamicStruct.Reader, DynamicStruct.Builder> c)
            throws Exception {
        DynamicStruct.Reader params = c.params();
        switch (thing.schema.shortName() + "." + method) {
            case "Api.add" ->
                c.results().set("c", params.get("a").asLong() + params.get("b").asLong());
            case "Api.getNode" -> c.results().set("node", new Thing(schemaOf("Node"), 1));
            case "Api.openSink" -> c.results().set("sink", new Thing("Sink"));
            case "Api.fail" ->
                throw new Failure(Failure.Kind.valueOf(params.get("kind").asText()), "as you wished");
            case "Api.sleep" -> {
                c.allowCancellation();
                return new dev.capstan.async.Completer<Void>(net.loop()).promise();
            }
            case "Api.people" -> {
                var list = c.results().initList("list", 2);
                list.struct(0).set("name", "Ann");
                list.struct(1).set("name", "Bob");
                list.struct(1).set("node", new Thing(schemaOf("Node"), 5));
            }
            case "Api.isSame" -> {
                try (DynamicCapability a = (DynamicCapability) params.get("a").asCapability();
                        DynamicCapability b =
                                (DynamicCapability) params.get("b").asCapability()) {
                    c.results().set("same", a.cap().innermost() == b.cap().innermost());
                }
            }
            case "Api.maybe" -> {
                DynamicStruct.Builder one = c.results().initStruct("one");
                if (params.get("there").asBoolean()) {
                    one.set("node", new Thing(schemaOf("Node"), 9));
                }
            }
            case "Api.fill" -> {
                DynamicCapability out = (DynamicCapability) params.get("out").asCapability();
                List<Promise<Object>> all = new ArrayList<>();
                for (long i = 0; i < params.get("chunks").asLong(); i++) {
                    var request = out.request("write");
                    request.params().set("text", "chunk " + i);
                    all.add(request.send().map(done -> "done"));
                }
                return Promise.all(all).attach(out).convert(done -> Promise.nothing());
            }
            case "Node.getNext" -> c.results().set("node", new Thing(schemaOf("Node"), thing.depth + 1));
            case "Node.depth" -> c.results().set("value", thing.depth);
            case "Sink.write" -> thing.bytes += params.get("chunk").asData().toByteArray().length;
            case "Sink.done" -> c.results().set("bytes", thing.bytes);
            default -> throw Failure.unimplemented(method);
        }
        return Promise.done();
    }
}

package dev.capstan.gateway;

import dev.capstan.async.Address;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Membrane;
import dev.capstan.capnp.dynamic.InterfaceSchema;
import dev.capstan.capnweb.Access;
import dev.capstan.capnweb.Options;
import dev.capstan.capnweb.WebServer;
import dev.capstan.gateway.grpc.GrpcBridge;
import dev.capstan.gateway.translate.Bridge;
import dev.capstan.gateway.translate.Limits;
import dev.capstan.grpc.client.GrpcClient;
import dev.capstan.grpc.services.DescriptorPool;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.HttpServer;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Lets Cap'n Web clients, such as web pages, call a server of Cap'n Proto or gRPC. */
@Command(
        name = "gateway",
        description = "Let Cap'n Web clients, such as web pages, call a server of Cap'n Proto or gRPC, by its schema.",
        footer = {
            "",
            "Example:",
            "  ./capstan gateway --listen ws://127.0.0.1:8080/ --to capnp://127.0.0.1:9000 --schema bench.capnp",
            "and then, in JavaScript:",
            "  const api = newWebSocketRpcSession('ws://127.0.0.1:8080/');",
            "  await api.add({a: 1, b: 2});"
        },
        mixinStandardHelpOptions = true)
final class GatewayCommand implements Callable<Integer> {
    private final Path workingFolder;

    @Option(
            names = "--listen",
            required = true,
            paramLabel = "URL",
            description =
                    "Where clients connect: ws://host:port/path. Port 0 lets the system choose. Batches are served there, too.")
    private String listen = "";

    @Option(
            names = "--to",
            required = true,
            paramLabel = "URL",
            description = "Where the server is: capnp://host:port, capnp+unix:PATH, or grpc(s)://host:port.")
    private String to = "";

    @Mixin
    private SchemaOption schema = new SchemaOption();

    @Mixin
    private ProtoOption protos = new ProtoOption();

    @Option(
            names = "--origin",
            paramLabel = "ORIGIN",
            description =
                    "A web page that may connect, as in https://app.example; may be repeated. By default pages of the gateway's own host and port alone, and programs that are no browsers.")
    private Set<String> origins = new LinkedHashSet<>();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    GatewayCommand(Path workingFolder) {
        this.workingFolder = workingFolder;
    }

    @Override
    public Integer call() throws InterruptedException {
        WireUrl from = url("--listen", listen, WireUrl.Scheme.WS, WireUrl.Scheme.HTTP);
        WireUrl server = url(
                "--to",
                to,
                WireUrl.Scheme.CAPNP,
                WireUrl.Scheme.CAPNP_UNIX,
                WireUrl.Scheme.GRPC,
                WireUrl.Scheme.GRPCS);
        Access access = access();
        try (NetLoop net = NetLoop.open("gateway", Transport.AUTO)) {
            String served = server.wire() == WireUrl.Wire.GRPC
                    ? grpcToWeb(net, from, server, access)
                    : capnpToWeb(net, from, server, access);
            if (served == null) {
                return Main.SCHEMA;
            }
            PrintWriter out = spec.commandLine().getOut();
            out.printf("%s; the server is at %s. Ctrl-C ends it.%n", served, to);
            out.flush();
            new CountDownLatch(1).await();
        } catch (InputException | IllegalArgumentException e) {
            spec.commandLine().getErr().println("capstan: " + e.getMessage());
            return Main.SCHEMA;
        }
        return 0;
    }

    /** What is served now; null after problems of the schema were told. */
    private @Nullable String capnpToWeb(NetLoop net, WireUrl from, WireUrl server, Access access)
            throws InputException {
        InterfaceSchema type = schema.bootstrap(workingFolder, spec.commandLine().getErr());
        if (type == null) {
            return null;
        }
        Bridge.check(type);
        Loop loop = net.loop();
        Address at = loop.fetch(() -> {
                    Upstream upstream = new Upstream(loop, net.network(), server.address());
                    Bridge bridge = new Bridge(loop, Limits.DEFAULT);
                    // Whether there is a server is told now, and not to the first visitor.
                    return upstream.bootstrap().then(object -> {
                        object.close();
                        return web(
                                net, from, access, () -> upstream.bootstrap().map(each -> bridge.toWeb(type, each)));
                    });
                })
                .await();
        return served(type.shortName(), at, from);
    }

    private String grpcToWeb(NetLoop net, WireUrl from, WireUrl server, Access access)
            throws InputException {
        GrpcUpstream upstream = new GrpcUpstream(net, server);
        DescriptorPool schemas = protos.isGiven()
                ? protos.load(workingFolder)
                : upstream.schemas().await();
        GrpcBridge bridge = new GrpcBridge(net.loop(), schemas, Limits.DEFAULT);
        String service = protos.service();
        if (service == null) {
            bridge.check();
        } else {
            bridge.check(service);
        }
        if (protos.isGiven()) {
            upstream.isThere().await();
        }
        GrpcClient client = upstream.client();
        Address at = net.loop()
                .fetch(() -> web(
                        net,
                        from,
                        access,
                        () -> Promise.of(service == null ? bridge.toWeb(client) : bridge.toWeb(client, service))))
                .await();
        return served(service == null ? String.join(", ", bridge.services().keySet()) : service, at, from);
    }

    private static String served(String what, Address at, WireUrl from) {
        String place = at + from.path();
        return "Cap'n Web clients call " + what + " at ws://" + place + " and, in batches, at http://" + place;
    }

    private static Promise<Address> web(NetLoop net, WireUrl from, Access access, Supplier<Promise<Cap>> main) {
        Loop loop = net.loop();
        WebServer web = new WebServer(
                loop, visitor -> main.get().convert(object -> border(loop, object)), Options.DEFAULT, access);
        return HttpServer.listen(
                        loop,
                        net.network(),
                        from.address(),
                        web.routes(from.path()),
                        dev.capstan.net.Limits.Http.DEFAULT)
                .map(HttpServer::address);
    }

    /** What one session gets hold of passes a border of its own. Takes ownership. */
    private static Cap border(Loop loop, Cap object) {
        return new Membrane(loop, Membrane.Policy.ALL).outward(object);
    }

    private WireUrl url(String option, String text, WireUrl.Scheme... schemes) {
        try {
            WireUrl url = WireUrl.parse(text);
            if (List.of(schemes).contains(url.scheme())) {
                return url;
            }
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), option + ": " + e.getMessage(), e);
        }
        throw new ParameterException(
                spec.commandLine(),
                option
                        + ": the gateway listens for Cap'n Web (ws://host:port/path) and connects to Cap'n Proto (capnp://host:port) or gRPC (grpc://host:port), not "
                        + text);
    }

    private Access access() {
        try {
            return Access.SAME_HOST.withOrigins(origins.toArray(String[]::new));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--origin: " + e.getMessage(), e);
        }
    }
}

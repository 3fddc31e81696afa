package dev.capstan.gateway;

import dev.capstan.async.Address;
import dev.capstan.async.Loop;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Membrane;
import dev.capstan.capnp.dynamic.InterfaceSchema;
import dev.capstan.capnweb.Access;
import dev.capstan.capnweb.Options;
import dev.capstan.capnweb.WebServer;
import dev.capstan.gateway.translate.Bridge;
import dev.capstan.gateway.translate.Limits;
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
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Lets Cap'n Web clients, such as web pages, call a Cap'n Proto server. */
@Command(
        name = "gateway",
        description = "Let Cap'n Web clients, such as web pages, call a Cap'n Proto server, by its schema.",
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
            description = "Where the server is: capnp://host:port or capnp+unix:PATH.")
    private String to = "";

    @Mixin
    private SchemaOption schema = new SchemaOption();

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
        WireUrl server = url("--to", to, WireUrl.Scheme.CAPNP, WireUrl.Scheme.CAPNP_UNIX);
        Access access = access();
        PrintWriter err = spec.commandLine().getErr();
        InterfaceSchema type;
        try {
            type = schema.bootstrap(workingFolder, err);
            if (type == null) {
                return Main.SCHEMA;
            }
            Bridge.check(type);
        } catch (InputException | IllegalArgumentException e) {
            err.println("capstan: " + e.getMessage());
            return Main.SCHEMA;
        }
        try (NetLoop net = NetLoop.open("gateway", Transport.AUTO)) {
            Address at = serve(net, from, server, type, access);
            String place = at + from.path();
            PrintWriter out = spec.commandLine().getOut();
            out.printf(
                    "Cap'n Web clients call %s at ws://%s and, in batches, at http://%s; the server is at %s. Ctrl-C ends it.%n",
                    type.shortName(), place, place, to);
            out.flush();
            new CountDownLatch(1).await();
        }
        return 0;
    }

    private static Address serve(NetLoop net, WireUrl from, WireUrl server, InterfaceSchema type, Access access) {
        Loop loop = net.loop();
        return loop.fetch(() -> {
                    Upstream upstream = new Upstream(loop, net.network(), server.address());
                    Bridge bridge = new Bridge(loop, Limits.DEFAULT);
                    WebServer web = new WebServer(
                            loop,
                            visitor -> upstream.bootstrap().convert(object -> border(loop, bridge.toWeb(type, object))),
                            Options.DEFAULT,
                            access);
                    // Whether there is a server is told now, and not to the first visitor.
                    return upstream.bootstrap().then(object -> {
                        object.close();
                        return HttpServer.listen(
                                        loop,
                                        net.network(),
                                        from.address(),
                                        web.routes(from.path()),
                                        dev.capstan.net.Limits.Http.DEFAULT)
                                .map(HttpServer::address);
                    });
                })
                .await();
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
                        + ": the gateway listens for Cap'n Web (ws://host:port/path) and connects to Cap'n Proto (capnp://host:port), not "
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

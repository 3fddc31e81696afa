package dev.capstan.gateway;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import dev.capstan.capnp.dynamic.InterfaceSchema;
import dev.capstan.capnweb.Access;
import dev.capstan.gateway.grpc.GrpcBridge;
import dev.capstan.gateway.translate.Bridge;
import dev.capstan.gateway.translate.Limits;
import dev.capstan.grpc.client.GrpcClient;
import dev.capstan.grpc.services.DescriptorPool;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.webtransport.ServerTrust;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Lets clients of one wire call a server of another, or of the same over another transport. */
@Command(
        name = "gateway",
        description =
                "Let clients of one wire call a server of another by its schema, or of the same over another transport.",
        footer = {
            "",
            "From ws://, wss://, http://, https:// or wt:// (Cap'n Web) to capnp://, capnps://, capnp+unix: or capnp+ws:// (Cap'n Proto) and to grpc:// or grpcs://;",
            "from Cap'n Proto to Cap'n Proto, without a schema; from Cap'n Proto to ws://, wss:// or wt://.",
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
                    "Where clients connect, such as ws://host:port/path, where batches are served, too. Port 0 lets the system choose.")
    private String listen = "";

    @Option(
            names = "--to",
            required = true,
            paramLabel = "URL",
            description =
                    "Where the server is, such as capnp://host:port, capnp+unix:PATH, ws://host:port/path or grpc://host:port.")
    private String to = "";

    @Mixin
    private SchemaOption schema = new SchemaOption();

    @Mixin
    private ProtoOption protos = new ProtoOption();

    @Mixin
    private ListenOption listenAs = new ListenOption();

    @Mixin
    private TlsOption tls = new TlsOption();

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
        WireUrl from = url("--listen", listen);
        WireUrl server = url("--to", to);
        String refusal = refusal(from, server);
        if (refusal != null) {
            throw new ParameterException(spec.commandLine(), refusal);
        }
        Access access = access();
        try (NetLoop net = NetLoop.open("gateway", Transport.AUTO)) {
            String served = server.wire() == WireUrl.Wire.GRPC
                    ? grpcToWeb(net, from, server, access)
                    : objects(net, from, server, access);
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

    /** Why these two cannot be joined; null if they can. */
    private static @Nullable String refusal(WireUrl from, WireUrl to) {
        String pair = switch (from.wire()) {
            case WEB -> to.wire() == WireUrl.Wire.WEB ? none(from, to) : null;
            case CAPNP -> to.wire() == WireUrl.Wire.GRPC ? none(from, to) : Upstream.refusal(to);
            case GRPC -> none(from, to);
        };
        return pair == null
                ? null
                : "--listen " + from + " --to " + to + ": " + pair
                        + ". There are gateways from Cap'n Web to Cap'n Proto and gRPC, from Cap'n Proto to Cap'n Web (ws://, wss://, wt://), and from Cap'n Proto to Cap'n Proto.";
    }

    private static String none(WireUrl from, WireUrl to) {
        return "no gateway leads from " + from.wire() + " to " + to.wire();
    }

    /** What is served now, of a server that has objects; null after problems of the schema were told. */
    private @Nullable String objects(NetLoop net, WireUrl from, WireUrl server, Access access) throws InputException {
        Loop loop = net.loop();
        InterfaceSchema type = null;
        if (from.wire() != server.wire()) {
            type = schema.bootstrap(workingFolder, spec.commandLine().getErr());
            if (type == null) {
                return null;
            }
            Bridge.check(type);
        }
        InterfaceSchema known = type;
        SecureRandom random = new SecureRandom();
        Upstream.Trust trust = new Upstream.Trust(
                tls.context(workingFolder),
                server.scheme() == WireUrl.Scheme.WT ? tls.serverTrust(workingFolder) : ServerTrust.system(),
                tls.serverName(),
                random);
        Listening.Who who = listenAs.who(workingFolder, loop, Instant::now, random);
        Listening at = loop.fetch(() -> {
                    Upstream upstream = Upstream.of(net, server, trust);
                    Bridge bridge = new Bridge(loop, Limits.DEFAULT);
                    Function<Cap, Cap> across = known == null
                            ? object -> object
                            : from.wire() == WireUrl.Wire.WEB
                                    ? object -> bridge.toWeb(known, object)
                                    : object -> bridge.toCapnp(known, object);
                    // Whether there is a server is told now, and not to the first visitor.
                    return upstream.object().then(object -> {
                        object.close();
                        return Listening.at(
                                net, from, who, access, () -> upstream.object().convert(across::apply));
                    });
                })
                .await();
        return served(known == null ? "the server's objects" : known.shortName(), at, from);
    }

    private String grpcToWeb(NetLoop net, WireUrl from, WireUrl server, Access access) throws InputException {
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
        Listening.Who who = listenAs.who(workingFolder, net.loop(), Instant::now, new SecureRandom());
        Listening at = net.loop()
                .fetch(() -> Listening.at(
                        net,
                        from,
                        who,
                        access,
                        () -> Promise.of(service == null ? bridge.toWeb(client) : bridge.toWeb(client, service))))
                .await();
        return served(service == null ? String.join(", ", bridge.services().keySet()) : service, at, from);
    }

    private static String served(String what, Listening at, WireUrl from) {
        WireUrl place = new WireUrl(from.scheme(), at.address(), from.path());
        String clients = from.wire() + " clients call " + what + " at ";
        return switch (from.scheme()) {
            case WS ->
                clients + place + " and, in batches, at " + new WireUrl(WireUrl.Scheme.HTTP, at.address(), from.path());
            case WSS ->
                clients + place + " and, in batches, at "
                        + new WireUrl(WireUrl.Scheme.HTTPS, at.address(), from.path());
            case HTTP ->
                clients + new WireUrl(WireUrl.Scheme.WS, at.address(), from.path()) + " and, in batches, at " + place;
            case HTTPS ->
                clients + new WireUrl(WireUrl.Scheme.WSS, at.address(), from.path()) + " and, in batches, at " + place;
            case WT ->
                clients
                        + place
                        + (at.hashes().isEmpty()
                                ? ""
                                : " (SHA-256 of the certificate: " + at.hashes().getFirst() + ")");
            case CAPNP, CAPNPS, CAPNP_UNIX, CAPNP_WS, CAPNP_WSS, GRPC, GRPCS -> clients + place;
        };
    }

    private WireUrl url(String option, String text) {
        try {
            return WireUrl.parse(text);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), option + ": " + e.getMessage(), e);
        }
    }

    private Access access() {
        try {
            return Access.SAME_HOST.withOrigins(origins.toArray(String[]::new));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--origin: " + e.getMessage(), e);
        }
    }
}

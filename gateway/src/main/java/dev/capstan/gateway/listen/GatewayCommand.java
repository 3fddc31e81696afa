package dev.capstan.gateway.listen;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import dev.capstan.capnp.dynamic.InterfaceSchema;
import dev.capstan.capnweb.Access;
import dev.capstan.capnweb.Stub;
import dev.capstan.gateway.frames.Text;
import dev.capstan.gateway.grpc.GrpcBridge;
import dev.capstan.gateway.options.ExitException;
import dev.capstan.gateway.options.InputException;
import dev.capstan.gateway.options.LoadedSchema;
import dev.capstan.gateway.options.ProtoOption;
import dev.capstan.gateway.options.SchemaOption;
import dev.capstan.gateway.options.TlsOption;
import dev.capstan.gateway.options.WireUrl;
import dev.capstan.gateway.translate.Bridge;
import dev.capstan.gateway.translate.Limits;
import dev.capstan.grpc.client.GrpcClient;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.webtransport.ServerTrust;
import io.grpc.ServerServiceDefinition;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashSet;
import java.util.List;
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
            "From ws://, wss://, http://, https:// or wt:// (Cap'n Web), capnp://, capnps://, capnp+unix: or capnp+ws:// (Cap'n Proto) and grpc:// or grpcs://",
            "to servers of the other two, and from Cap'n Proto to Cap'n Proto over another transport, without a schema.",
            "",
            "Example:",
            "  ./capstan gateway --listen ws://127.0.0.1:8080/ --to capnp://127.0.0.1:9000 --schema bench.capnp",
            "and then, in JavaScript:",
            "  const api = newWebSocketRpcSession('ws://127.0.0.1:8080/');",
            "  await api.add({a: 1, b: 2});"
        },
        mixinStandardHelpOptions = true)
public final class GatewayCommand implements Callable<Integer> {
    private static final int MOST_SPIN = 1_000;

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

    @Option(
            names = "--debug",
            description = "Tell every frame on both sides on standard error, without secrets, as trace does.")
    private boolean debug;

    @Option(
            names = "--spin",
            paramLabel = "MICROSECONDS",
            description =
                    "Look for input for so long before sleeping, as long as it mostly comes by then: calls that come one by one pass faster. 50 unless told, 0 where there is one processor only; at most 1000.")
    private @Nullable Integer spin;

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

    public GatewayCommand(Path workingFolder) {
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
        dev.capstan.net.Limits limits = limits();
        Access access = access();
        PrintWriter err = spec.commandLine().getErr();
        try (NetLoop net = NetLoop.open("gateway", Transport.AUTO, limits, dev.capstan.async.Limits.DEFAULT)) {
            LoadedSchema loaded =
                    needsSchema(from, server) || schema.isGiven() ? schema.load(workingFolder, err) : null;
            if (loaded == null && needsSchema(from, server)) {
                return ExitException.SCHEMA;
            }
            InterfaceSchema type = loaded == null ? null : schema.bootstrap(loaded);
            if (type != null) {
                Bridge.check(type);
            }
            Site site = debug ? Site.shown(net, loaded == null ? null : loaded.loader(), err) : Site.of(net);
            SecureRandom random = new SecureRandom();
            Listening.Who who = listenAs.who(workingFolder, net.loop(), Instant::now, random);
            Doors doors = new Doors(site, from, who, access);
            String served = server.wire() == WireUrl.Wire.GRPC
                    ? services(doors, site, server, type)
                    : objects(doors, site, server, type, random);
            PrintWriter out = spec.commandLine().getOut();
            out.printf("%s; the server is at %s. Ctrl-C ends it.%n", served, to);
            out.flush();
            new CountDownLatch(1).await();
        } catch (InputException | IllegalArgumentException e) {
            err.println("capstan: " + Text.plain(String.valueOf(e.getMessage())));
            return ExitException.SCHEMA;
        }
        return 0;
    }

    private dev.capstan.net.Limits limits() {
        if (spin == null) {
            return dev.capstan.net.Limits.DEFAULT;
        }
        if (spin < 0 || spin > MOST_SPIN) {
            throw new ParameterException(
                    spec.commandLine(), "--spin: " + spin + " is not from 0 to " + MOST_SPIN + " microseconds");
        }
        return dev.capstan.net.Limits.DEFAULT.withSpin(Duration.of(spin, ChronoUnit.MICROS));
    }

    /** Cap'n Proto is translated by its schema. */
    private static boolean needsSchema(WireUrl from, WireUrl to) {
        return from.wire() != to.wire() && (from.wire() == WireUrl.Wire.CAPNP || to.wire() == WireUrl.Wire.CAPNP);
    }

    /** Why these two cannot be joined; null if they can. */
    private static @Nullable String refusal(WireUrl from, WireUrl to) {
        String why = from.wire() == to.wire() && from.wire() != WireUrl.Wire.CAPNP
                ? "no gateway leads from " + from.wire() + " to " + to.wire()
                : Upstream.refusal(to);
        return why == null
                ? null
                : "--listen " + from + " --to " + to + ": " + why
                        + ". There are gateways from each of Cap'n Web, Cap'n Proto and gRPC to the other two, and from Cap'n Proto to Cap'n Proto.";
    }

    /** A server of objects, through the door that was asked for. */
    private String objects(Doors doors, Site site, WireUrl server, @Nullable InterfaceSchema type, SecureRandom random)
            throws InputException {
        Loop loop = site.loop();
        Upstream.Trust trust = new Upstream.Trust(
                tls.context(workingFolder),
                server.scheme() == WireUrl.Scheme.WT
                        ? tls.serverTrust(workingFolder, Instant::now)
                        : ServerTrust.system(),
                tls.serverName(),
                random);
        Upstream upstream =
                loop.fetch(() -> Promise.of(Upstream.of(site, server, trust))).await();
        // What does not match is told before anybody connects, and whether there is a server now, and not to the first
        // visitor.
        List<ServerServiceDefinition> fronts =
                doors.wire() == WireUrl.Wire.GRPC ? fronts(loop, upstream, type) : List.of();
        loop.fetch(upstream::object).await().close();
        if (doors.wire() == WireUrl.Wire.GRPC) {
            return doors.grpc(fronts);
        }
        if (type == null) {
            return doors.objects("the server's objects", upstream::object);
        }
        Bridge bridge = new Bridge(loop, Limits.DEFAULT);
        Function<Cap, Cap> across = doors.wire() == WireUrl.Wire.WEB
                ? object -> bridge.toWeb(type, object)
                : object -> bridge.toCapnp(type, object);
        return doors.objects(type.shortName(), () -> upstream.object().convert(across::apply));
    }

    /** Services in front of a server of objects. */
    private List<ServerServiceDefinition> fronts(Loop loop, Upstream upstream, @Nullable InterfaceSchema type)
            throws InputException {
        GrpcBridge bridge = new GrpcBridge(loop, protos.load(workingFolder), Limits.DEFAULT);
        if (type != null) {
            String service = protos.one(bridge.services().keySet());
            return List.of(bridge.ofCapnp(service, new Bridge(loop, Limits.DEFAULT), type, upstream::object));
        }
        String one = protos.service();
        if (one != null) {
            return List.of(bridge.ofWeb(one, upstream::object));
        }
        return bridge.services().keySet().stream()
                .map(service ->
                        bridge.ofWeb(service, () -> upstream.object().convert(main -> place(loop, main, service))))
                .toList();
    }

    /** Where the package of a service says. Takes ownership. */
    private static Cap place(Loop loop, Cap main, String service) {
        try (Stub root = Stub.of(loop, main)) {
            Stub at = root;
            for (String step : service.split("\\.", -1)) {
                at = at.get(step);
            }
            return at.cap().share();
        }
    }

    /** A gRPC server, through the door that was asked for. */
    private String services(Doors doors, Site site, WireUrl server, @Nullable InterfaceSchema type)
            throws InputException {
        Loop loop = site.loop();
        GrpcUpstream upstream = new GrpcUpstream(site, server, tls.credentials(workingFolder), tls.serverName());
        GrpcBridge bridge = new GrpcBridge(
                loop,
                protos.isGiven()
                        ? protos.load(workingFolder)
                        : upstream.schemas("--proto-set FILE").await(),
                Limits.DEFAULT);
        if (protos.isGiven()) {
            upstream.isThere().await();
        }
        GrpcClient client = upstream.client();
        if (type != null) {
            String service = protos.one(bridge.services().keySet());
            Cap object = loop.fetch(
                            () -> Promise.of(bridge.toCapnp(client, service, new Bridge(loop, Limits.DEFAULT), type)))
                    .await();
            return doors.objects(type.shortName(), () -> Promise.of(object.share()));
        }
        String service = protos.service();
        if (service == null) {
            bridge.check();
            return doors.objects(String.join(", ", bridge.services().keySet()), () -> Promise.of(bridge.toWeb(client)));
        }
        bridge.check(service);
        return doors.objects(service, () -> Promise.of(bridge.toWeb(client, service)));
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

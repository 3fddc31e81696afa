package dev.capstan.gateway.dial;

import dev.capstan.async.Address;
import dev.capstan.async.Loop;
import dev.capstan.async.Network;
import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import dev.capstan.capnp.dynamic.InterfaceSchema;
import dev.capstan.capnp.rpc.Peer;
import dev.capstan.capnp.rpc.Vat;
import dev.capstan.capnweb.WebClient;
import dev.capstan.capnweb.WebPeer;
import dev.capstan.gateway.options.DescriptorFile;
import dev.capstan.gateway.options.ExitException;
import dev.capstan.gateway.options.InputException;
import dev.capstan.gateway.options.LoadedSchema;
import dev.capstan.gateway.options.SchemaOption;
import dev.capstan.gateway.options.TlsOption;
import dev.capstan.gateway.options.WireUrl;
import dev.capstan.gateway.port.CapnpSockets;
import dev.capstan.grpc.CallMetadata;
import dev.capstan.grpc.GrpcFailure;
import dev.capstan.grpc.client.CallSettings;
import dev.capstan.grpc.client.GrpcClient;
import dev.capstan.grpc.services.DescriptorPool;
import dev.capstan.grpc.services.ReflectionClient;
import dev.capstan.net.Limits;
import dev.capstan.net.NetLoop;
import dev.capstan.net.http.Headers;
import dev.capstan.net.http.HttpClient;
import dev.capstan.net.tls.TlsNetwork;
import io.grpc.Status;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that say how a server is reached, and the one place where that is done; the same for every command that calls one. */
public final class Dial {
    @Mixin
    private SchemaOption schema = new SchemaOption();

    @Option(
            names = {"--protoset", "--proto-set"},
            paramLabel = "FILE",
            description =
                    "gRPC: take schemas from this file (protoc --include_imports --descriptor_set_out), instead of asking the server by reflection.")
    private @Nullable Path protoset;

    @Mixin
    private TlsOption tls = new TlsOption();

    @Option(
            names = {"-H", "--header"},
            paramLabel = "'NAME: VALUE'",
            description = "Send this header (Cap'n Web) or metadata (gRPC); may be repeated.")
    private List<String> headers = new ArrayList<>();

    @Option(
            names = "--connect-timeout",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description = "Give up connecting after so long; ${DEFAULT-VALUE} unless told.")
    private double connectSeconds;

    @Option(
            names = "--max-time",
            paramLabel = "SECONDS",
            description = "Give up everything after so long, with exit code 4.")
    private @Nullable Double maxSeconds;

    /** What a command works with. */
    public record Desk(Path workingFolder, PrintWriter err, Consumer<String> said, Supplier<Iterator<String>> typed) {}

    public Patience patience(Loop loop) {
        return new Patience(loop, maxSeconds == null ? null : seconds(maxSeconds));
    }

    public Duration connectTimeout() {
        return seconds(connectSeconds);
    }

    TlsOption tls() {
        return tls;
    }

    SchemaOption schema() {
        return schema;
    }

    private static Duration seconds(double number) {
        return Duration.ofNanos((long) (Math.clamp(number, 0.001, 1e9) * 1e9));
    }

    /**
     * Connects.
     *
     * @throws InputException if the options do not fit, or a file cannot be read
     * @throws ExitException if there is no such server, or its schema is not to be had
     */
    public Remote open(NetLoop net, WireUrl url, Patience patience, Desk desk) throws InputException {
        return open(net, url, patience, desk, true);
    }

    /** As {@link #open}, but a server whose schema is not to be had is as good as any. */
    public Remote openWithoutSchema(NetLoop net, WireUrl url, Patience patience, Desk desk) throws InputException {
        return open(net, url, patience, desk, false);
    }

    private Remote open(NetLoop net, WireUrl url, Patience patience, Desk desk, boolean withSchema)
            throws InputException {
        return switch (url.wire()) {
            case CAPNP -> capnp(net, url, patience, desk, withSchema);
            case WEB -> web(net, url, patience, desk);
            case GRPC -> grpc(net, url, patience, desk, withSchema);
        };
    }

    // ---- Cap'n Proto

    private Remote capnp(NetLoop net, WireUrl url, Patience patience, Desk desk, boolean withSchema)
            throws InputException {
        if (!headers.isEmpty()) {
            throw new InputException(
                    "-H: Cap'n Proto has no headers. Say who you are with the certificate of --cert, or in a call.");
        }
        LoadedSchema loaded = withSchema || schema.isGiven() ? loaded(desk) : null;
        InterfaceSchema bootstrap = loaded == null ? null : bootstrap(loaded);
        boolean overHttp = url.scheme() == WireUrl.Scheme.CAPNP_WS || url.scheme() == WireUrl.Scheme.CAPNP_WSS;
        Network network = network(net, url, desk);
        HttpClient http = overHttp ? http(net, url, desk) : null;
        Vat vat = Vat.on(net.loop()).build();
        try {
            Promise<Peer> connecting = http == null
                    ? vat.connect(network, url.address())
                    : net.loop().fetch(() -> CapnpSockets.connect(vat, http, url.uri()));
            Peer peer = connected(patience, connecting, url);
            return new CapnpRemote(vat, peer, loaded, bootstrap, patience, desk.said());
        } catch (RuntimeException e) {
            vat.close();
            throw e;
        }
    }

    private LoadedSchema loaded(Desk desk) {
        try {
            LoadedSchema loaded = schema.load(desk.workingFolder(), desk.err());
            if (loaded == null) {
                throw new ExitException(ExitException.SCHEMA, "The schema has errors; they are told above.");
            }
            return loaded;
        } catch (InputException e) {
            throw new ExitException(ExitException.SCHEMA, String.valueOf(e.getMessage()));
        }
    }

    private InterfaceSchema bootstrap(LoadedSchema loaded) {
        try {
            return schema.bootstrap(loaded);
        } catch (InputException e) {
            throw new ExitException(ExitException.SCHEMA, String.valueOf(e.getMessage()));
        }
    }

    /** The network of a URL's transport, with TLS if it has that. */
    public Network network(NetLoop net, WireUrl url, Desk desk, String... protocols) throws InputException {
        return url.tls() ? secure(net, desk).offering(protocols) : net.network();
    }

    private TlsNetwork secure(NetLoop net, Desk desk) throws InputException {
        TlsNetwork network =
                new TlsNetwork(net.loop(), net.network(), tls.context(desk.workingFolder()), Limits.Tls.DEFAULT);
        String name = tls.serverName();
        return name == null ? network : network.named(name);
    }

    private <T> T connected(Patience patience, Promise<T> connecting, WireUrl url) {
        try {
            return patience.await(
                    connecting,
                    connectTimeout(),
                    "no " + url.wire() + " server at " + url + " within " + Patience.seconds(connectTimeout())
                            + " (--connect-timeout)");
        } catch (ExitException e) {
            throw new ExitException(ExitException.UNREACHABLE, String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            throw new ExitException(
                    ExitException.UNREACHABLE,
                    "no " + url.wire() + " server at " + url + ": "
                            + Failure.of(e).reason());
        }
    }

    // ---- Cap'n Web

    private Remote web(NetLoop net, WireUrl url, Patience patience, Desk desk) throws InputException {
        Loop loop = net.loop();
        LoadedSchema loaded = schema.isGiven() ? loaded(desk) : null;
        InterfaceSchema main = loaded == null ? null : bootstrap(loaded);
        WebClient client = client(net, url, desk);
        Headers sent = Headers.of(fields());
        URI uri = url.uri();
        boolean isBatch = url.scheme() == WireUrl.Scheme.HTTP || url.scheme() == WireUrl.Scheme.HTTPS;
        if (isBatch) {
            return new WebRemote(
                    loop, () -> client.batch(uri, sent), true, loaded, main, patience, desk.typed(), desk.said());
        }
        WebPeer peer = connected(patience, client.open(uri, sent, null), url);
        return new WebRemote(loop, () -> peer, false, loaded, main, patience, desk.typed(), desk.said());
    }

    private WebClient client(NetLoop net, WireUrl url, Desk desk) throws InputException {
        if (url.scheme() == WireUrl.Scheme.WT) {
            HttpClient unused = new HttpClient(net.loop(), net.network(), new SecureRandom(), Limits.Http.DEFAULT);
            return new WebClient(net.loop(), unused)
                    .overWebTransport(
                            net, tls.serverTrust(desk.workingFolder(), Instant::now), Limits.WebTransport.DEFAULT);
        }
        return new WebClient(net.loop(), http(net, url, desk));
    }

    private HttpClient http(NetLoop net, WireUrl url, Desk desk) throws InputException {
        HttpClient http = new HttpClient(net.loop(), net.network(), new SecureRandom(), Limits.Http.DEFAULT);
        return url.tls() ? http.secure(secure(net, desk)) : http;
    }

    private List<Map.Entry<String, String>> fields() throws InputException {
        List<Map.Entry<String, String>> fields = new ArrayList<>();
        for (String each : headers) {
            int colon = each.indexOf(':');
            if (colon <= 0) {
                throw new InputException("-H '" + each + "' is no header: write 'name: value'.");
            }
            fields.add(Map.entry(
                    each.substring(0, colon).strip().toLowerCase(java.util.Locale.ROOT),
                    each.substring(colon + 1).strip()));
        }
        return fields;
    }

    // ---- gRPC

    private Remote grpc(NetLoop net, WireUrl url, Patience patience, Desk desk, boolean withSchema)
            throws InputException {
        CallMetadata metadata = CallMetadata.EMPTY;
        for (Map.Entry<String, String> each : fields()) {
            try {
                metadata = metadata.with(each.getKey(), each.getValue());
            } catch (IllegalArgumentException e) {
                throw new InputException("-H: " + e.getMessage());
            }
        }
        GrpcClient client = client(net, url.address(), url.tls(), desk);
        try {
            DescriptorPool pool = protoset == null
                    ? reflected(net.loop(), client, url, metadata, patience, withSchema)
                    : read(desk.workingFolder(), protoset);
            return new GrpcRemote(net.loop(), client, pool, metadata, patience);
        } catch (RuntimeException e) {
            client.close();
            throw e;
        }
    }

    private GrpcClient client(NetLoop net, Address to, boolean secure, Desk desk) throws InputException {
        GrpcClient.Builder builder = GrpcClient.on(net);
        if (to instanceof Address.Tcp(String host, int port)) {
            builder.dns(host, port);
        } else {
            builder.to(to);
        }
        if (!secure) {
            return builder.plaintext().build();
        }
        String name = tls.serverName();
        builder.tls(tls.credentials(desk.workingFolder()));
        return (name == null ? builder : builder.authority(name)).build();
    }

    private DescriptorPool reflected(
            Loop loop, GrpcClient client, WireUrl url, CallMetadata metadata, Patience patience, boolean withSchema) {
        Duration left = patience.left();
        Duration within = left == null || left.compareTo(connectTimeout()) > 0 ? connectTimeout() : left;
        CallSettings settings = CallSettings.DEFAULT.with(metadata).within(within);
        try {
            return new ReflectionClient(loop, client, settings, dev.capstan.grpc.Limits.Reflection.DEFAULT)
                    .schemas()
                    .await();
        } catch (GrpcFailure e) {
            if (e.code() == Status.Code.UNIMPLEMENTED) {
                if (!withSchema) {
                    return DescriptorPool.of(List.of());
                }
                throw new ExitException(
                        ExitException.SCHEMA,
                        url
                                + " does not tell its schemas by reflection. Name them: --protoset FILE, as protoc --include_imports --descriptor_set_out=FILE writes it.");
            }
            boolean isUnreachable = e.code() == Status.Code.UNAVAILABLE || e.code() == Status.Code.DEADLINE_EXCEEDED;
            throw new ExitException(
                    isUnreachable ? ExitException.UNREACHABLE : ExitException.REMOTE_FAILURE,
                    (isUnreachable ? "no gRPC server at " + url + ": " : "the server does not tell its schemas: ")
                            + e.code() + " " + e.reason());
        }
    }

    private static DescriptorPool read(Path workingFolder, Path file) {
        try {
            return DescriptorFile.read("--protoset", workingFolder, file);
        } catch (InputException e) {
            throw new ExitException(ExitException.SCHEMA, String.valueOf(e.getMessage()));
        }
    }
}

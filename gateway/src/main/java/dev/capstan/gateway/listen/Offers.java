package dev.capstan.gateway.listen;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.capnp.dynamic.InterfaceSchema;
import dev.capstan.capnp.dynamic.SchemaLoader;
import dev.capstan.capnp.rpc.Peer;
import dev.capstan.capnpc.source.SourceFiles;
import dev.capstan.gateway.grpc.GrpcBridge;
import dev.capstan.gateway.options.DescriptorFile;
import dev.capstan.gateway.options.InputException;
import dev.capstan.gateway.options.LoadedSchema;
import dev.capstan.gateway.options.ProtoOption;
import dev.capstan.gateway.options.WireUrl;
import dev.capstan.gateway.serve.Configuration;
import dev.capstan.gateway.serve.Configuration.Served;
import dev.capstan.gateway.serve.DemoObjects;
import dev.capstan.gateway.serve.Offer;
import dev.capstan.gateway.serve.Server;
import dev.capstan.gateway.translate.Bridge;
import dev.capstan.gateway.translate.Limits;
import dev.capstan.grpc.services.DescriptorPool;
import dev.capstan.net.NetLoop;
import io.grpc.ChannelCredentials;
import io.grpc.TlsChannelCredentials;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a configuration serves, made: objects of this program, and of other servers by their schemas. Belongs to the loop, but is made outside, since it reads files. */
final class Offers {
    private final Site site;
    private final SchemaLoader schemas;
    private final Loop loop;
    private final Bridge bridge;
    private final Borders borders;
    private final DemoObjects objects;
    private final SecureRandom random;
    private final Path workingFolder;
    private final PrintWriter err;

    /** Schemas of all that is served are loaded into {@code schemas}. */
    Offers(Site site, SchemaLoader schemas, Clock clock, SecureRandom random, Path workingFolder, PrintWriter err) {
        this.site = site;
        this.schemas = schemas;
        this.loop = site.loop();
        this.bridge = new Bridge(loop, Limits.DEFAULT);
        this.borders = new Borders(loop);
        this.objects = new DemoObjects(loop, clock, bridge, schemas);
        this.random = random;
        this.workingFolder = workingFolder;
        this.err = err;
    }

    /**
     * Everything; null after problems of a schema were told.
     *
     * @throws InputException if something cannot be served
     */
    @Nullable
    List<Offer> of(List<Served> served) throws InputException {
        List<Offer> all = new ArrayList<>();
        for (Served each : served) {
            Offer offer = switch (each) {
                case Served.Named(String path, String object) ->
                    loop.fetch(() -> Promise.of(objects.offer(path, object))).await();
                case Served.Upstream upstream -> upstream(upstream);
                case Served.Services services -> services(services);
            };
            if (offer == null) {
                return null;
            }
            all.add(offer);
        }
        return all;
    }

    /**
     * Whether the schemas and certificates of everything are right, without a word to a server; problems of a schema were told if not.
     *
     * @throws InputException if something cannot be served
     * @throws IllegalArgumentException as {@link Server#start}
     */
    boolean check(Configuration configuration) throws InputException {
        Map<String, Set<Long>> interfaces = new LinkedHashMap<>();
        boolean right = true;
        for (Served each : configuration.served()) {
            InterfaceSchema type = null;
            switch (each) {
                case Served.Named(String path, String object) ->
                    interfaces.put(
                            path,
                            loop.fetch(() -> Promise.of(
                                            objects.offer(path, object).interfaces()))
                                    .await());
                case Served.Upstream from -> {
                    Upstream.Trust _ = Upstream.Trust.in(from.authorities(), random);
                    type = translatable(from);
                    right &= type != null;
                }
                case Served.Services from -> {
                    ChannelCredentials _ = credentials(from.authorities());
                    Path schema = from.schema();
                    if (schema != null) {
                        type = type(schema, from.interfaceName(), from.imports());
                        right &= type != null;
                    }
                    Path file = from.descriptors();
                    if (file != null) {
                        DescriptorPool services = DescriptorFile.read("descriptors", workingFolder, file);
                        check(new GrpcBridge(loop, services, Limits.DEFAULT), from.service());
                    }
                }
            }
            if (type != null) {
                interfaces.put(each.path(), DemoObjects.interfaces(type));
            }
        }
        if (configuration.wires().contains(Configuration.Wire.CAPNP)) {
            Server.checkInterfaces(interfaces);
        }
        return right;
    }

    private static void check(GrpcBridge grpc, @Nullable String service) {
        if (service == null) {
            grpc.check();
        } else {
            grpc.check(service);
        }
    }

    private @Nullable InterfaceSchema translatable(Served.Upstream from) throws InputException {
        InterfaceSchema type = type(from.schema(), from.interfaceName(), from.imports());
        if (type != null) {
            try {
                Bridge.check(type);
            } catch (IllegalArgumentException e) {
                throw new InputException(String.valueOf(e.getMessage()));
            }
        }
        return type;
    }

    private @Nullable Offer upstream(Served.Upstream from) throws InputException {
        InterfaceSchema type = translatable(from);
        if (type == null) {
            return null;
        }
        WireUrl to = WireUrl.parse(from.to());
        Upstream server = Upstream.of(site, to, Upstream.Trust.in(from.authorities(), random));
        boolean capnp = to.wire() == WireUrl.Wire.CAPNP;
        return new Offer(
                from.path(),
                () -> server.object().convert(object -> borders.main(capnp ? bridge.toWeb(type, object) : object)),
                peer -> server.object()
                        .convert(object -> borders.bootstrap(peer, capnp ? object : bridge.toCapnp(type, object))),
                DemoObjects.interfaces(type),
                List.of(),
                new Offer.About.Interface(type, schemas));
    }

    private @Nullable Offer services(Served.Services from) throws InputException {
        InterfaceSchema type = null;
        if (from.schema() != null) {
            type = type(from.schema(), from.interfaceName(), from.imports());
            if (type == null) {
                return null;
            }
        }
        GrpcUpstream server = new GrpcUpstream(site, WireUrl.parse(from.to()), credentials(from.authorities()), null);
        try {
            return services(from, server, type);
        } catch (RuntimeException | InputException e) {
            server.close();
            throw e;
        }
    }

    private Offer services(Served.Services from, GrpcUpstream server, @Nullable InterfaceSchema type)
            throws InputException {
        // What cannot be translated is told now and not to the first visitor: so the server is asked now.
        DescriptorPool services = from.descriptors() == null
                ? server.schemas("descriptors = \"services.pb\"").await()
                : DescriptorFile.read("descriptors", workingFolder, from.descriptors());
        GrpcBridge grpc = new GrpcBridge(loop, services, Limits.DEFAULT);
        String service = from.service();
        check(grpc, service);
        Supplier<Cap> web = () -> service == null ? grpc.toWeb(server.client()) : grpc.toWeb(server.client(), service);
        return new Offer(
                from.path(),
                () -> Promise.of(borders.main(web.get())),
                type == null ? null : capnp(grpc, server, service, type),
                type == null ? Set.of() : DemoObjects.interfaces(type),
                List.of(),
                null);
    }

    private Function<Peer, Promise<Cap>> capnp(
            GrpcBridge grpc, GrpcUpstream server, @Nullable String service, InterfaceSchema type)
            throws InputException {
        String one =
                service != null ? service : ProtoOption.only(grpc.services().keySet(), "service = \"NAME\"");
        Cap object = loop.fetch(() -> Promise.of(grpc.toCapnp(server.client(), one, bridge, type)))
                .await();
        return peer -> Promise.of(borders.bootstrap(peer, object.share()));
    }

    private static ChannelCredentials credentials(@Nullable Path authorities) throws InputException {
        if (authorities == null) {
            return TlsChannelCredentials.create();
        }
        try {
            return TlsChannelCredentials.newBuilder()
                    .trustManager(authorities.toFile())
                    .build();
        } catch (IOException e) {
            throw new InputException(
                    authorities + " cannot be read (" + e.getClass().getSimpleName() + ").");
        }
    }

    private @Nullable InterfaceSchema type(Path schema, @Nullable String interfaceName, List<Path> imports)
            throws InputException {
        List<SourceFiles> roots = new ArrayList<>();
        imports.forEach(folder -> roots.add(SourceFiles.folder(folder)));
        roots.add(SourceFiles.standard());
        LoadedSchema loaded = LoadedSchema.of(schema, workingFolder, roots, err);
        if (loaded == null) {
            return null;
        }
        loaded.loader().loaded().forEach(each -> schemas.loadOnce(each.node()));
        return loaded.interfaceType(interfaceName);
    }

    /** A server of what {@code configuration} says, which listens; null after problems of a schema were told. */
    static @Nullable Server serve(
            NetLoop net,
            Configuration configuration,
            Clock clock,
            SecureRandom random,
            Path workingFolder,
            PrintWriter err)
            throws InputException, IOException, GeneralSecurityException {
        SchemaLoader schemas = new SchemaLoader();
        Site site = configuration.debug() ? Site.shown(net, schemas, err) : Site.of(net);
        List<Offer> offers = new Offers(site, schemas, clock, random, workingFolder, err).of(configuration.served());
        return offers == null
                ? null
                : Server.start(net, configuration, offers, site.look(), site.messages(), random, clock)
                        .recover(cause -> Promise.failed(
                                cause instanceof IllegalArgumentException
                                        ? cause
                                        : Failure.of(cause).as(Failure.Kind.DISCONNECTED)))
                        .await();
    }

    /** Names of the objects of this program. */
    static Set<String> names() {
        return DemoObjects.NAMES;
    }
}

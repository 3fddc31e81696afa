package dev.capstan.gateway.serve;

import dev.capstan.async.Address;
import dev.capstan.async.Loop;
import dev.capstan.async.MessageStream;
import dev.capstan.async.Network;
import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.QueuedCap;
import dev.capstan.capnp.rpc.Peer;
import dev.capstan.capnp.rpc.Vat;
import dev.capstan.capnweb.Options;
import dev.capstan.capnweb.WebServer;
import dev.capstan.capnweb.resume.ResumableServer;
import dev.capstan.capnweb.resume.ResumeLimits;
import dev.capstan.capnweb.resume.TokenKeys;
import dev.capstan.gateway.port.CapnpSockets;
import dev.capstan.gateway.port.OnePort;
import dev.capstan.gateway.serve.Configuration.Wire;
import dev.capstan.grpc.server.GrpcServer;
import dev.capstan.net.Limits;
import dev.capstan.net.NetLoop;
import dev.capstan.net.http.HttpResponse;
import dev.capstan.net.http.HttpRoutes;
import dev.capstan.net.webtransport.CertificateHash;
import dev.capstan.net.webtransport.ServerIdentity;
import io.grpc.Status;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Configuration} says, at work: offers on every wire at one port, with an answer about its health, and an end that loses no call.
 *
 * <p>Belongs to the loop of its network and is used on its thread. Ended by {@link #drain}, after which the network may be closed, or at once by closing that.
 */
public final class Server {
    private final Loop loop;
    private final Configuration configuration;
    private final List<Offer> offers;
    private final @Nullable Vat vat;
    private final @Nullable WebServer web;
    private final @Nullable GrpcServer grpc;
    private final @Nullable Identity identity;
    private final Lookout lookout;
    private @Nullable OnePort port;
    private final List<Network.Listener> others = new ArrayList<>();
    private boolean leaving;

    private Server(
            Loop loop,
            Configuration configuration,
            List<Offer> offers,
            SecureRandom random,
            @Nullable Identity identity) {
        this.loop = loop;
        this.configuration = configuration;
        this.offers = offers;
        this.identity = identity;
        this.lookout = new Lookout(loop, configuration, offers, random);
        Set<Wire> wires = configuration.wires();
        this.vat = wires.contains(Wire.CAPNP) ? vat() : null;
        this.web = wires.contains(Wire.CAPNWEB) || wires.contains(Wire.WEBTRANSPORT) ? web(random) : null;
        this.grpc = wires.contains(Wire.GRPC) ? grpc(random) : null;
    }

    /**
     * Serves {@code offers}, whose paths differ. Reads the files of TLS, which blocks: not on the loop's thread. Fails with {@link IOException} if the address cannot be had.
     *
     * @param shown what makes streams of the port, after TLS, show what is read and written
     * @param messages the same for messages over WebTransport
     * @throws IOException if a file of TLS cannot be read
     * @throws GeneralSecurityException if a file of TLS does not hold what it should
     * @throws IllegalArgumentException if two offers have one interface, and Cap'n Proto is spoken
     */
    public static Promise<Server> start(
            NetLoop net,
            Configuration configuration,
            List<Offer> offers,
            UnaryOperator<Network> shown,
            UnaryOperator<MessageStream> messages,
            SecureRandom random,
            InstantSource clock)
            throws IOException, GeneralSecurityException {
        if (configuration.wires().contains(Wire.CAPNP)) {
            Map<String, Set<Long>> interfaces = new LinkedHashMap<>();
            offers.forEach(each -> interfaces.put(each.path(), each.interfaces()));
            checkInterfaces(interfaces);
        }
        Configuration.Tls tls = configuration.tls();
        Identity identity = tls == null ? null : new Identity(net.loop(), tls);
        return net.loop().fetch(() -> {
            Server server = new Server(net.loop(), configuration, offers, random, identity);
            Promise<Server> listening;
            try {
                listening = server.listen(
                        server.builder(net, messages, random, clock).shown(shown));
            } catch (RuntimeException e) {
                listening = Promise.failed(e);
            }
            return listening.recover(failure -> {
                // Somebody may have come meanwhile.
                server.endCalls(Status.UNAVAILABLE.withDescription("the server could not start"));
                server.close();
                return Promise.failed(failure);
            });
        });
    }

    private Promise<Server> listen(OnePort.Builder builder) {
        return builder.listen(configuration.listen()).convert(listening -> {
            port = listening;
            if (identity != null) {
                identity.watch();
            }
            return this;
        });
    }

    /**
     * Cap'n Proto's bootstrap object has all interfaces, so each may be there once.
     *
     * @param byPath the interfaces of what is served at each path
     * @throws IllegalArgumentException if one is there twice
     */
    public static void checkInterfaces(Map<String, Set<Long>> byPath) {
        Map<Long, String> known = new HashMap<>();
        byPath.forEach((path, interfaces) -> {
            for (Long each : interfaces) {
                String before = known.put(each, path);
                if (before != null) {
                    throw new IllegalArgumentException(
                            "what is served at " + before + " and at " + path
                                    + " has the same interface (0x" + Long.toHexString(each)
                                    + "), and clients of Cap'n Proto could not tell them apart: serve one of them, or leave \"capnp\" out of wires");
                }
            }
        });
    }

    // ---- wires

    private Vat vat() {
        Configuration.Limits wanted = configuration.limits();
        var limits = dev.capstan.capnp.rpc.Limits.DEFAULT
                .withConnections(wanted.connections())
                .withAnswers(wanted.requests());
        lookout.limits("capnp", limits);
        return Vat.on(loop)
                .limits(limits)
                .servingEach(this::bootstrap)
                .observer(lookout.observer())
                .build();
    }

    private Cap bootstrap(Peer peer) {
        Map<Long, Cap> byInterface = new HashMap<>();
        for (Offer offer : offers) {
            Function<? super Peer, Promise<Cap>> object = offer.capnp();
            if (object != null) {
                try (Cap one = QueuedCap.of(loop, object.apply(peer))) {
                    offer.interfaces().forEach(each -> byInterface.put(each, one.share()));
                }
            }
        }
        return new Joined(loop, byInterface);
    }

    private WebServer web(SecureRandom random) {
        Configuration.Limits limits = configuration.limits();
        dev.capstan.capnweb.Limits standard = dev.capstan.capnweb.Limits.DEFAULT;
        Options options = Options.DEFAULT
                .withObserver(lookout.observer())
                .withLimits(standard.withMessageBytes(limits.messageBytes())
                        .withTransport(standard.transport()
                                .withSessions(limits.sessions())
                                .withBatchBytes(limits.bodyBytes())));
        lookout.limits("capnweb", options.limits());
        // Tokens are signed with a key of this process: after a restart there is nothing to come back to anyway.
        ResumableServer lasting = new ResumableServer(loop, TokenKeys.random(random), random, ResumeLimits.DEFAULT);
        return new WebServer(loop, this::open, options, configuration.access()).resumable(lasting, visitor -> "");
    }

    private Promise<Cap> open(WebServer.Visitor visitor) {
        String path = visitor.request().path();
        for (Offer offer : offers) {
            Supplier<Promise<Cap>> object = offer.web();
            if (object != null && offer.path().equals(path)) {
                return object.get();
            }
        }
        throw Failure.unimplemented("nothing is served at " + path + "; there is "
                + String.join(
                        ", ",
                        offers.stream()
                                .filter(offer -> offer.web() != null)
                                .map(Offer::path)
                                .toList()));
    }

    private GrpcServer grpc(SecureRandom random) {
        var limits = dev.capstan.grpc.Limits.DEFAULT.withInboundMessageBytes(
                configuration.limits().messageBytes());
        lookout.limits("grpc", limits);
        GrpcServer.Builder builder = GrpcServer.on(loop)
                .limits(limits)
                .health(new dev.capstan.grpc.services.Health())
                .reflection();
        offers.forEach(offer -> offer.services().forEach(builder::service));
        builder.intercept(lookout.grpc(why -> endCalls(Status.UNAVAILABLE.withDescription(why.reason()))));
        GrpcServer server = builder.build();
        lookout.services(server, offers, random);
        return server;
    }

    private void endCalls(Status why) {
        loop.post(() -> {
            if (grpc != null) {
                grpc.cut(why);
            }
        });
    }

    private OnePort.Builder builder(
            NetLoop net, UnaryOperator<MessageStream> messages, SecureRandom random, InstantSource clock) {
        Configuration.Limits limits = configuration.limits();
        Limits.Http http = Limits.Http.DEFAULT;
        Limits.Http2 http2 = Limits.Http2.DEFAULT;
        Limits.Port undecided = Limits.Port.DEFAULT;
        OnePort.Builder builder = OnePort.on(net)
                .http(routes())
                .limits(
                        new Limits.Http(
                                limits.connections(),
                                http.headBytes(),
                                limits.bodyBytes(),
                                limits.messageBytes(),
                                http.queuedAnswerBytes(),
                                http.headTimeout(),
                                http.requestTimeout(),
                                limits.idle(),
                                http.answerTimeout(),
                                http.closeTimeout()),
                        new Limits.Http2(
                                limits.requests(),
                                http2.windowBytes(),
                                http2.connectionWindowBytes(),
                                http2.resets(),
                                http2.controlFrames(),
                                http2.continuations(),
                                http2.window(),
                                http2.life()))
                .limits(new Limits.Port(undecided.undecided(), undecided.firstBytes(), limits.firstBytes()));
        if (vat != null) {
            builder.capnp(vat);
        }
        if (identity != null) {
            builder.tls(identity.context());
        }
        Configuration.Tls tls = configuration.tls();
        if (tls != null && tls.clients() != Configuration.Clients.NOTHING) {
            builder.clientCertificates(tls.clients() == Configuration.Clients.REQUIRED);
        }
        if (web != null && configuration.wires().contains(Wire.WEBTRANSPORT)) {
            Limits.WebTransport transport = Limits.WebTransport.DEFAULT;
            ServerIdentity who = identity == null
                    ? ServerIdentity.selfIssued(
                            clock, random, configuration.listen().host())
                    : identity.forWebTransport();
            builder.webTransport(who, web.transports("/*").shown(messages))
                    .limits(new Limits.WebTransport(
                            limits.sessions(),
                            limits.messageBytes(),
                            transport.headBytes(),
                            transport.windowBytes(),
                            transport.streams(),
                            transport.openTimeout(),
                            transport.idleTimeout(),
                            transport.connectTimeout(),
                            transport.closeTimeout()));
        }
        return builder;
    }

    private HttpRoutes routes() {
        Configuration.Paths paths = configuration.paths();
        HttpRoutes routes = lookout.routes();
        Set<String> taken = new HashSet<>();
        if (web != null && configuration.wires().contains(Wire.CAPNWEB)) {
            for (Offer offer : offers) {
                if (offer.web() != null) {
                    routes = routes.and(web.routes(offer.path()));
                    taken.add(offer.path());
                }
            }
        }
        if (vat != null) {
            routes = routes.and(CapnpSockets.routes(
                    paths.capnp(), vat, configuration.access().origins()));
        }
        if (grpc != null) {
            routes = routes.and(grpc.routes());
        }
        if (!taken.contains("/")) {
            routes = routes.on("GET", "/", request -> Promise.of(HttpResponse.text(200, overview())));
        }
        return routes;
    }

    private String overview() {
        StringBuilder text = new StringBuilder("Served here:\n");
        for (Offer offer : offers) {
            text.append("  ").append(offer.path());
            List<String> wires = new ArrayList<>();
            if (offer.web() != null && web != null) {
                wires.add("Cap'n Web");
            }
            if (offer.capnp() != null && vat != null) {
                wires.add("Cap'n Proto");
            }
            if (grpc != null) {
                offer.services()
                        .forEach(service -> wires.add(
                                "gRPC " + service.getServiceDescriptor().getName()));
            }
            text.append("  ").append(String.join(", ", wires)).append('\n');
        }
        return text.toString();
    }

    // ---- for its owner

    /** Where it listens, with the port that the system chose. */
    public Address.Tcp address() {
        if (port != null && port.address() instanceof Address.Tcp tcp) {
            return tcp;
        }
        throw new AssertionError("a server is handed out when it listens, at an address of TCP");
    }

    /** Cap'n Proto at another address, too, such as a Unix socket. Fails with {@link IOException} if it cannot be had. */
    public Promise<Address> alsoAt(Network network, Address at) {
        Vat spoken = vat;
        if (spoken == null) {
            throw new IllegalStateException("Cap'n Proto is not among the wires of this server");
        }
        return loop.fetch(() -> spoken.listen(network, at).convert(listener -> {
            others.add(listener);
            return listener.address();
        }));
    }

    /** What pages have to know of the certificate for WebTransport if the server issues it itself; see {@link OnePort#hashes}. */
    public List<CertificateHash> hashes() {
        return port == null ? List.of() : port.hashes();
    }

    /** A link to the console that lets in once, or a word on why there is none. */
    public String console() {
        return lookout.link(address());
    }

    /**
     * Ends: first it only says that it leaves, as {@link Configuration.Drain#notice} has it; then nobody can connect any more, calls that are under way are finished, on each wire in its way, and
     * everything is closed. Gives the number of calls that had to be cut when the time was over. Called once.
     */
    public Promise<Integer> drain() {
        if (leaving) {
            throw new IllegalStateException("the server is being drained already");
        }
        leaving = true;
        lookout.leave();
        Configuration.Drain how = configuration.drain();
        return how.notice().isZero()
                ? end(how.time()).eager()
                : loop.timer().after(how.notice()).then(done -> end(how.time())).eager();
    }

    private Promise<Integer> end(Duration time) {
        List<Promise<Integer>> all = new ArrayList<>();
        if (grpc != null) {
            all.add(endGrpc(grpc, time));
        }
        if (web != null) {
            all.add(web.drain(time));
        }
        others.forEach(Network.Listener::close);
        if (vat != null) {
            all.add(vat.drain(time));
        }
        // After the others, which say what is to be said over connections that this ends.
        if (port != null) {
            port.close();
        }
        return Promise.all(all).convert(cut -> {
            close();
            return cut.stream().mapToInt(Integer::intValue).sum();
        });
    }

    private void close() {
        if (vat != null) {
            vat.close();
        }
        if (web != null) {
            web.close();
        }
        if (identity != null) {
            identity.close();
        }
        lookout.close();
    }

    private Promise<Integer> endGrpc(GrpcServer server, Duration time) {
        int[] cut = {0};
        // Rings before the server's own alarm of the same time, which was set later.
        Promise.Cancelable late = loop.timer().after(time).listen(loop, (rung, failure) -> cut[0] = server.calls());
        return server.drain(time).convert(done -> {
            late.cancel();
            return cut[0];
        });
    }
}

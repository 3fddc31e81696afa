package dev.capstan.gateway.listen;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.capstan.async.Address;
import dev.capstan.async.Network;
import dev.capstan.cap.Cap;
import dev.capstan.capnp.dynamic.InterfaceSchema;
import dev.capstan.capnp.dynamic.SchemaLoader;
import dev.capstan.capnp.rpc.Vat;
import dev.capstan.capnweb.Access;
import dev.capstan.capnweb.WebClient;
import dev.capstan.capnweb.WebPeer;
import dev.capstan.examples.calculator.Calculator;
import dev.capstan.gateway.options.WireUrl;
import dev.capstan.gateway.options.WireUrl.Scheme;
import dev.capstan.gateway.options.WireUrl.Wire;
import dev.capstan.gateway.port.CapnpSockets;
import dev.capstan.gateway.serve.Configuration;
import dev.capstan.gateway.serve.Identity;
import dev.capstan.gateway.serve.Pems;
import dev.capstan.gateway.serve.ServerScene;
import dev.capstan.gateway.translate.Bridge;
import dev.capstan.net.Limits;
import dev.capstan.net.http.HttpClient;
import dev.capstan.net.tls.TlsNetwork;
import dev.capstan.net.webtransport.ServerTrust;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A call through a gateway, for each pair of URLs that it joins. */
class GatewayPairsTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @SuppressWarnings("NullAway.Init")
    private static Pems pems;

    @BeforeAll
    static void make(@TempDir Path keys) throws Exception {
        pems = Pems.make(keys, "gateway");
    }

    @ParameterizedTest
    @CsvSource({
        "WS, CAPNP",
        "WS, CAPNPS",
        "WS, CAPNP_UNIX",
        "WS, CAPNP_WS",
        "WS, CAPNP_WSS",
        "WSS, CAPNP",
        "HTTP, CAPNP",
        "HTTPS, CAPNPS",
        "WT, CAPNP",
        "CAPNP, CAPNP",
        "CAPNP, CAPNPS",
        "CAPNP, CAPNP_UNIX",
        "CAPNP, CAPNP_WS",
        "CAPNP, CAPNP_WSS",
        "CAPNPS, CAPNP",
        "CAPNP_UNIX, CAPNP",
        "CAPNP_WS, CAPNP",
        "CAPNP_WSS, CAPNPS",
        "CAPNP, WS",
        "CAPNP, WSS",
        "CAPNP, WT",
        "CAPNP_WS, WS",
    })
    void a_call_goes_through(Scheme from, Scheme to) throws Exception {
        boolean secure = new WireUrl(to, new Address.Tcp("a", 1), "/").tls();
        try (ServerScene scene = new ServerScene(ServerScene.with(secure ? pems : null), secure ? pems : null, null)) {
            WireUrl server = url(scene, to);
            InterfaceSchema type = new SchemaLoader().load(Calculator.TYPE);
            Upstream.Trust trust = Upstream.Trust.in(pems.certificate(), scene.random);
            Identity identity = new Identity(
                    scene.loop,
                    new Configuration.Tls(
                            pems.certificate(), pems.key(), Duration.ZERO, Configuration.Clients.NOTHING, null));
            Listening.Who who = new Listening.Who(identity.context(), identity.forWebTransport());
            WireUrl wanted = from == Scheme.CAPNP_UNIX
                    ? new WireUrl(
                            from, new Address.Unix(folder.resolve("in.sock").toString()), "")
                    : new WireUrl(from, new Address.Tcp("127.0.0.1", 0), "/here");
            Listening at = scene.onLoop(() -> {
                Upstream upstream = Upstream.of(Site.of(scene.net), server, trust);
                Bridge bridge = new Bridge(scene.loop, dev.capstan.gateway.translate.Limits.DEFAULT);
                Function<Cap, Cap> across = wanted.wire() == server.wire()
                        ? object -> object
                        : wanted.wire() == Wire.WEB
                                ? object -> bridge.toWeb(type, object)
                                : object -> bridge.toCapnp(type, object);
                return Listening.at(
                        Site.of(scene.net),
                        wanted,
                        who,
                        Access.SAME_HOST,
                        () -> upstream.object().convert(across::apply));
            });
            assertEquals(42, called(scene, new WireUrl(from, at.address(), "/here"), trust));
        }
    }

    private WireUrl url(ServerScene scene, Scheme scheme) {
        Address.Tcp tcp = scene.server.address();
        return switch (scheme) {
            case CAPNP, CAPNPS -> new WireUrl(scheme, tcp, "");
            case CAPNP_UNIX ->
                new WireUrl(
                        scheme,
                        scene.server
                                .alsoAt(
                                        scene.net.network(),
                                        new Address.Unix(
                                                folder.resolve("out.sock").toString()))
                                .await(),
                        "");
            case CAPNP_WS, CAPNP_WSS -> new WireUrl(scheme, tcp, "/capnp");
            default -> new WireUrl(scheme, tcp, "/calculator");
        };
    }

    private static double called(ServerScene scene, WireUrl url, Upstream.Trust trust) {
        Network tls = new TlsNetwork(scene.loop, scene.net.network(), trust.context(), Limits.Tls.DEFAULT);
        HttpClient http =
                new HttpClient(scene.loop, scene.net.network(), scene.random, Limits.Http.DEFAULT).secure(tls);
        if (url.wire() == Wire.WEB) {
            ServerTrust known = trust.webTransport();
            WebClient client = url.scheme() == Scheme.WT
                    ? new WebClient(scene.loop, http).overWebTransport(scene.net, known, Limits.WebTransport.DEFAULT)
                    : new WebClient(scene.loop, http);
            boolean batch = url.scheme() == Scheme.HTTP || url.scheme() == Scheme.HTTPS;
            try (WebPeer peer = batch ? client.batch(url.uri()) : client.connect(url.uri())) {
                return scene.literal(peer, 42);
            }
        }
        try (Vat vat = Vat.on(scene.loop).build()) {
            return ServerScene.literal(
                    switch (url.scheme()) {
                        case CAPNP_WS, CAPNP_WSS -> scene.onLoop(() -> CapnpSockets.connect(vat, http, url.uri()));
                        case CAPNPS -> vat.connect(tls, url.address()).await();
                        default ->
                            vat.connect(scene.net.network(), url.address()).await();
                    },
                    42);
        }
    }
}

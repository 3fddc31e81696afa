package dev.capstan.gateway.listen;

import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.Network;
import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.capnp.rpc.Peer;
import dev.capstan.capnp.rpc.Vat;
import dev.capstan.capnweb.WebClient;
import dev.capstan.capnweb.WebPeer;
import dev.capstan.gateway.options.InputException;
import dev.capstan.gateway.options.WireUrl;
import dev.capstan.gateway.port.CapnpSockets;
import dev.capstan.gateway.serve.Identity;
import dev.capstan.net.Limits;
import dev.capstan.net.NetLoop;
import dev.capstan.net.http.HttpClient;
import dev.capstan.net.tls.TlsNetwork;
import dev.capstan.net.webtransport.ServerTrust;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The server behind a gateway, of Cap'n Proto or of Cap'n Web: one connection for all visitors, so that what one of them is given can be passed to another. When it is lost, the next visitor makes a
 * new one.
 *
 * <p>Used on the thread of its loop; owns its connection.
 */
final class Upstream {
    private final Loop loop;
    private final WireUrl to;
    private final Supplier<Promise<Connection>> connect;
    private @Nullable Connection connection;
    private final List<Completer<Cap>> waiting = new ArrayList<>();

    /** A connection: what gives another reference to the server's object, and the promise that settles when it is over. */
    private record Connection(Supplier<Cap> object, Promise<Void> over) {}

    private Upstream(Loop loop, WireUrl to, Supplier<Promise<Connection>> connect) {
        this.loop = loop;
        this.to = to;
        this.connect = connect;
    }

    /** What is wrong with a URL as one of a server behind a gateway; null if nothing is. */
    static @Nullable String refusal(WireUrl to) {
        return switch (to.scheme()) {
            case CAPNP, CAPNPS, CAPNP_UNIX, CAPNP_WS, CAPNP_WSS, WS, WSS, WT, GRPC, GRPCS -> null;
            case HTTP, HTTPS ->
                "a batch is over with its answer, so no object of it could be passed on: connect by ws:// or wss://";
        };
    }

    /**
     * The server at {@code to}, of which {@link #refusal} says nothing. Not connected yet.
     *
     * @param trust how servers are known with TLS
     */
    static Upstream of(Site site, WireUrl to, Trust trust) {
        Loop loop = site.loop();
        NetLoop net = site.net();
        Network plain = site.network();
        TlsNetwork byHost = new TlsNetwork(loop, net.network(), trust.context(), Limits.Tls.DEFAULT);
        Network tls = site.look().apply(trust.name() == null ? byHost : byHost.named(trust.name()));
        HttpClient http = new HttpClient(loop, plain, trust.random(), Limits.Http.DEFAULT).secure(tls);
        if (to.wire() == WireUrl.Wire.WEB) {
            WebClient web = new WebClient(loop, http);
            WebClient client = to.scheme() == WireUrl.Scheme.WT
                    ? web.overWebTransport(net, trust.webTransport(), Limits.WebTransport.DEFAULT)
                    : web;
            return new Upstream(loop, to, () -> client.open(to.uri()).convert(Upstream::connection));
        }
        Vat vat = Vat.on(loop).build();
        Supplier<Promise<Peer>> connect = switch (to.scheme()) {
            case CAPNP_WS, CAPNP_WSS -> () -> CapnpSockets.connect(vat, http, to.uri());
            case CAPNPS -> () -> vat.connect(tls, to.address());
            case CAPNP, CAPNP_UNIX -> () -> vat.connect(plain, to.address());
            default -> throw new IllegalArgumentException("objects of " + to + " come by another way");
        };
        return new Upstream(
                loop, to, () -> connect.get().convert(peer -> new Connection(peer::bootstrap, peer.onDisconnect())));
    }

    private static Connection connection(WebPeer peer) {
        return new Connection(peer::main, peer.onDisconnect());
    }

    /**
     * How a server is known.
     *
     * @param context over TCP
     * @param webTransport over WebTransport
     * @param name what its certificate is made out for; null for the host of the URL
     * @param random for WebSockets
     */
    record Trust(
            SSLContext context,
            ServerTrust webTransport,
            @Nullable String name,
            RandomGenerator random) {
        /** By the authorities in a file, or by those that the runtime trusts. */
        static Trust in(@Nullable Path authorities, RandomGenerator random) throws InputException {
            try {
                SSLContext context = SSLContext.getInstance("TLS");
                context.init(null, authorities == null ? null : Identity.trusting(authorities), null);
                return new Trust(
                        context,
                        authorities == null
                                ? ServerTrust.system()
                                : ServerTrust.store(Identity.authorities(authorities)),
                        null,
                        random);
            } catch (IOException | GeneralSecurityException e) {
                throw new InputException(
                        authorities + " holds no certificates of authorities in PEM: " + e.getMessage());
            }
        }
    }

    /** The server's object, that of its wire; the receiver owns it. Fails as DISCONNECTED if the server cannot be reached. */
    Promise<Cap> object() {
        Connection known = connection;
        if (known != null) {
            return Promise.of(known.object().get());
        }
        Completer<Cap> completer = new Completer<>(loop);
        waiting.add(completer);
        if (waiting.size() == 1) {
            connect.get().listen(loop, this::connected);
        }
        return completer.promise();
    }

    private void connected(@Nullable Connection made, @Nullable Throwable cause) {
        List<Completer<Cap>> all = List.copyOf(waiting);
        waiting.clear();
        if (made == null) {
            Failure failure = Failure.disconnected("no " + to.wire() + " server at " + to
                    + (cause == null ? "" : ": " + Failure.of(cause).reason()));
            all.forEach(each -> each.fail(failure));
            return;
        }
        connection = made;
        made.over().listen(loop, (done, why) -> {
            if (made.equals(connection)) {
                connection = null;
            }
        });
        all.forEach(each -> each.complete(made.object().get()));
    }
}

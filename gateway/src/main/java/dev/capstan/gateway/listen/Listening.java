package dev.capstan.gateway.listen;

import dev.capstan.async.Address;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.QueuedCap;
import dev.capstan.capnp.rpc.Vat;
import dev.capstan.capnweb.Access;
import dev.capstan.capnweb.Options;
import dev.capstan.capnweb.WebServer;
import dev.capstan.gateway.options.WireUrl;
import dev.capstan.gateway.port.CapnpSockets;
import dev.capstan.gateway.port.OnePort;
import dev.capstan.grpc.server.GrpcServer;
import dev.capstan.net.http.HttpRoutes;
import dev.capstan.net.webtransport.CertificateHash;
import dev.capstan.net.webtransport.ServerIdentity;
import dev.capstan.net.webtransport.WebTransportServer;
import io.grpc.ServerServiceDefinition;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Where visitors of a gateway come in: one object at one URL, on the wire of that. What a visitor gets hold of passes a border of its own, which closes behind it.
 *
 * @param address where it listens, with the port that the system chose
 * @param hashes of the certificate for WebTransport, if the gateway has issued it itself
 */
record Listening(Address address, List<CertificateHash> hashes) {
    /**
     * Who the gateway is.
     *
     * @param tls for URLs with TLS over TCP; null if there is no certificate
     * @param webTransport for {@code wt}
     */
    record Who(@Nullable SSLContext tls, ServerIdentity webTransport) {}

    /**
     * Listens. On the loop's thread. Fails as DISCONNECTED if the address cannot be had.
     *
     * @param object gives the object for one visitor, of the wire of the URL; the visitor owns it
     * @param access which web pages may come in
     * @throws IllegalArgumentException if the URL wants TLS and there is no certificate
     */
    static Promise<Listening> at(Site site, WireUrl at, Who who, Access access, Supplier<Promise<Cap>> object) {
        Loop loop = site.loop();
        Borders borders = new Borders(loop);
        Supplier<Promise<Cap>> main = () -> object.get().convert(borders::main);
        if (at.scheme() == WireUrl.Scheme.WT) {
            WebServer web = web(loop, access, main);
            return WebTransportServer.listen(
                            site.net(),
                            socketAddress(at),
                            who.webTransport(),
                            web.transports(path(at)).shown(site.messages()))
                    .convert(server -> new Listening(
                            new Address.Tcp(host(at), server.address().getPort()), server.hashes()));
        }
        OnePort.Builder port = port(site, at, who);
        switch (at.scheme()) {
            case CAPNP, CAPNPS, CAPNP_UNIX -> port.capnp(vat(loop, borders, object));
            case CAPNP_WS, CAPNP_WSS ->
                port.http(CapnpSockets.routes(path(at), vat(loop, borders, object), access.origins()));
            case WS, WSS, HTTP, HTTPS ->
                port.http(HttpRoutes.none().and(web(loop, access, main).routes(path(at))));
            case WT, GRPC, GRPCS -> throw new AssertionError("nobody listens like that here: " + at);
        }
        return listen(port, at);
    }

    /** Listens for gRPC; reflection tells clients the {@code services}. Otherwise as {@link #at(Site, WireUrl, Who, Access, Supplier)}. */
    static Promise<Listening> at(Site site, WireUrl at, Who who, List<ServerServiceDefinition> services) {
        GrpcServer.Builder server = GrpcServer.on(site.loop()).reflection();
        services.forEach(server::service);
        return listen(port(site, at, who).http(server.build().routes()), at);
    }

    private static OnePort.Builder port(Site site, WireUrl at, Who who) {
        OnePort.Builder port = OnePort.on(site.net()).shown(site.look());
        if (at.tls()) {
            SSLContext tls = who.tls();
            if (tls == null) {
                throw new IllegalArgumentException(
                        at + " needs a certificate: --listen-cert FILE and --listen-key FILE");
            }
            port.tls(tls);
        }
        return port;
    }

    private static Promise<Listening> listen(OnePort.Builder port, WireUrl at) {
        return port.listen(at.address())
                .convert(listening -> new Listening(listening.address(), List.of()))
                .recover(cause -> Promise.failed(Failure.disconnected(
                        "cannot listen at " + at + ": " + Failure.of(cause).reason())));
    }

    private static WebServer web(Loop loop, Access access, Supplier<Promise<Cap>> object) {
        return new WebServer(loop, visitor -> object.get(), Options.DEFAULT, access);
    }

    private static Vat vat(Loop loop, Borders borders, Supplier<Promise<Cap>> object) {
        return Vat.on(loop)
                .servingEach(peer -> QueuedCap.of(loop, object.get().convert(each -> borders.bootstrap(peer, each))))
                .build();
    }

    /** Without the query. */
    private static String path(WireUrl at) {
        int query = at.path().indexOf('?');
        return query < 0 ? at.path() : at.path().substring(0, query);
    }

    private static String host(WireUrl at) {
        return at.address() instanceof Address.Tcp(String host, int port) ? host : "";
    }

    private static InetSocketAddress socketAddress(WireUrl at) {
        if (at.address() instanceof Address.Tcp(String host, int port)) {
            return new InetSocketAddress(InetAddress.ofLiteral(host), port);
        }
        throw new IllegalArgumentException(at + ": WebTransport needs a host that is a number, such as 127.0.0.1");
    }
}

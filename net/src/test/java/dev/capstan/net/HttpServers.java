package dev.capstan.net;

import dev.capstan.async.Address;
import dev.capstan.async.Network;
import dev.capstan.net.http.HttpRoutes;
import dev.capstan.net.http.HttpServer;
import dev.capstan.net.tls.Certificates;
import dev.capstan.net.tls.TlsNetwork;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Servers on this machine with a thread of their own, for clients that are other programs or block: one in plain text and one over TLS, which offers HTTP/2 and HTTP/1.1. */
final class HttpServers implements AutoCloseable {
    private final NetLoop net = NetLoop.open("http-servers", Transport.AUTO);

    /** What the server over TLS shows, for 127.0.0.1 and localhost. */
    final KeyStore key;

    final int plain;
    final int secure;

    HttpServers(HttpRoutes routes, Path folder) throws Exception {
        key = new Certificates(folder).make("server", "dns:localhost,ip:127.0.0.1");
        plain = listen(net.network(), routes);
        secure = listen(
                new TlsNetwork(net.loop(), net.network(), Certificates.showing(key), Limits.Tls.DEFAULT)
                        .offering("h2", "http/1.1"),
                routes);
    }

    private int listen(Network network, HttpRoutes routes) throws Exception {
        CompletableFuture<Integer> port = new CompletableFuture<>();
        net.loop()
                .post(() -> HttpServer.listen(
                                net.loop(), network, new Address.Tcp("127.0.0.1", 0), routes, Limits.Http.DEFAULT)
                        .listen(net.loop(), (server, failure) -> {
                            if (server != null && server.address() instanceof Address.Tcp(String host, int its)) {
                                port.complete(its);
                            } else {
                                port.completeExceptionally(failure);
                            }
                        }));
        return port.get(30, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        net.close();
    }
}

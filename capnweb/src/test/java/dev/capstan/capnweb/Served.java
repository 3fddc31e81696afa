package dev.capstan.capnweb;

import dev.capstan.async.Address;
import dev.capstan.async.Promise;
import dev.capstan.net.Limits.Http;
import dev.capstan.net.NetLoop;
import dev.capstan.net.http.HttpServer;
import java.io.IOException;
import java.util.stream.Collectors;

/** A server at a port of this machine, which offers the object that the transcripts were recorded with to whoever comes over a WebSocket. */
interface Served extends AutoCloseable {
    int port();

    /** Sizes of the tables of its sessions, as {@code server.mjs} prints them. */
    String tables() throws IOException;

    /** Ends the server, and its sessions with it. */
    @Override
    void close() throws IOException;

    /** By npm's package on Node. */
    static Served byNode() throws IOException {
        return NodePeer.server();
    }

    /** By ours, on the loop of {@code net}. */
    static Served byUs(NetLoop net) {
        WebServer server = new WebServer(
                net.loop(),
                visitor -> Promise.of(new GoldenApi(net.loop()).main().cap()));
        HttpServer http = net.loop()
                .fetch(() -> HttpServer.listen(
                        net.loop(), net.network(), new Address.Tcp("127.0.0.1", 0), server.routes("/"), Http.DEFAULT))
                .await();
        return new Served() {
            @Override
            public int port() {
                return ((Address.Tcp) http.address()).port();
            }

            @Override
            public String tables() {
                return net.loop()
                        .fetch(() -> Promise.of(server.tables().stream()
                                .map(each -> "{\"imports\":" + each.imports() + ",\"exports\":" + each.exports() + "}")
                                .collect(Collectors.joining(",", "[", "]"))))
                        .await();
            }

            @Override
            public void close() {
                net.loop()
                        .fetch(() -> {
                            server.close();
                            http.close();
                            return Promise.done();
                        })
                        .await();
            }
        };
    }
}

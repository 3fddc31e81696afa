package dev.capstan.bench.web;

import dev.capstan.async.Address;
import dev.capstan.async.Promise;
import dev.capstan.bench.Nets;
import dev.capstan.capnweb.WebServer;
import dev.capstan.net.Limits.Http;
import dev.capstan.net.NetLoop;
import dev.capstan.net.http.HttpServer;
import java.util.concurrent.CountDownLatch;

/**
 * Serves what {@code api.mjs} offers (capnweb/peers/node), over WebSockets and in batches at {@code /}: {@code --port N}; prints {@code READY port} and ends on
 * SIGTERM.
 */
public final class WebBenchServer {
    private WebBenchServer() {}

    /** Serves until the process is told to end. */
    public static void main(String[] args) throws Exception {
        int port = 0;
        for (int i = 0; i + 1 < args.length; i += 2) {
            if (!args[i].equals("--port")) {
                throw new IllegalArgumentException("unknown option " + args[i] + ": use --port");
            }
            port = Integer.parseInt(args[i + 1]);
        }
        Address address = new Address.Tcp("127.0.0.1", port);
        CountDownLatch stop = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(stop::countDown));
        try (NetLoop net = Nets.open("web-bench-server")) {
            WebServer server = new WebServer(net.loop(), visitor -> Promise.of(new BenchApi(net.loop()).cap()));
            HttpServer http = net.loop()
                    .fetch(() ->
                            HttpServer.listen(net.loop(), net.network(), address, server.routes("/"), Http.DEFAULT))
                    .await();
            System.out.println("READY " + ((Address.Tcp) http.address()).port());
            System.out.flush();
            stop.await();
        }
    }
}

package dev.capstan.capnweb;

import dev.capstan.async.Loop;
import dev.capstan.net.Limits.Http;
import dev.capstan.net.Limits.WebTransport;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.HttpClient;
import dev.capstan.net.webtransport.EarlyData;
import dev.capstan.net.webtransport.ServerIdentity;
import dev.capstan.net.webtransport.ServerTrust;
import dev.capstan.net.webtransport.WebTransportServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A server and clients of it over WebTransport, on one loop that the test drives. */
final class OverWebTransport implements AutoCloseable {
    static final InstantSource CLOCK = Instant::now;

    final NetLoop net = NetLoop.onThisThread(Transport.AUTO);
    final WebServer server;
    private final WebTransportServer transports;
    private final WebTransport limits;

    OverWebTransport(WebServer.Door door, Options options, Access access, WebTransport limits) {
        this(door, options, access, limits, (server, loop) -> server);
    }

    OverWebTransport(
            WebServer.Door door,
            Options options,
            Access access,
            WebTransport limits,
            BiFunction<WebServer, Loop, WebServer> more) {
        this(door, options, access, limits, more, null);
    }

    OverWebTransport(
            WebServer.Door door,
            Options options,
            Access access,
            WebTransport limits,
            BiFunction<WebServer, Loop, WebServer> more,
            @Nullable EarlyData early) {
        this.limits = limits;
        server = more.apply(new WebServer(net.loop(), door, options, access), net.loop());
        InetSocketAddress at = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
        ServerIdentity identity = ServerIdentity.selfIssued(CLOCK, new SecureRandom(), "localhost");
        transports = net.loop()
                .await(
                        early == null
                                ? WebTransportServer.listen(net, at, identity, server.transports("/rpc"), limits)
                                : WebTransportServer.listen(
                                        net, at, identity, server.transports("/rpc"), limits, early));
        until(() -> transports.connections() == 0);
    }

    Loop loop() {
        return net.loop();
    }

    URI url(String path) {
        return URI.create("https://127.0.0.1:" + transports.address().getPort() + path);
    }

    InetSocketAddress address() {
        return transports.address();
    }

    ServerTrust trust() {
        return ServerTrust.hashes(CLOCK, transports.hashes());
    }

    WebClient client(Options options) {
        return new WebClient(loop(), new HttpClient(loop(), net.network(), new Random(1), Http.DEFAULT), options)
                .overWebTransport(net, trust(), limits);
    }

    /** Connections of the transport. */
    int connections() {
        return transports.connections();
    }

    void until(BooleanSupplier condition) {
        long start = loop().timer().nanoTime();
        while (!condition.getAsBoolean()) {
            loop().await(loop().timer().after(Duration.ofMillis(1)));
            if (loop().timer().nanoTime() - start > 60_000_000_000L) {
                throw new AssertionError("waited a minute in vain");
            }
        }
    }

    void turns() {
        for (int i = 0; i < 20; i++) {
            loop().poll();
        }
        loop().await(loop().timer().after(Duration.ofMillis(1)));
    }

    @Override
    public void close() {
        transports.close();
        net.close();
    }
}

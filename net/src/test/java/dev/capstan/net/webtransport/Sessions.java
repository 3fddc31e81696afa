package dev.capstan.net.webtransport;

import dev.capstan.async.Loop;
import dev.capstan.net.Limits;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.Headers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A server and clients of it, all on one loop that the test drives. */
final class Sessions implements AutoCloseable {
    static final InstantSource CLOCK = Instant::now;

    static final Limits.WebTransport LIMITS = new Limits.WebTransport(
            100,
            4 << 20,
            16 << 10,
            1 << 20,
            16,
            Duration.ofSeconds(30),
            Duration.ofSeconds(30),
            Duration.ofSeconds(30),
            Duration.ofSeconds(2));

    final NetLoop net;
    final Limits.WebTransport limits;
    final WebTransportServer server;
    /** Taken by the route {@code /}, in their order. */
    final List<WebTransportSession> accepted = new ArrayList<>();

    Sessions(Transport transport, Limits.WebTransport limits) {
        this(transport, limits, routes -> routes);
    }

    Sessions(Transport transport, Limits.WebTransport limits, UnaryOperator<WebTransportRoutes> more) {
        this(transport, limits, more, ServerIdentity.selfIssued(CLOCK, new SecureRandom(), "localhost"));
    }

    Sessions(
            Transport transport,
            Limits.WebTransport limits,
            UnaryOperator<WebTransportRoutes> more,
            ServerIdentity identity) {
        this(transport, limits, more, identity, null);
    }

    Sessions(
            Transport transport,
            Limits.WebTransport limits,
            UnaryOperator<WebTransportRoutes> more,
            ServerIdentity identity,
            @Nullable EarlyData early) {
        this.net = NetLoop.onThisThread(transport);
        this.limits = limits;
        WebTransportRoutes routes = more.apply(WebTransportRoutes.none().on("/", accepted::add));
        server = loop().await(
                        early == null
                                ? WebTransportServer.listen(net, local(0), identity, routes, limits)
                                : WebTransportServer.listen(net, local(0), identity, routes, limits, early));
        until(() -> server.connections() == 0);
    }

    static InetSocketAddress local(int port) {
        return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
    }

    Loop loop() {
        return net.loop();
    }

    URI url(String path) {
        return URI.create("https://127.0.0.1:" + server.address().getPort() + path);
    }

    ServerTrust trust() {
        return ServerTrust.hashes(CLOCK, server.hashes());
    }

    WebTransportSession connect(String path, String... headers) {
        return loop().await(WebTransportClient.connect(net, url(path), trust(), Headers.of(headers), limits));
    }

    /** Both ends of a new session, client first. */
    record Pair(WebTransportSession client, WebTransportSession server) {}

    Pair pair() {
        int before = accepted.size();
        WebTransportSession client = connect("/");
        until(() -> accepted.size() > before);
        return new Pair(client, accepted.getLast());
    }

    /** What went wrong when a session was asked for. */
    String failure(String path, ServerTrust trust, String... headers) {
        return loop().await(WebTransportClient.connect(net, url(path), trust, Headers.of(headers), limits)
                .map(session -> {
                    throw new AssertionError("a session was opened");
                })
                .handle(nothing -> dev.capstan.async.Promise.of("?"), e -> dev.capstan.async.Promise.of(text(e))));
    }

    static String text(Throwable e) {
        if (e instanceof AssertionError error) {
            throw error;
        }
        return e instanceof IOException ? String.valueOf(e.getMessage()) : e.toString();
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

    void polls() {
        for (int i = 0; i < 50; i++) {
            loop().poll();
        }
    }

    @Override
    public void close() {
        net.close();
    }
}

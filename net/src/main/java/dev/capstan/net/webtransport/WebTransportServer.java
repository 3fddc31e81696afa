package dev.capstan.net.webtransport;

import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.net.Limits;
import dev.capstan.net.NetLoop;
import dev.capstan.net.channels.ChannelHost;
import dev.capstan.net.http.Headers;
import dev.capstan.net.streams.Alarm;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http3.Http3;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicServerCodecBuilder;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/**
 * Takes WebTransport sessions at a UDP address, by {@link WebTransportRoutes}.
 *
 * <p>Belongs to its loop; {@link #listen} may be called from any thread, all else on the loop's. Everything runs on that one thread: handshakes,
 * packets, handlers. Keys for new certificates are made elsewhere.
 *
 * <p>Before the server is handed out it has opened a session with itself, as a client would: a cold runtime may take longer for its first handshake
 * than the four seconds that a browser waits.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write or close that fails is heard of as the end of its channel
public final class WebTransportServer implements AutoCloseable {
    private static final Logger LOG = System.getLogger(WebTransportServer.class.getName());
    /** How often the calendar is asked whether a certificate is due; machines sleep, and timers with them. */
    private static final Duration CERTIFICATE_CHECK = Duration.ofMinutes(10);

    /** Where a server asks itself, and nobody is answered, whatever the routes. */
    static final String WARM_PATH = "/.capstan-warm-up";

    private final ChannelHost host;
    private final Loop loop;
    private final WebTransportRoutes routes;
    private final Limits.WebTransport limits;
    private final @Nullable Rotation rotation;
    private final Alarm certificateCheck;
    private final Duration checkInterval;
    private final AddressTokens tokens;
    private final @Nullable EarlyData early;
    private final Alarm ticketKeysEnd;
    private final ServerTls tls;
    private final Set<ServerConnection> connections = new LinkedHashSet<>();
    private final Runnable onLoopClose = this::closeAtOnce;

    private @Nullable Channel socket;
    private @Nullable InetSocketAddress address;
    private boolean closed;
    private boolean gone;

    private WebTransportServer(
            ChannelHost host,
            Material material,
            WebTransportRoutes routes,
            Limits.WebTransport limits,
            @Nullable EarlyData early,
            Duration checkInterval) {
        this.host = host;
        this.loop = host.loop();
        this.routes = routes;
        this.limits = limits;
        this.rotation = material.rotation();
        this.early = early;
        this.ticketKeysEnd = new Alarm(loop, this::rotateTicketKeys);
        this.tls = material.tls();
        this.checkInterval = checkInterval;
        this.certificateCheck = new Alarm(loop, this::checkCertificate);
        this.tokens =
                new AddressTokens(material.tokenKey(), loop.timer()::nanoTime, limits.openTimeout(), this::mayFillUp);
    }

    /** As {@link #listen(NetLoop, InetSocketAddress, ServerIdentity, WebTransportRoutes, Limits.WebTransport)} with default limits. */
    public static Promise<WebTransportServer> listen(
            NetLoop net, InetSocketAddress at, ServerIdentity identity, WebTransportRoutes routes) {
        return listen(net, at, identity, routes, Limits.WebTransport.DEFAULT);
    }

    /**
     * Listens; port 0 lets the system choose. Fails with {@link IOException} if the address cannot be had.
     *
     * @param at an address of this machine; the wildcard address stands for all
     */
    public static Promise<WebTransportServer> listen(
            NetLoop net,
            InetSocketAddress at,
            ServerIdentity identity,
            WebTransportRoutes routes,
            Limits.WebTransport limits) {
        return listen(net, at, identity, routes, limits, null, CERTIFICATE_CHECK);
    }

    /**
     * As {@link #listen(NetLoop, InetSocketAddress, ServerIdentity, WebTransportRoutes, Limits.WebTransport)}, and accepts {@code early} data: sessions may begin before it is known that they are no
     * repetition. Routes must be able to stand that.
     */
    public static Promise<WebTransportServer> listen(
            NetLoop net,
            InetSocketAddress at,
            ServerIdentity identity,
            WebTransportRoutes routes,
            Limits.WebTransport limits,
            EarlyData early) {
        return listen(net, at, identity, routes, limits, early, CERTIFICATE_CHECK);
    }

    static Promise<WebTransportServer> listen(
            NetLoop net,
            InetSocketAddress at,
            ServerIdentity identity,
            WebTransportRoutes routes,
            Limits.WebTransport limits,
            @Nullable EarlyData early,
            Duration checkInterval) {
        ChannelHost host = ChannelHost.of(net.network());
        return net.loop()
                .offload(() -> Material.of(identity, early, net.loop().timer()::nanoTime))
                .then(material -> {
                    WebTransportServer server =
                            new WebTransportServer(host, material, routes, limits, early, checkInterval);
                    return server.bind(at).then(WebTransportServer::warm);
                });
    }

    /** What takes time to make. */
    private record Material(@Nullable Rotation rotation, ServerTls tls, SecretKey tokenKey) {
        static Material of(ServerIdentity identity, @Nullable EarlyData early, LongSupplier nanoTime) {
            return switch (identity) {
                case ServerIdentity.Fixed(var key, var chain) ->
                    new Material(
                            null,
                            new ServerTls(early, nanoTime, key, chain.toArray(new X509Certificate[0])),
                            AddressTokens.key(null));
                case ServerIdentity.SelfIssued selfIssued -> {
                    Rotation rotation = new Rotation(selfIssued);
                    Certificate first = rotation.current();
                    yield new Material(
                            rotation,
                            new ServerTls(early, nanoTime, first.key(), first.certificate()),
                            AddressTokens.key(selfIssued.random()));
                }
            };
        }
    }

    // ---- the socket

    /** This, once it listens. */
    private Promise<WebTransportServer> bind(InetSocketAddress at) {
        Completer<WebTransportServer> completer = new Completer<>(loop);
        Promise<WebTransportServer> bound = completer.promise();
        try {
            host.opened(onLoopClose);
        } catch (IllegalStateException e) {
            completer.fail(new IOException("cannot listen on UDP " + at + ": " + e.getMessage(), e));
            return bound;
        }
        ChannelFuture binding = new Bootstrap()
                .group(host.eventLoop())
                .channelFactory(host::newDatagramChannel)
                .option(ChannelOption.SO_RCVBUF, Http3Wire.SOCKET_BYTES)
                .option(ChannelOption.SO_SNDBUF, Http3Wire.SOCKET_BYTES)
                .handler(
                        early == null
                                ? codec()
                                : new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel udp) {
                                        udp.pipeline().addLast(new EarlyOrder(), codec());
                                    }
                                })
                .bind(at);
        socket = binding.channel();
        binding.addListener((ChannelFutureListener) done -> {
            if (done.isSuccess()) {
                address = (InetSocketAddress) done.channel().localAddress();
                completer.complete(this);
                if (rotation != null) {
                    certificateCheck.set(checkInterval);
                }
                if (early != null) {
                    ticketKeysEnd.set(early.keyTime());
                }
            } else {
                close();
                completer.fail(new IOException(
                        "cannot listen on UDP " + at + ": " + done.cause().getMessage()
                                + "; check the address, and whether another server listens there",
                        done.cause()));
            }
        });
        completer.onCancel(this::close);
        return bound;
    }

    private ChannelHandler codec() {
        QuicServerCodecBuilder builder = Http3Wire.configure(Http3.newQuicServerCodecBuilder(), limits, true);
        return builder.tokenHandler(tokens)
                // Called one after the other for each connection, the tokens' handler first.
                .sslEngineProvider(connection -> tls.engine(connection.alloc(), mayBeEarly()))
                .handler(new ChannelInitializer<QuicChannel>() {
                    @Override
                    protected void initChannel(QuicChannel channel) {
                        ServerConnection connection =
                                new ServerConnection(WebTransportServer.this, channel, tokens.first(), mayBeEarly());
                        channel.pipeline().addLast(connection, connection.http3());
                    }
                })
                .build();
    }

    /** Whether the connection that is being made may say something early. */
    private boolean mayBeEarly() {
        return !tokens.isProven() && tls.mayBeEarly(tokens.first());
    }

    /** Opens a connection and asks for a path that leads nowhere. Who gives it up meanwhile has nobody to close the server. */
    private Promise<WebTransportServer> warm() {
        InetSocketAddress own = address();
        InetAddress host = own.getAddress();
        InetSocketAddress reachable = host.isAnyLocalAddress()
                ? new InetSocketAddress(
                        host instanceof Inet6Address
                                ? InetAddress.ofLiteral("::1")
                                : InetAddress.ofLiteral("127.0.0.1"),
                        own.getPort())
                : own;
        WebTransportRequest request =
                new WebTransportRequest("localhost:" + own.getPort(), WARM_PATH, null, null, Headers.of());
        Completer<WebTransportServer> completer = new Completer<>(loop);
        Promise.Cancelable asking = ClientConnection.open(
                        this.host, reachable, request, SessionTickets.none(ServerTrust.anybody()), limits)
                .listen(loop, (session, failure) -> {
                    if (session == null) {
                        completer.complete(this);
                    } else {
                        completer.fail(new AssertionError("a path that no client can ask for has led somewhere"));
                    }
                });
        completer.onCancel(() -> {
            asking.cancel();
            closeAtOnce();
        });
        return completer.promise();
    }

    // ---- certificates

    private void checkCertificate() {
        Rotation own = rotation;
        if (own == null || gone) {
            return;
        }
        if (!own.isDue()) {
            certificateCheck.set(checkInterval);
            return;
        }
        loop.offload(own::issue).listen(loop, (fresh, failure) -> {
            if (fresh != null && !gone) {
                own.renew(fresh);
                tls.become(own.current());
            } else if (failure != null) {
                LOG.log(Level.ERROR, "no new certificate can be made; trying again in " + checkInterval, failure);
            }
            if (!gone) {
                certificateCheck.set(checkInterval);
            }
        });
    }

    void rotateTicketKeys() {
        if (early != null && !gone) {
            tls.rotateKeys();
            ticketKeysEnd.set(early.keyTime());
        }
    }

    /** A client whose first packet was sent to {@code id} was heard: what it said early is heard no more. */
    void heard(byte[] id) {
        tls.spent(id);
    }

    /**
     * Hashes of the certificates that a client may meet in the next six days, for {@code serverCertificateHashes}; empty if the server does not issue
     * them itself. To be published anew for each page: they change every six days.
     */
    public List<CertificateHash> hashes() {
        return rotation == null ? List.of() : rotation.hashes();
    }

    // ---- for its connections

    ChannelHost host() {
        return host;
    }

    Loop loop() {
        return loop;
    }

    Limits.WebTransport limits() {
        return limits;
    }

    WebTransportRoutes routes() {
        return routes;
    }

    boolean isClosed() {
        return closed;
    }

    /** False if there is no room for one more. */
    boolean add(ServerConnection connection) {
        return !closed && connections.size() < limits.sessions() && connections.add(connection);
    }

    /** Whether places are to be had for proven addresses alone. The proof costs each client a round trip, so half of them are free of it. */
    private boolean mayFillUp() {
        return 2L * connections.size() >= limits.sessions();
    }

    /** Whether it was there. */
    boolean remove(ServerConnection connection) {
        boolean removed = connections.remove(connection);
        if (closed && connections.isEmpty()) {
            closeSocket();
        }
        return removed;
    }

    // ---- for its owner

    /** Where it listens, with the port that the system chose. */
    public InetSocketAddress address() {
        InetSocketAddress bound = address;
        if (bound == null) {
            throw new AssertionError("a server is handed out once it is bound");
        }
        return bound;
    }

    /** Connections that there are now, those that have not opened a session yet included. */
    public int connections() {
        return connections.size();
    }

    /** Takes no more sessions, and leaves those that there are alone; the socket closes with the last of them. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            if (connections.isEmpty()) {
                closeSocket();
            }
        }
    }

    private void closeSocket() {
        if (!gone) {
            gone = true;
            certificateCheck.cancel();
            ticketKeysEnd.cancel();
            host.closed(onLoopClose);
            Channel open = socket;
            if (open != null) {
                // Not while it is being read from, which may be where this comes from.
                host.eventLoop().execute(open::close);
            }
        }
    }

    private void closeAtOnce() {
        closed = true;
        List.copyOf(connections).forEach(ServerConnection::abort);
        closeSocket();
    }

    @Override
    public String toString() {
        return "WebTransport server on " + address;
    }
}

package dev.capstan.net.http;

import dev.capstan.async.Address;
import dev.capstan.async.ByteStream;
import dev.capstan.async.Loop;
import dev.capstan.async.Network;
import dev.capstan.async.Promise;
import dev.capstan.net.Limits;
import dev.capstan.net.streams.Alarm;
import dev.capstan.net.tls.TlsSession;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A front for HTTP/1.1 and HTTP/2 on one port: requests, exchanges and WebSockets by {@link HttpRoutes}. HTTP/2 is spoken with a client that begins with it, as ALPN lets it or
 * because it knows. What the network's streams are made of is the network's: one whose streams are TLS sessions makes this an HTTPS server.
 *
 * <p>Belongs to its loop and is used on its thread. A peer that sends what is no HTTP gets a 4xx and loses its connection; whatever could be read in
 * two ways (two lengths, a length and chunks, a folded or bare line end) is refused, so that no proxy in front can be made to see other requests than
 * this server does.
 */
public final class HttpServer implements AutoCloseable {
    private static final Logger LOG = System.getLogger(HttpServer.class.getName());

    private final Loop loop;
    private final HttpRoutes routes;
    private final Limits.Http limits;
    private final Limits.Http2 http2;
    private final Set<Connection> connections = new LinkedHashSet<>();
    private int webSockets;
    private Network.@Nullable Listener listener;
    private boolean closed;

    /** One connection, whatever it speaks. */
    interface Connection {
        /** Ends it when nothing is under way any more. */
        void closeWhenIdle();
    }

    /** A server that is given its connections through {@link #accept}, with the default limits of HTTP/2. */
    public HttpServer(Loop loop, HttpRoutes routes, Limits.Http limits) {
        this(loop, routes, limits, Limits.Http2.DEFAULT);
    }

    /** A server that is given its connections through {@link #accept}. */
    public HttpServer(Loop loop, HttpRoutes routes, Limits.Http limits, Limits.Http2 http2) {
        this.loop = loop;
        this.routes = routes;
        this.limits = limits;
        this.http2 = http2;
    }

    /** A server that listens at {@code at}. Fails with {@link IOException} if the address cannot be had. */
    public static Promise<HttpServer> listen(
            Loop loop, Network network, Address at, HttpRoutes routes, Limits.Http limits) {
        return listen(loop, network, at, routes, limits, Limits.Http2.DEFAULT);
    }

    /** A server that listens at {@code at}. Fails with {@link IOException} if the address cannot be had. */
    public static Promise<HttpServer> listen(
            Loop loop, Network network, Address at, HttpRoutes routes, Limits.Http limits, Limits.Http2 http2) {
        HttpServer server = new HttpServer(loop, routes, limits, http2);
        return network.listen(at, server::accept).convert(listener -> {
            server.listener = listener;
            return server;
        });
    }

    /** Where it listens, with the port that the system chose. */
    public Address address() {
        Network.Listener listens = listener;
        if (listens == null) {
            throw new IllegalStateException("this server does not listen: its connections are given to it");
        }
        return listens.address();
    }

    /** Serves one connection, which it owns from now on; closes it if there are too many or the server is closed. */
    public void accept(ByteStream stream) {
        if (closed) {
            stream.abort(new IOException("the server is closed"));
        } else if (open() >= limits.connections()) {
            stream.abort(new IOException(
                    "the server has " + limits.connections() + " connections already, which is its limit"));
        } else {
            Unknown unknown = new Unknown(stream);
            connections.add(unknown);
            unknown.begin();
        }
    }

    /** A connection before it is known what it speaks. */
    private final class Unknown implements Connection, FirstBytes.Choice {
        private final ByteStream stream;
        private final FirstBytes first = new FirstBytes(this);
        private final Relay relay = new Relay(first);
        private final Alarm alarm;

        Unknown(ByteStream stream) {
            this.stream = stream;
            this.alarm = new Alarm(loop, () -> asHttp1(first.take()).tooSlow());
        }

        void begin() {
            alarm.set(limits.headTimeout());
            stream.start(relay);
        }

        private Peer peer(String protocol) {
            return new Peer(protocol, stream.remote(), stream instanceof TlsSession session ? session.session() : null);
        }

        /** Whether the handshake of TLS has settled what is to be spoken. */
        private boolean isChosen(String protocol) {
            return stream instanceof TlsSession session && session.protocol().equals(protocol);
        }

        @Override
        public void http1(byte[] read) {
            if (isChosen("h2")) {
                // It is told, as HTTP/2, that it has to begin with the preface.
                asHttp2(read);
            } else {
                asHttp1(read);
            }
        }

        private ServerConnection asHttp1(byte[] read) {
            leave();
            ServerConnection connection =
                    new ServerConnection(HttpServer.this, loop, stream, relay, limits, peer("HTTP/1.1"));
            connections.add(connection);
            routes.opened(connection.peer());
            relay.handOver(connection);
            connection.begin(read);
            return connection;
        }

        @Override
        public void http2(byte[] read) {
            if (isChosen("http/1.1")) {
                // It is told, as HTTP/1.1, that this version is not spoken.
                asHttp1(read);
            } else {
                asHttp2(read);
            }
        }

        private void asHttp2(byte[] read) {
            leave();
            Http2ServerConnection connection =
                    new Http2ServerConnection(HttpServer.this, loop, stream, limits, http2, peer("HTTP/2"));
            connections.add(connection);
            routes.opened(connection.peer());
            relay.handOver(connection);
            connection.begin(read);
        }

        @Override
        public void ended() {
            asHttp1(first.take()).ended();
        }

        @Override
        public void failed() {
            leave();
        }

        private void leave() {
            alarm.cancel();
            connections.remove(this);
        }

        @Override
        public void closeWhenIdle() {
            asHttp1(first.take()).closeWhenIdle();
        }
    }

    /** Where a request of HTTP/1.1 leads; to a WebSocket only if it can become one. */
    HttpRoutes.Found find(RequestHead read) {
        HttpRequest head = read.request();
        HttpRoutes.Found leads = routes.find(head, !read.isOld() && Upgrade.isAsked(head));
        if (!(leads instanceof HttpRoutes.Found.ToSocket(HttpRoutes.Socket socket))) {
            return leads;
        }
        HttpResponse why = read.hasBody()
                ? HttpResponse.text(400, "a WebSocket cannot be asked for with a body")
                : Upgrade.refusal(head);
        why = why == null ? socket.handler().refusal(head) : why;
        return why == null ? leads : new HttpRoutes.Found.ToAnswer(why);
    }

    /** A request of HTTP/2; {@code protocol} is the one that it asks for instead of HTTP, {@code length} that of the body if it is known. */
    void route(Http2Exchange exchange, @Nullable String protocol, long length) {
        try {
            find(exchange, protocol, length);
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, () -> "the routes for " + exchange.request() + " threw; it is given up", e);
            exchange.abort(Exchange.Reset.INTERNAL);
        }
    }

    private void find(Http2Exchange exchange, @Nullable String protocol, long length) {
        HttpRequest head = exchange.request();
        boolean webSocket = "websocket".equals(protocol);
        if (head.method().equals("CONNECT") && !webSocket) {
            WholeRequest.send(
                    exchange, HttpResponse.text(501, "the only protocol that CONNECT leads to here is websocket"));
            return;
        }
        HttpRoutes.Found leads = routes.find(head, webSocket);
        if (leads instanceof HttpRoutes.Found.ToSocket(HttpRoutes.Socket socket)) {
            open(exchange, socket);
        } else {
            dispatch(exchange, leads, length);
        }
    }

    /** Lets the one answer {@code exchange} who is to; {@code length} is that of the body if it is known. */
    void dispatch(Exchange exchange, HttpRoutes.Found leads, long length) {
        HttpRequest head = exchange.request();
        switch (leads) {
            case HttpRoutes.Found.ToSocket socket ->
                throw new AssertionError("who takes a WebSocket is told by its connection");
            case HttpRoutes.Found.ToAnswer(HttpResponse answer) -> WholeRequest.send(exchange, answer);
            case HttpRoutes.Found.ToHandler(HttpRoutes.Handler handler, var rule) -> {
                if (length > limits.bodyBytes()) {
                    WholeRequest.send(exchange, RequestHead.tooLarge(limits));
                } else {
                    new WholeRequest(loop, exchange, handler, limits).begin();
                }
            }
            case HttpRoutes.Found.ToExchange(HttpRoutes.ExchangeHandler handler, var rule) -> {
                try {
                    handler.begin(exchange);
                } catch (Exception e) {
                    LOG.log(Level.WARNING, () -> "the handler of " + head + " threw; its exchange is broken", e);
                    exchange.abort(Exchange.Reset.INTERNAL);
                }
            }
        }
    }

    private void open(Http2Exchange exchange, HttpRoutes.Socket route) {
        HttpRequest head = exchange.request();
        HttpResponse why = Upgrade.versionRefusal(head);
        why = why == null ? route.handler().refusal(head) : why;
        if (why != null) {
            WholeRequest.send(exchange, why);
            return;
        }
        String subprotocol = Upgrade.choose(head, route.subprotocols());
        exchange.answer(200, subprotocol.isEmpty() ? Headers.of() : Headers.of("sec-websocket-protocol", subprotocol));
        ExchangeStream stream = new ExchangeStream(loop, exchange);
        WebSocket socket = new WebSocket(loop, stream, limits, null, subprotocol);
        webSockets++;
        socket.onOver(() -> webSockets--);
        stream.start(socket.input());
        opened(head, route, socket);
    }

    private static void opened(HttpRequest head, HttpRoutes.Socket route, WebSocket socket) {
        try {
            route.handler().opened(head, socket);
        } catch (Exception e) {
            LOG.log(Level.WARNING, () -> "what takes the WebSocket of " + head + " threw; it is closed", e);
            socket.abort(e);
        }
    }

    /** Connections that are open, WebSockets included. */
    public int open() {
        return connections.size() + webSockets;
    }

    void gone(Connection connection, Peer peer) {
        if (connections.remove(connection)) {
            routes.closed(peer);
        }
    }

    /** {@code connection} has become a WebSocket. */
    void upgraded(ServerConnection connection, HttpRequest head, HttpRoutes.Socket route, WebSocket socket) {
        connections.remove(connection);
        webSockets++;
        socket.onOver(() -> {
            webSockets--;
            routes.closed(connection.peer());
        });
        opened(head, route, socket);
    }

    /**
     * Stops listening. Requests that have come are still answered, and their connections closed then; others are closed at once. WebSockets are
     * left to their owners.
     */
    @Override
    public void close() {
        closed = true;
        Network.Listener listens = listener;
        if (listens != null) {
            listens.close();
        }
        List.copyOf(connections).forEach(Connection::closeWhenIdle);
    }
}

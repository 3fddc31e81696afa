package dev.capstan.net.http;

import dev.capstan.async.Address;
import dev.capstan.async.ByteStream;
import dev.capstan.async.Loop;
import dev.capstan.async.Network;
import dev.capstan.async.Promise;
import dev.capstan.net.Limits;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A small front for HTTP/1.1: requests and WebSockets by {@link HttpRoutes}, one request of a connection after the other, keep-alive. What the
 * network's streams are made of is the network's: one whose streams are TLS sessions makes this an HTTPS server.
 *
 * <p>Belongs to its loop and is used on its thread. A peer that sends what is no HTTP gets a 4xx and loses its connection; whatever could be read in
 * two ways (two lengths, a length and chunks, a folded or bare line end) is refused, so that no proxy in front can be made to see other requests than
 * this server does.
 */
public final class HttpServer implements AutoCloseable {
    private final Loop loop;
    private final HttpRoutes routes;
    private final Limits.Http limits;
    private final Set<ServerConnection> connections = new LinkedHashSet<>();
    private int webSockets;
    private Network.@Nullable Listener listener;
    private boolean closed;

    /** A server that is given its connections through {@link #accept}. */
    public HttpServer(Loop loop, HttpRoutes routes, Limits.Http limits) {
        this.loop = loop;
        this.routes = routes;
        this.limits = limits;
    }

    /** A server that listens at {@code at}. Fails with {@link IOException} if the address cannot be had. */
    public static Promise<HttpServer> listen(
            Loop loop, Network network, Address at, HttpRoutes routes, Limits.Http limits) {
        HttpServer server = new HttpServer(loop, routes, limits);
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
            ServerConnection connection = new ServerConnection(this, loop, stream, routes, limits);
            connections.add(connection);
            connection.begin();
        }
    }

    /** Connections that are open, WebSockets included. */
    public int open() {
        return connections.size() + webSockets;
    }

    void gone(ServerConnection connection) {
        connections.remove(connection);
    }

    void upgraded(ServerConnection connection, WebSocket socket) {
        connections.remove(connection);
        webSockets++;
        socket.onOver(() -> webSockets--);
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
        List.copyOf(connections).forEach(ServerConnection::closeWhenIdle);
    }
}

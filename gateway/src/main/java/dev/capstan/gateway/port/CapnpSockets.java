package dev.capstan.gateway.port;

import dev.capstan.async.Address;
import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import dev.capstan.cap.ObservedSession.Origin;
import dev.capstan.capnp.rpc.Peer;
import dev.capstan.capnp.rpc.Vat;
import dev.capstan.net.http.Headers;
import dev.capstan.net.http.HttpClient;
import dev.capstan.net.http.HttpRequest;
import dev.capstan.net.http.HttpRoutes;
import dev.capstan.net.http.WebSocket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * Cap'n Proto over WebSockets: each binary message is a message of Cap'n Proto with its segment table. So it passes proxies that let nothing but HTTP through. Its URLs are written {@code
 * capnp+ws://host:port/path}, and {@code capnp+wss} with TLS.
 */
public final class CapnpSockets {
    /** Silence after which the peer is asked whether it is there, and time for its answer. */
    private static final Duration SILENCE = Duration.ofSeconds(30);

    private CapnpSockets() {}

    /**
     * WebSockets at {@code path} are connections of {@code vat}, which lives on the loop of the server.
     *
     * @param origins which web pages may connect, {@code *} for all, as {@link dev.capstan.capnweb.Access#origins} has them; programs are not asked
     */
    public static HttpRoutes routes(String path, Vat vat, Set<String> origins) {
        return HttpRoutes.none().origins(request -> mayConnect(request, origins)).webSocket(path, (request, socket) -> {
            Address remote = socket.remote();
            vat.accept(ready(socket), Origin.from(remote == null ? "" : remote.toString()));
        });
    }

    /** Connects {@code vat} to a server at {@code to}, whose scheme is {@code ws} or {@code wss}. Fails DISCONNECTED if nobody speaks WebSocket there. On the loop's thread. */
    public static Promise<Peer> connect(Vat vat, HttpClient http, URI to) {
        return http.binaryWebSocket(to, Headers.of())
                .<Peer>convert(socket -> vat.connect(ready(socket), Origin.to(to.toString())))
                .recover(cause -> Promise.failed(Failure.of(cause).as(Failure.Kind.DISCONNECTED)));
    }

    private static boolean mayConnect(HttpRequest request, Set<String> origins) {
        List<String> told = request.headers().all("origin");
        return told.size() == 1 && (origins.contains("*") || origins.contains(told.getFirst()));
    }

    private static WebSocket ready(WebSocket socket) {
        socket.binary();
        socket.keepAlive(SILENCE, SILENCE);
        return socket;
    }
}

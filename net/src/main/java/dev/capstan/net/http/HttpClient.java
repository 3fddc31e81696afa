package dev.capstan.net.http;

import dev.capstan.async.Address;
import dev.capstan.async.ByteStream;
import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.Network;
import dev.capstan.async.Promise;
import dev.capstan.net.Limits;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Asks servers over HTTP/1.1 and opens WebSockets: one connection for each, closed when it is done, unless {@link #keepAlive} was asked for. A value without resources;
 * belongs to its loop and is used on its thread.
 *
 * <p>{@code http} and {@code ws} addresses use the network that was given; {@code https} and {@code wss} the one given to {@link #secure}, whose
 * streams are TLS sessions. Redirects are not followed.
 */
public final class HttpClient {
    private static final int KEY_BYTES = 16;

    private final Loop loop;
    private final Network network;
    private final @Nullable Network secure;
    private final RandomGenerator random;
    private final Limits.Http limits;
    private final @Nullable KeptConnections kept;

    /**
     * A client.
     *
     * @param random makes the keys and masks of WebSockets; not to be guessed by who writes what is sent (RFC 6455 section 10.3), so a
     *     {@link java.security.SecureRandom} outside of tests
     */
    public HttpClient(Loop loop, Network network, RandomGenerator random, Limits.Http limits) {
        this(loop, network, null, random, limits, null);
    }

    private HttpClient(
            Loop loop,
            Network network,
            @Nullable Network secure,
            RandomGenerator random,
            Limits.Http limits,
            @Nullable KeptConnections kept) {
        this.loop = loop;
        this.network = network;
        this.secure = secure;
        this.random = random;
        this.limits = limits;
        this.kept = kept;
    }

    /** This client, which connects to {@code https} and {@code wss} addresses through {@code tls}. */
    public HttpClient secure(Network tls) {
        return new HttpClient(loop, network, tls, random, limits, kept);
    }

    /**
     * This client, which keeps the connection of a request for the next one to the same server, and closes it when there is none for {@code idle}. A server may close such a connection
     * just when a request is under way to it, and then that request fails; so {@code idle} is to be shorter than the time that the servers give, which is 5 seconds for Node.
     */
    public HttpClient keepAlive(Duration idle) {
        return new HttpClient(loop, network, secure, random, limits, new KeptConnections(idle));
    }

    /**
     * Sends {@code body} with POST. Fails with {@link IOException} if there is no answer, or none within the limits; an answer of any status is a
     * result. Cancelling gives the request up.
     *
     * @param headers without {@code Host}, {@code Content-Length}, {@code Transfer-Encoding} and {@code Connection}
     */
    public Promise<HttpResponse> post(URI to, Headers headers, byte[] body) {
        return send("POST", to, headers, body);
    }

    /** As {@link #post}, with any method but {@code HEAD} and {@code CONNECT}. */
    public Promise<HttpResponse> send(String method, URI to, Headers headers, byte[] body) {
        Completer<HttpResponse> completer = new Completer<>(loop);
        ask(method, to, headers, body, completer, new Asking(completer) {
            @Override
            public void answered(HttpResponse answer) {
                completer.complete(answer);
            }
        });
        return completer.promise();
    }

    /**
     * As {@link #send}, for an answer of any length that is read as it comes: there is no limit to its body, and {@link Limits.Http#answerTimeout} is the time for its head and then
     * between two pieces, as long as they are wanted.
     */
    public Promise<HttpAnswer> open(String method, URI to, Headers headers, byte[] body) {
        Completer<HttpAnswer> completer = new Completer<>(loop);
        ask(method, to, headers, body, completer, new Asking(completer) {
            @Override
            public boolean reads(HttpAnswer answer) {
                completer.complete(answer);
                return true;
            }
        });
        return completer.promise();
    }

    /** What can happen to a request that opens no WebSocket. */
    private abstract static class Asking implements ClientExchange.Outcome {
        private final Completer<?> completer;

        Asking(Completer<?> completer) {
            this.completer = completer;
        }

        @Override
        public void answered(HttpResponse answer) {
            throw new AssertionError("an answer that is read as it comes is not told as a whole");
        }

        @Override
        public void switched(ClientExchange exchange, Headers answer) {
            exchange.fail(
                    new IOException(exchange.server() + " has switched to another protocol, which nobody asked for"));
        }

        @Override
        public void failed(Throwable cause) {
            completer.fail(cause);
        }
    }

    private void ask(String method, URI to, Headers headers, byte[] body, Completer<?> completer, Asking outcome) {
        if (List.of("HEAD", "CONNECT").contains(method.toUpperCase(Locale.ROOT))) {
            throw new IllegalArgumentException("this client does not know how the answer to " + method + " ends");
        }
        Target target = Target.of(to, "http", "https");
        Headers all = headers.with("host", target.authority());
        ClientExchange.Asked asked = new ClientExchange.Asked(
                method, target.path(), kept == null ? all.with("connection", "close") : all, body);
        ClientExchange idle = kept == null ? null : kept.take(target.toString());
        if (idle == null) {
            exchange(target, asked, kept, completer, outcome);
        } else {
            completer.onCancel(() -> idle.fail(givenUp()));
            idle.begin(asked, outcome);
        }
    }

    private static IOException givenUp() {
        return new IOException("the request was given up");
    }

    /**
     * Opens a WebSocket, which belongs to whoever waits for it. Fails with {@link IOException} if the server does not answer, or with something
     * else; its text has the status then. Cancelling gives the attempt up.
     *
     * @param subprotocols what to offer, the most wanted first; the server may choose none
     */
    public Promise<WebSocket> webSocket(URI to, Headers headers, String... subprotocols) {
        return webSocket(to, headers, false, subprotocols);
    }

    /** As {@link #webSocket}, whose messages are {@linkplain WebSocket#binary binary} ones: from the first, which may come with the answer of a server that speaks at once. */
    public Promise<WebSocket> binaryWebSocket(URI to, Headers headers, String... subprotocols) {
        return webSocket(to, headers, true, subprotocols);
    }

    private Promise<WebSocket> webSocket(URI to, Headers headers, boolean binary, String... subprotocols) {
        Target target = Target.of(to, "ws", "wss");
        byte[] nonce = new byte[KEY_BYTES];
        random.nextBytes(nonce);
        String key = Upgrade.key(nonce);
        List<String> offered = List.of(subprotocols);
        Headers all = headers.with("host", target.authority())
                .with("upgrade", "websocket")
                .with("connection", "Upgrade")
                .with("sec-websocket-version", "13")
                .with("sec-websocket-key", key);
        if (!offered.isEmpty()) {
            all = all.with("sec-websocket-protocol", String.join(", ", offered));
        }
        Completer<WebSocket> completer = new Completer<>(loop);
        ClientExchange.Asked asked = new ClientExchange.Asked("GET", target.path(), all, new byte[0]);
        exchange(target, asked, null, completer, new ClientExchange.Outcome() {
            @Override
            public void answered(HttpResponse answer) {
                String reason = answer.reason();
                completer.fail(new IOException(target + " did not open a WebSocket but answered with status "
                        + answer.status() + ": "
                        + (reason.isEmpty() ? "check the path, and what the server demands" : reason)));
            }

            @Override
            public void switched(ClientExchange exchange, Headers answer) {
                String mistake = Upgrade.mistake(answer, key, offered);
                if (mistake != null) {
                    exchange.fail(new IOException(target + " did not open a WebSocket: " + mistake));
                } else {
                    String chosen = answer.first("sec-websocket-protocol");
                    completer.complete(exchange.becomeWebSocket(random, chosen == null ? "" : chosen, binary));
                }
            }

            @Override
            public void failed(Throwable cause) {
                completer.fail(cause);
            }
        });
        return completer.promise();
    }

    private void exchange(
            Target target,
            ClientExchange.Asked asked,
            @Nullable KeptConnections keeper,
            Completer<?> completer,
            ClientExchange.Outcome outcome) {
        Network through = target.secure() ? secure : network;
        if (through == null) {
            completer.fail(new IOException(target + " needs TLS: give this client a network for it with secure()"));
            return;
        }
        Promise.Cancelable connecting = through.connect(target.address()).listen(loop, (stream, failure) -> {
            if (stream != null) {
                begin(stream, target, asked, keeper, completer, outcome);
            } else {
                outcome.failed(failure == null ? new IOException("there is no connection to " + target) : failure);
            }
        });
        completer.onCancel(connecting::cancel);
    }

    private void begin(
            ByteStream stream,
            Target target,
            ClientExchange.Asked asked,
            @Nullable KeptConnections keeper,
            Completer<?> completer,
            ClientExchange.Outcome outcome) {
        ClientExchange exchange = new ClientExchange(loop, stream, target.toString(), limits, keeper, outcome);
        completer.onCancel(() -> exchange.fail(givenUp()));
        exchange.begin(asked);
    }

    /** Where a URI leads. */
    private record Target(Address address, String authority, String path, boolean secure, String text) {
        static Target of(URI uri, String plainScheme, String secureScheme) {
            String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
            String host = uri.getHost();
            boolean secure = scheme.equals(secureScheme);
            if (!secure && !scheme.equals(plainScheme)) {
                throw new IllegalArgumentException("this needs an address that begins with " + plainScheme + ":// or "
                        + secureScheme + "://, not with '" + scheme + "'");
            }
            if (host == null || uri.getRawUserInfo() != null) {
                throw new IllegalArgumentException(
                        "an address is written as " + plainScheme + "://host:port/path, without user or password");
            }
            int port = uri.getPort() >= 0 ? uri.getPort() : secure ? 443 : 80;
            String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
            String rawPath = uri.getRawPath();
            String path = rawPath == null || rawPath.isEmpty() ? "/" : rawPath;
            String query = uri.getRawQuery();
            return new Target(
                    new Address.Tcp(bare, port),
                    uri.getPort() >= 0 ? host + ":" + port : host,
                    query == null ? path : path + "?" + query,
                    secure,
                    scheme + "://" + host + ":" + port + path);
        }

        /** Without the query, which may hold a secret. */
        @Override
        public String toString() {
            return text;
        }
    }
}

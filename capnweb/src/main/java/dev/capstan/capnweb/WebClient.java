package dev.capstan.capnweb;

import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.MessageStream;
import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.ObservedSession.Origin;
import dev.capstan.capnweb.resume.Reconnection;
import dev.capstan.capnweb.resume.ResumableClient;
import dev.capstan.capnweb.resume.ResumableServer;
import dev.capstan.net.NetLoop;
import dev.capstan.net.http.Headers;
import dev.capstan.net.http.HttpClient;
import dev.capstan.net.http.HttpResponse;
import dev.capstan.net.webtransport.ServerTrust;
import dev.capstan.net.webtransport.SessionTickets;
import dev.capstan.net.webtransport.WebTransportClient;
import dev.capstan.net.webtransport.WebTransportSession;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Begins sessions with servers of Cap'n Web, over WebSockets, over WebTransport and in batches. A value without resources; each peer belongs to whoever asked for it, who closes it.
 *
 * <p>All methods may be called from any thread.
 */
public final class WebClient {

    private final Loop loop;
    private final HttpClient http;
    private final Options options;
    private final @Nullable Transports transports;

    /** Opens connections over WebTransport. */
    private interface Transports {
        Promise<WebTransportSession> open(URI to, Headers headers);

        /** Before the server was heard, if it is known. */
        Promise<WebTransportSession> openEarly(URI to, Headers headers);
    }

    /** A client with {@link Options#DEFAULT}. */
    public WebClient(Loop loop, HttpClient http) {
        this(loop, http, Options.DEFAULT);
    }

    /** A client that connects through {@code http}, which belongs to {@code loop}. */
    public WebClient(Loop loop, HttpClient http, Options options) {
        this(loop, http, options, null);
    }

    private WebClient(Loop loop, HttpClient http, Options options, @Nullable Transports transports) {
        this.loop = loop;
        this.http = http;
        this.options = options;
        this.transports = transports;
    }

    /**
     * This client, which also connects over WebTransport, to addresses that begin with {@code https://}.
     *
     * @param net of this client's loop
     * @param trust how the server is known; it matters for WebTransport alone
     */
    public WebClient overWebTransport(NetLoop net, ServerTrust trust, dev.capstan.net.Limits.WebTransport limits) {
        SessionTickets tickets = SessionTickets.of(trust);
        return new WebClient(loop, http, options, new Transports() {
            @Override
            public Promise<WebTransportSession> open(URI to, Headers headers) {
                return WebTransportClient.connect(net, to, trust, headers, limits);
            }

            @Override
            public Promise<WebTransportSession> openEarly(URI to, Headers headers) {
                return WebTransportClient.connectEarly(net, to, tickets, headers, limits);
            }
        });
    }

    /** As {@link #connect(URI, Headers, Cap)}, without headers and without an object for the server to call. */
    public WebPeer connect(URI to) {
        return connect(to, Headers.of(), null);
    }

    /**
     * A session over a WebSocket, or over WebTransport. It can be used at once: calls wait for the connection, and fail if there will be none.
     *
     * @param to begins with {@code ws://} or {@code wss://}; with {@code https://} if this client was made to connect {@linkplain #overWebTransport over WebTransport}
     * @param headers to send, such as {@code Authorization}, {@code Cookie} or {@code Origin}
     * @param main what the server may call first, of which the session becomes the owner; null if nothing
     * @throws IllegalArgumentException if {@code to} is no such address
     */
    public WebPeer connect(URI to, Headers headers, @Nullable Cap main) {
        return begin(to, headers, main, (session, failure) -> {});
    }

    /** As {@link #open(URI, Headers, Cap)}, without headers and without an object for the server to call. */
    public Promise<WebPeer> open(URI to) {
        return open(to, Headers.of(), null);
    }

    /**
     * As {@link #connect(URI, Headers, Cap)}, for those who want to know whether there is a connection before they use it: settles when the WebSocket is open, and fails if it cannot be. It is
     * begun at once. Cancelling ends the attempt.
     *
     * @throws IllegalArgumentException if {@code to} is no such address
     */
    public Promise<WebPeer> open(URI to, Headers headers, @Nullable Cap main) {
        Completer<WebPeer> opened = new Completer<>(loop);
        Session begun = begin(to, headers, main, (session, failure) -> {
            if (failure == null) {
                opened.complete(session);
            } else {
                opened.fail(failure);
            }
        });
        opened.onCancel(begun::close);
        return opened.promise();
    }

    /** As {@link #openEarly(URI, Headers, Cap)}, without headers and without an object for the server to call. */
    public Promise<EarlyPeer> openEarly(URI to) {
        return openEarly(to, Headers.of(), null);
    }

    /**
     * As {@link #open(URI, Headers, Cap)} over WebTransport, but with a server that this client was connected with lately, and that accepts early data, the session is there before the server was heard. For
     * {@link dev.capstan.capnweb.connect.Connector#early}, which knows which calls may be made then. What somebody records of the beginning, and sends to the server again, opens the session again: {@code
     * headers} and the door of the server ({@link WebServer.Door}) must be able to stand that.
     *
     * @param to begins with {@code https://}
     * @throws IllegalArgumentException if {@code to} is no such address, or this client was not made to connect {@linkplain #overWebTransport over WebTransport}
     */
    public Promise<EarlyPeer> openEarly(URI to, Headers headers, @Nullable Cap main) {
        Transports known = transports;
        check(to, "https", "https");
        if (known == null) {
            throw new IllegalArgumentException("this needs a client that connects over WebTransport: overWebTransport");
        }
        Opening opening = Opening.session(loop, main, to(to));
        Completer<EarlyPeer> opened = new Completer<>(loop);
        Session session = opening.session();
        begin(
                opening,
                () -> known.openEarly(to, headers),
                connection -> {
                    opened.complete(new EarlyPeer(session, connection.confirmed()));
                    return new TransportStream(loop, connection, opening);
                },
                (begun, failure) -> {
                    if (failure != null) {
                        opened.fail(failure);
                    }
                },
                to);
        opened.onCancel(session::close);
        return opened.promise();
    }

    /** {@code outcome} is told on the loop, perhaps before this returns to another thread, of the session and the failure to connect, or null. */
    private Session begin(
            URI to, Headers headers, @Nullable Cap main, BiConsumer<Session, @Nullable Throwable> outcome) {
        Transports known = transports;
        if (known != null && "https".equalsIgnoreCase(to.getScheme())) {
            check(to, "https", "https");
            Opening opening = Opening.session(loop, main, to(to));
            return begin(
                    opening,
                    () -> known.open(to, headers),
                    connection -> new TransportStream(loop, connection, opening),
                    outcome,
                    to);
        }
        check(to, "ws", "wss");
        Opening opening = Opening.session(loop, main, to(to));
        return begin(
                opening, () -> http.webSocket(to, headers), socket -> new SocketStream(socket, opening), outcome, to);
    }

    private <C> Session begin(
            Opening opening,
            Supplier<Promise<C>> connect,
            Function<C, MessageStream> stream,
            BiConsumer<Session, @Nullable Throwable> outcome,
            URI to) {
        Session session = opening.session();
        onLoop(() -> {
            session.start();
            Promise.Cancelable connecting = connect.get().listen(loop, (connection, failure) -> {
                if (connection != null) {
                    opening.opened(stream.apply(connection));
                    outcome.accept(session, null);
                } else {
                    Throwable cause = failure == null
                            ? Failure.disconnected("there is no connection to " + to.getHost())
                            : failure;
                    opening.failed(cause);
                    outcome.accept(session, cause);
                }
            });
            session.onDisconnect().listen(loop, (done, failure) -> connecting.cancel());
        });
        return session;
    }

    /**
     * A session over connections, WebSockets or those of WebTransport, one after the other: when one is cut, another is made and the session goes on, with all its objects and each call's effect once. It can be used at once, also
     * while there is no connection. It fails if the server does not resume sessions ({@link WebServer#resumable}), or has forgotten this one.
     *
     * @param to begins with {@code ws://} or {@code wss://}; with {@code https://} if this client was made to connect {@linkplain #overWebTransport over WebTransport}
     * @param headers to send with each connection, such as {@code Authorization}, {@code Cookie} or {@code Origin}
     * @param main what the server may call first, of which the session becomes the owner; null if nothing
     * @param how the pauses between attempts, and what may be kept meanwhile
     * @throws IllegalArgumentException if {@code to} is no such address
     */
    public WebPeer connectResumable(URI to, Headers headers, @Nullable Cap main, Reconnection how) {
        MessageStream stream = ResumableClient.open(loop, dialer(to, headers), how);
        Session session = LastingSession.over(loop, stream, main, to(to));
        onLoop(session::start);
        return session;
    }

    private ResumableClient.Dialer dialer(URI to, Headers headers) {
        Transports known = transports;
        if (known != null && "https".equalsIgnoreCase(to.getScheme())) {
            check(to, "https", "https");
            URI asking = LastingSession.asking(to);
            return () -> known.open(asking, headers).map(opened -> LastingSession.asked(loop, opened, options));
        }
        check(to, "ws", "wss");
        return () -> http.webSocket(to, headers, ResumableServer.SUBPROTOCOL).then(LastingSession::agreed);
    }

    /** As {@link #batch(URI, Headers)}, without headers. */
    public WebPeer batch(URI to) {
        return batch(to, Headers.of());
    }

    /**
     * A session that lasts for one POST: what is called until the end of the turn in which a result is asked for first leaves together, results of these calls as arguments and
     * targets of others included, and all answers come together. After that each call fails with a text that begins with {@code Batch RPC request ended.} What nobody asks a
     * result of leaves when the peer is closed.
     *
     * <p>To ask for several results from another thread than the loop's, put them together with {@link Promise#all} before waiting.
     *
     * @param to begins with {@code http://} or {@code https://}
     * @param headers to send, such as {@code Authorization} or {@code Cookie}
     * @throws IllegalArgumentException if {@code to} is no such address
     */
    public WebPeer batch(URI to, Headers headers) {
        check(to, "http", "https");
        Headers all = headers.first("content-type") != null
                ? headers
                : headers.with("content-type", "text/plain;charset=UTF-8");
        BatchRequest request = new BatchRequest(
                loop,
                options.limits().transport(),
                body -> http.post(to, all, body).convert(answer -> messages(to, answer)));
        Session session = new Session(loop, request, null, to(to));
        onLoop(session::start);
        return session;
    }

    /** Without the query, in which there may be what nobody else is to know. */
    private Options to(URI to) {
        return options.withOrigin(Origin.to(to.getScheme() + "://" + to.getRawAuthority() + to.getRawPath()));
    }

    private void onLoop(Runnable task) {
        if (loop.inLoop()) {
            task.run();
        } else {
            loop.post(task);
        }
    }

    private static void check(URI to, String plain, String secure) {
        String scheme = to.getScheme() == null ? "" : to.getScheme().toLowerCase(Locale.ROOT);
        if (!List.of(plain, secure).contains(scheme) || to.getHost() == null || to.getRawUserInfo() != null) {
            throw new IllegalArgumentException("this needs an address such as " + plain + "://host:port/path or "
                    + secure + "://host/path, without user or password");
        }
    }

    private static byte[] messages(URI to, HttpResponse answer) {
        // A server that cannot read the batch ends its session in words of the protocol.
        if (answer.status() == 200 || (answer.status() == 400 && Lines.isAbort(answer.body()))) {
            return answer.body();
        }
        String asked = to.getScheme() + "://" + to.getRawAuthority() + to.getRawPath();
        throw new Failure(
                kind(answer.status()),
                ("RPC request failed: " + answer.status() + " " + answer.reason()).strip() + " (" + asked + ")");
    }

    private static Failure.Kind kind(int status) {
        return switch (status) {
            case 429, 504 -> Failure.Kind.OVERLOADED;
            case 502, 503 -> Failure.Kind.DISCONNECTED;
            case 404, 405, 501 -> Failure.Kind.UNIMPLEMENTED;
            default -> Failure.Kind.FAILED;
        };
    }
}

package dev.capstan.capnweb;

import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.MessageStream;
import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.capnweb.resume.Reconnection;
import dev.capstan.capnweb.resume.ResumableClient;
import dev.capstan.capnweb.resume.ResumableServer;
import dev.capstan.net.http.Headers;
import dev.capstan.net.http.HttpClient;
import dev.capstan.net.http.HttpResponse;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Begins sessions with servers of Cap'n Web, over WebSockets and in batches. A value without resources; each peer belongs to whoever asked for it, who closes it.
 *
 * <p>All methods may be called from any thread.
 */
public final class WebClient {
    private static final int LONGEST_REASON = 200;

    private final Loop loop;
    private final HttpClient http;
    private final Options options;

    /** A client with {@link Options#DEFAULT}. */
    public WebClient(Loop loop, HttpClient http) {
        this(loop, http, Options.DEFAULT);
    }

    /** A client that connects through {@code http}, which belongs to {@code loop}. */
    public WebClient(Loop loop, HttpClient http, Options options) {
        this.loop = loop;
        this.http = http;
        this.options = options;
    }

    /** As {@link #connect(URI, Headers, Cap)}, without headers and without an object for the server to call. */
    public WebPeer connect(URI to) {
        return connect(to, Headers.of(), null);
    }

    /**
     * A session over a WebSocket. It can be used at once: calls wait for the connection, and fail if there will be none.
     *
     * @param to begins with {@code ws://} or {@code wss://}
     * @param headers to send, such as {@code Authorization}, {@code Cookie} or {@code Origin}
     * @param main what the server may call first, of which the session becomes the owner; null if nothing
     * @throws IllegalArgumentException if {@code to} is no such address
     */
    public WebPeer connect(URI to, Headers headers, @Nullable Cap main) {
        return begin(to, headers, main, failure -> {});
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
        Session[] session = new Session[1];
        session[0] = begin(to, headers, main, failure -> {
            if (failure == null) {
                opened.complete(session[0]);
            } else {
                opened.fail(failure);
            }
        });
        opened.onCancel(session[0]::close);
        return opened.promise();
    }

    /** {@code outcome} is told, later and on the loop, of the failure to connect, or null. */
    private Session begin(URI to, Headers headers, @Nullable Cap main, Consumer<@Nullable Throwable> outcome) {
        check(to, "ws", "wss");
        SocketStream.Opening opening = SocketStream.session(loop, main, options);
        onLoop(() -> {
            opening.session().start();
            Promise.Cancelable connecting = http.webSocket(to, headers).listen(loop, (socket, failure) -> {
                if (socket != null) {
                    opening.opened(socket);
                    outcome.accept(null);
                } else {
                    Throwable cause = failure == null
                            ? Failure.disconnected("there is no connection to " + to.getHost())
                            : failure;
                    opening.failed(cause);
                    outcome.accept(cause);
                }
            });
            opening.session().onDisconnect().listen(loop, (done, failure) -> connecting.cancel());
        });
        return opening.session();
    }

    /**
     * A session over WebSockets, one after the other: when one is cut, another is made and the session goes on, with all its objects and each call's effect once. It can be used at once, also
     * while there is no connection. It fails if the server does not resume sessions ({@link WebServer#resumable}), or has forgotten this one.
     *
     * @param to begins with {@code ws://} or {@code wss://}
     * @param headers to send with each connection, such as {@code Authorization}, {@code Cookie} or {@code Origin}
     * @param main what the server may call first, of which the session becomes the owner; null if nothing
     * @param how the pauses between attempts, and what may be kept meanwhile
     * @throws IllegalArgumentException if {@code to} is no such address
     */
    public WebPeer connectResumable(URI to, Headers headers, @Nullable Cap main, Reconnection how) {
        check(to, "ws", "wss");
        MessageStream stream = ResumableClient.open(
                loop,
                () -> http.webSocket(to, headers, ResumableServer.SUBPROTOCOL).then(LastingSession::agreed),
                how);
        Session session = LastingSession.over(loop, stream, main, options);
        onLoop(session::start);
        return session;
    }

    /** As {@link #batch(URI, Headers)}, without headers. */
    public WebPeer batch(URI to) {
        return batch(to, Headers.of());
    }

    /**
     * A session that lasts for one POST: what is called until the end of the turn in which a result is asked for first leaves together, results of these calls as arguments and
     * targets of others included, and all answers come together. After that each call fails with the text {@code Batch RPC request ended.} What nobody asks a
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
                body -> http.post(to, all, body).convert(WebClient::messages));
        Session session = new Session(loop, request, null, options);
        onLoop(session::start);
        return session;
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

    private static byte[] messages(HttpResponse answer) {
        if (answer.status() == 200) {
            return answer.body();
        }
        String type = answer.headers().first("content-type");
        String text = type != null && type.startsWith("text/plain")
                ? new String(answer.body(), 0, Math.min(answer.body().length, LONGEST_REASON), StandardCharsets.UTF_8)
                : "";
        throw new Failure(kind(answer.status()), ("RPC request failed: " + answer.status() + " " + text).strip());
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

package dev.capstan.net.http;

import dev.capstan.async.Promise;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a server answers, and who does: handlers by method and path, and by path for WebSockets. A value; each method gives a new one.
 *
 * <p>A path matches as a whole, as it was sent; one that ends in {@code /*} matches everything below, and the longest match wins. A path that is
 * known under other methods is answered with 405, one that is only a WebSocket with 426, any other with 404. {@code HEAD} is answered by the
 * handler of {@code GET} if it has none of its own.
 *
 * <p>Handlers run as protocol code on the server's loop: they must not block, and may start a fiber for what does.
 */
public final class HttpRoutes {
    /** Answers requests. */
    @FunctionalInterface
    public interface Handler {
        /**
         * The answer to {@code request}. What it throws or fails with is logged and answered with status 500 and no detail. Cancelled when the
         * client is gone.
         */
        Promise<HttpResponse> handle(HttpRequest request) throws Exception;
    }

    /** Takes WebSockets. */
    @FunctionalInterface
    public interface SocketHandler {
        /** {@code request} has become {@code socket}, which the handler owns and starts. */
        void opened(HttpRequest request, WebSocket socket) throws Exception;

        /** What {@code request} is answered with instead of a WebSocket; null if it gets one. */
        default @Nullable HttpResponse refusal(HttpRequest request) {
            return null;
        }
    }

    /** Takes requests as they come, and answers as it goes. */
    @FunctionalInterface
    public interface ExchangeHandler {
        /** {@code exchange} has begun; the handler owns and starts it. What it throws is logged, and the exchange broken. */
        void begin(Exchange exchange) throws Exception;
    }

    /** Told of the connections of whichever server has these routes, on its loop's thread; must not throw. */
    public interface ConnectionListener {
        /** A connection speaks HTTP. The same {@code peer}, by identity, is that of its exchanges. */
        void opened(Peer peer);

        /** It is over, and with it what it has become. */
        void closed(Peer peer);
    }

    private static final int LONGEST_TOLD = 100;

    private final List<Plain> plain;
    private final List<Streamed> streamed;
    private final List<Socket> sockets;
    private final List<ConnectionListener> listeners;
    private final Predicate<? super HttpRequest> origins;

    /** A rule for origins that is null is that of the whole. */
    private record Plain(
            String method,
            String path,
            Handler handler,
            @Nullable Predicate<? super HttpRequest> origins) {}

    private record Streamed(
            String method,
            String path,
            Predicate<? super HttpRequest> when,
            ExchangeHandler handler,
            @Nullable Predicate<? super HttpRequest> origins) {}

    record Socket(
            String path,
            List<String> subprotocols,
            SocketHandler handler,
            @Nullable Predicate<? super HttpRequest> origins) {}

    /** What a request leads to. */
    sealed interface Found {
        record ToHandler(Handler handler, @Nullable Predicate<? super HttpRequest> origins) implements Found {}

        record ToExchange(ExchangeHandler handler, @Nullable Predicate<? super HttpRequest> origins) implements Found {}

        record ToSocket(Socket socket) implements Found {}

        record ToAnswer(HttpResponse answer) implements Found {}
    }

    private HttpRoutes(
            List<Plain> plain,
            List<Streamed> streamed,
            List<Socket> sockets,
            List<ConnectionListener> listeners,
            Predicate<? super HttpRequest> origins) {
        this.plain = plain;
        this.streamed = streamed;
        this.sockets = sockets;
        this.listeners = listeners;
        this.origins = origins;
    }

    /** No routes; requests from web pages of other hosts are refused. */
    public static HttpRoutes none() {
        return new HttpRoutes(List.of(), List.of(), List.of(), List.of(), HttpRoutes::isHarmlessOrOfSameHost);
    }

    /** These, and {@code handler} for this method and path. */
    public HttpRoutes on(String method, String path, Handler handler) {
        return new HttpRoutes(
                plus(plain, new Plain(method.toUpperCase(Locale.ROOT), checked(path), handler, null)),
                streamed,
                sockets,
                listeners,
                origins);
    }

    /**
     * These, and {@code handler} for requests of this method and path that {@code when} picks by their heads, whatever else there is for the path: gRPC, for one, is told by its
     * content type.
     */
    public HttpRoutes exchange(
            String method, String path, Predicate<? super HttpRequest> when, ExchangeHandler handler) {
        return new HttpRoutes(
                plain,
                plus(streamed, new Streamed(method.toUpperCase(Locale.ROOT), checked(path), when, handler, null)),
                sockets,
                listeners,
                origins);
    }

    /** These, and {@code handler} for WebSockets at this path; of the subprotocols that a client offers the first that is listed here is chosen. */
    public HttpRoutes webSocket(String path, SocketHandler handler, String... subprotocols) {
        return new HttpRoutes(
                plain,
                streamed,
                plus(sockets, new Socket(checked(path), List.of(subprotocols), handler, null)),
                listeners,
                origins);
    }

    /** These, and all of {@code others}, which keep their own rule for origins. */
    public HttpRoutes and(HttpRoutes others) {
        List<Plain> allPlain = new ArrayList<>(plain);
        for (Plain each : others.plain) {
            allPlain.add(
                    each.origins() != null
                            ? each
                            : new Plain(each.method(), each.path(), each.handler(), others.origins));
        }
        List<Streamed> allStreamed = new ArrayList<>(streamed);
        for (Streamed each : others.streamed) {
            allStreamed.add(
                    each.origins() != null
                            ? each
                            : new Streamed(each.method(), each.path(), each.when(), each.handler(), others.origins));
        }
        List<Socket> allSockets = new ArrayList<>(sockets);
        for (Socket each : others.sockets) {
            allSockets.add(
                    each.origins() != null
                            ? each
                            : new Socket(each.path(), each.subprotocols(), each.handler(), others.origins));
        }
        List<ConnectionListener> allListeners = new ArrayList<>(listeners);
        allListeners.addAll(others.listeners);
        return new HttpRoutes(
                List.copyOf(allPlain),
                List.copyOf(allStreamed),
                List.copyOf(allSockets),
                List.copyOf(allListeners),
                origins);
    }

    /**
     * These, with another rule for requests that have an {@code Origin} header, as browsers send it: they go to a handler if {@code allowed} says
     * so, told before the body has come (it is empty), and are answered with 403 else. Requests without the header come from programs, which could
     * claim any origin, and are not asked about.
     *
     * <p>Unless this is called, an origin must have the host and port that the request has in {@code Host}, but for {@code GET},
     * {@code HEAD} and {@code OPTIONS} without a WebSocket: what those answer a browser shows to other origins only if the answer says so.
     */
    public HttpRoutes origins(Predicate<? super HttpRequest> allowed) {
        return new HttpRoutes(plain, streamed, sockets, listeners, allowed);
    }

    /** These, and {@code listener} is told of connections. */
    public HttpRoutes connections(ConnectionListener listener) {
        return new HttpRoutes(plain, streamed, sockets, plus(listeners, listener), origins);
    }

    void opened(Peer peer) {
        listeners.forEach(each -> each.opened(peer));
    }

    void closed(Peer peer) {
        listeners.forEach(each -> each.closed(peer));
    }

    private static String checked(String path) {
        int star = path.indexOf('*');
        if (!path.startsWith("/") || (star >= 0 && (star != path.length() - 1 || !path.endsWith("/*")))) {
            throw new IllegalArgumentException(
                    "a path begins with / and may end in /* for everything below, unlike '" + path + "'");
        }
        return path;
    }

    private static <T> List<T> plus(List<T> some, T more) {
        List<T> all = new ArrayList<>(some);
        all.add(more);
        return List.copyOf(all);
    }

    private static boolean isHarmlessOrOfSameHost(HttpRequest request) {
        boolean reads = List.of("GET", "HEAD", "OPTIONS").contains(request.method());
        if (reads && !request.headers().lists("upgrade", "websocket")) {
            return true;
        }
        List<String> origins = request.headers().all("origin");
        String host = request.headers().first("host");
        if (origins.size() != 1 || host == null) {
            return false;
        }
        String origin = origins.getFirst();
        int scheme = origin.indexOf("://");
        return scheme > 0 && origin.substring(scheme + 3).equalsIgnoreCase(host);
    }

    /** Where the request goes; decided before its body has come. */
    Found find(HttpRequest head, boolean upgrade) {
        Found found = upgrade ? findSocket(head.path()) : findStreamed(head);
        if (found == null) {
            found = findPlain(head);
        }
        Predicate<? super HttpRequest> rule;
        switch (found) {
            case Found.ToHandler(Handler handler, Predicate<? super HttpRequest> own) -> rule = own;
            case Found.ToExchange(ExchangeHandler handler, Predicate<? super HttpRequest> own) -> rule = own;
            case Found.ToSocket(Socket socket) -> rule = socket.origins();
            case Found.ToAnswer answer -> {
                return answer;
            }
        }
        Predicate<? super HttpRequest> allowed = rule == null ? origins : rule;
        boolean asked = head.headers().first("origin") != null;
        if (asked && !allowed.test(head)) {
            return new Found.ToAnswer(HttpResponse.text(
                    403,
                    "pages of " + told(head) + " are not allowed here: if they should be, the server has to name that"
                            + " origin"));
        }
        return found;
    }

    private @Nullable Found findStreamed(HttpRequest head) {
        Streamed best = null;
        for (Streamed each : streamed) {
            if (each.method().equals(head.method())
                    && matches(each.path(), head.path())
                    && (best == null || each.path().length() > best.path().length())
                    && each.when().test(head)) {
                best = each;
            }
        }
        return best == null ? null : new Found.ToExchange(best.handler(), best.origins());
    }

    private static String told(HttpRequest head) {
        List<String> all = head.headers().all("origin");
        String origin = all.size() == 1 ? all.getFirst() : "several origins";
        return origin.length() > LONGEST_TOLD ? origin.substring(0, LONGEST_TOLD) + "\u2026" : origin;
    }

    private @Nullable Found findSocket(String path) {
        Socket best = null;
        for (Socket each : sockets) {
            if (matches(each.path(), path)
                    && (best == null || each.path().length() > best.path().length())) {
                best = each;
            }
        }
        return best == null ? null : new Found.ToSocket(best);
    }

    private Found findPlain(HttpRequest head) {
        Plain best = null;
        Set<String> otherMethods = new LinkedHashSet<>();
        for (Plain each : plain) {
            if (matches(each.path(), head.path())) {
                boolean suits = each.method().equals(head.method())
                        || (each.method().equals("GET") && head.method().equals("HEAD"));
                if (!suits) {
                    otherMethods.add(each.method());
                } else if (best == null || isBetter(each, best, head.method())) {
                    best = each;
                }
            }
        }
        if (best != null) {
            return new Found.ToHandler(best.handler(), best.origins());
        }
        if (!otherMethods.isEmpty()) {
            HttpResponse answer = HttpResponse.text(405, "this method is not allowed here");
            return new Found.ToAnswer(new HttpResponse(
                    405, answer.headers().with("allow", String.join(", ", otherMethods)), answer.body()));
        }
        if (findSocket(head.path()) != null) {
            return new Found.ToAnswer(HttpResponse.text(426, "this is a WebSocket"));
        }
        return new Found.ToAnswer(HttpResponse.text(404, "there is nothing here"));
    }

    private static boolean isBetter(Plain one, Plain than, String method) {
        int byLength = Integer.compare(one.path().length(), than.path().length());
        return byLength > 0
                || (byLength == 0
                        && one.method().equals(method)
                        && !than.method().equals(method));
    }

    private static boolean matches(String pattern, String path) {
        return pattern.endsWith("/*")
                ? path.startsWith(pattern.substring(0, pattern.length() - 1))
                : path.equals(pattern);
    }
}

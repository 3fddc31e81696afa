package dev.capstan.net.webtransport;

import dev.capstan.async.MessageStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a server does with sessions that clients ask for: handlers by path, and the rule about origins. Immutable.
 *
 * <p>A path that ends in {@code /*} stands for everything below it; the longest that fits is taken.
 */
public final class WebTransportRoutes {
    /** Takes sessions. */
    @FunctionalInterface
    public interface Handler {
        /** The handler owns {@code session}. It runs as protocol code on the server's loop. What it throws is logged and aborts the session. */
        void opened(WebTransportSession session) throws Exception;
    }

    private final List<Route> routes;
    private final Predicate<? super WebTransportRequest> origins;

    private record Route(String path, Handler handler) {}

    /** Where a request leads: to a handler, or to a status that refuses it. */
    record Found(int status, @Nullable Handler handler) {}

    private WebTransportRoutes(List<Route> routes, Predicate<? super WebTransportRequest> origins) {
        this.routes = routes;
        this.origins = origins;
    }

    /** No routes; pages of other hosts are refused. */
    public static WebTransportRoutes none() {
        return new WebTransportRoutes(List.of(), WebTransportRoutes::isOfSameHost);
    }

    /** These, and {@code handler} for this path. */
    public WebTransportRoutes on(String path, Handler handler) {
        int star = path.indexOf('*');
        if (!path.startsWith("/") || (star >= 0 && (star != path.length() - 1 || !path.endsWith("/*")))) {
            throw new IllegalArgumentException(
                    "a path begins with / and may end in /* for everything below, unlike '" + path + "'");
        }
        List<Route> more = new ArrayList<>(routes);
        more.add(new Route(path, handler));
        return new WebTransportRoutes(List.copyOf(more), origins);
    }

    /**
     * These, with another rule for requests that have an {@code Origin}, as browsers send it: {@code allowed} says which may pass. Requests without
     * one come from programs, which could claim any origin, and are not asked about.
     *
     * <p>Unless this is called, an origin must have the host that the client has in its URL; the ports may differ, as those of HTTP and of QUIC
     * mostly do.
     */
    public WebTransportRoutes origins(Predicate<? super WebTransportRequest> allowed) {
        return new WebTransportRoutes(routes, allowed);
    }

    /** These, whose sessions have their {@linkplain WebTransportSession#messages messages} looked at: handlers get what {@code look} makes of the stream of each. Of several looks, the one that was added last is nearest to the wire. */
    public WebTransportRoutes shown(UnaryOperator<MessageStream> look) {
        List<Route> all = routes.stream()
                .map(route -> new Route(route.path(), session -> {
                    session.shown(look);
                    route.handler().opened(session);
                }))
                .toList();
        return new WebTransportRoutes(all, origins);
    }

    private static boolean isOfSameHost(WebTransportRequest request) {
        String origin = request.origin();
        int scheme = origin == null ? -1 : origin.indexOf("://");
        return origin != null
                && scheme > 0
                && host(origin.substring(scheme + 3)).equalsIgnoreCase(host(request.authority()));
    }

    /** Without the port. */
    private static String host(String authority) {
        int colon = authority.lastIndexOf(':');
        return colon > authority.lastIndexOf(']') ? authority.substring(0, colon) : authority;
    }

    Found find(WebTransportRequest request) {
        Route best = null;
        for (Route each : routes) {
            if (matches(each.path(), request.path())
                    && (best == null || each.path().length() > best.path().length())) {
                best = each;
            }
        }
        if (best == null) {
            return new Found(404, null);
        }
        if (request.origin() != null && !origins.test(request)) {
            return new Found(403, null);
        }
        return new Found(200, best.handler());
    }

    private static boolean matches(String pattern, String path) {
        return pattern.endsWith("/*")
                ? path.startsWith(pattern.substring(0, pattern.length() - 1))
                : path.equals(pattern);
    }
}

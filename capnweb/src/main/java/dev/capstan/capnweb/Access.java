package dev.capstan.capnweb;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which web pages may call a {@link WebServer}. Programs that are no browsers are not asked where they come from; it is for {@link WebServer.Door} to know them.
 *
 * <p><b>Origins.</b> A browser sends a page's requests with the cookies of the host that they go to, whoever wrote the page. So only pages of the server's own host and port are let
 * in (over WebTransport, of its host), unless others are named.
 *
 * <p><b>Hosts.</b> Whoever owns a name can let it lead to any address, also to one of this machine or of the network behind a firewall, after a browser has loaded a page from it:
 * for the browser that page is of the server's own host then. So the server's names have to be told to it. Without that its own pages are let in under names of this machine
 * ({@code localhost}, {@code *.localhost}) and numeric addresses, which nobody else can own; under another name they are refused with status 421 and a text that says what to do.
 *
 * @param origins what other web pages may call, such as {@code https://app.example} or {@code http://localhost:3000}; {@code *} for all of them, which is safe only if nothing
 *     depends on cookies or on who can reach this host
 * @param hosts names of the server, without port, such as {@code app.example}; {@code *} for all names, which is safe only if nothing depends on who can reach this host
 */
public record Access(Set<String> origins, Set<String> hosts) {
    /** For pages of the server's own host and port, where that is this machine's own name or a numeric address. */
    public static final Access SAME_HOST = new Access(Set.of(), Set.of());

    private static final String ANY = "*";
    private static final int FORBIDDEN = 403;
    private static final int LONGEST_TOLD = 100;
    private static final int MISDIRECTED = 421;

    /** Refuses what is no origin, and what is no name of a host. */
    public Access {
        origins = lowerCase(origins);
        hosts = lowerCase(hosts);
        for (String each : origins) {
            if (!each.equals(ANY) && !each.matches("[a-z][a-z0-9+.-]*://[^/]+")) {
                throw new IllegalArgumentException(
                        "an origin is scheme, host and port, as in https://app.example:8443, not '" + each + "'");
            }
        }
        for (String each : hosts) {
            if (!each.equals(ANY) && !each.matches("[^/:\\[\\]*@\\s]+")) {
                throw new IllegalArgumentException(
                        "a host is told by its name alone, as in app.example, not '" + each + "'");
            }
        }
    }

    private static Set<String> lowerCase(Set<String> some) {
        return some.stream().map(each -> each.toLowerCase(Locale.ROOT)).collect(Collectors.toUnmodifiableSet());
    }

    /** This, with these origins instead of those that were named before. */
    public Access withOrigins(String... others) {
        return new Access(Set.of(others), hosts);
    }

    /** This, with these names of the server instead of those that were told before. */
    public Access withHosts(String... names) {
        return new Access(origins, Set.of(names));
    }

    // ---- for the server

    /** What somebody is answered who may not come in. */
    record Refusal(int status, String text) {
        boolean isForOrigin() {
            return status == FORBIDDEN;
        }
    }

    /**
     * Why a request is refused; null if it is not.
     *
     * @param authority host and port as the client has them in its URL; null if it did not say
     * @param from what the browser says where the page comes from, as often as it says it
     * @param site what the browser says of that instead, if it says no origin
     * @param samePort whether the page must come from the server's own port, too
     */
    @Nullable
    Refusal refusal(@Nullable String authority, List<String> from, @Nullable String site, boolean samePort) {
        if (origins.contains(ANY)) {
            return null;
        }
        if (from.isEmpty()) {
            if (site == null || site.equals("none")) {
                return null;
            }
            return site.equals("same-origin") ? ofOwnPage(authority) : notAllowed("another site");
        }
        if (from.size() > 1) {
            return notAllowed("several origins");
        }
        String origin = from.getFirst().toLowerCase(Locale.ROOT);
        if (origins.contains(origin)) {
            return null;
        }
        int scheme = origin.indexOf("://");
        if (scheme <= 0 || authority == null) {
            return notAllowed(origin);
        }
        String page = origin.substring(scheme + 3);
        boolean isOwn = samePort ? page.equalsIgnoreCase(authority) : host(page).equals(host(authority));
        return isOwn ? ofOwnPage(authority) : notAllowed(origin);
    }

    private static Refusal notAllowed(String origin) {
        String told = origin.length() > LONGEST_TOLD ? origin.substring(0, LONGEST_TOLD) + "\u2026" : origin;
        return new Refusal(
                FORBIDDEN,
                "pages of " + told + " are not allowed here: if they should be, name them to the server, with"
                        + " --origin of the gateway, pages.origins of a served file or Access.withOrigins of a program");
    }

    private @Nullable Refusal ofOwnPage(@Nullable String authority) {
        String host = authority == null ? "" : host(authority);
        if (hosts.contains(ANY) || hosts.contains(host) || isOfThisMachine(host) || isNumeric(host)) {
            return null;
        }
        return new Refusal(
                MISDIRECTED,
                "this server does not know itself by this name: tell it, with pages.hosts of a served file or"
                        + " Access.withHosts of a program");
    }

    /** In small letters, without the port. */
    private static String host(String authority) {
        int colon = authority.lastIndexOf(':');
        String host = colon > authority.lastIndexOf(']') ? authority.substring(0, colon) : authority;
        return host.toLowerCase(Locale.ROOT);
    }

    /** Browsers look these names up nowhere. */
    private static boolean isOfThisMachine(String host) {
        return host.equals("localhost") || host.endsWith(".localhost");
    }

    private static boolean isNumeric(String host) {
        return host.matches("\\[[0-9a-f:.]+]|[0-9]{1,3}(\\.[0-9]{1,3}){3}");
    }
}

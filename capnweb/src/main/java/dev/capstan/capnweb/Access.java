package dev.capstan.capnweb;

import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which web pages may call a {@link WebServer}.
 *
 * <p>A browser sends a page's requests with the cookies of the host that they go to, whoever wrote the page; so only pages of the same host and port are let in, unless others are
 * named here.
 *
 * @param origins what other web pages may call, such as {@code https://app.example} or {@code http://localhost:3000}; {@code *} for all of them, which is safe only if nothing
 *     depends on cookies or on who can reach this host
 */
public record Access(Set<String> origins) {
    /** For pages of the server's own host and port. */
    public static final Access SAME_HOST = new Access(Set.of());

    static final String ANY = "*";

    /** Refuses what is no origin. */
    public Access {
        origins = origins.stream().map(each -> each.toLowerCase(Locale.ROOT)).collect(Collectors.toUnmodifiableSet());
        for (String each : origins) {
            if (!each.equals(ANY) && !each.matches("[a-z][a-z0-9+.-]*://[^/]+")) {
                throw new IllegalArgumentException(
                        "an origin is scheme, host and port, as in https://app.example:8443, not '" + each + "'");
            }
        }
    }

    /** This, and pages of these origins instead of those that were named before. */
    public Access withOrigins(String... others) {
        return new Access(Set.of(others));
    }
}

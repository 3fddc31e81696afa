package dev.capstan.capnweb;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP request as a value, the {@code Request} of JavaScript. Owns its body if that is a stream.
 *
 * <p>A TypeScript peer ends the session when it cannot build one, so what the Fetch Standard refuses is refused here.
 *
 * @param url absolute, without user and password
 * @param method a token of HTTP, not CONNECT, TRACE or TRACK
 * @param headers its fields
 * @param body null, a {@link String}, a {@code byte[]} or a readable stream; null for GET and HEAD
 * @param init what else the peer's {@code RequestInit} holds, as plain JSON: cache, redirect, integrity, mode, credentials, referrer,
 *     referrerPolicy, keepalive, cf, encodeResponseBody. Other members are not sent, and none that has its default.
 */
public record WebRequest(
        Url url, String method, Headers headers, @Nullable Object body, Map<String, @Nullable Object> init) {
    private static final Set<String> FORBIDDEN = Set.of("CONNECT", "TRACE", "TRACK");
    private static final Set<String> NORMALIZED = Set.of("DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT");

    /** Copies {@code init}, and refuses what JavaScript refuses. */
    public WebRequest {
        String upper = method.toUpperCase(Locale.ROOT);
        if (!Headers.isToken(method) || FORBIDDEN.contains(upper)) {
            throw new IllegalArgumentException("\"" + Tree.excerpt(method) + "\" is no method that may be requested.");
        }
        method = NORMALIZED.contains(upper) ? upper : method;
        if (body != null && (method.equals("GET") || method.equals("HEAD"))) {
            throw new IllegalArgumentException("A " + method + " request has no body.");
        }
        checkBody(body);
        String authority = url.href().split("[/?#]", 4).length > 2 ? url.href().split("[/?#]", 4)[2] : "";
        if (authority.contains("@")) {
            throw new IllegalArgumentException("The URL of a request names no user: send an authorization field.");
        }
        init = Collections.unmodifiableMap(new LinkedHashMap<>(init));
    }

    /** A GET request. */
    public static WebRequest get(Url url, Headers headers) {
        return new WebRequest(url, "GET", headers, null, Map.of());
    }

    static void checkBody(@Nullable Object body) {
        if (body != null && !(body instanceof String || body instanceof byte[] || body instanceof Readable)) {
            throw new IllegalArgumentException("A body is a text, bytes or a stream that is read from, not "
                    + body.getClass().getName() + ".");
        }
    }
}

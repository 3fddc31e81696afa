package dev.capstan.capnweb;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP response as a value, the {@code Response} of JavaScript. Owns its body if that is a stream.
 *
 * <p>A TypeScript peer ends the session when it cannot build one, so what the Fetch Standard refuses is refused here.
 *
 * @param status 200 to 599
 * @param statusText text of the status line, usually empty
 * @param headers its fields
 * @param body null, a {@link String}, a {@code byte[]} or a readable stream; null for status 204, 205 and 304
 * @param init what else the peer's {@code ResponseInit} holds, as plain JSON: cf, encodeBody. Other members are not sent.
 */
public record WebResponse(
        int status,
        String statusText,
        Headers headers,
        @Nullable Object body,
        Map<String, @Nullable Object> init) {
    private static final Set<Integer> WITHOUT_BODY = Set.of(204, 205, 304);

    /** Copies {@code init}, and refuses what JavaScript refuses. */
    public WebResponse {
        if (status < 200 || status > 599) {
            throw new IllegalArgumentException(status + " is no status of a response: 200 to 599 are.");
        }
        if (statusText.chars().anyMatch(c -> (c < 0x20 && c != '\t') || c == 0x7f || c > 0xff)) {
            throw new IllegalArgumentException("The status text holds a control character, or one beyond U+00FF.");
        }
        if (body != null && WITHOUT_BODY.contains(status)) {
            throw new IllegalArgumentException("A response with status " + status + " has no body.");
        }
        WebRequest.checkBody(body);
        init = Collections.unmodifiableMap(new LinkedHashMap<>(init));
    }

    /** A response without fields. */
    public static WebResponse of(int status, @Nullable Object body) {
        return new WebResponse(status, "", Headers.NONE, body, Map.of());
    }
}

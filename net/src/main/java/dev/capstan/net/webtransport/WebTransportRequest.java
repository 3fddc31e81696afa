package dev.capstan.net.webtransport;

import dev.capstan.net.http.Headers;
import org.jspecify.annotations.Nullable;

/**
 * What a client asked for when it opened a session. A value.
 *
 * @param authority host and port, as the client has them in its URL
 * @param path begins with a slash; as it was sent, percent signs and dots not interpreted
 * @param query what follows the question mark; null if there is none
 * @param origin of the web page, as the browser says; null if the client is no browser
 * @param headers all but those above
 */
public record WebTransportRequest(
        String authority,
        String path,
        @Nullable String query,
        @Nullable String origin,
        Headers headers) {
    @Override
    public String toString() {
        return "WebTransport " + authority + path;
    }
}

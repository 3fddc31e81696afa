package dev.capstan.net.http;

import org.jspecify.annotations.Nullable;

/**
 * A request that has arrived whole. Made by the server; the body is the handler's to keep.
 *
 * @param method in capitals, such as POST
 * @param path begins with a slash; as it was sent, percent signs and dots not interpreted
 * @param query what follows the question mark; null if there is none
 * @param headers as they were sent
 * @param body empty if there is none
 */
@SuppressWarnings("ArrayRecordComponent") // bytes are moved, not compared
public record HttpRequest(
        String method, String path, @Nullable String query, Headers headers, byte[] body) {
    HttpRequest withBody(byte[] whole) {
        return new HttpRequest(method, path, query, headers, whole);
    }

    @Override
    public String toString() {
        return method + " " + path;
    }
}

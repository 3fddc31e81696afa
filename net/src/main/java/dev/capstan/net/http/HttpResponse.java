package dev.capstan.net.http;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * An answer. Content length, transfer encoding and everything about the connection are added where it is sent.
 *
 * @param status 200..599
 * @param headers without {@code Content-Length}, {@code Transfer-Encoding}, {@code Connection} and {@code Upgrade} in an answer of ours
 * @param body empty if there is none; given away
 */
@SuppressWarnings("ArrayRecordComponent") // bytes are moved, not compared
public record HttpResponse(int status, Headers headers, byte[] body) {
    private static final int LONGEST_REASON = 200;

    private static final List<String> OF_THE_CONNECTION =
            List.of("content-length", "transfer-encoding", "connection", "upgrade");

    /** Checks the status. */
    public HttpResponse {
        if (status < 200 || status > 599) {
            throw new IllegalArgumentException("the status of an answer lies between 200 and 599, not " + status);
        }
    }

    /** An answer that is plain text in UTF-8. */
    public static HttpResponse text(int status, String text) {
        return new HttpResponse(
                status, Headers.of("content-type", "text/plain;charset=UTF-8"), text.getBytes(StandardCharsets.UTF_8));
    }

    /** Why it is no success, if its body says so as plain text: at most 200 characters, without control characters. Empty otherwise. */
    public String reason() {
        String type = headers.first("content-type");
        if (type == null || !type.startsWith("text/plain")) {
            return "";
        }
        return new String(body, 0, Math.min(body.length, LONGEST_REASON), StandardCharsets.UTF_8)
                .replaceAll("\\p{Cntrl}+", " ")
                .strip();
    }

    /** Fails if a handler has set what is decided where the answer is sent. */
    void checkSendable() {
        for (String name : OF_THE_CONNECTION) {
            if (headers.first(name) != null) {
                throw new IllegalArgumentException("the server sets " + name + " itself: leave it out of the answer");
            }
        }
    }

    @Override
    public String toString() {
        return status + ", " + body.length + " bytes";
    }
}

package dev.capstan.net.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How HTTP becomes a WebSocket: pure functions over heads (RFC 6455 section 4). */
final class Upgrade {
    /** From RFC 6455 section 1.3. */
    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private static final int KEY_BYTES = 16;

    private Upgrade() {}

    /** Whether the client asks for a WebSocket, well or badly. */
    static boolean isAsked(HttpRequest head) {
        return head.method().equals("GET") && head.headers().lists("upgrade", "websocket");
    }

    /** Why a client that asks cannot have one; null if it can. */
    static @Nullable HttpResponse refusal(HttpRequest head) {
        Headers headers = head.headers();
        HttpResponse version = versionRefusal(head);
        if (version != null) {
            return version;
        }
        if (!headers.lists("connection", "upgrade")) {
            return HttpResponse.text(400, "a WebSocket needs the header 'Connection: Upgrade'");
        }
        List<String> keys = headers.all("sec-websocket-key");
        if (keys.size() != 1 || !isKey(keys.getFirst())) {
            return HttpResponse.text(400, "a WebSocket needs one header Sec-WebSocket-Key with 16 bytes in Base64");
        }
        return null;
    }

    /** The only thing that a client has to get right over HTTP/2 (RFC 8441 section 5). */
    static @Nullable HttpResponse versionRefusal(HttpRequest head) {
        if (head.headers().all("sec-websocket-version").equals(List.of("13"))) {
            return null;
        }
        HttpResponse answer = HttpResponse.text(426, "only version 13 of WebSocket is spoken here");
        return new HttpResponse(426, answer.headers().with("sec-websocket-version", "13"), answer.body());
    }

    private static boolean isKey(String text) {
        try {
            return Base64.getDecoder().decode(text).length == KEY_BYTES;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** The first of the client's offers that is among the server's; empty if there is none. */
    static String choose(HttpRequest head, List<String> ours) {
        return head.headers().elements("sec-websocket-protocol").stream()
                .filter(ours::contains)
                .findFirst()
                .orElse("");
    }

    /** What proves that the other side has understood {@code key}. */
    static String accept(String key) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-1").digest((key + GUID).getBytes(StandardCharsets.ISO_8859_1));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java runtime has SHA-1", e);
        }
    }

    static String key(byte[] random) {
        return Base64.getEncoder().encodeToString(random);
    }

    /** Why an answer of status 101 does not open the WebSocket that was asked for; null if it does. */
    static @Nullable String mistake(Headers answer, String key, List<String> offered) {
        if (!answer.lists("upgrade", "websocket") || !answer.lists("connection", "upgrade")) {
            return "the server has switched to another protocol than WebSocket";
        }
        if (!answer.all("sec-websocket-accept").equals(List.of(accept(key)))) {
            return "the server's Sec-WebSocket-Accept does not belong to this request: an answer from a cache?";
        }
        if (!answer.elements("sec-websocket-extensions").isEmpty()) {
            return "the server uses a WebSocket extension that was not offered";
        }
        List<String> chosen = answer.all("sec-websocket-protocol");
        if (chosen.size() > 1 || !offered.containsAll(chosen)) {
            return "the server has chosen a subprotocol that was not offered";
        }
        return null;
    }
}

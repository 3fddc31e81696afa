package dev.capstan.net.http;

import java.io.IOException;

/**
 * A WebSocket was closed, or is to be closed: with a code and a reason as RFC 6455 has them (section 7.4).
 *
 * <p>The peer sends 1000 to 1003, 1007 to 1014 and 3000 to 4999; 1005 stands for a close without a code, 1006 for a connection that ended
 * without a close.
 */
public final class WebSocketClosed extends IOException {
    private static final long serialVersionUID = 1;

    private final int code;
    private final String reason;

    /** A close with this code and reason, told in the words of the TypeScript implementation. */
    public WebSocketClosed(int code, String reason) {
        this(code, reason, ("Peer closed WebSocket: " + code + " " + reason).strip());
    }

    WebSocketClosed(int code, String reason, String text) {
        super(text);
        this.code = code;
        this.reason = reason;
    }

    /** Why, as a number. */
    public int code() {
        return code;
    }

    /** Why, in words; empty if none were given. */
    public String reason() {
        return reason;
    }
}

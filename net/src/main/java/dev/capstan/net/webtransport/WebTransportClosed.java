package dev.capstan.net.webtransport;

import java.io.IOException;

/**
 * A WebTransport session was closed, or is to be closed: with a code and a reason, as {@code WebTransport.close({closeCode, reason})} has them in a
 * web page. Code 0 without a reason is a normal end. Handed to {@code abort}, it tells the peer both; any other cause tells it
 * {@link #INTERNAL} alone.
 */
public final class WebTransportClosed extends IOException {
    /** What a peer is told of a cause that is none of its business. */
    public static final int INTERNAL = 1;

    private static final long serialVersionUID = 1;
    /** The protocol's bound. */
    private static final int REASON_BYTES = 1024;

    private final int code;
    private final String reason;

    /**
     * @param code any 32 bits, unsigned
     * @param reason at most 1024 characters
     */
    public WebTransportClosed(int code, String reason) {
        super(("the WebTransport session was closed: " + Integer.toUnsignedString(code) + " " + reason).strip());
        if (reason.length() > REASON_BYTES) {
            throw new IllegalArgumentException("the reason of a close has at most " + REASON_BYTES + " characters");
        }
        this.code = code;
        this.reason = reason;
    }

    /** Why, as a number; unsigned. */
    public int code() {
        return code;
    }

    /** Why, in words; empty if none were given. */
    public String reason() {
        return reason;
    }
}

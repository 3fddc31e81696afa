package dev.capstan.capnweb;

/**
 * The oldest version of the npm package {@code capnweb} that the peer may run. The protocol has no handshake and an unknown tag ends
 * the whole session of a TypeScript peer, so what a peer may be sent has to be known beforehand. What a peer may send to us does not
 * depend on it: everything is understood.
 *
 * <p>From its change log: 0.8 has blobs, properties of errors and invalid dates; 0.11 has URLs and the kinds of byte arrays. A value that
 * the peer does not know is refused with a {@link WebException} before anything is sent.
 */
public enum Compat {
    /** 0.8 and later. */
    V0_8,
    /** 0.9 and 0.10: the same values as 0.8, and objects instead of text over a MessagePort. */
    V0_9,
    /** 0.11 and 0.12. */
    V0_12,
    /** This implementation: all of the above, and what it has no use for is not said to it. */
    CAPSTAN;

    /** Whether {@code ["url", href]} may be sent. */
    boolean urls() {
        return compareTo(V0_12) >= 0;
    }

    /** Whether one answer tells a peer to stop writing; others keep an entry for each write until that is answered, too. */
    boolean forgetsWrites() {
        return this == CAPSTAN;
    }

    /** Whether {@code ["bytes", base64, kind]} may be sent; older peers overlook the kind and see a Uint8Array. */
    boolean kindsOfBytes() {
        return compareTo(V0_12) >= 0;
    }
}

package dev.capstan.net.tls;

import dev.capstan.async.ByteStream;
import javax.net.ssl.SSLSession;

/**
 * A stream that a {@link TlsNetwork} has made: a connection whose handshake is done. Owned and used as every {@link ByteStream}; what this adds may be asked at any time on the loop's
 * thread and does not change.
 */
public interface TlsSession extends ByteStream {
    /** What was agreed on, and who the other side has proved to be, if it was asked to. */
    SSLSession session();

    /** The protocol that was chosen of those that both sides offer (ALPN, RFC 7301), such as {@code h2}; empty if one side offered none. */
    String protocol();
}

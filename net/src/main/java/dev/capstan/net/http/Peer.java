package dev.capstan.net.http;

import dev.capstan.async.Address;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * The other side of a connection, as far as it is known.
 *
 * @param protocol {@code HTTP/1.1} or {@code HTTP/2}
 * @param address where it comes from; null if the network does not say
 * @param tls the session whose certificates tell who it is; null without TLS
 */
public record Peer(
        String protocol,
        @Nullable Address address,
        @Nullable SSLSession tls) {}

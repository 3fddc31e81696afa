/**
 * TLS over the streams of any {@link dev.capstan.async.Network}, by Netty's handler and the engine of the JDK. No type of Netty shows.
 *
 * <p>Start at {@link dev.capstan.net.tls.TlsNetwork}; {@code TlsStream} is one session.
 */
@NullMarked
package dev.capstan.net.tls;

import org.jspecify.annotations.NullMarked;

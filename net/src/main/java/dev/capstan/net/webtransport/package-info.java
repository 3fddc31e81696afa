/**
 * WebTransport over HTTP/3 (RFC 9220, draft-ietf-webtrans-http3): what a web page opens with {@code new WebTransport(url)}, as streams of a loop.
 *
 * <p>A session carries one bidirectional stream, opened by the client: bytes, or messages of one line each. Everything else that the protocol can
 * carry (further streams, datagrams) is refused. One connection carries one session.
 *
 * <p>Start at {@link dev.capstan.net.webtransport.WebTransportServer} and {@link dev.capstan.net.webtransport.WebTransportClient}, then
 * {@link dev.capstan.net.webtransport.WebTransportSession} for how a session ends.
 */
@NullMarked
package dev.capstan.net.webtransport;

import org.jspecify.annotations.NullMarked;

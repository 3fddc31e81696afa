/**
 * HTTP/1.1 and WebSocket over the streams of any {@link dev.capstan.async.Network}, on Netty's codecs. They run on the loop of their stream,
 * without a channel, a thread or an event loop of their own. No type of Netty shows.
 *
 * <p>Start at {@link dev.capstan.net.http.HttpServer} and {@link dev.capstan.net.http.HttpClient}; {@link dev.capstan.net.http.WebSocket} is
 * the message stream that both give, {@code ServerConnection} what happens to a request, {@code Codec} how Netty's handlers are driven.
 */
@NullMarked
package dev.capstan.net.http;

import org.jspecify.annotations.NullMarked;

/**
 * TCP and Unix sockets as {@link dev.capstan.async.ByteStream}s, on Netty's epoll and NIO handlers. A {@link dev.capstan.net.NetLoop} is a
 * loop with a network; everything else is hidden. No type of Netty shows.
 *
 * <p>Start at {@link dev.capstan.net.NetLoop}, then {@code SocketStream} for what happens to bytes and {@code NettyPort} for how the loop waits.
 */
@NullMarked
package dev.capstan.net;

import org.jspecify.annotations.NullMarked;

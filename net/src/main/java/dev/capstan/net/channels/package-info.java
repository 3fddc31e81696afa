/**
 * How Netty's own channels live on a loop, for what exists as a channel alone: QUIC, and connections of grpc-java. Exported to those alone, so types of Netty may show here. Start at
 * {@link dev.capstan.net.channels.ChannelHost}.
 */
@NullMarked
package dev.capstan.net.channels;

import org.jspecify.annotations.NullMarked;

/**
 * How Netty's own channels live on a loop, for what exists as a channel alone: QUIC. Not exported, so types of Netty may show here. Start at
 * {@link dev.capstan.net.channels.ChannelHost}.
 */
@NullMarked
package dev.capstan.net.channels;

import org.jspecify.annotations.NullMarked;

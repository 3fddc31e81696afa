package dev.capstan.net.webtransport;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;

/**
 * In front of a server's QUIC: lets it answer a client's first packet before it is given the early ones behind it.
 *
 * <p>They mostly arrive together. A server gets the key to early data by going on with the handshake, and Netty goes on with it when a batch of datagrams was read; early packets in the same batch would be
 * kept until the client sends something again, which takes it longer than the round trip that was to be saved.
 */
final class EarlyOrder extends ChannelInboundHandlerAdapter {
    /** Form, fixed bit and type of a 0-RTT packet, which header protection leaves alone (RFC 9000 section 17.2.3, RFC 9001 section 5.4.1). */
    private static final int KIND = 0xf0;

    private static final int ZERO_RTT = 0xd0;

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof DatagramPacket packet
                && packet.content().isReadable()
                && (packet.content().getUnsignedByte(packet.content().readerIndex()) & KIND) == ZERO_RTT) {
            context.fireChannelReadComplete();
        }
        context.fireChannelRead(message);
    }
}

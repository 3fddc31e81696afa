package dev.capstan.net.webtransport;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import java.util.ArrayList;
import java.util.List;

/**
 * In front of a server's QUIC: lets it answer clients' first packets before it is given the early ones behind them.
 *
 * <p>They mostly arrive together. A server gets the key to early data by going on with the handshake, and Netty goes on with it when a batch of datagrams was read; early packets in the same batch would be
 * kept until the client sends something again, which takes it longer than the round trip that was to be saved. So they are held back until the end of their batch and are a batch of their own then.
 */
final class EarlyOrder extends ChannelInboundHandlerAdapter {
    /** Form, fixed bit and type of a 0-RTT packet, which header protection leaves alone (RFC 9000 section 17.2.3, RFC 9001 section 5.4.1). */
    private static final int KIND = 0xf0;

    private static final int ZERO_RTT = 0xd0;

    /** Of one batch, whose size the socket's channel limits. */
    private final List<DatagramPacket> early = new ArrayList<>();

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof DatagramPacket packet
                && packet.content().isReadable()
                && (packet.content().getUnsignedByte(packet.content().readerIndex()) & KIND) == ZERO_RTT) {
            early.add(packet);
        } else {
            context.fireChannelRead(message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        context.fireChannelReadComplete();
        if (!early.isEmpty()) {
            List<DatagramPacket> batch = List.copyOf(early);
            early.clear();
            batch.forEach(context::fireChannelRead);
            context.fireChannelReadComplete();
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        early.forEach(DatagramPacket::release);
        early.clear();
    }
}

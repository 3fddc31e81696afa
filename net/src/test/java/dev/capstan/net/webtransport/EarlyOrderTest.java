package dev.capstan.net.webtransport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the server's QUIC is given of a batch of datagrams, in which order and how often it is told to go on. */
class EarlyOrderTest {
    private static final InetSocketAddress HERE = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);

    private final List<String> seen = new ArrayList<>();
    private final List<ByteBuf> buffers = new ArrayList<>();
    private final EmbeddedChannel channel = new EmbeddedChannel(new EarlyOrder(), new ChannelInboundHandlerAdapter() {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            DatagramPacket packet = (DatagramPacket) message;
            seen.add(Integer.toHexString(packet.content().getUnsignedByte(0)));
            packet.release();
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            seen.add("go on");
        }
    });

    private void read(int first) {
        ByteBuf content = Unpooled.buffer().writeByte(first).writeByte(0);
        buffers.add(content);
        channel.pipeline().fireChannelRead(new DatagramPacket(content, HERE, HERE));
    }

    private void batch(int... firsts) {
        for (int each : firsts) {
            read(each);
        }
        channel.pipeline().fireChannelReadComplete();
    }

    @Test
    void first_packets_are_answered_before_the_early_ones_behind_them_are_given() {
        batch(0xc0, 0xd0, 0xdf);
        assertEquals(List.of("c0", "go on", "d0", "df", "go on"), seen);
    }

    @Test
    void all_early_packets_of_a_batch_cost_one_turn_more_however_they_are_mixed() {
        int[] firsts = new int[16];
        for (int i = 0; i < firsts.length; i++) {
            firsts[i] = i % 2 == 0 ? 0xc3 : 0xd3;
        }
        batch(firsts);
        assertEquals(2, Collections.frequency(seen, "go on"));
        assertEquals(8, Collections.frequency(seen, "c3"));
        assertEquals(Collections.nCopies(8, "d3"), seen.subList(9, 17));
    }

    @Test
    void a_batch_without_early_packets_is_passed_as_it_comes() {
        batch(0xc0, 0xe0, 0x40, 0xf0);
        assertEquals(List.of("c0", "e0", "40", "f0", "go on"), seen);
    }

    @Test
    void each_batch_stands_alone() {
        batch(0xc0, 0xd0);
        seen.clear();
        batch(0x40);
        assertEquals(List.of("40", "go on"), seen);
    }

    @Test
    void what_waits_for_the_end_of_a_batch_is_given_back_when_the_socket_closes() {
        read(0xd0);
        assertTrue(channel.close().isDone());
        assertEquals(List.of(), seen);
        buffers.forEach(each -> assertEquals(0, each.refCnt()));
    }

    @Test
    void nothing_is_kept_of_what_was_passed_on() {
        batch(0xc0, 0xd0, 0x40);
        buffers.forEach(each -> assertEquals(0, each.refCnt()));
    }
}

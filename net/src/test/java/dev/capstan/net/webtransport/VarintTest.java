package dev.capstan.net.webtransport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

class VarintTest {
    private static String written(long value) {
        ByteBuf out = Unpooled.buffer();
        Varint.write(out, value);
        return ByteBufUtil.hexDump(out);
    }

    @Test
    void the_examples_of_rfc_9000_are_written_and_read() {
        assertEquals("c2197c5eff14e88c", written(151_288_809_941_952_652L));
        assertEquals("9d7f3e7d", written(494_878_333L));
        assertEquals("7bbd", written(15_293));
        assertEquals("25", written(37));
        assertEquals(37, Varint.read(Unpooled.wrappedBuffer(new byte[] {0x40, 0x25})));
    }

    @Test
    void every_length_comes_back_and_is_whole_only_when_it_is() {
        for (long value : new long[] {0, 63, 64, 16383, 16384, (1L << 30) - 1, 1L << 30, (1L << 62) - 1}) {
            ByteBuf out = Unpooled.buffer();
            Varint.write(out, value);
            for (int i = 0; i < out.writerIndex(); i++) {
                assertFalse(Varint.isWhole(out.slice(0, i)));
            }
            assertTrue(Varint.isWhole(out));
            assertEquals(value, Varint.read(out));
            assertFalse(out.isReadable());
        }
    }
}

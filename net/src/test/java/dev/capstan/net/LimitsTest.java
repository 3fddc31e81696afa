package dev.capstan.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.NotYetConnectedException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class LimitsTest {
    @Test
    void a_limit_out_of_range_is_refused_by_name() {
        IllegalArgumentException thrown = assertThrows(
                IllegalArgumentException.class,
                () -> new Limits(0, 1, 1, 0, 1, 1, 1, Duration.ofSeconds(1), Duration.ZERO));
        assertTrue(String.valueOf(thrown.getMessage()).contains("readChunkBytes"));
        assertThrows(
                IllegalArgumentException.class,
                () -> new Limits(1, 1, 1, -1, 1, 1, 1, Duration.ofSeconds(1), Duration.ZERO));
        assertThrows(
                IllegalArgumentException.class, () -> new Limits(1, 1, 1, 0, 1, 1, 1, Duration.ZERO, Duration.ZERO));
    }

    @Test
    void a_loop_looks_for_a_second_at_most_before_it_sleeps() {
        Duration longest = Duration.ofSeconds(1);
        assertEquals(Duration.ofNanos(50_000), Limits.DEFAULT.spin());
        assertEquals(longest, Limits.DEFAULT.withSpin(longest).spin());
        assertThrows(IllegalArgumentException.class, () -> Limits.DEFAULT.withSpin(longest.plusNanos(1)));
        assertThrows(IllegalArgumentException.class, () -> Limits.DEFAULT.withSpin(Duration.ofNanos(-1)));
    }

    @Test
    void a_limit_of_http_out_of_range_is_refused_by_name() {
        Duration second = Duration.ofSeconds(1);
        IllegalArgumentException thrown = assertThrows(
                IllegalArgumentException.class,
                () -> new Limits.Http(1, 1, 0, 1, 1, second, second, second, second, second));
        assertEquals("bodyBytes must be at least 1, not 0", thrown.getMessage());
        thrown = assertThrows(
                IllegalArgumentException.class,
                () -> new Limits.Http(1, 1, 1, 1, 1, second, second, Duration.ZERO, second, second));
        assertEquals("idleTimeout must be positive, not PT0S", thrown.getMessage());
    }

    @Test
    void a_limit_of_webtransport_out_of_range_is_refused_by_name() {
        Duration second = Duration.ofSeconds(1);
        IllegalArgumentException thrown = assertThrows(
                IllegalArgumentException.class,
                () -> new Limits.WebTransport(1, 0, 1, 1, 4, second, second, second, second));
        assertEquals("lineBytes must be at least 1, not 0", thrown.getMessage());
        thrown = assertThrows(
                IllegalArgumentException.class,
                () -> new Limits.WebTransport(1, 1, 1, 1, 3, second, second, second, second));
        assertEquals("streams must be at least 4, not 3: a session needs as many", thrown.getMessage());
        thrown = assertThrows(
                IllegalArgumentException.class,
                () -> new Limits.WebTransport(1, 1, 1, 1, 4, second, Duration.ZERO, second, second));
        assertEquals("idleTimeout must be positive, not PT0S", thrown.getMessage());
    }

    @Test
    void chunks_are_reused_up_to_the_limit() {
        Chunk.Pool pool = new Chunk.Pool(10, 1);
        Chunk first = pool.take();
        Chunk second = pool.take();
        first.put(new byte[] {1, 2, 3}, 0, 3);
        pool.give(first);
        pool.give(second);
        Chunk again = pool.take();
        assertEquals(first, again);
        assertEquals(0, again.length());
        assertEquals(10, again.room());
    }

    @Test
    void reasons_are_freed_from_what_the_library_adds() {
        assertEquals(
                "Connection reset by peer",
                SocketTexts.reason(
                        new IOException("recvAddress(..) failed with error(-104): Connection reset by peer")));
        assertEquals("Broken pipe", SocketTexts.reason(new IOException("Broken pipe")));
        assertEquals("No such file or directory", SocketTexts.reason(new FileNotFoundException()));
        assertEquals("it is not connected any more", SocketTexts.reason(new NotYetConnectedException()));
        assertEquals("IOException", SocketTexts.reason(new IOException()));
    }

    @Test
    void addresses_read_as_they_are_written() {
        assertEquals("127.0.0.1:80", SocketTexts.of(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 80)));
        assertEquals("[0:0:0:0:0:0:0:1]:80", SocketTexts.of(new InetSocketAddress(InetAddress.ofLiteral("::1"), 80)));
        assertEquals("name:80", SocketTexts.of(InetSocketAddress.createUnresolved("name", 80)));
        assertEquals("unix:/a", SocketTexts.of(UnixDomainSocketAddress.of("/a")));
        assertEquals("an unknown address", SocketTexts.of(null));
    }
}

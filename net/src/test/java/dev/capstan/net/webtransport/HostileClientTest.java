package dev.capstan.net.webtransport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.MessageStream;
import dev.capstan.net.Limits;
import dev.capstan.net.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http3.DefaultHttp3DataFrame;
import io.netty.handler.codec.quic.QuicStreamType;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Clients that do what no client of WebTransport should, and a session of somebody else beside them that must not notice. */
@SuppressWarnings("FutureReturnValueIgnored") // what comes of it is asserted
class HostileClientTest {
    private static final int STREAMS = 8;

    private final Sessions sessions = new Sessions(
            Transport.AUTO,
            new Limits.WebTransport(
                    10,
                    1000,
                    4096,
                    64 << 10,
                    STREAMS,
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(3),
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(1)));
    private final MessageStream bystander = echoed();
    private final Lines heard = Lines.of(bystander);
    private final RawClient client = new RawClient(sessions);

    /** A stream of another client, whose messages the server returns. */
    private MessageStream echoed() {
        Sessions.Pair pair = sessions.pair();
        echo(pair.server());
        return pair.client().messages();
    }

    private static Lines echo(WebTransportSession session) {
        MessageStream messages = session.messages();
        Lines lines = new Lines();
        lines.onLine = () -> messages.send(ByteBuffer.wrap(lines.received.getLast()));
        messages.start(lines);
        return lines;
    }

    private void until(BooleanSupplier condition) {
        sessions.until(condition);
    }

    @AfterEach
    void theOtherClientHasNotNoticed() {
        int before = heard.count();
        Lines.send(bystander, "still there?");
        until(() -> heard.count() > before);
        assertFalse(heard.isOver());
        client.close();
        sessions.close();
        assertEquals(0, sessions.loop().timer().pending());
    }

    // ---- beside a session

    @Test
    void further_streams_of_a_session_are_reset_and_the_session_goes_on() {
        RawClient.Stream stream = client.open();
        echo(sessions.accepted.getLast());
        RawClient.Stream second = client.stream(
                QuicStreamType.BIDIRECTIONAL, 0x41, stream.control().channel().streamId());
        second.write("hello\n");
        until(() -> second.resetCode >= 0);
        assertEquals(0x10b, second.resetCode);
        stream.write("one\n");
        until(() -> stream.received.toString().equals("one\n"));
    }

    @Test
    void one_way_streams_are_refused_and_the_session_goes_on() {
        RawClient.Stream stream = client.open();
        echo(sessions.accepted.getLast());
        RawClient.Stream oneWay = client.stream(
                QuicStreamType.UNIDIRECTIONAL, 0x54, stream.control().channel().streamId());
        oneWay.write("x".repeat(1000));
        client.stream(QuicStreamType.UNIDIRECTIONAL, 0x1f * 5 + 0x21).write("grease");
        stream.write("one\n");
        until(() -> stream.received.toString().equals("one\n"));
    }

    @Test
    void datagrams_are_dropped_and_the_session_goes_on() {
        RawClient.Stream stream = client.open();
        echo(sessions.accepted.getLast());
        for (int i = 0; i < 200; i++) {
            client.datagram(0, 1, 2, 3);
            client.datagram(0xff);
        }
        stream.write("one\n");
        until(() -> stream.received.toString().equals("one\n"));
    }

    @Test
    void a_client_that_goes_on_opening_streams_loses_its_connection() {
        client.open();
        Lines lines = Lines.of(sessions.accepted.getLast().messages());
        for (int i = 2; i < STREAMS; i++) {
            RawClient.Stream more = client.stream(QuicStreamType.BIDIRECTIONAL, 0x41, 0);
            until(() -> more.resetCode >= 0);
        }
        assertNull(client.closed);
        client.stream(QuicStreamType.BIDIRECTIONAL, 0x41, 0);
        until(() -> client.closed != null && lines.isOver());
        assertEquals("0x107 too many streams", client.closed);
    }

    @Test
    void a_second_session_on_a_connection_is_refused() {
        RawClient.Stream stream = client.open();
        echo(sessions.accepted.getLast());
        RawClient.Stream second = client.connect("/");
        until(() -> second.status != null);
        assertEquals("429", second.status);
        stream.write("one\n");
        until(() -> stream.received.toString().equals("one\n"));
    }

    // ---- the control stream

    private static ByteBuf varints(long... numbers) {
        ByteBuf out = Unpooled.buffer();
        for (long number : numbers) {
            Varint.write(out, number);
        }
        return out;
    }

    private static void capsule(RawClient.Stream stream, ByteBuf bytes) {
        Objects.requireNonNull(stream.control).channel().writeAndFlush(new DefaultHttp3DataFrame(bytes));
    }

    @Test
    void unknown_capsules_are_skipped_however_long_they_are() {
        RawClient.Stream stream = client.open();
        Lines lines = echo(sessions.accepted.getLast());
        capsule(stream, varints(0x17, 0, 0x3fff_ffffL, 100_000));
        for (int i = 0; i < 10; i++) {
            capsule(stream, Unpooled.wrappedBuffer(new byte[10_000]));
        }
        stream.write("one\n");
        until(() -> stream.received.toString().equals("one\n"));
        capsule(stream, varints(0x2843, 4 + 3).writeInt(7).writeBytes("bye".getBytes(StandardCharsets.UTF_8)));
        until(lines::isOver);
        assertEquals("7 bye", lines.closed());
    }

    @Test
    void a_capsule_may_come_byte_by_byte() {
        RawClient.Stream stream = client.open();
        Lines lines = echo(sessions.accepted.getLast());
        ByteBuf whole = varints(0x2843, 4 + 3).writeInt(8).writeBytes("bye".getBytes(StandardCharsets.UTF_8));
        while (whole.isReadable()) {
            capsule(stream, Unpooled.buffer().writeByte(whole.readByte()));
        }
        until(lines::isOver);
        assertEquals("8 bye", lines.closed());
    }

    @Test
    void a_close_of_the_wrong_size_ends_the_session() {
        for (int length : new int[] {0, 3, 4 + 1025, 1 << 20}) {
            RawClient other = new RawClient(sessions);
            RawClient.Stream stream = other.open();
            Lines lines = echo(sessions.accepted.getLast());
            capsule(stream, varints(0x2843, length));
            until(lines::isOver);
            assertTrue(lines.failureText().contains("a close of " + length + " bytes"), lines.failureText());
            other.close();
        }
    }

    @Test
    void frames_of_unknown_types_are_skipped() {
        RawClient.Stream stream = client.open();
        echo(sessions.accepted.getLast());
        // HTTP/3 is Netty's on both sides, so the frames go around its codec.
        Objects.requireNonNull(stream.control)
                .channel()
                .pipeline()
                .firstContext()
                .write(varints(0x1f * 3 + 0x21, 3).writeBytes(new byte[3]));
        Objects.requireNonNull(stream.control)
                .channel()
                .pipeline()
                .firstContext()
                .writeAndFlush(varints(0x4d5, 300).writeBytes(new byte[300]));
        stream.write("one\n");
        until(() -> stream.received.toString().equals("one\n"));
    }

    @Test
    void a_close_with_code_zero_is_a_clean_end() {
        RawClient.Stream stream = client.open();
        Lines lines = Lines.of(sessions.accepted.getLast().messages());
        stream.write("one\n");
        until(() -> lines.count() == 1);
        capsule(stream, varints(0x2843, 4).writeInt(0));
        stream.write("two\n");
        until(lines::isOver);
        assertTrue(lines.ended, lines.failureText());
        assertEquals(2, lines.count());
        assertEquals(
                0, Objects.requireNonNull(sessions.accepted.getLast().closed()).code());
    }

    @Test
    void a_session_that_closes_and_whose_stream_never_ends_is_given_up() {
        RawClient.Stream stream = client.open();
        Lines lines = Lines.of(sessions.accepted.getLast().messages());
        stream.control().end();
        until(lines::isOver);
        assertTrue(lines.failureText().contains("its stream has not ended within PT1S"), lines.failureText());
        until(() -> sessions.server.connections() == 1);
    }

    @Test
    void a_stream_that_is_reset_fails() {
        RawClient.Stream stream = client.open();
        Lines lines = Lines.of(sessions.accepted.getLast().messages());
        stream.channel().shutdownOutput(77);
        until(lines::isOver);
        assertTrue(lines.failureText().contains("with code 0x4d"), lines.failureText());
    }

    // ---- before a session

    @Test
    void other_requests_are_answered_and_their_bodies_not_read() {
        RawClient.Stream get =
                client.request(":method", "POST", ":scheme", "https", ":authority", "127.0.0.1", ":path", "/");
        get.channel().writeAndFlush(new DefaultHttp3DataFrame(Unpooled.wrappedBuffer(new byte[30_000])));
        RawClient.Stream other = client.request(
                ":method",
                "CONNECT",
                ":protocol",
                "websocket",
                ":scheme",
                "https",
                ":authority",
                "127.0.0.1",
                ":path",
                "/");
        until(() -> get.status != null && other.status != null);
        assertEquals("404", get.status);
        assertEquals("501", other.status);
        RawClient.Stream nowhere = client.connect("/nowhere");
        until(() -> nowhere.status != null);
        assertEquals("404", nowhere.status);
    }

    @Test
    void a_head_that_is_too_large_ends_the_connection_or_the_request() {
        client.request(
                ":method",
                "CONNECT",
                ":protocol",
                "webtransport",
                ":scheme",
                "https",
                ":authority",
                "127.0.0.1",
                ":path",
                "/",
                "x-much",
                "x".repeat(5000));
        until(() -> client.closed != null);
        assertEquals(0, sessions.accepted.size() - 1);
    }

    @Test
    void a_connection_without_a_session_is_closed_in_time() {
        until(() -> client.closed != null);
        assertEquals("0x10c no session was opened in time", client.closed);
        until(() -> sessions.server.connections() == 1);
    }

    @Test
    void a_session_without_a_stream_is_closed_in_time() {
        RawClient.Stream control = client.connect("/");
        until(() -> control.status != null);
        assertEquals("200", control.status);
        until(() -> client.closed != null);
        assertEquals(1, sessions.accepted.size());
    }

    @Test
    void a_stream_may_come_before_its_session() {
        RawClient.Stream stream = client.stream(QuicStreamType.BIDIRECTIONAL, 0x41, 4);
        stream.write("early\n");
        sessions.polls();
        RawClient.Stream control = client.connect("/");
        assertEquals(4, control.channel().streamId());
        until(() -> sessions.accepted.size() == 2);
        Lines lines = Lines.of(sessions.accepted.getLast().messages());
        until(() -> lines.count() == 1);
        assertEquals("early", lines.texts().getFirst());
    }

    @Test
    void a_stream_of_a_session_that_is_not_there_is_reset() {
        RawClient.Stream stream = client.stream(QuicStreamType.BIDIRECTIONAL, 0x41, 4000);
        client.connect("/");
        until(() -> stream.resetCode >= 0);
        assertEquals(1, sessions.accepted.size());
    }

    @Test
    void a_stream_may_say_what_it_is_byte_by_byte() {
        RawClient.Stream control = client.connect("/");
        until(() -> control.status != null);
        RawClient.Stream stream = client.stream(QuicStreamType.BIDIRECTIONAL);
        for (int each :
                new int[] {0x40, 0x41, 0x80, 0, 0, (int) control.channel().streamId(), 'x'}) {
            stream.write(Unpooled.buffer().writeByte(each));
            sessions.polls();
        }
        until(() -> sessions.accepted.size() == 2);
        stream.write("yz\n");
        Lines lines = Lines.of(sessions.accepted.getLast().messages());
        until(() -> lines.count() == 1);
        assertEquals("xyz", lines.texts().getFirst());
    }

    @Test
    void packets_of_noise_are_dropped() throws IOException {
        Random random = new Random(1);
        try (DatagramSocket socket = new DatagramSocket(Sessions.local(0))) {
            for (int i = 0; i < 500; i++) {
                byte[] noise = new byte[1 + random.nextInt(1400)];
                random.nextBytes(noise);
                if (i % 2 == 0) {
                    // What looks like the first packet of a connection.
                    noise[0] = (byte) (0xc0 | (noise[0] & 0x0f));
                }
                socket.send(new DatagramPacket(noise, noise.length, sessions.server.address()));
                sessions.loop().poll();
            }
        }
    }

    // ---- silence

    @Test
    void a_peer_that_is_silent_for_long_counts_as_gone() {
        client.open();
        Lines lines = Lines.of(sessions.accepted.getLast().messages());
        until(lines::isOver);
        assertTrue(lines.failureText().contains("is gone"), lines.failureText());
        // The client beside it is alive though nobody has said anything.
        assertFalse(heard.isOver());
    }
}

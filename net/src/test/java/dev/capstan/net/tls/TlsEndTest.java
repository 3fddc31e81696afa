package dev.capstan.net.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.BytePipe;
import dev.capstan.async.ByteStream;
import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.net.Limits;
import dev.capstan.testkit.ByteReceiver;
import java.io.IOException;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Objects;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** How sessions come to their end, in simulated time: peers that have said the last word of TLS and stay connected. */
@TestInstance(Lifecycle.PER_CLASS)
final class TlsEndTest {
    private static final Duration CLOSE = Limits.Tls.DEFAULT.closeTimeout();

    private KeyStore key;
    private SimLoop sim = new SimLoop();
    private Link link = new Link();

    @BeforeAll
    void make(@TempDir Path folder) throws Exception {
        key = new Certificates(folder).make("server", "dns:localhost");
    }

    /** What stands below one end of a session. */
    private static final class Below implements ByteStream {
        private final ByteStream stream;
        private boolean keepsItsSide;
        private @Nullable Throwable aborted;

        Below(ByteStream stream) {
            this.stream = stream;
        }

        @Override
        public void start(Receiver receiver) {
            stream.start(receiver);
        }

        @Override
        public void pause() {
            stream.pause();
        }

        @Override
        public void resume() {
            stream.resume();
        }

        @Override
        public void write(byte[] array, int offset, int length) {
            stream.write(array, offset, length);
        }

        @Override
        public long queuedBytes() {
            return stream.queuedBytes();
        }

        @Override
        public Promise<Void> drained() {
            return stream.drained();
        }

        @Override
        public void end() {
            if (!keepsItsSide) {
                stream.end();
            }
        }

        @Override
        public void abort(Throwable cause) {
            aborted = cause;
            stream.abort(cause);
        }
    }

    /** One end of a session and what it has heard. */
    private static final class End {
        private final Below below;
        private final ByteReceiver heard = new ByteReceiver();
        private @Nullable TlsStream stream;

        End(ByteStream below) {
            this.below = new Below(below);
        }

        TlsStream stream() {
            return Objects.requireNonNull(stream, "open() begins it");
        }
    }

    /** A session, begun by {@link #open}. */
    private final class Link {
        private final BytePipe pipe = new BytePipe(sim.loop());
        private final End client = new End(pipe.left());
        private final End server = new End(pipe.right());

        void open() throws Exception {
            SSLEngine asked = Certificates.trusting(key).createSSLEngine("localhost", 0);
            asked.setUseClientMode(true);
            begin(client, asked);
            SSLEngine shown = Certificates.showing(key).createSSLEngine();
            shown.setUseClientMode(false);
            begin(server, shown);
            sim.poll();
        }

        private void begin(End end, SSLEngine engine) {
            end.stream = new TlsStream(
                    sim.loop(),
                    end.below,
                    engine,
                    "the peer",
                    Limits.Tls.DEFAULT,
                    (session, failure) -> session.start(end.heard));
            end.stream().begin();
        }
    }

    @AfterEach
    void leavesNoAlarm() {
        sim.advance(Duration.ofMinutes(1));
        assertEquals(0, sim.loop().timer().pending());
        sim = new SimLoop();
        link = new Link();
    }

    private void peerSaysItsLastWordAndStays(End peer, End end) throws Exception {
        link.open();
        peer.below.keepsItsSide = true;
        peer.stream().end();
        sim.poll();
        assertTrue(end.heard.isEnded());
        end.stream().end();
        sim.poll();
        assertNull(end.below.aborted);
        sim.advance(CLOSE.minusNanos(1));
        assertNull(end.below.aborted);
        sim.advance(Duration.ofNanos(1));
        assertNotNull(end.below.aborted);
        sim.advance(Duration.ofNanos(1));
        assertEquals(1, end.heard.lastWords());
    }

    @Test
    void a_client_that_has_ended_its_session_and_keeps_the_connection_is_cut_off() throws Exception {
        peerSaysItsLastWordAndStays(link.client, link.server);
    }

    @Test
    void a_server_that_has_ended_its_session_and_keeps_the_connection_is_cut_off() throws Exception {
        peerSaysItsLastWordAndStays(link.server, link.client);
    }

    @Test
    void it_is_cut_off_also_when_our_side_ended_first() throws Exception {
        link.open();
        link.client.below.keepsItsSide = true;
        link.server.stream().end();
        sim.poll();
        // Its owner's time to wait for the peer, not that of TLS.
        sim.advance(CLOSE.multipliedBy(2));
        assertNull(link.server.below.aborted);
        link.client.stream().end();
        sim.poll();
        sim.advance(CLOSE.multipliedBy(2));
        assertNotNull(link.server.below.aborted);
        assertTrue(link.server.heard.isEnded());
    }

    @Test
    void a_peer_that_reads_slowly_gets_all_before_it_is_cut_off() throws Exception {
        int much = 4 << 20;
        link.open();
        link.client.below.keepsItsSide = true;
        link.client.stream().end();
        sim.poll();
        link.client.below.pause();
        link.server.stream().write(new byte[much], 0, much);
        link.server.stream().end();
        while (link.server.below.queuedBytes() > 0) {
            sim.advance(CLOSE.minusSeconds(1));
            link.client.below.resume();
            link.client.heard.onDelivery(link.client.below::pause);
            sim.poll();
            assertNull(link.server.below.aborted);
        }
        link.client.heard.onDelivery(() -> {});
        link.client.below.resume();
        sim.poll();
        assertEquals(much, link.client.heard.length());
        sim.advance(CLOSE.multipliedBy(2));
        assertNotNull(link.server.below.aborted);
    }

    @Test
    void a_session_whose_last_bytes_nobody_reads_can_be_aborted_after_the_peers_end() throws Exception {
        int much = 4 << 20;
        link.open();
        link.client.stream().end();
        sim.poll();
        link.client.below.pause();
        link.server.stream().write(new byte[much], 0, much);
        link.server.stream().end();
        sim.poll();
        assertTrue(link.server.heard.isEnded());
        Promise<Void> drained = link.server.stream().drained();
        link.server.stream().abort(new IOException("enough"));
        assertTrue(sim.poll(drained));
        assertNotNull(link.server.below.aborted);
        assertEquals(1, link.server.heard.lastWords());
    }

    @Test
    void both_sides_that_close_in_order_are_not_cut_off() throws Exception {
        link.open();
        link.client.stream().end();
        sim.poll();
        link.server.stream().end();
        sim.poll();
        sim.advance(CLOSE.multipliedBy(2));
        assertNull(link.client.below.aborted);
        assertNull(link.server.below.aborted);
        assertFalse(link.client.heard.failure() != null || link.server.heard.failure() != null);
    }
}

package dev.capstan.net.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Address;
import dev.capstan.async.BytePipe;
import dev.capstan.async.ByteStream;
import dev.capstan.async.Network;
import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.net.Limits;
import dev.capstan.testkit.ByteReceiver;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Limits of TLS on a simulated clock: one below, at and one above. */
@TestInstance(Lifecycle.PER_CLASS)
final class TlsLimitsTest {
    private static final Limits.Tls LIMITS = new Limits.Tls(2, Duration.ofSeconds(10), Duration.ofSeconds(5));
    private static final Address PLACE = new Address.Tcp("localhost", 1);

    private SSLContext shown;
    private SSLContext trusting;

    @BeforeAll
    void make(@TempDir Path folder) throws Exception {
        var key = new Certificates(folder).make("server", "dns:localhost");
        shown = Certificates.showing(key);
        trusting = Certificates.trusting(key);
    }

    /** A server of TLS in memory. */
    private static final class Scene implements Network {
        final SimLoop sim = new SimLoop();
        final List<ByteStream> accepted = new ArrayList<>();
        private @Nullable Consumer<ByteStream> server;

        Scene(SSLContext context) {
            sim.await(new TlsNetwork(sim.loop(), this, context, LIMITS).listen(PLACE, accepted::add));
        }

        /** A client that says nothing. */
        ByteReceiver silent() {
            ByteReceiver heard = new ByteReceiver();
            ByteStream stream = sim.await(connect(PLACE));
            stream.start(heard);
            sim.poll();
            return heard;
        }

        @Override
        public Promise<ByteStream> connect(Address to) {
            BytePipe pipe = new BytePipe(sim.loop());
            Consumer<ByteStream> known = server;
            if (known != null) {
                known.accept(pipe.right());
            }
            return Promise.of(pipe.left());
        }

        @Override
        public Promise<Listener> listen(Address address, Consumer<ByteStream> onAccept) {
            server = onAccept;
            return Promise.of(new Listener() {
                @Override
                public Address address() {
                    return address;
                }

                @Override
                public void close() {
                    server = null;
                }
            });
        }
    }

    @Test
    void one_handshake_more_than_allowed_at_a_time_is_closed() {
        Scene scene = new Scene(shown);
        for (int i = 1; i <= 3; i++) {
            assertEquals(i > LIMITS.handshakes(), scene.silent().isOver(), "handshake " + i);
        }
        scene.sim.advance(LIMITS.handshakeTimeout());
        assertEquals(false, scene.silent().isOver());
        scene.sim.advance(Duration.ofMinutes(1));
        assertEquals(0, scene.sim.loop().timer().pending());
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 0, 1})
    void time_for_a_handshake_at_the_server(long offset) {
        Scene scene = new Scene(shown);
        ByteReceiver heard = scene.silent();
        scene.sim.advance(LIMITS.handshakeTimeout().plusNanos(offset));
        assertEquals(offset >= 0, heard.isOver());
        scene.sim.advance(Duration.ofMinutes(1));
        assertTrue(heard.isOver());
        assertEquals(List.of(), scene.accepted);
        assertEquals(0, scene.sim.loop().timer().pending());
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 0, 1})
    void time_for_a_handshake_at_the_client(long offset) {
        Scene silent = new Scene(shown);
        silent.server = stream -> stream.start(new ByteReceiver());
        List<Throwable> failures = new ArrayList<>();
        new TlsNetwork(silent.sim.loop(), silent, trusting, LIMITS)
                .connect(PLACE)
                .listen(
                        silent.sim.loop(),
                        (stream, failure) ->
                                failures.add(failure == null ? new AssertionError("it cannot have begun") : failure));
        silent.sim.poll();
        silent.sim.advance(LIMITS.handshakeTimeout().plusNanos(offset));
        assertEquals(offset < 0 ? 0 : 1, failures.size());
        silent.sim.advance(Duration.ofMinutes(1));
        assertTrue(failures.getFirst() instanceof IOException, failures::toString);
        assertEquals(0, silent.sim.loop().timer().pending());
    }
}

package dev.capstan.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Address;
import dev.capstan.async.ByteStream;
import dev.capstan.async.Loop;
import dev.capstan.async.Network;
import dev.capstan.testkit.ByteReceiver;
import dev.capstan.testkit.StreamContract;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The stream contract over every kind of socket. After each test nothing is left: no descriptor, no alarm. */
final class SocketContractTest {
    @Nested
    final class TcpOnEpoll extends Sockets {
        TcpOnEpoll() {
            super(Transport.EPOLL);
        }
    }

    @Nested
    final class TcpOnNio extends Sockets {
        TcpOnNio() {
            super(Transport.NIO);
        }
    }

    @Nested
    final class UnixOnEpoll extends UnixSockets {
        UnixOnEpoll() {
            super(Transport.EPOLL);
        }
    }

    @Nested
    final class UnixOnNio extends UnixSockets {
        UnixOnNio() {
            super(Transport.NIO);
        }
    }

    abstract static class Sockets extends StreamContract {
        private final Set<String> descriptors = Descriptors.open();
        private final NetLoop net;

        Sockets(Transport transport) {
            net = NetLoop.onThisThread(transport);
        }

        Address address() {
            return new Address.Tcp("127.0.0.1", 0);
        }

        @Override
        protected Loop loop() {
            return net.loop();
        }

        @Override
        protected Pair connect() {
            List<ByteStream> accepted = new ArrayList<>();
            Network.Listener listener = net.loop().await(net.network().listen(address(), accepted::add));
            ByteStream left = net.loop().await(net.network().connect(listener.address()));
            while (accepted.isEmpty()) {
                net.loop().poll();
            }
            listener.close();
            return new Pair(left, accepted.getFirst());
        }

        private ByteReceiver start(ByteStream stream) {
            ByteReceiver receiver = new ByteReceiver();
            stream.start(receiver);
            return receiver;
        }

        /** Once what was begun has run its course, the loop sleeps. */
        private void assertQuiet() {
            for (int i = 0; i < 50; i++) {
                loop().poll();
            }
            NettyNetwork network = (NettyNetwork) net.network();
            long before = network.polls();
            loop().await(loop().timer().after(Duration.ofMillis(60)));
            assertTrue(network.polls() - before < 10, (network.polls() - before) + " polls in 60 ms of silence");
        }

        @Test
        void a_connection_that_nobody_has_started_costs_nothing() {
            Pair pair = connect();
            pair.left().write(new byte[100], 0, 100);
            assertQuiet();
        }

        @Test
        void an_idle_connection_costs_nothing() {
            Pair pair = connect();
            start(pair.left());
            start(pair.right());
            assertQuiet();
        }

        @Test
        void a_paused_reader_with_a_blocked_writer_costs_nothing() {
            Pair pair = connect();
            start(pair.right());
            loop().poll();
            pair.right().pause();
            pair.left().write(new byte[20 << 20], 0, 20 << 20);
            assertQuiet();
            assertTrue(pair.left().queuedBytes() > 0);
        }

        @Test
        void a_peer_that_has_ended_costs_nothing_while_we_have_not() {
            Pair pair = connect();
            start(pair.left());
            ByteReceiver right = start(pair.right());
            pair.left().end();
            assertQuiet();
            assertTrue(right.isEnded());
        }

        @Test
        void a_peer_that_has_ended_costs_nothing_while_we_are_paused() {
            Pair pair = connect();
            start(pair.left());
            ByteReceiver right = start(pair.right());
            loop().poll();
            pair.right().pause();
            pair.left().write(new byte[100], 0, 100);
            pair.left().end();
            assertQuiet();
            assertFalse(right.isOver());
        }

        @Test
        void a_peer_that_is_gone_costs_nothing_before_the_start() {
            Pair pair = connect();
            pair.left().write(new byte[100], 0, 100);
            loop().poll();
            pair.left().abort(new IOException("gone"));
            assertQuiet();
        }

        @Test
        void a_peer_that_is_gone_costs_nothing_while_we_are_paused() {
            Pair pair = connect();
            start(pair.right());
            loop().poll();
            pair.right().pause();
            pair.left().write(new byte[100], 0, 100);
            loop().poll();
            pair.left().abort(new IOException("gone"));
            assertQuiet();
        }

        @Test
        void a_peer_that_is_gone_after_its_end_costs_nothing() {
            Pair pair = connect();
            ByteReceiver right = start(pair.right());
            pair.left().end();
            while (!right.isEnded()) {
                loop().poll();
            }
            pair.left().abort(new IOException("gone"));
            assertQuiet();
        }

        @AfterEach
        void leavesNothingBehind() {
            assertEquals(0, net.loop().timer().pending());
            net.close();
            assertEquals(descriptors, Descriptors.open());
        }
    }

    abstract static class UnixSockets extends Sockets {
        @TempDir
        Path folder = Path.of("set by JUnit");

        UnixSockets(Transport transport) {
            super(transport);
        }

        @Override
        Address address() {
            return new Address.Unix(folder.resolve("s").toString());
        }

        @Override
        protected boolean abortIsToldApart() {
            return false;
        }
    }
}

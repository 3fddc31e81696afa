package dev.capstan.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.capstan.async.Address;
import dev.capstan.async.ByteStream;
import dev.capstan.async.Loop;
import dev.capstan.async.Network;
import dev.capstan.testkit.StreamContract;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
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

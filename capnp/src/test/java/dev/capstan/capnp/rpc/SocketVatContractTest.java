package dev.capstan.capnp.rpc;

import dev.capstan.async.Address;
import dev.capstan.async.Loop;
import dev.capstan.async.Network;
import dev.capstan.async.Promise;
import dev.capstan.cap.Target;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.testkit.LongRun;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;

/** The capability contract over every kind of socket, with both styles of objects, and with the two vats in threads of their own. */
@LongRun
final class SocketVatContractTest {
    @Nested
    final class TcpOnEpoll extends Sockets {
        TcpOnEpoll() {
            super(Transport.EPOLL, false, Target.Style.ASYNC);
        }
    }

    @Nested
    final class TcpOnNio extends Sockets {
        TcpOnNio() {
            super(Transport.NIO, false, Target.Style.ASYNC);
        }
    }

    @Nested
    final class UnixOnEpoll extends Sockets {
        UnixOnEpoll() {
            super(Transport.EPOLL, true, Target.Style.ASYNC);
        }
    }

    @Nested
    final class UnixOnNio extends Sockets {
        UnixOnNio() {
            super(Transport.NIO, true, Target.Style.ASYNC);
        }
    }

    @Nested
    final class BlockingOverTcpOnEpoll extends Sockets {
        BlockingOverTcpOnEpoll() {
            super(Transport.EPOLL, false, Target.Style.BLOCKING);
        }
    }

    @Nested
    final class BlockingOverUnixOnNio extends Sockets {
        BlockingOverUnixOnNio() {
            super(Transport.NIO, true, Target.Style.BLOCKING);
        }
    }

    @Nested
    final class TwoThreadsOnEpoll extends TwoThreads {
        TwoThreadsOnEpoll() {
            super(Transport.EPOLL, false, Target.Style.ASYNC);
        }
    }

    @Nested
    final class TwoThreadsOnNio extends TwoThreads {
        TwoThreadsOnNio() {
            super(Transport.NIO, true, Target.Style.ASYNC);
        }
    }

    @Nested
    final class BlockingInTwoThreads extends TwoThreads {
        BlockingInTwoThreads() {
            super(Transport.EPOLL, true, Target.Style.BLOCKING);
        }
    }

    /** Both vats on one loop, which the test's thread drives. */
    abstract static class Sockets extends VatContract {
        final NetLoop net;
        final Transport transport;
        private final boolean unix;
        private final Target.Style style;

        Sockets(Transport transport, boolean unix, Target.Style style) {
            this.net = NetLoop.onThisThread(transport);
            this.transport = transport;
            this.unix = unix;
            this.style = style;
        }

        @Override
        protected Loop loop() {
            return net.loop();
        }

        @Override
        protected Target.Style style() {
            return style;
        }

        /** The side that listens. */
        NetLoop listening() {
            return net;
        }

        @Override
        List<Peer> connect() {
            Path directory = null;
            Address address = new Address.Tcp("127.0.0.1", 0);
            try {
                if (unix) {
                    directory = Files.createTempDirectory("capstan");
                    address = new Address.Unix(directory.resolve("s").toString());
                }
                List<Peer> accepted = Collections.synchronizedList(new ArrayList<>());
                Vat server = serverVat();
                Network.Listener listener =
                        await(listening().network().listen(address, stream -> accepted.add(server.connect(stream))));
                Peer near = net.loop().await(Vat.on(net.loop()).build().connect(net.network(), listener.address()));
                while (accepted.isEmpty()) {
                    net.loop().await(net.loop().timer().after(Duration.ofMillis(1)));
                }
                close(listener);
                return List.of(near, accepted.getFirst());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } finally {
                delete(directory);
            }
        }

        Network.Listener await(Promise<Network.Listener> listening) {
            return net.loop().await(listening);
        }

        void close(Network.Listener listener) {
            listener.close();
        }

        private static void delete(@Nullable Path directory) {
            if (directory != null) {
                try {
                    Files.deleteIfExists(directory.resolve("s"));
                    Files.deleteIfExists(directory);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }

        @Override
        protected void turns() {
            for (int i = 0; i < 20; i++) {
                net.loop().poll();
            }
            net.loop().await(net.loop().timer().after(Duration.ofMillis(1)));
        }

        @Override
        protected int patience() {
            return 20_000;
        }

        @Override
        protected void close() {
            super.close();
            net.close();
        }
    }

    /** The callee's vat has a thread of its own; the caller's is driven by the test. */
    abstract static class TwoThreads extends Sockets {
        private final NetLoop far;

        TwoThreads(Transport transport, boolean unix, Target.Style style) {
            super(transport, unix, style);
            far = NetLoop.open("callee", transport);
        }

        @Override
        protected Loop far() {
            return far.loop();
        }

        @Override
        NetLoop listening() {
            return far;
        }

        @Override
        Network.Listener await(Promise<Network.Listener> listening) {
            return listening.await();
        }

        @Override
        void close(Network.Listener listener) {
            far.loop()
                    .fetch(() -> {
                        listener.close();
                        return Promise.of(true);
                    })
                    .await();
        }

        @Override
        Peer.Tables tables(Peer of) {
            if (of == peer()) {
                return of.tables();
            }
            return far.loop().fetch(() -> Promise.of(of.tables())).await();
        }

        @Override
        protected void turns() {
            for (int i = 0; i < 3; i++) {
                net.loop().await(roundTrip());
            }
        }

        @Override
        protected void close() {
            super.close();
            far.close();
        }
    }
}

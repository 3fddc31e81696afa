package dev.capstan.gateway.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Address;
import dev.capstan.async.ByteStream;
import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.Network;
import dev.capstan.async.Promise;
import dev.capstan.capnp.rpc.Peer;
import dev.capstan.capnp.rpc.Vat;
import dev.capstan.gateway.serve.Configuration.Served;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A server whose UDP port is taken, so that it fails when it listens on TCP already and has visitors. */
class FailedStartTest {
    private final NetLoop net = NetLoop.open("failed-start", Transport.AUTO);
    private final Loop loop = net.loop();
    private final Vat client = Vat.on(loop).build();
    private final Completer<Void> httpOver = new Completer<>(loop);
    private @Nullable Peer peer;

    @AfterEach
    void close() {
        client.close();
        net.close();
    }

    /** Before the server goes on to WebTransport, visitors of TCP have come and were served. */
    private final class Visited implements Network {
        private final Network real;

        Visited(Network real) {
            this.real = real;
        }

        @Override
        public Promise<ByteStream> connect(Address address) {
            return real.connect(address);
        }

        @Override
        public Promise<Listener> listen(Address address, Consumer<ByteStream> onAccept) {
            return real.listen(address, onAccept)
                    .then(listener -> client.connect(real, listener.address())
                            .then(come -> {
                                peer = come;
                                return come.bootstrap().settled().convert(object -> {
                                    object.close();
                                    return Promise.nothing();
                                });
                            })
                            .then(served -> real.connect(listener.address()))
                            .then(this::asked)
                            .convert(answered -> listener));
        }

        /** Settles when a request was answered; the connection stays open. */
        private Promise<Void> asked(ByteStream stream) {
            Completer<Void> answered = new Completer<>(loop);
            stream.start(new ByteStream.Receiver() {
                @Override
                public void received(byte[] array, int offset, int length) {
                    answered.complete(Promise.nothing());
                }

                @Override
                public void ended() {
                    httpOver.complete(Promise.nothing());
                    stream.end();
                }

                @Override
                public void failed(Throwable cause) {
                    httpOver.complete(Promise.nothing());
                }
            });
            byte[] request = "GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
            stream.write(request, 0, request.length);
            return answered.promise();
        }
    }

    private int timers() {
        return loop.fetch(() -> Promise.of(loop.timer().pending())).await();
    }

    @Test
    void nothing_is_left_of_it() throws Exception {
        InetAddress here = InetAddress.ofLiteral("127.0.0.1");
        int before = timers();
        try (DatagramSocket taken = new DatagramSocket(new InetSocketAddress(here, 0))) {
            int port = taken.getLocalPort();
            Configuration configuration = Configuration.of(
                    new Address.Tcp("127.0.0.1", port), List.of(new Served.Named("/calculator", "calculator")));
            Promise<Server> started = Server.start(
                    net,
                    configuration,
                    List.of(),
                    Visited::new,
                    UnaryOperator.identity(),
                    new SecureRandom(),
                    Instant::now);
            Throwable failure = assertThrows(Exception.class, started::await);
            assertTrue(String.valueOf(failure.getMessage()).contains("UDP"), failure::toString);
            httpOver.promise().await();
            Promise<Void> gone = java.util.Objects.requireNonNull(peer).onDisconnect();
            assertThrows(Exception.class, gone::await);
            try (ServerSocket free = new ServerSocket()) {
                free.setReuseAddress(true);
                free.bind(new InetSocketAddress(here, port));
                assertEquals(port, free.getLocalPort());
            }
        }
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (timers() > before) {
            assertTrue(System.nanoTime() < deadline, () -> timers() + " alarms are set, " + before + " were before");
            Thread.sleep(20);
        }
    }

    @Test
    void an_address_that_webtransport_cannot_have_is_refused_before_anything_listens() {
        Configuration configuration = Configuration.of(
                new Address.Tcp("localhost", 0), List.of(new Served.Named("/calculator", "calculator")));
        boolean[] listened = {false};
        Promise<Server> started = assertStarts(configuration, listened);
        Throwable failure = assertThrows(Exception.class, started::await);
        assertTrue(String.valueOf(failure.getMessage()).contains("address of numbers"), failure::toString);
        assertEquals(false, listened[0]);
    }

    private Promise<Server> assertStarts(Configuration configuration, boolean[] listened) {
        try {
            return Server.start(
                    net,
                    configuration,
                    List.of(),
                    network -> {
                        listened[0] = true;
                        return network;
                    },
                    UnaryOperator.identity(),
                    new SecureRandom(),
                    Instant::now);
        } catch (IOException | java.security.GeneralSecurityException e) {
            throw new AssertionError("there are no files", e);
        }
    }
}

package dev.capstan.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Address;
import dev.capstan.async.MessageStream;
import dev.capstan.async.Network;
import dev.capstan.async.Promise;
import dev.capstan.net.http.Headers;
import dev.capstan.net.http.HttpClient;
import dev.capstan.net.http.HttpResponse;
import dev.capstan.net.http.HttpRoutes;
import dev.capstan.net.http.HttpServer;
import dev.capstan.net.http.WebSocket;
import dev.capstan.net.http.WebSocketClosed;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** HTTP and WebSocket over real sockets, client and server on one loop. After each test nothing is left: no descriptor, no alarm. */
final class HttpSocketsTest {
    @Nested
    final class OnEpoll extends Sockets {
        OnEpoll() {
            super(Transport.EPOLL);
        }
    }

    @Nested
    final class OnNio extends Sockets {
        OnNio() {
            super(Transport.NIO);
        }
    }

    abstract static class Sockets {
        private final Set<String> descriptors = Descriptors.open();
        private final NetLoop net;
        private final HttpServer server;
        private final Network.Listener listener;
        private final HttpClient client;
        private final List<SocketStream> accepted = new ArrayList<>();
        private final Ear serverEar = new Ear();
        private final Ear clientEar = new Ear();
        private @Nullable WebSocket serverSocket;

        Sockets(Transport transport) {
            net = NetLoop.onThisThread(transport);
            HttpRoutes routes = HttpRoutes.none()
                    .on("POST", "/echo", request -> Promise.of(new HttpResponse(200, Headers.of(), request.body())))
                    .webSocket("/", (request, socket) -> {
                        serverSocket = socket;
                        serverEar.stream = socket;
                        socket.start(serverEar);
                    });
            server = new HttpServer(net.loop(), routes, Limits.Http.DEFAULT);
            listener = net.loop().await(net.network().listen(new Address.Tcp("127.0.0.1", 0), stream -> {
                accepted.add((SocketStream) stream);
                server.accept(stream);
            }));
            client = new HttpClient(net.loop(), net.network(), new Random(1), Limits.Http.DEFAULT);
        }

        /** Keeps what comes; sends it back if asked to. */
        private static final class Ear implements MessageStream.Receiver {
            private final List<byte[]> heard = new ArrayList<>();
            private @Nullable MessageStream stream;
            private boolean echoes;
            private boolean ended;
            private @Nullable Throwable failure;

            @Override
            public void received(byte[] array, int offset, int length, boolean lent) {
                if (stream != null && echoes) {
                    stream.send(ByteBuffer.wrap(array, offset, length));
                } else {
                    heard.add(Arrays.copyOfRange(array, offset, offset + length));
                }
            }

            @Override
            public void ended() {
                ended = true;
            }

            @Override
            public void failed(Throwable cause) {
                failure = cause;
            }

            boolean isOver() {
                return ended || failure != null;
            }
        }

        private URI uri(String scheme, String path) {
            return URI.create(scheme + "://" + listener.address() + path);
        }

        private void until(BooleanSupplier condition) {
            while (!condition.getAsBoolean()) {
                net.loop().await(net.loop().timer().after(Duration.ofMillis(1)));
            }
        }

        private WebSocket open() {
            WebSocket socket = net.loop().await(client.webSocket(uri("ws", "/"), Headers.of()));
            clientEar.stream = socket;
            socket.start(clientEar);
            return socket;
        }

        private WebSocket atServer() {
            WebSocket socket = serverSocket;
            assertNotNull(socket);
            return socket;
        }

        private static byte[] letters(int length) {
            byte[] letters = new byte[length];
            for (int i = 0; i < length; i++) {
                letters[i] = (byte) ('a' + i % 26);
            }
            return letters;
        }

        @Test
        void messages_of_1_to_1_000_000_bytes_come_back() {
            WebSocket socket = open();
            serverEar.echoes = true;
            List<Integer> sizes =
                    new ArrayList<>(List.of(1, 125, 126, 127, 65_535, 65_536, 65_537, 999_999, 1_000_000));
            for (int size = 1; size < 1_000_000; size = size * 5 / 3 + 1) {
                sizes.add(size);
            }
            for (int size : sizes) {
                socket.send(ByteBuffer.wrap(letters(size)));
                until(() -> !clientEar.heard.isEmpty());
                assertArrayEquals(letters(size), clientEar.heard.removeFirst());
            }
            socket.end();
            until(() -> clientEar.isOver() && serverEar.isOver());
        }

        @Test
        void a_thousand_messages_of_one_turn_leave_in_one_write() {
            WebSocket socket = open();
            until(() -> serverSocket != null);
            SocketStream stream = accepted.getFirst();
            int before = stream.writeCalls;
            for (int i = 0; i < 1000; i++) {
                atServer().send(ByteBuffer.wrap(letters(20)));
            }
            assertEquals(before, stream.writeCalls);
            until(() -> clientEar.heard.size() == 1000);
            assertEquals(before + 1, stream.writeCalls);
            socket.end();
            until(() -> clientEar.isOver() && serverEar.isOver());
        }

        @Test
        void a_client_that_is_paused_stops_the_server_and_loses_nothing() {
            WebSocket socket = open();
            until(() -> serverSocket != null);
            socket.pause();
            for (int i = 0; i < 300; i++) {
                atServer().send(ByteBuffer.wrap(letters(100_000)));
            }
            net.loop().await(net.loop().timer().after(Duration.ofMillis(100)));
            assertTrue(atServer().queuedBytes() > 1 << 20, atServer().queuedBytes() + " bytes queued");
            assertEquals(0, clientEar.heard.size());
            Promise<Void> drained = atServer().drained();
            socket.resume();
            net.loop().await(drained);
            until(() -> clientEar.heard.size() == 300);
            assertEquals(0, atServer().queuedBytes());
            socket.end();
            until(() -> clientEar.isOver() && serverEar.isOver());
        }

        @Test
        void the_client_reads_the_code_of_the_server() {
            WebSocket socket = open();
            until(() -> serverSocket != null);
            atServer().onAbort(cause -> new WebSocketClosed(3000, String.valueOf(cause.getMessage())));
            atServer().send(ByteBuffer.wrap(letters(3)));
            atServer().abort(new IOException("enough of this"));
            until(() -> clientEar.isOver() && serverEar.isOver());
            assertEquals(1, clientEar.heard.size());
            WebSocketClosed closed = socket.closed();
            assertNotNull(closed);
            assertEquals(3000, closed.code());
            assertEquals("enough of this", closed.reason());
        }

        @Test
        void the_server_reads_the_code_of_the_client() {
            open().close(4321, "é".repeat(100));
            until(() -> clientEar.isOver() && serverEar.isOver());
            WebSocketClosed closed = atServer().closed();
            assertNotNull(closed);
            assertEquals(4321, closed.code());
            assertEquals("é".repeat(61), closed.reason());
        }

        @Test
        void a_client_that_is_cut_off_is_noticed() {
            open();
            until(() -> !accepted.isEmpty());
            accepted.getFirst().abort(new IOException("cut"));
            until(() -> clientEar.isOver() && serverEar.isOver());
            assertNotNull(clientEar.failure);
        }

        @Test
        void posts_of_0_to_1_000_000_bytes_are_answered() {
            for (int size : new int[] {0, 1, 1000, 65_536, 1_000_000}) {
                HttpResponse response =
                        net.loop().await(client.post(uri("http", "/echo"), Headers.of(), letters(size)));
                assertEquals(200, response.status());
                assertArrayEquals(letters(size), response.body());
            }
        }

        @Test
        void a_server_listens_and_stops_listening() {
            HttpServer own = net.loop()
                    .await(HttpServer.listen(
                            net.loop(),
                            net.network(),
                            new Address.Tcp("127.0.0.1", 0),
                            HttpRoutes.none().on("POST", "/", request -> Promise.of(HttpResponse.text(201, "made"))),
                            Limits.Http.DEFAULT));
            URI there = URI.create("http://" + own.address());
            assertEquals(
                    201,
                    net.loop()
                            .await(client.post(there, Headers.of(), new byte[0]))
                            .status());
            own.close();
            assertThrows(
                    CompletionException.class, () -> net.loop().await(client.post(there, Headers.of(), new byte[0])));
            until(() -> own.open() == 0);
        }

        @AfterEach
        void leavesNothingBehind() {
            until(() -> server.open() == 0);
            server.close();
            listener.close();
            until(() -> ((NettyNetwork) net.network()).open() == 0);
            assertFalse(net.loop().timer().pending() > 0);
            net.close();
            assertEquals(descriptors, Descriptors.open());
        }
    }
}

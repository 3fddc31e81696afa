package dev.capstan.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Address;
import dev.capstan.async.Promise;
import dev.capstan.cap.Membrane;
import dev.capstan.cap.Target;
import dev.capstan.capnp.dynamic.InterfaceSchema;
import dev.capstan.capnp.dynamic.SchemaLoader;
import dev.capstan.capnp.rpc.Peer;
import dev.capstan.capnweb.Access;
import dev.capstan.capnweb.Options;
import dev.capstan.capnweb.WebServer;
import dev.capstan.gateway.translate.Bridge;
import dev.capstan.gateway.translate.Limits;
import dev.capstan.net.Transport;
import dev.capstan.net.http.HttpServer;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Many visitors of a gateway, and what they leave behind. */
final class GatewayCrowdTest {
    private static final boolean IS_QUICK = Boolean.getBoolean("capstan.quick");
    /** How many are there at once. */
    private static final int VISITORS = IS_QUICK ? 100 : 1_000;
    /** How long such crowds come and go. */
    private static final Duration SOAK = IS_QUICK ? Duration.ofSeconds(1) : Duration.ofMinutes(1);

    private static final int DEADLINE_MILLIS = 10_000;
    private static final long MOST_GROWTH = 16L << 20;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    /** How a visitor leaves. */
    private enum End {
        CLOSED,
        CUT,
        CUT_IN_MID_CALL
    }

    /** A client of Cap'n Web, by hand, so that it can leave in any way. It holds a capability. */
    private static final class Visitor {
        private final Socket socket;
        private final DataInputStream in;

        Visitor(Address address) throws IOException {
            if (!(address instanceof Address.Tcp(String host, int port))) {
                throw new IllegalArgumentException("only TCP here, not " + address);
            }
            socket = new Socket(InetAddress.ofLiteral(host), port);
            socket.setSoTimeout(DEADLINE_MILLIS);
            socket.setTcpNoDelay(true);
            in = new DataInputStream(socket.getInputStream());
            write(("GET / HTTP/1.1\r\nHost: " + address + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n")
                    .getBytes(StandardCharsets.ISO_8859_1));
            StringBuilder head = new StringBuilder();
            while (!head.toString().endsWith("\r\n\r\n")) {
                head.append((char) in.readUnsignedByte());
            }
            assertTrue(head.toString().startsWith("HTTP/1.1 101 "), head::toString);
            send("[\"push\",[\"pipeline\",0,[\"newToken\"],[{\"id\":1}]]]");
            send("[\"pull\",1]");
            answer(1);
        }

        void leave(End how) throws IOException {
            switch (how) {
                case CLOSED -> {
                    frame(8, new byte[] {3, -24});
                    while (in.read() >= 0) {
                        // The answer to the closing, and the end.
                    }
                }
                case CUT -> socket.setSoLinger(true, 0);
                case CUT_IN_MID_CALL -> {
                    send("[\"push\",[\"pipeline\",0,[\"hold\"],[{\"cancellable\":true}]]]");
                    send("[\"pull\",2]");
                    // When this is answered, that is being carried out.
                    send("[\"push\",[\"pipeline\",0,[\"liveTokens\"],[]]]");
                    send("[\"pull\",3]");
                    answer(3);
                    socket.setSoLinger(true, 0);
                }
            }
            socket.close();
        }

        private void answer(int id) throws IOException {
            String message = "";
            while (!message.startsWith("[\"resolve\"," + id + ",")) {
                assertTrue(!message.startsWith("[\"reject\"") && !message.startsWith("[\"abort\""), message);
                message = received();
            }
        }

        private void send(String message) throws IOException {
            frame(1, message.getBytes(StandardCharsets.UTF_8));
        }

        /** With a mask of zeros. */
        private void frame(int opcode, byte[] content) throws IOException {
            byte[] frame = new byte[6 + content.length];
            frame[0] = (byte) (0x80 | opcode);
            frame[1] = (byte) (0x80 | content.length);
            System.arraycopy(content, 0, frame, 6, content.length);
            write(frame);
        }

        private void write(byte[] bytes) throws IOException {
            socket.getOutputStream().write(bytes);
        }

        private String received() throws IOException {
            in.readUnsignedByte();
            int length = in.readUnsignedByte();
            byte[] content = new byte[length < 126 ? length : in.readUnsignedShort()];
            in.readFully(content);
            return new String(content, StandardCharsets.UTF_8);
        }
    }

    /** Comes all at once and leaves, and is then forgotten. */
    private static void crowd(Address address) throws IOException {
        List<Visitor> all = new ArrayList<>();
        for (int i = 0; i < VISITORS; i++) {
            all.add(new Visitor(address));
        }
        for (int i = 0; i < VISITORS; i++) {
            all.get(i).leave(End.values()[i % End.values().length]);
        }
    }

    /** Waits until no visitor is there, and nothing that one has held, at the gateway and behind it. */
    private static void assertNothingLeft(JavaClient gateway, Bridge bridge, WebServer web) {
        Eventually.nothingLeft(gateway.net.loop(), () -> {
            List<String> left = new ArrayList<>();
            ProbeServer.addIfAny(left, web.open(), "sessions");
            ProbeServer.addIfAny(left, bridge.size(), "objects that have crossed");
            ProbeServer.addIfAny(left, gateway.net.loop().timer().pending(), "alarms");
            return left;
        });
        Eventually.becomes(
                "no token is live and no call is pending",
                () -> gateway.liveTokens() == 0 && gateway.holdCounts().pending() == 0);
    }

    /** Without what {@code gateway} remembers for tests that ask what has passed. */
    private static long heap(JavaClient gateway) {
        gateway.inOneTurn(() -> {
            gateway.tap.clear();
            return Promise.of(true);
        });
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void a_thousand_visitors_that_come_and_go_for_a_minute_leave_nothing_behind() throws Exception {
        InterfaceSchema schema = new SchemaLoader().load(dev.capstan.interop.schema.Peer.TYPE);
        try (JavaServer server = new JavaServer(Transport.AUTO, Target.Style.ASYNC, folder.resolve("server.sock"));
                JavaClient gateway = new JavaClient(Transport.AUTO, server.tcp())) {
            Bridge bridge = gateway.inOneTurn(() -> Promise.of(new Bridge(gateway.net.loop(), Limits.DEFAULT)));
            WebServer web = new WebServer(
                    gateway.net.loop(),
                    visitor -> Promise.of(new Membrane(gateway.net.loop(), Membrane.Policy.ALL)
                            .entrance(bridge.toWeb(schema, gateway.connection.bootstrap()))),
                    Options.DEFAULT,
                    Access.SAME_HOST);
            HttpServer http = gateway.inOneTurn(() -> HttpServer.listen(
                    gateway.net.loop(),
                    gateway.net.network(),
                    new Address.Tcp("127.0.0.1", 0),
                    web.routes("/"),
                    dev.capstan.net.Limits.Http.DEFAULT));
            crowd(http.address());
            assertNothingLeft(gateway, bridge, web);
            Peer.Tables tables = gateway.connection.tables();
            Leftovers leftovers = Leftovers.now();
            long heap = heap(gateway);
            long crowds = 1;
            long end = System.nanoTime() + SOAK.toNanos();
            do {
                crowd(http.address());
                crowds++;
                assertNothingLeft(gateway, bridge, web);
            } while (System.nanoTime() < end);
            assertEquals(tables, gateway.connection.tables());
            Eventually.becomes("descriptors as before: " + leftovers, () -> {
                gateway.roundTrip();
                return Leftovers.now().equals(leftovers);
            });
            long growth = heap(gateway) - heap;
            assertTrue(growth < MOST_GROWTH, () -> growth + " bytes more than " + heap);
            assertEquals(
                    crowds * (VISITORS / End.values().length),
                    gateway.holdCounts().cancelled());
            gateway.inOneTurn(() -> {
                http.close();
                return Promise.of(true);
            });
        }
    }
}

package dev.capstan.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Address;
import dev.capstan.async.ByteStream;
import dev.capstan.async.Network;
import dev.capstan.async.Promise;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What happens at addresses that cannot be had or reached: an IOException that says where, what and what to do. */
@ParameterizedClass
@EnumSource(names = {"EPOLL", "NIO"})
final class AddressesTest {
    @Parameter
    Transport transport = Transport.AUTO;

    @TempDir
    Path folder = Path.of("set by JUnit");

    private final Set<String> descriptors = Descriptors.open();

    private String failure(NetLoop net, Promise<?> failing) {
        Throwable thrown = assertThrows(RuntimeException.class, () -> net.loop().await(failing));
        assertTrue(thrown.getCause() instanceof IOException, String.valueOf(thrown));
        return String.valueOf(thrown.getCause().getMessage());
    }

    private static void assertContains(String text, String... parts) {
        for (String part : parts) {
            assertTrue(text.contains(part), "'" + text + "' should contain '" + part + "'");
        }
    }

    private NetLoop open() {
        return NetLoop.onThisThread(transport);
    }

    @AfterEach
    void leavesNothingBehind() {
        assertEquals(descriptors, Descriptors.open());
    }

    private Address.Unix unix(String name) {
        return new Address.Unix(folder.resolve(name).toString());
    }

    @Test
    void a_port_where_nobody_listens() throws IOException {
        int port;
        try (ServerSocketChannel taken =
                ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0))) {
            port = taken.socket().getLocalPort();
        }
        try (NetLoop net = open()) {
            String text = failure(net, net.network().connect(new Address.Tcp("127.0.0.1", port)));
            assertContains(text, "127.0.0.1:" + port, "refused", "start the server");
        }
    }

    @Test
    void a_name_that_does_not_exist() {
        try (NetLoop net = open()) {
            String text = failure(net, net.network().connect(new Address.Tcp("no-such-host.invalid", 1)));
            assertContains(text, "no-such-host.invalid:1", "unknown", "spelling");
            assertEquals(0, net.loop().timer().pending());
        }
    }

    @Test
    void a_unix_socket_that_does_not_exist() {
        try (NetLoop net = open()) {
            assertContains(
                    failure(net, net.network().connect(unix("none"))), "none", "No such file", "start the server");
        }
    }

    @Test
    void a_unix_socket_that_was_left_behind() throws IOException {
        Address.Unix address = unix("stale");
        leaveBehind(address);
        try (NetLoop net = open()) {
            assertContains(failure(net, net.network().connect(address)), "stale", "refused", "nobody listens");
            Network.Listener listener = net.loop().await(net.network().listen(address, stream -> {}));
            net.loop().await(net.network().connect(address));
            listener.close();
            assertFalse(Files.exists(Path.of(address.path())));
        }
    }

    private static void leaveBehind(Address.Unix address) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(address.path()));
        server.close();
        assertTrue(Files.exists(Path.of(address.path())));
    }

    @Test
    void a_unix_socket_that_another_server_has() {
        try (NetLoop net = open()) {
            net.loop().await(net.network().listen(unix("taken"), stream -> {}));
            assertContains(
                    failure(net, net.network().listen(unix("taken"), stream -> {})), "taken", "in use", "another path");
            net.loop().await(net.network().connect(unix("taken")));
        }
    }

    @Test
    void a_path_that_is_a_file_is_left_alone() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "precious");
        try (NetLoop net = open()) {
            assertContains(failure(net, net.network().listen(unix("file"), stream -> {})), "in use");
        }
        assertEquals("precious", Files.readString(file));
    }

    @Test
    void the_socket_of_a_successor_is_left_alone() throws IOException {
        Address.Unix address = unix("s");
        try (NetLoop net = open()) {
            Network.Listener first = net.loop().await(net.network().listen(address, stream -> {}));
            Files.delete(Path.of(address.path()));
            net.loop().await(net.network().listen(address, stream -> {}));
            first.close();
            assertTrue(Files.exists(Path.of(address.path())));
        }
        assertFalse(Files.exists(Path.of(address.path())));
    }

    @Test
    void a_path_that_is_too_long() {
        Address.Unix address = unix("x".repeat(120));
        try (NetLoop net = open()) {
            assertContains(failure(net, net.network().listen(address, stream -> {})), "xxx", "at most 107 bytes");
            assertContains(failure(net, net.network().connect(address)), "xxx", "at most 107 bytes");
        }
    }

    @Test
    void a_folder_that_does_not_exist() {
        try (NetLoop net = open()) {
            assertContains(failure(net, net.network().listen(unix("no/folder"), stream -> {})), "make the directory");
        }
    }

    @Test
    void a_port_that_another_server_has() {
        try (NetLoop net = open()) {
            Network.Listener first =
                    net.loop().await(net.network().listen(new Address.Tcp("127.0.0.1", 0), stream -> {}));
            assertTrue(((Address.Tcp) first.address()).port() > 0);
            String text = failure(net, net.network().listen(first.address(), stream -> {}));
            assertContains(text, first.address().toString(), "in use", "choose another port");
        }
    }

    @Test
    void an_address_that_is_not_ours() {
        try (NetLoop net = open()) {
            assertContains(
                    failure(net, net.network().listen(new Address.Tcp("192.0.2.1", 0), stream -> {})),
                    "192.0.2.1:0",
                    "no interface");
        }
    }

    @Test
    void a_server_that_does_not_answer_is_given_up_in_time_and_on_cancel() throws IOException {
        Limits limits = new Limits(1 << 16, 8, 1 << 14, 16, 1 << 20, 64, 64, Duration.ofMillis(50), Duration.ZERO);
        List<SocketChannel> fillers = new ArrayList<>();
        try (ServerSocketChannel mute = ServerSocketChannel.open();
                NetLoop net = NetLoop.onThisThread(transport, limits, dev.capstan.async.Limits.DEFAULT)) {
            mute.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
            InetSocketAddress where = (InetSocketAddress) mute.getLocalAddress();
            // The kernel answers for a server until its queue is full; then it stays silent.
            boolean silent = false;
            for (int i = 0; i < 50 && !silent; i++) {
                SocketChannel filler = SocketChannel.open();
                filler.configureBlocking(false);
                fillers.add(filler);
                silent = !filler.connect(where) && i > 5;
            }
            Address address = new Address.Tcp(where.getAddress().getHostAddress(), where.getPort());
            assertContains(failure(net, net.network().connect(address)), "no answer within PT0.05S");
            Promise<ByteStream> given = net.network().connect(address).map(stream -> stream);
            Promise.Cancelable attempt = given.listen(net.loop(), (v, e) -> {});
            net.loop().poll();
            assertEquals(1, net.loop().timer().pending());
            attempt.cancel();
            net.loop().poll();
            assertEquals(0, net.loop().timer().pending());
        } finally {
            for (SocketChannel filler : fillers) {
                filler.close();
            }
        }
    }
}

package dev.capstan.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Stands between clients and a server on UDP, keeps what it has seen, and can hold it back or lose it. Each client has a socket of its own towards the server, which therefore takes it for a client.
 *
 * <p>It has no thread: {@link #pump} moves what has come since. Not thread-safe. {@link #close} closes its sockets.
 */
public final class DatagramRelay implements AutoCloseable {
    private static final int LARGEST = 65_535;

    private final DatagramChannel entrance;
    private InetSocketAddress server;
    private final Map<InetSocketAddress, Flow> flows = new LinkedHashMap<>();
    private final List<byte[]> fromClients = new ArrayList<>();
    private final List<Held> held = new ArrayList<>();
    private final ByteBuffer buffer = ByteBuffer.allocate(LARGEST);
    private Predicate<byte[]> isLost = datagram -> false;
    private boolean holds;
    private int toClients;
    private int fromServer;

    /** A client's way to the server. */
    private static final class Flow {
        final InetSocketAddress client;
        final InetSocketAddress server;
        final DatagramChannel exit;
        boolean lost;

        Flow(InetSocketAddress client, InetSocketAddress server, DatagramChannel exit) {
            this.client = client;
            this.server = server;
            this.exit = exit;
        }
    }

    private record Held(Flow flow, ByteBuffer datagram) {}

    /** A relay to {@code server}, at a port of this machine. */
    public DatagramRelay(InetSocketAddress server) {
        this.server = server;
        this.entrance = open();
    }

    private static DatagramChannel open() {
        try {
            DatagramChannel channel = DatagramChannel.open();
            channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            channel.configureBlocking(false);
            return channel;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where clients reach it. */
    public int port() {
        return entrance.socket().getLocalPort();
    }

    /** Moves everything that has come, both ways. */
    public void pump() {
        try {
            for (InetSocketAddress from = receive(entrance); from != null; from = receive(entrance)) {
                byte[] datagram = taken();
                Flow flow = flows.computeIfAbsent(from, client -> new Flow(client, server, open()));
                if (!flow.lost) {
                    fromClients.add(datagram);
                    if (!isLost.test(datagram)) {
                        flow.exit.send(ByteBuffer.wrap(datagram), flow.server);
                    }
                }
            }
            for (Flow flow : flows.values()) {
                while (receive(flow.exit) != null) {
                    byte[] datagram = taken();
                    fromServer++;
                    if (!flow.lost) {
                        held.add(new Held(flow, ByteBuffer.wrap(datagram)));
                    }
                }
            }
            letGo();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private @Nullable InetSocketAddress receive(DatagramChannel from) throws IOException {
        buffer.clear();
        return (InetSocketAddress) from.receive(buffer);
    }

    private byte[] taken() {
        buffer.flip();
        byte[] datagram = new byte[buffer.remaining()];
        buffer.get(datagram);
        return datagram;
    }

    private void letGo() throws IOException {
        if (!holds) {
            for (Held each : held) {
                toClients++;
                entrance.send(each.datagram(), each.flow().client);
            }
            held.clear();
        }
    }

    /** Clients that come from now on reach another server. */
    public void leadTo(InetSocketAddress other) {
        server = other;
    }

    /** Whether what the server says is held back from now on; what was held leaves with the next {@link #pump} otherwise. */
    public void holdBack(boolean whether) {
        holds = whether;
    }

    /** Loses, from now on, those datagrams of clients that {@code which} is true for; they count as sent. */
    public void loseFromClients(Predicate<byte[]> which) {
        isLost = which;
    }

    /** Loses whatever is said from now on between the server and those clients that have said something. */
    public void lose() {
        pump();
        flows.values().forEach(flow -> flow.lost = true);
        held.clear();
    }

    /** Datagrams that were handed to clients. */
    public int toClients() {
        return toClients;
    }

    /** Datagrams that have come from the server, those that are held or lost included. */
    public int fromServer() {
        return fromServer;
    }

    /** What clients have sent, in its order; copies. */
    public List<byte[]> fromClients() {
        return fromClients.stream().map(byte[]::clone).toList();
    }

    /** Sends such datagrams once more, from a socket of their own, to {@code target}. */
    public void replay(List<byte[]> datagrams, InetSocketAddress target) {
        try {
            DatagramChannel exit = open();
            InetSocketAddress own = (InetSocketAddress) exit.getLocalAddress();
            Flow flow = new Flow(own, target, exit);
            flow.lost = true;
            flows.put(own, flow);
            for (byte[] datagram : datagrams) {
                flow.exit.send(ByteBuffer.wrap(datagram), target);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            entrance.close();
            for (Flow flow : flows.values()) {
                flow.exit.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package dev.capstan.grpc.client;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;

/** The way to a server, which a test can shut: whoever comes then is sent away, and who came before loses the connection. */
final class Door implements AutoCloseable {
    /** {@code in} and {@code out} for each connection that was let in and has ended, {@code away} for each that was sent away. */
    final BlockingQueue<String> events = new LinkedBlockingQueue<>();

    private final int to;
    private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<Socket> inside = new CopyOnWriteArrayList<>();
    private volatile boolean open = true;

    /** To the server at port {@code to} of this machine. */
    Door(int to) throws IOException {
        this.to = to;
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return socket.getLocalPort();
    }

    void shut() throws IOException {
        open = false;
        for (Socket each : inside) {
            each.close();
        }
    }

    void open() {
        open = true;
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket client = socket.accept();
                if (open) {
                    Socket server = new Socket(InetAddress.getLoopbackAddress(), to);
                    inside.addAll(List.of(client, server));
                    events.add("in");
                    Thread.ofVirtual().start(() -> pass(server, client));
                    Thread.ofVirtual().start(() -> {
                        pass(client, server);
                        events.add("out");
                    });
                } else {
                    client.close();
                    events.add("away");
                }
            } catch (IOException e) {
                events.add("closed"); // By the test, which looks at no more events.
            }
        }
    }

    private static void pass(Socket from, Socket to) {
        try (from;
                to) {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException e) {
            assert from.isClosed() || to.isClosed() : e; // One of them has ended the connection.
        }
    }

    @Override
    public void close() throws IOException {
        shut();
        socket.close();
    }
}

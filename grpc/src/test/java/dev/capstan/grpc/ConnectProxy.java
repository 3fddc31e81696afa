package dev.capstan.grpc;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A proxy that takes CONNECT with a name and a password, and can fall silent. */
public final class ConnectProxy implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    private final String authorization;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private volatile boolean silent;

    public ConnectProxy(String name, String password) throws IOException {
        authorization =
                "Basic " + Base64.getEncoder().encodeToString((name + ":" + password).getBytes(StandardCharsets.UTF_8));
        Thread.ofVirtual().start(() -> {
            while (!server.isClosed()) {
                try {
                    Socket client = keep(server.accept());
                    Thread.ofVirtual().start(() -> serve(client));
                } catch (IOException e) {
                    return; // It is closed.
                }
            }
        });
    }

    public InetSocketAddress address() {
        return (InetSocketAddress) server.getLocalSocketAddress();
    }

    /** The first lines of requests, in order. */
    public List<String> asked() {
        return asked;
    }

    /** Nothing is passed on any more, and no connection closed: as if a cable had been pulled. */
    public void fallSilent() {
        silent = true;
    }

    private Socket keep(Socket socket) {
        sockets.add(socket);
        return socket;
    }

    private void serve(Socket client) {
        try {
            String head = head(client.getInputStream());
            String first = head.lines().findFirst().orElse("");
            asked.add(first);
            if (head.lines().noneMatch(line -> line.equalsIgnoreCase("proxy-authorization: " + authorization))) {
                client.getOutputStream().write("HTTP/1.1 407 who are you\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                client.close();
                return;
            }
            String[] target = first.split(" ", -1)[1].split(":", -1);
            Socket to = keep(new Socket(target[0], Integer.parseInt(target[1])));
            client.getOutputStream().write("HTTP/1.1 200 yes\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            Thread.ofVirtual().start(() -> pass(client, to));
            pass(to, client);
        } catch (IOException e) {
            closeQuietly(client);
        }
    }

    private static String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.US_ASCII).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("the client has gone");
            }
            head.write(next);
        }
        return head.toString(StandardCharsets.US_ASCII);
    }

    private void pass(Socket from, Socket to) {
        byte[] buffer = new byte[8192];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                if (!silent) {
                    out.write(buffer, 0, read);
                }
            }
            to.shutdownOutput();
        } catch (IOException e) {
            closeQuietly(from);
            closeQuietly(to);
        }
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new AssertionError("a socket can be closed", e);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        sockets.forEach(ConnectProxy::closeQuietly);
    }
}

package dev.capstan.grpc.conformance;

import dev.capstan.grpc.conformance.ScriptedServer.Raw;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A server of HTTP/1.1 that answers with the bytes that a test wants, each frame in a piece of its own, and closes. */
final class ScriptedWebServer implements AutoCloseable {
    private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private volatile Raw answer = new Raw(200, List.of(), List.of(), null);
    private volatile boolean text;

    ScriptedWebServer() throws IOException {
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return socket.getLocalPort();
    }

    /** Answers with {@code with} from now on; as text, each frame is Base64 of its own. */
    void answer(Raw with, boolean asText) {
        answer = with;
        text = asText;
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket next = socket.accept();
                Thread.ofVirtual().start(() -> serve(next));
            } catch (IOException e) {
                return; // It was closed.
            }
        }
    }

    private void serve(Socket accepted) {
        try (accepted) {
            readRequest(new BufferedInputStream(accepted.getInputStream()));
            OutputStream out = accepted.getOutputStream();
            StringBuilder head = new StringBuilder("HTTP/1.1 " + answer.status() + " as told\r\n");
            for (Map.Entry<String, String> each : answer.headers()) {
                String value = each.getValue();
                boolean type = each.getKey().equals("content-type") && text;
                String told = type ? value.replace("grpc-web", "grpc-web-text") : value;
                head.append(each.getKey()).append(": ").append(told).append("\r\n");
            }
            head.append("transfer-encoding: chunked\r\n\r\n");
            out.write(head.toString().getBytes(StandardCharsets.US_ASCII));
            for (byte[] frame : answer.frames()) {
                byte[] piece = text ? Base64.getEncoder().encode(frame) : frame;
                out.write((Integer.toHexString(piece.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
                out.write(piece);
                out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
            }
            out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            // The client has gone, or waits in vain; its test tells.
        }
    }

    private static void readRequest(InputStream in) throws IOException {
        int length = 0;
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                length = Integer.parseInt(line.substring(line.indexOf(':') + 1).strip());
            }
        }
        in.readNBytes(length);
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            line.append((char) c);
        }
        return line.toString().strip();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}

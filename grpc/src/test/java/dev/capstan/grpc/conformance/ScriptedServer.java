package dev.capstan.grpc.conformance;

import dev.capstan.grpc.conformance.Case.Shape;
import dev.capstan.grpc.conformance.ScriptedService.Seen;
import io.grpc.Deadline;
import io.grpc.Status;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A server of HTTP/2 that answers with the bytes that a test wants. One call after the other on each connection. */
final class ScriptedServer implements AutoCloseable {
    private static final int CANCEL = 8;

    /** What it does about a request whose headers have come. */
    private interface Script {
        void play(Http2Peer peer, int id, Seen seen) throws IOException;
    }

    /**
     * An answer as it is on the wire.
     *
     * @param headers besides the status
     * @param frames messages with their five bytes
     * @param trailers null if there are none, and the headers or the last frame are the end
     */
    record Raw(
            int status,
            List<Map.Entry<String, String>> headers,
            List<byte[]> frames,
            @Nullable List<Map.Entry<String, String>> trailers) {}

    final BlockingQueue<Seen> calls = new LinkedBlockingQueue<>();
    private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private volatile Script script = (peer, id, seen) -> {};

    ScriptedServer() throws IOException {
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return socket.getLocalPort();
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
        try (Http2Peer peer = Http2Peer.accepted(accepted)) {
            for (Http2Peer.Frame frame = peer.next(); frame != null; frame = peer.next()) {
                Http2Headers headers = frame.headers();
                if (headers != null) {
                    Seen seen = seen(headers);
                    calls.add(seen);
                    script.play(peer, frame.id(), seen);
                }
            }
        } catch (IOException e) {
            // The client has gone, or waits in vain; its test tells.
        }
    }

    private static Seen seen(Http2Headers headers) {
        List<String> asked = new ArrayList<>();
        headers.getAll(Case.ASKED).forEach(each -> asked.add(each.toString()));
        CharSequence timeout = headers.get("grpc-timeout");
        return new Seen(
                asked.isEmpty() ? asked : ScriptedService.joined(asked),
                timeout == null ? null : deadline(timeout.toString()),
                new LinkedBlockingQueue<>());
    }

    private static Deadline deadline(String timeout) {
        long number = Long.parseLong(timeout.substring(0, timeout.length() - 1));
        TimeUnit unit = switch (timeout.charAt(timeout.length() - 1)) {
            case 'n' -> TimeUnit.NANOSECONDS;
            case 'u' -> TimeUnit.MICROSECONDS;
            case 'm' -> TimeUnit.MILLISECONDS;
            case 'S' -> TimeUnit.SECONDS;
            case 'M' -> TimeUnit.MINUTES;
            default -> TimeUnit.HOURS;
        };
        return Deadline.after(number, unit);
    }

    /** Answers requests, when they have ended, with {@code answer}. */
    void answer(Raw answer) {
        script = (peer, id, seen) -> {
            new Requests(peer, id, seen).toEnd(() -> {});
            List<Map.Entry<String, String>> head = new ArrayList<>();
            head.add(Map.entry(":status", Integer.toString(answer.status())));
            head.addAll(answer.headers());
            List<byte[]> frames = answer.frames();
            List<Map.Entry<String, String>> trailers = answer.trailers();
            peer.headers(id, frames.isEmpty() && trailers == null, head);
            for (int i = 0; i < frames.size(); i++) {
                peer.data(id, i == frames.size() - 1 && trailers == null, frames.get(i));
            }
            if (trailers != null) {
                peer.headers(id, true, trailers);
            }
        };
    }

    /** Answers as {@code of} says. */
    void play(Case of) {
        script = (peer, id, seen) -> {
            begin(peer, id, of);
            messages(peer, id, seen, of);
            List<Map.Entry<String, String>> trailers = new ArrayList<>();
            trailers.add(Map.entry("grpc-status", Integer.toString(of.code().value())));
            if (of.code() != Status.Code.OK) {
                trailers.add(Map.entry("grpc-message", percentEncoded(of.message())));
                trailers.add(Map.entry(
                        "grpc-status-details-bin",
                        Base64.getEncoder()
                                .withoutPadding()
                                .encodeToString(ScriptedService.status(of).toByteArray())));
            }
            of.trailers().forEach(each -> trailers.add(Map.entry(Case.TRAILER, each)));
            peer.headers(id, true, trailers);
        };
    }

    /** As {@link #play}, but does not end. */
    void hang(Case of) {
        script = (peer, id, seen) -> {
            begin(peer, id, of);
            if (messages(peer, id, seen, of)) {
                new Requests(peer, id, seen).toEnd(() -> {});
            }
        };
    }

    private static void begin(Http2Peer peer, int id, Case of) throws IOException {
        List<Map.Entry<String, String>> head =
                new ArrayList<>(List.of(Map.entry(":status", "200"), Map.entry("content-type", "application/grpc")));
        of.headers().forEach(each -> head.add(Map.entry(Case.HEADER, each)));
        peer.headers(id, false, head);
    }

    /** Whether the client has ended its requests, not the call. */
    private static boolean messages(Http2Peer peer, int id, Seen seen, Case of) throws IOException {
        byte[] answer = RawAnswer.framed(0, ScriptedService.ANSWER.toByteArray());
        int[] left = {of.answers()};
        boolean whole = new Requests(peer, id, seen).toEnd(() -> {
            if (of.shape() == Shape.FULL && left[0] > 0) {
                left[0]--;
                peer.data(id, false, answer);
            }
        });
        while (whole && left[0] > 0) {
            left[0]--;
            peer.data(id, false, answer);
        }
        return whole;
    }

    private static String percentEncoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** Something that is sent when a message has come. */
    private interface OnMessage {
        void run() throws IOException;
    }

    /** The requests of one call, counted as they come. */
    private record Requests(Http2Peer peer, int id, Seen seen) {
        /** Reads until the client has ended its requests, or the call; whether it was the former. */
        boolean toEnd(OnMessage onMessage) throws IOException {
            byte[] rest = {};
            for (Http2Peer.Frame frame = peer.next(); frame != null; frame = peer.next()) {
                if (frame.id() != id) {
                    continue;
                }
                if (frame.type() == Http2Peer.RST_STREAM) {
                    seen.events().add(frame.number(0) == CANCEL ? "cancelled" : "reset " + frame.number(0));
                    return false;
                }
                rest = Arrays.copyOf(rest, rest.length + frame.payload().length);
                System.arraycopy(
                        frame.payload(), 0, rest, rest.length - frame.payload().length, frame.payload().length);
                for (int length = whole(rest); length >= 0; length = whole(rest)) {
                    rest = Arrays.copyOfRange(rest, length, rest.length);
                    seen.events().add("message");
                    onMessage.run();
                }
                if (frame.ends()) {
                    seen.events().add("end");
                    return true;
                }
            }
            return false;
        }

        private static int whole(byte[] bytes) {
            int length = bytes.length < 5 ? -1 : 5 + (bytes[3] & 0xff) * 256 + (bytes[4] & 0xff);
            return length <= bytes.length ? length : -1;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}

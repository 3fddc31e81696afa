package dev.capstan.grpc.interop;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;

/** The server's side of one HTTP/2 connection, frame by frame, which keeps to the client's windows and counts what the client does. One thread reads; any may send. */
final class Http2Peer implements AutoCloseable {
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int GOAWAY = 7;
    private static final int WINDOW_UPDATE = 8;
    private static final int END_STREAM = 1;
    private static final int ACK = 1;
    private static final int END_HEADERS = 4;
    private static final int PADDED = 8;
    private static final int MAX_CONCURRENT_STREAMS = 3;
    private static final int INITIAL_WINDOW_SIZE = 4;
    private static final int REFUSED_STREAM = 7;
    private static final int PREFACE_BYTES = 24;
    private static final int FRAME_BYTES = 16384;
    private static final int PATIENCE_SECONDS = 60;

    private final Socket socket;
    private final DataInputStream in;
    private final DataOutputStream out;
    private final DefaultHttp2HeadersEncoder encoder = new DefaultHttp2HeadersEncoder();
    private final Map<Integer, Integer> windows = new HashMap<>();
    private final Set<Integer> open = new HashSet<>();
    private final Map<Integer, Integer> received = new TreeMap<>();
    private int window = 65535;
    private int initialWindow = 65535;
    private int unanswered = 1; // The first settings.
    private int requests;
    private int mostOpen;
    private boolean deaf;
    private boolean over;

    Http2Peer(Socket socket) throws IOException {
        this.socket = socket;
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream(), 1 << 16));
    }

    // ---- what the client does

    /** Reads until the client closes the connection, and tells of each request that has come whole. */
    void run(IntConsumer onRequest) throws IOException, InterruptedException {
        try {
            in.skipNBytes(PREFACE_BYTES);
            send(SETTINGS, 0, 0, new byte[0]);
            while (true) {
                int lengthAndType = in.readInt();
                int flags = in.readUnsignedByte();
                int id = in.readInt() & Integer.MAX_VALUE;
                byte[] payload = in.readNBytes(lengthAndType >>> 8);
                received(lengthAndType & 0xff, flags, id, payload);
                boolean carries = (lengthAndType & 0xff) <= HEADERS;
                if (carries && (flags & END_STREAM) != 0) {
                    onRequest.accept(id);
                }
                until(() -> !deaf, Integer.MAX_VALUE);
            }
        } finally {
            close();
        }
    }

    private synchronized void received(int type, int flags, int id, byte[] payload) throws IOException {
        switch (type) {
            case DATA -> {
                received.merge(id, payload.length, Integer::sum);
                if (payload.length > 0) {
                    byte[] more = ByteBuffer.allocate(4).putInt(payload.length).array();
                    send(WINDOW_UPDATE, 0, 0, more);
                    send(WINDOW_UPDATE, 0, id, more);
                }
            }
            case HEADERS -> {
                requests++;
                open.add(id);
                windows.put(id, initialWindow);
                mostOpen = Math.max(mostOpen, open.size());
            }
            case RST_STREAM -> open.remove(id);
            case SETTINGS -> {
                if ((flags & ACK) == 0) {
                    settings(ByteBuffer.wrap(payload));
                    send(SETTINGS, ACK, 0, new byte[0]);
                } else {
                    unanswered--;
                }
            }
            case PING -> {
                if ((flags & ACK) == 0) {
                    send(PING, ACK, 0, payload);
                } else {
                    unanswered--;
                }
            }
            case WINDOW_UPDATE -> {
                int more = ByteBuffer.wrap(payload).getInt();
                if (id == 0) {
                    window += more;
                } else {
                    windows.merge(id, more, Integer::sum);
                }
            }
            default -> {} // Priorities and farewells change nothing here.
        }
        notifyAll();
    }

    private void settings(ByteBuffer settings) {
        while (settings.hasRemaining()) {
            int id = settings.getShort();
            int value = settings.getInt();
            if (id == INITIAL_WINDOW_SIZE) {
                int more = value - initialWindow;
                windows.replaceAll((stream, left) -> left + more);
                initialWindow = value;
            }
        }
    }

    synchronized int requests() {
        return requests;
    }

    /** Bytes of the requests, stream by stream. */
    synchronized List<Integer> received() {
        return List.copyOf(received.values());
    }

    /** The most streams that were open at once. */
    synchronized int mostOpen() {
        return mostOpen;
    }

    // ---- what the server does

    synchronized void headers(int id, boolean end, String... fields) throws IOException {
        Http2Headers headers = new DefaultHttp2Headers(false);
        for (int i = 0; i < fields.length; i += 2) {
            headers.add(fields[i], fields[i + 1]);
        }
        ByteBuf block = Unpooled.buffer();
        try {
            encoder.encodeHeaders(id, headers, block);
        } catch (Http2Exception e) {
            throw new AssertionError(e);
        }
        if (end) {
            open.remove(id);
        }
        send(HEADERS, END_HEADERS | (end ? END_STREAM : 0), id, ByteBufUtil.getBytes(block));
    }

    /** Sends bytes in frames of their own, as the client's windows let it. */
    void data(int id, byte[] bytes, int from, int to) throws IOException, InterruptedException {
        for (int at = from; at < to; at += FRAME_BYTES) {
            int size = Math.min(FRAME_BYTES, to - at);
            frame(DATA, 0, id, ByteBuffer.allocate(size).put(bytes, at, size).array());
        }
        flush();
    }

    /** Sends bytes in frames that have five each, and {@code padding} bytes more. */
    void crumbs(int id, byte[] bytes, int padding) throws IOException, InterruptedException {
        for (int at = 0; at < bytes.length; at += 5) {
            int size = Math.min(5, bytes.length - at);
            ByteBuffer payload = ByteBuffer.allocate(1 + size + padding);
            frame(
                    DATA,
                    PADDED,
                    id,
                    payload.put((byte) padding).put(bytes, at, size).array());
        }
        flush();
    }

    private void frame(int type, int flags, int id, byte[] payload) throws IOException, InterruptedException {
        until(() -> window >= payload.length && windows.getOrDefault(id, 0) >= payload.length);
        synchronized (this) {
            window -= payload.length;
            windows.merge(id, -payload.length, Integer::sum);
            write(type, flags, id, payload);
        }
    }

    synchronized void reset(int id) throws IOException {
        open.remove(id);
        send(RST_STREAM, 0, id, new byte[4]);
    }

    /** Says that nothing of the request was looked at. */
    synchronized void refuse(int id) throws IOException {
        open.remove(id);
        send(RST_STREAM, 0, id, ByteBuffer.allocate(4).putInt(REFUSED_STREAM).array());
    }

    synchronized void ping() throws IOException {
        unanswered++;
        send(PING, 0, 0, new byte[8]);
    }

    synchronized void allow(int streams) throws IOException {
        unanswered++;
        send(
                SETTINGS,
                0,
                0,
                ByteBuffer.allocate(6)
                        .putShort((short) MAX_CONCURRENT_STREAMS)
                        .putInt(streams)
                        .array());
    }

    /** Lets the client send as much as it likes, and reads nothing of it but the frame that comes next. */
    synchronized void turnDeaf() throws IOException {
        int most = Integer.MAX_VALUE;
        unanswered++;
        send(
                SETTINGS,
                0,
                0,
                ByteBuffer.allocate(6)
                        .putShort((short) INITIAL_WINDOW_SIZE)
                        .putInt(most)
                        .array());
        send(
                WINDOW_UPDATE,
                0,
                0,
                ByteBuffer.allocate(4).putInt(most - (1 << 20)).array());
        deaf = true;
    }

    synchronized void goAway(int last) throws IOException {
        send(GOAWAY, 0, 0, ByteBuffer.allocate(8).putInt(last).array());
    }

    /** Waits until the client has answered all pings and settings. */
    void untilAnswered() throws IOException, InterruptedException {
        until(() -> unanswered == 0);
    }

    private void until(BooleanSupplier condition) throws IOException, InterruptedException {
        until(condition, PATIENCE_SECONDS);
    }

    private synchronized void until(BooleanSupplier condition, int seconds) throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (!condition.getAsBoolean()) {
            out.flush();
            if (over) {
                throw new IOException("the client has closed the connection");
            }
            long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            if (left <= 0) {
                throw new IOException("the client has not done within " + seconds + " s what it had to");
            }
            wait(left);
        }
    }

    private synchronized void flush() throws IOException {
        out.flush();
    }

    private synchronized void send(int type, int flags, int id, byte[] payload) throws IOException {
        write(type, flags, id, payload);
        out.flush();
    }

    private void write(int type, int flags, int id, byte[] payload) throws IOException {
        out.writeInt(payload.length << 8 | type);
        out.writeByte(flags);
        out.writeInt(id);
        out.write(payload);
    }

    @Override
    public void close() throws IOException {
        synchronized (this) {
            over = true;
            notifyAll();
        }
        socket.close();
    }
}

package dev.capstan.grpc.conformance;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Either side of a connection of HTTP/2 over a socket that blocks: frames as a test wants them, legal or not. One thread at a time. */
public final class Http2Peer implements Closeable {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    static final int GOAWAY = 7;
    private static final int WINDOW_UPDATE = 8;
    private static final short INITIAL_WINDOW_SIZE = 4;
    private static final int FIRST_WINDOW = 65_535;
    private static final int END_STREAM = 1;
    private static final int ACK = 1;
    private static final int END_HEADERS = 4;
    private static final int TIMEOUT_MILLIS = 20_000;
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    /** A frame that has come; {@code headers} are null unless it is HEADERS. */
    @SuppressWarnings("ArrayRecordComponent") // bytes are looked at, not compared
    public record Frame(
            int type,
            int flags,
            int id,
            byte[] payload,
            @Nullable Http2Headers headers) {
        /** Whether it is the stream's last. */
        public boolean ends() {
            return (type == DATA || type == HEADERS) && (flags & END_STREAM) != 0;
        }

        int number(int at) {
            return ByteBuffer.wrap(payload).getInt(at);
        }
    }

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;
    private final DefaultHttp2HeadersEncoder encoder = new DefaultHttp2HeadersEncoder();
    private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false);

    private Http2Peer(Socket socket) throws IOException {
        this.socket = socket;
        in = new DataInputStream(socket.getInputStream());
        out = socket.getOutputStream();
    }

    /** A client of the server at {@code port} of this machine. */
    public static Http2Peer connect(int port) throws IOException {
        Http2Peer peer = opened(port, 0);
        peer.frame(SETTINGS, 0, 0, new byte[0]);
        return peer;
    }

    /** One that takes as much of its first call as comes, by its windows, into a buffer of the system of about {@code receiveBytes}. */
    public static Http2Peer greedy(int port, int receiveBytes) throws IOException {
        Http2Peer peer = opened(port, receiveBytes);
        int most = Integer.MAX_VALUE;
        peer.frame(
                SETTINGS,
                0,
                0,
                ByteBuffer.allocate(6)
                        .putShort(INITIAL_WINDOW_SIZE)
                        .putInt(most)
                        .array());
        byte[] more = ByteBuffer.allocate(4).putInt(most - FIRST_WINDOW).array();
        peer.frame(WINDOW_UPDATE, 0, 0, more);
        return peer;
    }

    private static Http2Peer opened(int port, int receiveBytes) throws IOException {
        Socket socket = new Socket();
        if (receiveBytes > 0) {
            socket.setReceiveBufferSize(receiveBytes);
        }
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        Http2Peer peer = new Http2Peer(socket);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        peer.out.write(PREFACE);
        return peer;
    }

    /** The server's side of a connection that was accepted. */
    static Http2Peer accepted(Socket socket) throws IOException {
        Http2Peer peer = new Http2Peer(socket);
        byte[] preface = peer.in.readNBytes(PREFACE.length);
        if (!Arrays.equals(PREFACE, preface)) {
            throw new IOException("the client does not speak HTTP/2");
        }
        peer.frame(SETTINGS, 0, 0, new byte[0]);
        return peer;
    }

    void frame(int type, int flags, int id, byte[] payload) throws IOException {
        out.write(ByteBuffer.allocate(9 + payload.length)
                .put((byte) (payload.length >> 16))
                .putShort((short) payload.length)
                .put((byte) type)
                .put((byte) flags)
                .putInt(id)
                .put(payload)
                .array());
    }

    /** HEADERS of these names and values. */
    public void headers(int id, boolean end, List<Map.Entry<String, String>> fields) throws IOException {
        Http2Headers headers = new DefaultHttp2Headers(false);
        fields.forEach(each -> headers.add(each.getKey(), each.getValue()));
        ByteBuf block = Unpooled.buffer();
        try {
            encoder.encodeHeaders(id, headers, block);
        } catch (Http2Exception e) {
            throw new IOException(e);
        }
        byte[] bytes = new byte[block.readableBytes()];
        block.readBytes(bytes);
        frame(HEADERS, END_HEADERS | (end ? END_STREAM : 0), id, bytes);
    }

    /** DATA. */
    public void data(int id, boolean end, byte[] bytes) throws IOException {
        frame(DATA, end ? END_STREAM : 0, id, bytes);
    }

    /** The next frame that says something about a stream, or the end of all; null at the end of the connection. Settings and pings are answered. */
    public @Nullable Frame next() throws IOException {
        while (true) {
            int first = in.read();
            if (first < 0) {
                return null;
            }
            int length = first << 16 | in.readUnsignedShort();
            int type = in.readUnsignedByte();
            int flags = in.readUnsignedByte();
            int id = in.readInt();
            byte[] payload = in.readNBytes(length);
            switch (type) {
                case SETTINGS, PING -> {
                    if ((flags & ACK) == 0) {
                        frame(type, ACK, 0, type == PING ? payload : new byte[0]);
                    }
                }
                case HEADERS -> {
                    return new Frame(type, flags, id, payload, decoded(id, flags, payload));
                }
                case DATA, RST_STREAM, GOAWAY -> {
                    return new Frame(type, flags, id, payload, null);
                }
                default -> {
                    // Windows and priorities: nothing here is as long as a window.
                }
            }
        }
    }

    private Http2Headers decoded(int id, int flags, byte[] block) throws IOException {
        if ((flags & END_HEADERS) == 0 || (flags & ~(END_HEADERS | END_STREAM)) != 0) {
            throw new IOException("a block of headers in several frames, padded or with a priority is not read here");
        }
        try {
            return decoder.decodeHeaders(id, Unpooled.wrappedBuffer(block));
        } catch (Http2Exception e) {
            throw new IOException(e);
        }
    }

    /** Goes without a word: what is on its way is lost, and the other side is told so by a reset of TCP. */
    public void kill() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}

package dev.capstan.bench;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The least that a client of gRPC can do, so that a server is what is waited for: calls are frames that were made before, and of the answers only the heads of frames are read. An answer counts as good
 * if it has as many bytes of messages as were expected and ends with trailers.
 *
 * <p>{@link #call} runs on its own thread, which {@link #execute} reaches.
 */
final class LightHttp2 implements AutoCloseable {
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
    private static final int HEAD = 9;
    private static final int STREAM_WINDOW = 1 << 20;
    private static final int CONNECTION_WINDOW = 16 << 20;

    private final SocketChannel channel;
    private final Selector selector;
    private final Queue<Runnable> actions = new ConcurrentLinkedQueue<>();
    private final Map<Integer, Call> calls = new HashMap<>();
    private final ByteBuffer in = ByteBuffer.allocateDirect(1 << 20);
    private final ByteBuffer out = ByteBuffer.allocateDirect(1 << 20);
    private int lastStream = -1;
    private long unacknowledged;
    private volatile boolean closed;
    /** Why no call is answered any more; on the thread of calls. */
    private @Nullable Throwable failed;

    /** What a call is waited for with. */
    private static final class Call {
        private final long bytes;
        private final Consumer<@Nullable Throwable> then;
        private long came;

        Call(long bytes, Consumer<@Nullable Throwable> then) {
            this.bytes = bytes;
            this.then = then;
        }
    }

    /** What is sent for a call, but for the number of its stream. */
    static final class Request {
        private final ByteBuffer frames;
        private final int dataAt;

        /** A call of {@code path} with one message. */
        Request(String path, byte[] message) {
            if (message.length + 5 > 16 << 10) {
                throw new IllegalArgumentException("a message has to fit into one frame");
            }
            ByteBuffer block = ByteBuffer.allocate(256 + path.length());
            block.put((byte) 0x83).put((byte) 0x86);
            literal(block, 4, path);
            literal(block, 1, "localhost");
            literal(block, 31, "application/grpc");
            block.put((byte) 0);
            text(block, "te");
            text(block, "trailers");
            block.flip();
            frames = ByteBuffer.allocate(2 * HEAD + block.remaining() + 5 + message.length);
            head(frames, block.remaining(), HEADERS, END_HEADERS, 0);
            frames.put(block);
            dataAt = frames.position();
            head(frames, 5 + message.length, DATA, END_STREAM, 0);
            frames.put((byte) 0).putInt(message.length).put(message).flip();
        }

        /** A literal header without indexing, whose name is in the static table. */
        private static void literal(ByteBuffer to, int name, String value) {
            if (name < 15) {
                to.put((byte) name);
            } else {
                to.put((byte) 15).put((byte) (name - 15));
            }
            text(to, value);
        }

        private static void text(ByteBuffer to, String value) {
            byte[] bytes = value.getBytes(StandardCharsets.US_ASCII);
            if (bytes.length > 126) {
                throw new IllegalArgumentException("a header is too long: " + value);
            }
            to.put((byte) bytes.length).put(bytes);
        }
    }

    LightHttp2(InetSocketAddress address) throws IOException {
        channel = SocketChannel.open(address);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.configureBlocking(false);
        selector = Selector.open();
        channel.register(selector, SelectionKey.OP_READ);
        out.put("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        head(out, 12, SETTINGS, 0, 0);
        out.putShort((short) 2).putInt(0).putShort((short) 4).putInt(STREAM_WINDOW);
        update(CONNECTION_WINDOW);
        Thread.ofPlatform().daemon().name("light-http2").start(this::run);
    }

    private static void head(ByteBuffer to, int length, int type, int flags, int stream) {
        to.put((byte) (length >> 16))
                .putShort((short) length)
                .put((byte) type)
                .put((byte) flags)
                .putInt(stream);
    }

    private void update(int bytes) {
        head(out, 4, WINDOW_UPDATE, 0, 0);
        out.putInt(bytes);
    }

    /** Runs {@code action} on the thread of all calls. */
    void execute(Runnable action) {
        actions.add(action);
        selector.wakeup();
    }

    /** Makes a call whose answer has {@code bytes} of messages, their heads included. */
    void call(Request request, long bytes, Consumer<@Nullable Throwable> then) {
        if (failed != null) {
            then.accept(failed);
            return;
        }
        lastStream += 2;
        calls.put(lastStream, new Call(bytes, then));
        if (out.remaining() < request.frames.remaining()) {
            throw new IllegalStateException("more calls at once than have room");
        }
        int at = out.position();
        out.put(request.frames.duplicate());
        out.putInt(at + 5, lastStream);
        out.putInt(at + request.dataAt + 5, lastStream);
    }

    private void run() {
        try (channel;
                selector) {
            try {
                talk();
            } catch (IOException | RuntimeException e) {
                fail(e);
                channel.close();
                while (!closed) {
                    selector.select();
                    runActions();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void talk() throws IOException {
        while (!closed) {
            flush();
            selector.select();
            selector.selectedKeys().clear();
            runActions();
            if (channel.read(in) < 0) {
                throw new EOFException("the server has closed the connection");
            }
            in.flip();
            while (in.remaining() >= HEAD && in.remaining() >= HEAD + length()) {
                frame();
            }
            in.compact();
        }
    }

    private void runActions() {
        for (Runnable action = actions.poll(); action != null; action = actions.poll()) {
            action.run();
        }
    }

    /** Tells whoever waits; they may make the next call, which is told as well. */
    private void fail(Throwable why) {
        failed = why;
        List<Call> waiting = List.copyOf(calls.values());
        calls.clear();
        waiting.forEach(each -> each.then.accept(why));
    }

    private int length() {
        int at = in.position();
        return in.getInt(at) >>> 8;
    }

    private void flush() throws IOException {
        out.flip();
        while (out.hasRemaining()) {
            channel.write(out);
        }
        out.clear();
    }

    private void frame() throws IOException {
        int at = in.position();
        int length = length();
        int type = in.get(at + 3);
        int flags = in.get(at + 4);
        int stream = in.getInt(at + 5);
        switch (type) {
            case DATA -> data(stream, length);
            case HEADERS -> {
                if ((flags & END_STREAM) != 0) {
                    end(stream);
                }
            }
            case SETTINGS -> {
                if ((flags & ACK) == 0) {
                    head(out, 0, SETTINGS, ACK, 0);
                }
            }
            case PING -> {
                if ((flags & ACK) == 0) {
                    head(out, 8, PING, ACK, 0);
                    out.putLong(in.getLong(at + HEAD));
                }
            }
            case RST_STREAM -> throw new IOException("a call was reset with " + in.getInt(at + HEAD));
            case GOAWAY -> throw new IOException("the server ends the connection with " + in.getInt(at + HEAD + 4));
            default -> {
                // Windows of the server: its first one takes a small request whole.
            }
        }
        in.position(at + HEAD + length);
    }

    private void data(int stream, int length) {
        Call call = calls.get(stream);
        if (call != null) {
            call.came += length;
        }
        unacknowledged += length;
        if (unacknowledged >= CONNECTION_WINDOW / 2) {
            update((int) unacknowledged);
            unacknowledged = 0;
        }
    }

    private void end(int stream) throws IOException {
        Call call = calls.remove(stream);
        if (call == null) {
            throw new IOException("an answer to a call that is not waited for: " + stream);
        }
        call.then.accept(
                call.came == call.bytes
                        ? null
                        : new IOException("an answer had " + call.came + " bytes instead of " + call.bytes));
    }

    /** Lets the thread end and close the connection. */
    @Override
    public void close() {
        closed = true;
        selector.wakeup();
    }
}

package dev.capstan.net;

import dev.capstan.async.Address;
import dev.capstan.async.ByteStream;
import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.Network;
import dev.capstan.async.Promise;
import dev.capstan.net.channels.ChannelHost;
import io.netty.channel.IoEventLoop;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The sockets of one loop, and what they share: the buffer for input, the chunks for output. */
final class NettyNetwork implements Network, ChannelHost {
    private final Loop loop;
    private final NettyPort port;
    private final Driver driver;
    private final Limits limits;
    private final Chunk.Pool chunks;
    private final Chunk inputChunk;
    private final byte[] inputArray;
    private final Set<SocketStream> streams = new LinkedHashSet<>();
    private final Set<SocketListener> listeners = new LinkedHashSet<>();
    private final Set<Runnable> others = new LinkedHashSet<>();
    private boolean closed;

    NettyNetwork(Loop loop, NettyPort port, Driver driver, Limits limits) {
        this.loop = loop;
        this.port = port;
        this.driver = driver;
        this.limits = limits;
        this.chunks = new Chunk.Pool(limits.writeChunkBytes(), limits.idleChunks());
        this.inputChunk = new Chunk(limits.readChunkBytes());
        this.inputArray = new byte[limits.readChunkBytes()];
    }

    @Override
    public Loop loop() {
        return loop;
    }

    Limits limits() {
        return limits;
    }

    Chunk.Pool chunks() {
        return chunks;
    }

    /** One for all streams: input is taken out of it before the next read. */
    Chunk inputChunk() {
        return inputChunk;
    }

    @Override
    public byte[] inputArray() {
        return inputArray;
    }

    @Override
    public Promise<ByteStream> connect(Address to) {
        Completer<ByteStream> completer = new Completer<>(loop);
        Promise<ByteStream> promise = completer.promise();
        onLoop(() -> {
            Promise.Cancelable resolving = resolve(to).listen(loop, (addresses, failure) -> {
                if (failure != null || addresses == null) {
                    completer.fail(
                            failure instanceof IOException
                                    ? failure
                                    : SocketTexts.connect(to, null, orUnknown(failure)));
                } else if (completer.isPending()) {
                    new Connecting(this, to, addresses, completer).next();
                }
            });
            completer.onCancel(resolving::cancel);
        });
        return promise;
    }

    @Override
    public Promise<Listener> listen(Address at, Consumer<ByteStream> onAccept) {
        Completer<Listener> completer = new Completer<>(loop);
        Promise<Listener> promise = completer.promise();
        onLoop(() -> {
            Promise.Cancelable resolving = resolve(at).listen(loop, (addresses, failure) -> {
                if (failure != null || addresses == null) {
                    completer.fail(
                            failure instanceof IOException ? failure : SocketTexts.listen(at, orUnknown(failure)));
                } else if (completer.isPending()) {
                    open(at, addresses.getFirst(), onAccept, completer);
                }
            });
            completer.onCancel(resolving::cancel);
        });
        return promise;
    }

    private void open(Address at, SocketAddress address, Consumer<ByteStream> onAccept, Completer<Listener> completer) {
        if (closed) {
            completer.fail(SocketTexts.listen(at, closedFailure()));
            return;
        }
        try {
            ServerWire wire = openWire(address);
            SocketListener listener = new SocketListener(this, wire, at, onAccept);
            listeners.add(listener);
            listener.begin();
            completer.complete(listener);
        } catch (IOException | RuntimeException e) {
            completer.fail(SocketTexts.listen(at, e));
        }
    }

    private ServerWire openWire(SocketAddress address) throws IOException {
        if (address instanceof UnixDomainSocketAddress unix) {
            UnixFile.makeRoom(unix);
        }
        return driver.listen(port, address, limits.backlog());
    }

    private static Throwable orUnknown(@Nullable Throwable failure) {
        return failure != null ? failure : new IOException("the name leads nowhere");
    }

    private void onLoop(Runnable task) {
        if (loop.inLoop()) {
            task.run();
        } else {
            loop.post(task);
        }
    }

    /** All addresses of a name, in the order of preference; asking for them blocks, so that happens elsewhere. */
    private Promise<List<SocketAddress>> resolve(Address address) {
        return switch (address) {
            case Address.Unix unix -> {
                try {
                    yield Promise.<List<SocketAddress>>of(List.of(UnixFile.address(unix)));
                } catch (IOException e) {
                    yield Promise.failed(e);
                }
            }
            case Address.Tcp(String host, int tcpPort) -> {
                try {
                    yield Promise.<List<SocketAddress>>of(
                            List.of(new InetSocketAddress(InetAddress.ofLiteral(host), tcpPort)));
                } catch (IllegalArgumentException e) {
                    yield loop.offload(() -> resolveName(address, host, tcpPort));
                }
            }
        };
    }

    private static List<SocketAddress> resolveName(Address address, String host, int tcpPort) throws IOException {
        try {
            List<SocketAddress> found = new ArrayList<>();
            for (InetAddress each : InetAddress.getAllByName(host)) {
                found.add(new InetSocketAddress(each, tcpPort));
            }
            return found;
        } catch (UnknownHostException e) {
            throw new IOException(
                    "the host name of " + address + " is unknown: check its spelling, or use a numeric address", e);
        }
    }

    // ---- for channels of Netty

    @Override
    public IoEventLoop eventLoop() {
        return port.channels(loop);
    }

    @Override
    public DatagramChannel newDatagramChannel() {
        return driver.newDatagramChannel();
    }

    @Override
    public Class<? extends SocketChannel> socketChannels() {
        return driver.socketChannels();
    }

    @Override
    public void opened(Runnable close) {
        if (closed) {
            throw new IllegalStateException("the loop is closing");
        }
        others.add(close);
    }

    @Override
    public void closed(Runnable close) {
        others.remove(close);
    }

    // ---- for what belongs to this network

    Wire wire(SocketAddress to) throws IOException {
        if (closed) {
            throw closedFailure();
        }
        return driver.wire(port, to);
    }

    SocketStream connected(Wire wire) {
        SocketStream stream = new SocketStream(this, wire);
        streams.add(stream);
        return stream;
    }

    void forget(SocketStream stream) {
        streams.remove(stream);
    }

    void forget(SocketListener listener) {
        listeners.remove(listener);
    }

    /** How often the loop has looked for input; for tests. */
    long polls() {
        return port.polls;
    }

    /** Sockets that are open, listeners included; for tests. */
    int open() {
        return streams.size() + listeners.size() + others.size();
    }

    private static IOException closedFailure() {
        return new IOException("the loop is closing");
    }

    /** Closes all sockets: what is queued is handed over as far as the system takes it. */
    void close() {
        closed = true;
        List.copyOf(others).forEach(Runnable::run);
        List.copyOf(listeners).forEach(SocketListener::close);
        IOException cause = closedFailure();
        List.copyOf(streams).forEach(stream -> stream.closeNow(cause));
    }
}

package dev.capstan.net;

import dev.capstan.async.Address;
import io.netty.channel.IoEvent;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.channel.nio.NioIoEvent;
import io.netty.channel.nio.NioIoHandle;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.nio.NioIoOps;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Sockets of the JDK. A selector tells of nothing that was not asked for, so a connection that breaks while it is paused and has nothing to
 * write is noticed at the next attempt to use it.
 */
final class NioDriver implements Driver {
    private static final System.Logger LOG = System.getLogger(NioDriver.class.getName());
    /** As the JDK has it; more pieces go with the next call. */
    private static final int PIECES_PER_CALL = 16;

    @Override
    public IoHandlerFactory handlers() {
        return NioIoHandler.newFactory();
    }

    /** Netty's handler wakes its selector by a system call whenever it has looked, from the first time that it was woken until it has slept. */
    @Override
    public boolean looksCheaply() {
        return false;
    }

    @Override
    public Wire wire(NettyPort port, SocketAddress to) throws IOException {
        boolean tcp = to instanceof InetSocketAddress;
        SocketChannel channel = tcp ? SocketChannel.open() : SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            return new Connected(port, channel, tcp, to);
        } catch (IOException e) {
            closeQuietly(channel);
            throw e;
        }
    }

    @Override
    public DatagramChannel newDatagramChannel() {
        return new NioDatagramChannel();
    }

    @Override
    public Class<NioSocketChannel> socketChannels() {
        return NioSocketChannel.class;
    }

    @Override
    public ServerWire listen(NettyPort port, SocketAddress at, int backlog) throws IOException {
        boolean tcp = at instanceof InetSocketAddress;
        ServerSocketChannel channel =
                tcp ? ServerSocketChannel.open() : ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            if (tcp) {
                channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            }
            channel.configureBlocking(false);
            channel.bind(at, backlog);
            return new Listening(port, channel, tcp, at);
        } catch (IOException e) {
            closeQuietly(channel);
            throw e;
        }
    }

    private static void closeQuietly(SelectableChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "closing a socket failed", e);
        }
    }

    /** What both kinds of socket have in common: a registration with the selector that is made when it is first needed. */
    private abstract static class Handle implements NioIoHandle, Watched {
        private final NettyPort port;
        private final SelectableChannel channel;
        private @Nullable IoRegistration registration;
        private NioIoOps ops = NioIoOps.NONE;
        private @Nullable Ready ready;

        Handle(NettyPort port, SelectableChannel channel) {
            this.port = port;
            this.channel = channel;
        }

        @Override
        public final void onReady(Ready to) {
            ready = to;
        }

        @Override
        public final SelectableChannel selectableChannel() {
            return channel;
        }

        @Override
        public final void handle(IoRegistration from, IoEvent event) {
            NioIoOps now = ((NioIoEvent) event).ops();
            if (ready != null) {
                boolean writable = now.contains(NioIoOps.WRITE) || now.contains(NioIoOps.CONNECT);
                ready.ready(now.contains(NioIoOps.READ) || now.contains(NioIoOps.ACCEPT), writable, false);
            }
        }

        final void submit(NioIoOps wanted) throws IOException {
            IoRegistration with = registration;
            if (with == null) {
                if (wanted.value() == 0) {
                    return;
                }
                with = port.register(this);
                registration = with;
                ops = NioIoOps.NONE;
            }
            if (!wanted.equals(ops)) {
                ops = wanted;
                with.submit(wanted);
            }
        }

        @Override
        public final void deregister() {
            IoRegistration old = registration;
            registration = null;
            if (old != null) {
                old.cancel();
            }
        }

        @Override
        public final void dispose() {
            deregister();
            closeQuietly(channel);
        }

        /** Netty's way to say that the handler ends. */
        @Override
        public final void close() {
            if (ready != null && channel.isOpen()) {
                ready.loopClosed();
            }
            dispose();
        }
    }

    private static final class Connected extends Handle implements Wire {
        private final SocketChannel channel;
        private final boolean tcp;
        private final SocketAddress peer;
        private boolean connecting;

        Connected(NettyPort port, SocketChannel channel, boolean tcp, SocketAddress peer) throws IOException {
            super(port, channel);
            this.channel = channel;
            this.tcp = tcp;
            this.peer = peer;
            channel.configureBlocking(false);
            if (tcp) {
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                // A peer that is gone without a word is found out by the system, where no protocol asks it.
                channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
            }
        }

        @Override
        public void interest(boolean read, boolean write) throws IOException {
            NioIoOps wanted = read ? NioIoOps.READ : NioIoOps.NONE;
            if (write) {
                wanted = wanted.with(connecting ? NioIoOps.CONNECT : NioIoOps.WRITE);
            }
            submit(wanted);
        }

        @Override
        public boolean connect(SocketAddress to) throws IOException {
            connecting = !channel.connect(to);
            return !connecting;
        }

        @Override
        public boolean finishConnect() throws IOException {
            connecting = !channel.finishConnect();
            return !connecting;
        }

        @Override
        public int read(Chunk into) throws IOException {
            return channel.read(into.buffer.clear());
        }

        @Override
        public int write(Chunk from) throws IOException {
            return channel.write(from.content());
        }

        @Override
        public long write(ArrayDeque<Chunk> from) throws IOException {
            ByteBuffer[] pieces = new ByteBuffer[Math.min(from.size(), PIECES_PER_CALL)];
            int count = 0;
            for (Chunk chunk : from) {
                if (count == pieces.length) {
                    break;
                }
                pieces[count++] = chunk.content();
            }
            return channel.write(pieces);
        }

        @Override
        public void shutdownOutput() throws IOException {
            channel.shutdownOutput();
        }

        @Override
        public @Nullable IOException error() {
            return null; // The JDK reports errors from reads and writes alone.
        }

        @Override
        public String peer() {
            return SocketTexts.of(peer);
        }

        @Override
        public @Nullable Address address() {
            return SocketTexts.address(peer);
        }

        @Override
        public void abortive() {
            if (tcp && channel.isOpen()) {
                try {
                    channel.setOption(StandardSocketOptions.SO_LINGER, 0);
                } catch (IOException e) {
                    LOG.log(System.Logger.Level.DEBUG, "the peer will see an end instead of a reset", e);
                }
            }
        }
    }

    private static final class Listening extends Handle implements ServerWire {
        private final NettyPort port;
        private final ServerSocketChannel channel;
        private final boolean tcp;
        private final SocketAddress at;

        Listening(NettyPort port, ServerSocketChannel channel, boolean tcp, SocketAddress at) {
            super(port, channel);
            this.port = port;
            this.channel = channel;
            this.tcp = tcp;
            this.at = at;
        }

        @Override
        public void interest(boolean accept) throws IOException {
            submit(accept ? NioIoOps.ACCEPT : NioIoOps.NONE);
        }

        @Override
        public @Nullable Wire accept() throws IOException {
            SocketChannel accepted = channel.accept();
            if (accepted == null) {
                return null;
            }
            try {
                return new Connected(port, accepted, tcp, tcp ? accepted.getRemoteAddress() : at);
            } catch (IOException e) {
                closeQuietly(accepted);
                throw e;
            }
        }

        @Override
        public int port() {
            return tcp ? channel.socket().getLocalPort() : -1;
        }
    }
}

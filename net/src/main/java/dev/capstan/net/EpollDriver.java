package dev.capstan.net;

import dev.capstan.async.Address;
import io.netty.channel.ChannelException;
import io.netty.channel.IoEvent;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Errors;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Sockets on Linux epoll, level triggered.
 *
 * <p>Hang-up and error are told whether or not anybody asked, and again at each wait until the socket is closed or deregistered; so
 * {@link SocketStream} must act on them.
 */
final class EpollDriver implements Driver {
    private static final int IN = EpollIoOps.EPOLLIN.value();
    private static final int OUT = EpollIoOps.EPOLLOUT.value();
    /** EPOLLERR, and EPOLLHUP, which Netty has no name for. */
    private static final int HUNG_UP = EpollIoOps.EPOLLERR.value() | 0x10;

    private static final int QUIET = EpollIoOps.EPOLLERR.value();

    /** As Linux has it; more pieces go with the next call. */
    private static final int PIECES_PER_CALL = 1024;

    EpollDriver() {
        Epoll.ensureAvailability();
    }

    static boolean isAvailable() {
        return Epoll.isAvailable();
    }

    @Override
    public IoHandlerFactory handlers() {
        return EpollIoHandler.newFactory();
    }

    @Override
    public boolean looksCheaply() {
        return true;
    }

    @Override
    public Wire wire(NettyPort port, SocketAddress to) throws IOException {
        Socket socket = open(to);
        return new Connected(port, socket, to instanceof InetSocketAddress, to);
    }

    @Override
    public DatagramChannel newDatagramChannel() {
        return new EpollDatagramChannel();
    }

    @Override
    public Class<EpollSocketChannel> socketChannels() {
        return EpollSocketChannel.class;
    }

    @Override
    public ServerWire listen(NettyPort port, SocketAddress at, int backlog) throws IOException {
        Socket socket = open(at);
        try {
            if (at instanceof InetSocketAddress) {
                socket.setReuseAddress(true);
            }
            socket.bind(nettyAddress(at));
            socket.listen(backlog);
        } catch (IOException e) {
            closeQuietly(socket);
            throw e;
        }
        return new Listening(port, socket, at);
    }

    private static Socket open(SocketAddress address) throws IOException {
        try {
            return address instanceof InetSocketAddress ? Socket.newSocketStream() : Socket.newSocketDomain();
        } catch (ChannelException e) {
            throw e.getCause() instanceof IOException cause ? cause : new IOException("no socket can be opened", e);
        }
    }

    private static SocketAddress nettyAddress(SocketAddress address) {
        return address instanceof UnixDomainSocketAddress unix
                ? new DomainSocketAddress(unix.getPath().toString())
                : address;
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // A socket that fails to close is closed nevertheless; there is nothing left to save.
            System.getLogger(EpollDriver.class.getName()).log(System.Logger.Level.DEBUG, "closing a socket failed", e);
        }
    }

    /** What both kinds of socket have in common: a registration with epoll that is made when it is first needed. */
    private abstract static class Handle implements EpollIoHandle, Watched {
        private final NettyPort port;
        final Socket socket;
        private @Nullable IoRegistration registration;
        private int mask;
        private @Nullable Ready ready;

        Handle(NettyPort port, Socket socket) {
            this.port = port;
            this.socket = socket;
        }

        @Override
        public final void onReady(Ready to) {
            ready = to;
        }

        @Override
        public final FileDescriptor fd() {
            return socket;
        }

        @Override
        public final void handle(IoRegistration from, IoEvent event) {
            int ops = ((EpollIoEvent) event).ops().value();
            if (ready != null) {
                ready.ready((ops & IN) != 0, (ops & OUT) != 0, (ops & HUNG_UP) != 0);
            }
        }

        final void submit(int asked) throws IOException {
            // With nothing asked Netty takes the descriptor out of epoll and fails to put it back. Errors are told in
            // any case.
            int wanted = asked == 0 ? QUIET : asked;
            IoRegistration with = registration;
            if (with == null) {
                if (asked == 0) {
                    return;
                }
                with = port.register(this);
                registration = with;
                mask = 0;
            }
            if (mask != wanted) {
                mask = wanted;
                with.submit(EpollIoOps.valueOf(wanted));
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
            // The system forgets a descriptor that is closed, so closing first saves a call.
            closeQuietly(socket);
            deregister();
        }

        /** Netty's way to say that the handler ends. */
        @Override
        public final void close() {
            if (ready != null && socket.isOpen()) {
                ready.loopClosed();
            }
            dispose();
        }
    }

    private static final class Connected extends Handle implements Wire {
        private final boolean tcp;
        private final SocketAddress peer;

        Connected(NettyPort port, Socket socket, boolean tcp, SocketAddress peer) throws IOException {
            super(port, socket);
            this.tcp = tcp;
            this.peer = peer;
            if (tcp) {
                socket.setTcpNoDelay(true);
                // A peer that is gone without a word is found out by the system, where no protocol asks it.
                socket.setKeepAlive(true);
            }
        }

        @Override
        public void interest(boolean read, boolean write) throws IOException {
            submit((read ? IN : 0) | (write ? OUT : 0));
        }

        @Override
        public boolean connect(SocketAddress to) throws IOException {
            return socket.connect(nettyAddress(to));
        }

        @Override
        public boolean finishConnect() throws IOException {
            return socket.finishConnect();
        }

        @Override
        public int read(Chunk into) throws IOException {
            return socket.recvAddress(into.address(), 0, into.buffer.capacity());
        }

        @Override
        public int write(Chunk from) throws IOException {
            return socket.sendAddress(from.address(), from.start, from.end);
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
            return socket.writev(pieces, 0, count, Long.MAX_VALUE);
        }

        @Override
        public void shutdownOutput() throws IOException {
            socket.shutdown(false, true);
        }

        @Override
        public @Nullable IOException error() {
            try {
                int errno = socket.getSoError();
                return errno == 0 ? null : Errors.newIOException("socket", -errno);
            } catch (IOException e) {
                return e;
            }
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
            if (tcp && socket.isOpen()) {
                try {
                    socket.setSoLinger(0);
                } catch (IOException e) {
                    System.getLogger(EpollDriver.class.getName())
                            .log(System.Logger.Level.DEBUG, "the peer will see an end instead of a reset", e);
                }
            }
        }
    }

    private static final class Listening extends Handle implements ServerWire {
        private final NettyPort port;
        private final boolean tcp;
        private final SocketAddress at;
        private final byte[] unusedAddress = new byte[128];

        Listening(NettyPort port, Socket socket, SocketAddress at) {
            super(port, socket);
            this.port = port;
            this.tcp = at instanceof InetSocketAddress;
            this.at = at;
        }

        @Override
        public void interest(boolean accept) throws IOException {
            submit(accept ? IN : 0);
        }

        @Override
        public @Nullable Wire accept() throws IOException {
            int fd = socket.accept(unusedAddress);
            if (fd < 0) {
                return null;
            }
            Socket accepted = new Socket(fd);
            InetSocketAddress from = tcp ? accepted.remoteAddress() : null;
            try {
                return new Connected(port, accepted, tcp, from == null ? at : from);
            } catch (IOException e) {
                closeQuietly(accepted);
                throw e;
            }
        }

        @Override
        public int port() {
            InetSocketAddress local = tcp ? socket.localAddress() : null;
            return local == null ? -1 : local.getPort();
        }
    }
}

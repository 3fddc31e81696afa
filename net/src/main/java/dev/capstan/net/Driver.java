package dev.capstan.net;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.socket.DatagramChannel;
import java.io.IOException;
import java.net.SocketAddress;

/** Makes sockets of one {@link Transport}. Unix addresses come as {@link java.net.UnixDomainSocketAddress}. */
interface Driver {
    IoHandlerFactory handlers();

    /** Whether looking for input without sleeping costs one system call and nothing else. */
    boolean looksCheaply();

    /** An unconnected socket of the kind that {@code to} needs. */
    Wire wire(NettyPort port, SocketAddress to) throws IOException;

    /** An unbound UDP socket, as a channel of Netty. */
    DatagramChannel newDatagramChannel();

    /** TCP sockets, as channels of Netty. */
    Class<? extends io.netty.channel.socket.SocketChannel> socketChannels();

    ServerWire listen(NettyPort port, SocketAddress at, int backlog) throws IOException;
}

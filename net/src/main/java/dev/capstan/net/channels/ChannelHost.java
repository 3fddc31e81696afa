package dev.capstan.net.channels;

import dev.capstan.async.Loop;
import dev.capstan.async.Network;
import io.netty.channel.IoEventLoop;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;

/**
 * A loop as channels of Netty see it: what they register with, which runs on the loop's thread and waits with its sockets. Belongs to the loop's
 * thread but for {@link #loop}.
 */
public interface ChannelHost {
    /**
     * What hosts channels beside the streams of {@code network}.
     *
     * @throws IllegalArgumentException if the network is not the one of a {@link dev.capstan.net.NetLoop}
     */
    static ChannelHost of(Network network) {
        if (network instanceof ChannelHost host) {
            return host;
        }
        throw new IllegalArgumentException("channels need the network of a NetLoop, not " + network);
    }

    /** The loop. */
    Loop loop();

    /** The loop in Netty's clothes. */
    IoEventLoop eventLoop();

    /** An unbound UDP socket of the kind that the loop waits for. */
    DatagramChannel newDatagramChannel();

    /** The kind of TCP socket that the loop waits for. */
    Class<? extends SocketChannel> socketChannels();

    /** One for all streams: lent to a receiver until it returns. */
    byte[] inputArray();

    /** {@code close} is to be run when the loop closes; it must not throw. */
    void opened(Runnable close);

    /** {@code close} need not be run any more. */
    void closed(Runnable close);
}

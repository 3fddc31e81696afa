package dev.capstan.interop.offenders.net;

import io.netty.channel.Channel;

/** Innocent: what users see is plain. */
public final class HidesNetty {
    private final Channel channel;

    HidesNetty(Channel channel) {
        this.channel = channel;
    }

    public boolean isOpen() {
        return channel.isOpen();
    }
}

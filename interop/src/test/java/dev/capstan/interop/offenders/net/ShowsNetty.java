package dev.capstan.interop.offenders.net;

import io.netty.channel.Channel;
import java.util.List;

/** Hands Netty's types to its users, in a return type, in a type argument and in a protected field. */
public class ShowsNetty {
    protected Channel inherited;

    ShowsNetty(Channel channel) {
        this.inherited = channel;
    }

    public Channel channel() {
        return inherited;
    }

    public void readAll(List<? extends Channel> channels) {
        channels.forEach(Channel::read);
    }
}

package dev.capstan.interop;

import dev.capstan.cap.Target;
import dev.capstan.net.Transport;

/** How two peers are connected, and how the bodies of a Java server run. */
enum Way {
    EPOLL_TCP(Transport.EPOLL, false, Target.Style.ASYNC),
    EPOLL_UNIX(Transport.EPOLL, true, Target.Style.BLOCKING),
    NIO_TCP(Transport.NIO, false, Target.Style.BLOCKING),
    NIO_UNIX(Transport.NIO, true, Target.Style.ASYNC);

    final Transport transport;
    final boolean unix;
    final Target.Style style;

    Way(Transport transport, boolean unix, Target.Style style) {
        this.transport = transport;
        this.unix = unix;
        this.style = style;
    }
}

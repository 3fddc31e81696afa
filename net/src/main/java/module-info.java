import org.jspecify.annotations.NullMarked;

/** Sockets of the operating system as streams of a loop. */
@NullMarked
@SuppressWarnings("module") // dev.capstan.grpc has a name, but no descriptor that is found here
module dev.capstan.net {
    requires static transitive org.jspecify;
    requires transitive dev.capstan.async;
    requires io.netty.buffer;
    requires io.netty.codec;
    requires io.netty.codec.classes.quic;
    requires io.netty.codec.http;
    requires io.netty.codec.http2;
    requires io.netty.codec.http3;
    requires io.netty.common;
    requires io.netty.handler;
    requires io.netty.transport;
    requires io.netty.transport.classes.epoll;
    requires io.netty.transport.unix.common;
    requires org.bouncycastle.pkix;
    requires org.bouncycastle.provider;

    exports dev.capstan.net;
    exports dev.capstan.net.channels to
            dev.capstan.grpc;
    exports dev.capstan.net.http;
    exports dev.capstan.net.port;
    exports dev.capstan.net.tls;
    exports dev.capstan.net.webtransport;
}

package dev.capstan.net.webtransport;

import dev.capstan.net.channels.ChannelHost;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.handler.codec.http3.DefaultHttp3Headers;
import io.netty.handler.codec.http3.DefaultHttp3HeadersFrame;
import io.netty.handler.codec.http3.Http3;
import io.netty.handler.codec.http3.Http3ClientConnectionHandler;
import io.netty.handler.codec.http3.Http3Headers;
import io.netty.handler.codec.http3.Http3HeadersFrame;
import io.netty.handler.codec.http3.Http3RequestStreamInitializer;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicConnectionCloseEvent;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamResetException;
import io.netty.handler.codec.quic.QuicStreamType;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A client that does what it likes: HTTP/3 as Netty has it, and whatever bytes on whatever streams. */
@SuppressWarnings("FutureReturnValueIgnored")
final class RawClient {
    private final Sessions sessions;
    private final Channel socket;
    final QuicChannel connection;

    @Nullable
    String closed;

    RawClient(Sessions sessions) {
        this.sessions = sessions;
        ChannelHost host = ChannelHost.of(sessions.net.network());
        QuicSslContext tls = QuicSslContextBuilder.forClient()
                .trustManager(ServerTrust.anybody().manager())
                .endpointIdentificationAlgorithm("")
                .applicationProtocols(Http3.supportedApplicationProtocols())
                .build();
        socket = done(new Bootstrap()
                        .group(host.eventLoop())
                        .channelFactory(host::newDatagramChannel)
                        .handler(Http3Wire.configure(Http3.newQuicClientCodecBuilder(), Sessions.LIMITS, false)
                                .initialMaxStreamsBidirectional(10)
                                .sslEngineProvider(each -> tls.newEngine(each.alloc()))
                                .build())
                        .bind(Sessions.local(0)))
                .channel();
        Future<QuicChannel> connecting = QuicChannel.newBootstrap(socket)
                .handler(new ChannelInboundHandlerAdapter() {
                    @Override
                    public void handlerAdded(ChannelHandlerContext context) {
                        context.pipeline()
                                .addLast(new Http3ClientConnectionHandler(
                                        null,
                                        null,
                                        null,
                                        Http3Wire.settings(Sessions.LIMITS),
                                        true,
                                        Http3Wire::isKnown));
                    }

                    @Override
                    public void userEventTriggered(ChannelHandlerContext context, Object event) {
                        if (event instanceof QuicConnectionCloseEvent close) {
                            closed = "0x" + Integer.toHexString(close.error()) + " "
                                    + new String(close.reason(), StandardCharsets.UTF_8);
                        }
                        context.fireUserEventTriggered(event);
                    }

                    @Override
                    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
                        closed = cause.toString();
                    }
                })
                .remoteAddress(sessions.server.address())
                .connect();
        connection = done(connecting).getNow();
    }

    private <F extends Future<?>> F done(F future) {
        sessions.until(future::isDone);
        if (!future.isSuccess()) {
            throw new AssertionError("a step of the client failed", future.cause());
        }
        return future;
    }

    /** What came on one stream. */
    static final class Stream extends ChannelInboundHandlerAdapter {
        @Nullable
        QuicStreamChannel channel;

        final StringBuilder received = new StringBuilder();

        @Nullable
        String status;

        /** The CONNECT of the session; null for other streams. */
        @Nullable
        Stream control;

        boolean ended;
        long resetCode = -1;

        Stream control() {
            return java.util.Objects.requireNonNull(control);
        }

        QuicStreamChannel channel() {
            return java.util.Objects.requireNonNull(channel);
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof Http3HeadersFrame headers) {
                status = String.valueOf(headers.headers().status());
            } else if (message instanceof ByteBuf bytes) {
                received.append(bytes.toString(StandardCharsets.UTF_8));
            }
            ReferenceCountUtil.release(message);
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            ended |= event == ChannelInputShutdownReadComplete.INSTANCE;
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            if (cause instanceof QuicStreamResetException reset) {
                resetCode = reset.applicationProtocolCode();
            }
        }

        void write(ByteBuf bytes) {
            channel().writeAndFlush(bytes);
        }

        void write(String text) {
            write(Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
        }

        void end() {
            channel().shutdownOutput();
        }
    }

    /** A request with these pseudo and other headers: names and values in turn. */
    Stream request(String... headers) {
        Stream stream = new Stream();
        stream.channel = done(connection.createStream(
                        QuicStreamType.BIDIRECTIONAL, new Http3RequestStreamInitializer() {
                            @Override
                            protected void initRequestStream(QuicStreamChannel channel) {
                                channel.pipeline().addLast(stream);
                            }
                        }))
                .getNow();
        Http3Headers head = new DefaultHttp3Headers(false);
        for (int i = 0; i < headers.length; i += 2) {
            head.add(headers[i], headers[i + 1]);
        }
        stream.channel().writeAndFlush(new DefaultHttp3HeadersFrame(head));
        return stream;
    }

    Stream connect(String path) {
        return request(
                ":method",
                "CONNECT",
                ":protocol",
                "webtransport",
                ":scheme",
                "https",
                ":authority",
                "127.0.0.1",
                ":path",
                path);
    }

    /** A stream that begins with these integers of QUIC. */
    Stream stream(QuicStreamType type, long... numbers) {
        Stream stream = new Stream();
        stream.channel = done(connection.createStream(type, stream)).getNow();
        ByteBuf start = Unpooled.buffer();
        for (long number : numbers) {
            Varint.write(start, number);
        }
        stream.write(start);
        return stream;
    }

    /** A session at {@code /} with its stream, accepted by the server. */
    Stream open() {
        Stream control = connect("/");
        sessions.until(() -> control.status != null);
        int before = sessions.accepted.size();
        Stream stream =
                stream(QuicStreamType.BIDIRECTIONAL, 0x41, control.channel().streamId());
        sessions.until(() -> sessions.accepted.size() > before);
        stream.control = control;
        return stream;
    }

    void datagram(int... bytes) {
        ByteBuf datagram = Unpooled.buffer();
        for (int each : bytes) {
            datagram.writeByte(each);
        }
        connection.writeAndFlush(datagram);
    }

    void close() {
        connection.close();
        sessions.polls();
        socket.close();
        sessions.polls();
    }
}

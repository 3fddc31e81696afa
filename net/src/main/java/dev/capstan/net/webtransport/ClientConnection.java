package dev.capstan.net.webtransport;

import dev.capstan.async.Completer;
import dev.capstan.async.Promise;
import dev.capstan.net.Limits;
import dev.capstan.net.channels.ChannelHost;
import dev.capstan.net.streams.Alarm;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http3.DefaultHttp3Headers;
import io.netty.handler.codec.http3.DefaultHttp3HeadersFrame;
import io.netty.handler.codec.http3.Http3;
import io.netty.handler.codec.http3.Http3ClientConnectionHandler;
import io.netty.handler.codec.http3.Http3ErrorCode;
import io.netty.handler.codec.http3.Http3Headers;
import io.netty.handler.codec.http3.Http3HeadersFrame;
import io.netty.handler.codec.http3.Http3RequestStreamInitializer;
import io.netty.handler.codec.http3.Http3SettingsFrame;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicClientCodecBuilder;
import io.netty.handler.codec.quic.QuicConnectionCloseEvent;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import io.netty.handler.codec.quic.SslEarlyDataReadyEvent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The way to a session over a connection of its own: a UDP socket, the handshake, the server's settings, the request, the stream. Whatever fails on
 * the way, or cancels it, closes everything.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write or close that fails is heard of as the end of its channel
final class ClientConnection {
    /** The server is there and does not want to. */
    static final class Refused extends IOException {
        private static final long serialVersionUID = 1;

        Refused(String text) {
            super(text);
        }
    }

    private final ChannelHost host;
    private final InetSocketAddress to;
    private final WebTransportRequest request;
    private final SessionTickets.Known server;
    private final Limits.WebTransport limits;
    private final Completer<WebTransportSession> completer;
    private final Alarm deadline;
    private final Runnable onLoopClose = this::loopCloses;

    private @Nullable Channel socket;
    private @Nullable QuicChannel channel;
    private @Nullable WebTransportSession session;
    private @Nullable Throwable trouble;
    private boolean isSettingsSeen;
    /** The session is handed out as soon as there are keys, before the server has said anything. */
    private boolean isEarly;

    private boolean isEstablished;
    private boolean isTaken;
    private boolean over;

    private ClientConnection(
            ChannelHost host,
            InetSocketAddress to,
            WebTransportRequest request,
            SessionTickets tickets,
            Limits.WebTransport limits) {
        this.host = host;
        this.to = to;
        this.request = request;
        this.server = tickets.at(
                new SessionTickets.Place(request.authority(), to),
                host.loop().timer().nanoTime());
        this.limits = limits;
        this.completer = new Completer<>(host.loop());
        this.deadline = new Alarm(
                host.loop(),
                () -> fail(new IOException(cannot("it has not answered within " + limits.connectTimeout()), trouble)));
    }

    /** On the loop's thread. */
    static Promise<WebTransportSession> open(
            ChannelHost host,
            InetSocketAddress to,
            WebTransportRequest request,
            SessionTickets tickets,
            Limits.WebTransport limits) {
        ClientConnection connection = new ClientConnection(host, to, request, tickets, limits);
        Promise<WebTransportSession> opened = connection.completer.promise();
        connection.completer.onCancel(connection::close);
        connection.bind();
        return opened;
    }

    // ---- step by step

    private void bind() {
        try {
            host.opened(onLoopClose);
        } catch (IllegalStateException e) {
            completer.fail(new IOException(cannot(String.valueOf(e.getMessage())), e));
            over = true;
            return;
        }
        deadline.set(limits.connectTimeout());
        InetAddress any = InetAddress.ofLiteral(to.getAddress() instanceof Inet6Address ? "::" : "0.0.0.0");
        var binding = new Bootstrap()
                .group(host.eventLoop())
                .channelFactory(host::newDatagramChannel)
                .option(ChannelOption.SO_RCVBUF, Http3Wire.SOCKET_BYTES)
                .option(ChannelOption.SO_SNDBUF, Http3Wire.SOCKET_BYTES)
                .handler(codec())
                .bind(new InetSocketAddress(any, 0));
        socket = binding.channel();
        binding.addListener((ChannelFutureListener) done -> {
            if (!done.isSuccess()) {
                fail(new IOException(cannot("no UDP socket can be had"), done.cause()));
            } else if (!over) {
                connect(done.channel());
            }
        });
    }

    private ChannelHandler codec() {
        QuicSslContext tls = server.context();
        String authority = request.authority();
        int colon = authority.lastIndexOf(':');
        String name = colon > authority.lastIndexOf(']') ? authority.substring(0, colon) : authority;
        String bare = name.startsWith("[") ? name.substring(1, name.length() - 1) : name;
        QuicClientCodecBuilder builder = Http3Wire.configure(Http3.newQuicClientCodecBuilder(), limits, false);
        return builder.sslEngineProvider(connection -> tls.newEngine(connection.alloc(), bare, to.getPort()))
                .build();
    }

    private void connect(Channel udp) {
        QuicChannel.newBootstrap(udp)
                .handler(new Watcher())
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                        limits.connectTimeout().toMillis())
                .remoteAddress(to)
                .connect()
                .addListener((io.netty.util.concurrent.Future<QuicChannel> done) -> {
                    if (!done.isSuccess()) {
                        fail(new IOException(cannot(reason(done.cause())), done.cause()));
                    } else if (over) {
                        done.getNow().close();
                    }
                });
    }

    private String reason(Throwable cause) {
        Throwable told = trouble != null ? trouble : cause;
        String text = told.getMessage() == null ? told.getClass().getSimpleName() : told.getMessage();
        return text
                + "; check host and port, that a WebTransport server listens there on UDP, and how it is to be trusted";
    }

    private String cannot(String reason) {
        return "cannot open a WebTransport session with https://" + request.authority() + request.path() + " ("
                + to.getAddress().getHostAddress() + "): " + reason;
    }

    /** First on the connection: adds HTTP/3, and hears of the end. */
    private final class Watcher extends ChannelInboundHandlerAdapter {
        @Override
        public void handlerAdded(ChannelHandlerContext context) {
            channel = (QuicChannel) context.channel();
            context.pipeline()
                    .addLast(new Http3ClientConnectionHandler(
                            new SettingsReader(),
                            push -> new Dropping(),
                            type -> new Dropping(),
                            Http3Wire.settings(limits),
                            true,
                            Http3Wire::isKnown));
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof ByteBuf) {
                // A datagram.
                ReferenceCountUtil.release(message);
            } else {
                context.fireChannelRead(message);
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof QuicConnectionCloseEvent close) {
                String text = new String(close.reason(), StandardCharsets.UTF_8);
                trouble = new IOException("the server closed the connection with code " + close.error()
                        + (text.isEmpty() ? "" : ": " + text));
            }
            if (event instanceof SslEarlyDataReadyEvent && server.isMet()) {
                // Not in the middle of what Netty sends.
                host.eventLoop().execute(() -> early(context));
            }
            context.fireUserEventTriggered(event);
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            isEstablished = true;
            context.fireChannelActive();
            confirm();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            trouble = cause;
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            lost();
        }
    }

    /** What the server says on its control stream. */
    private final class SettingsReader extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            try {
                if (message instanceof Http3SettingsFrame settings && !isSettingsSeen) {
                    isSettingsSeen = true;
                    ask(settings);
                }
            } finally {
                ReferenceCountUtil.release(message);
            }
        }
    }

    private void ask(Http3SettingsFrame settings) {
        if (!Http3Wire.offersSessions(settings)) {
            fail(new Refused(cannot("the server speaks HTTP/3 and not WebTransport")));
            return;
        }
        server.meet();
        if (!isEarly) {
            ask();
        }
    }

    /** There are keys for what the server is to hear first. */
    private void early(ChannelHandlerContext context) {
        if (!over && !isEstablished && !isSettingsSeen) {
            isEarly = true;
            // HTTP/3 begins, with our settings, when it hears that the connection is there.
            context.fireChannelActive();
            ask();
        }
    }

    private void ask() {
        QuicChannel open = channel;
        if (open == null || over) {
            return;
        }
        open.createStream(QuicStreamType.BIDIRECTIONAL, new Http3RequestStreamInitializer() {
                    @Override
                    protected void initRequestStream(QuicStreamChannel stream) {
                        stream.pipeline().addLast(new Request(stream));
                    }
                })
                .addListener((io.netty.util.concurrent.Future<QuicStreamChannel> done) -> {
                    if (!done.isSuccess()) {
                        fail(new IOException(cannot("no stream can be opened"), done.cause()));
                        return;
                    }
                    QuicStreamChannel stream = done.getNow();
                    stream.writeAndFlush(new DefaultHttp3HeadersFrame(head()));
                    if (isEarly) {
                        begin(stream.pipeline().get(Request.class));
                    }
                });
    }

    private Http3Headers head() {
        Http3Headers head = new DefaultHttp3Headers();
        head.method("CONNECT");
        head.protocol(Http3Wire.PROTOCOL);
        head.scheme("https");
        head.authority(request.authority());
        head.path(request.query() == null ? request.path() : request.path() + "?" + request.query());
        head.set(Http3Wire.DRAFT_REQUEST, "1");
        for (Map.Entry<String, String> field : request.headers().fields()) {
            head.add(field.getKey().toLowerCase(Locale.ROOT), field.getValue());
        }
        return head;
    }

    private final class Request extends ControlStream {
        Request(QuicStreamChannel channel) {
            super(channel);
        }

        @Override
        void headers(Http3HeadersFrame frame) {
            String status = String.valueOf(frame.headers().status());
            if (isTaken || status.startsWith("1")) {
                // Trailers, or not the answer yet.
                return;
            }
            if (status.equals("200")) {
                isTaken = true;
                if (!isEarly) {
                    begin(this);
                }
                confirm();
            } else {
                fail(new Refused(cannot("the server answered with status " + status + advice(status))));
            }
        }

        @Override
        void endedEarly(@Nullable Throwable cause) {
            fail(new IOException(cannot("the server gave up the request"), cause));
        }
    }

    private static String advice(String status) {
        return switch (status) {
            case "403" -> ": it does not allow this origin";
            case "404" -> ": nothing is at this path";
            case "429" -> ": it takes no more sessions for now";
            default -> "";
        };
    }

    private void begin(Request control) {
        QuicChannel open = channel;
        if (open == null || over) {
            return;
        }
        open.createStream(QuicStreamType.BIDIRECTIONAL, new ChannelInboundHandlerAdapter())
                .addListener((io.netty.util.concurrent.Future<QuicStreamChannel> done) -> {
                    if (done.isSuccess()) {
                        begin(control, done.getNow());
                    } else {
                        fail(new IOException(cannot("no stream can be opened"), done.cause()));
                    }
                });
    }

    private void begin(Request control, QuicStreamChannel stream) {
        if (over) {
            return;
        }
        if (!isEarly) {
            deadline.cancel();
        }
        ByteBuf start = stream.alloc().directBuffer();
        Varint.write(start, Http3Wire.STREAM_SIGNAL);
        Varint.write(start, control.sessionId());
        WebTransportSession opened = new WebTransportSession(
                host,
                request,
                false,
                limits,
                control,
                stream,
                to.getAddress().getHostAddress() + ":" + to.getPort(),
                !isEarly,
                this::close);
        stream.writeAndFlush(start);
        session = opened;
        if (completer.isPending()) {
            completer.complete(opened);
        }
    }

    /** The server has proven that it is there now, and has taken the session. */
    private void confirm() {
        WebTransportSession open = session;
        if (open != null && isEarly && isTaken && isEstablished && !over) {
            deadline.cancel();
            open.confirm();
        }
    }

    // ---- the end

    private void fail(IOException cause) {
        if (!over) {
            WebTransportSession open = session;
            if (open != null && !open.isConfirmed()) {
                server.forget();
                open.lost(cause);
            }
            completer.fail(cause);
            close();
        }
    }

    private void lost() {
        if (session != null && session.isConfirmed()) {
            session.lost(trouble);
        }
        fail(new IOException(cannot("the connection was lost"), trouble));
        close();
    }

    private void loopCloses() {
        if (session != null) {
            session.abort(new IOException("the loop of the connection with " + to + " is closing"));
        }
        fail(new IOException(cannot("the loop is closing")));
        close();
    }

    private void close() {
        if (!over) {
            over = true;
            deadline.cancel();
            host.closed(onLoopClose);
            QuicChannel open = channel;
            if (open != null) {
                Http3Wire.close(open, isEstablished, Http3ErrorCode.H3_NO_ERROR, "");
                open.closeFuture().addListener(done -> closeSocket());
            } else {
                closeSocket();
            }
        }
    }

    /** Not while it is being read from, which may be where this comes from. */
    private void closeSocket() {
        Channel udp = socket;
        if (udp != null) {
            host.eventLoop().execute(udp::close);
        }
    }

    /** Streams that a server has no business to open. */
    private static final class Dropping extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ReferenceCountUtil.release(message);
        }
    }
}

package dev.capstan.net.webtransport;

import dev.capstan.net.Limits;
import dev.capstan.net.http.Headers;
import dev.capstan.net.streams.Alarm;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http3.DefaultHttp3Headers;
import io.netty.handler.codec.http3.DefaultHttp3HeadersFrame;
import io.netty.handler.codec.http3.Http3ErrorCode;
import io.netty.handler.codec.http3.Http3Headers;
import io.netty.handler.codec.http3.Http3HeadersFrame;
import io.netty.handler.codec.http3.Http3ServerConnectionHandler;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a server: an HTTP/3 connection that leads to one session.
 *
 * <p>The client asks for the session with an extended CONNECT and opens the session's stream, which may arrive first: it then waits for the
 * request. When both are there the handler gets the session. Until then a deadline runs. Everything else that a client may do is refused where it
 * does no harm: other requests get an answer, other streams are reset, datagrams are dropped. A client that goes on opening streams loses its
 * connection.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write or close that fails is heard of as the end of its channel
final class ServerConnection extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = System.getLogger(ServerConnection.class.getName());
    private static final int REJECTED = Http3ErrorCode.H3_REQUEST_REJECTED.code();

    private final WebTransportServer server;
    private final QuicChannel channel;
    private final String peer;
    private final byte[] firstId;
    private final boolean mayBeEarly;
    private final Alarm deadline;
    private final Alarm leaving;
    private int bidirectional;
    private int unidirectional;

    private @Nullable Request accepted;
    private @Nullable StreamStart waiting;
    private @Nullable WebTransportSession session;
    /** The handshake is over; before that, what comes is early data. */
    private boolean isEstablished;

    private boolean closing;

    /**
     * @param firstId what the client's very first packet was sent to
     * @param mayBeEarly whether the connection may say something early
     */
    ServerConnection(WebTransportServer server, QuicChannel channel, byte[] firstId, boolean mayBeEarly) {
        this.firstId = firstId;
        this.mayBeEarly = mayBeEarly;
        this.server = server;
        this.channel = channel;
        this.peer = String.valueOf(channel.remoteSocketAddress());
        this.deadline = new Alarm(server.loop(), this::openTookTooLong);
        this.leaving = new Alarm(server.loop(), () -> close(Http3ErrorCode.H3_NO_ERROR, ""));
    }

    private Limits.WebTransport limits() {
        return server.limits();
    }

    /** What comes after this in the pipeline. */
    ChannelHandler http3() {
        return new Http3ServerConnectionHandler(
                new ChannelInitializer<QuicStreamChannel>() {
                    @Override
                    protected void initChannel(QuicStreamChannel stream) {
                        stream.pipeline().addLast(new Request(stream));
                    }
                },
                new Ignoring(),
                type -> new Refusing(),
                Http3Wire.settings(limits()),
                true,
                Http3Wire::isKnown);
    }

    // ---- the connection

    @Override
    public void channelRegistered(ChannelHandlerContext context) {
        if (server.add(this)) {
            deadline.set(limits().openTimeout());
            context.fireChannelRegistered();
            if (mayBeEarly) {
                // Netty asks for streams when the handshake is over, and again after each; what comes early is there
                // before.
                context.channel().read();
            }
        } else {
            closing = true;
            context.close();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!(message instanceof QuicStreamChannel stream)) {
            // A datagram.
            ReferenceCountUtil.release(message);
            return;
        }
        if (!isEstablished) {
            server.heard(firstId);
        }
        boolean isBidirectional = stream.type() == QuicStreamType.BIDIRECTIONAL;
        int count = isBidirectional ? ++bidirectional : ++unidirectional;
        if (count > limits().streams()) {
            close(Http3ErrorCode.H3_EXCESSIVE_LOAD, "too many streams");
        }
        if (isBidirectional) {
            stream.pipeline().addFirst(new StreamStart(stream));
        }
        context.fireChannelRead(stream);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        // What is wrong with one packet, or with the handshake of somebody who sends anything at all.
        LOG.log(Level.DEBUG, () -> "trouble with " + peer, cause);
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        isEstablished = true;
        // What was lost of the early data comes again from here on, so it must not come from a recording as well.
        server.heard(firstId);
        context.fireChannelActive();
        if (session != null) {
            deadline.cancel();
            session.confirm();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        gone();
        context.fireChannelInactive();
    }

    @Override
    public void channelUnregistered(ChannelHandlerContext context) {
        // Of a handshake that has not succeeded only this is heard.
        gone();
        context.fireChannelUnregistered();
    }

    private void gone() {
        closing = true;
        deadline.cancel();
        leaving.cancel();
        if (server.remove(this) && session != null) {
            session.lost(null);
        }
    }

    private void openTookTooLong() {
        close(Http3ErrorCode.H3_REQUEST_CANCELLED, "no session was opened in time");
    }

    void close(Http3ErrorCode code, String reason) {
        if (!closing) {
            closing = true;
            Http3Wire.close(channel, isEstablished, code, reason);
        }
    }

    /** Drops the connection with the loop. */
    void abort() {
        if (session != null) {
            session.abort(new IOException("the loop of the connection with " + peer + " is closing"));
        }
        close(Http3ErrorCode.H3_NO_ERROR, "");
    }

    // ---- the request

    /** What {@code request} asks for is given, or an answer that says why not. */
    private int answer(Request request, Http3Headers headers) {
        CharSequence protocol = headers.protocol();
        if (!"CONNECT".contentEquals(headers.method()) || protocol == null) {
            return 404;
        }
        if (!Http3Wire.PROTOCOL.contentEquals(protocol)) {
            return 501;
        }
        if (accepted != null || server.isClosed()) {
            return 429;
        }
        WebTransportRequest asked;
        try {
            asked = asked(headers);
        } catch (IllegalArgumentException e) {
            return 400;
        }
        if (asked.path().equals(WebTransportServer.WARM_PATH)) {
            return 404;
        }
        WebTransportRoutes.Found found = server.routes().find(asked);
        if (found.handler() != null) {
            accepted = request;
            request.asked = asked;
            request.handler = found.handler();
        }
        return found.status();
    }

    private static WebTransportRequest asked(Http3Headers headers) {
        Headers fields = Http3Wire.headers(headers, "origin");
        // The codec lets no CONNECT with a protocol pass that lacks one of these.
        String target = String.valueOf(headers.path());
        int mark = target.indexOf('?');
        CharSequence origin = headers.get("origin");
        if (headers.getAll("origin").size() > 1 || !target.startsWith("/")) {
            throw new IllegalArgumentException("a request has one origin and a path that begins with a slash");
        }
        return new WebTransportRequest(
                String.valueOf(headers.authority()),
                mark < 0 ? target : target.substring(0, mark),
                mark < 0 ? null : target.substring(mark + 1),
                origin == null ? null : origin.toString(),
                fields);
    }

    private final class Request extends ControlStream {
        private @Nullable WebTransportRequest asked;
        private WebTransportRoutes.@Nullable Handler handler;
        private boolean isAnswered;

        Request(QuicStreamChannel channel) {
            super(channel);
        }

        @Override
        void headers(Http3HeadersFrame frame) {
            if (isAnswered) {
                return;
            }
            isAnswered = true;
            int status = answer(this, frame.headers());
            Http3Headers headers = new DefaultHttp3Headers();
            headers.status(Integer.toString(status));
            if (status == 200) {
                headers.set(Http3Wire.DRAFT_ANSWER, "draft02");
                channel.writeAndFlush(new DefaultHttp3HeadersFrame(headers));
                openIfComplete();
            } else {
                channel.writeAndFlush(new DefaultHttp3HeadersFrame(headers))
                        .addListener(QuicStreamChannel.SHUTDOWN_OUTPUT);
                // A body is not read.
                channel.shutdownInput(Http3ErrorCode.H3_NO_ERROR.code());
            }
        }

        @Override
        void endedEarly(@Nullable Throwable cause) {
            if (this == accepted) {
                ServerConnection.this.close(
                        Http3ErrorCode.H3_REQUEST_CANCELLED, "the session ended before its stream began");
            }
        }
    }

    // ---- the stream

    private void openIfComplete() {
        Request request = accepted;
        StreamStart start = waiting;
        if (request == null || start == null || session != null || closing) {
            return;
        }
        waiting = null;
        if (start.sessionId != request.sessionId()) {
            start.refuse();
            return;
        }
        if (isEstablished) {
            deadline.cancel();
        }
        WebTransportRequest asked = Objects.requireNonNull(request.asked);
        WebTransportSession opened = new WebTransportSession(
                server.host(), asked, true, limits(), request, start.stream, peer, isEstablished, this::sessionOver);
        session = opened;
        start.become();
        try {
            Objects.requireNonNull(request.handler).opened(opened);
        } catch (Exception e) {
            LOG.log(Level.ERROR, "what takes sessions at " + asked.path() + " threw; the session is aborted", e);
            opened.abort(e);
        }
    }

    /** The client closes the connection; if it does not, we do. */
    private void sessionOver() {
        if (!closing) {
            leaving.set(limits().closeTimeout());
        }
    }

    /**
     * First in the pipeline of a bidirectional stream: tells a request from the stream of a session. The latter loses what HTTP/3 has put behind
     * this, and waits for its session.
     */
    private final class StreamStart extends ChannelInboundHandlerAdapter {
        private final QuicStreamChannel stream;
        private @Nullable ByteBuf gathered;
        private long sessionId;
        private boolean isSignalSeen;

        StreamStart(QuicStreamChannel stream) {
            this.stream = stream;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf in = (ByteBuf) message;
            ByteBuf all = gathered;
            if (all == null) {
                all = in;
                gathered = in;
            } else {
                // A few bytes at most; the rest of what was read before is in here only while the stream waits.
                all.writeBytes(in);
                in.release();
            }
            if (this != waiting) {
                tell(context, all);
            }
        }

        private void tell(ChannelHandlerContext context, ByteBuf all) {
            if (!isSignalSeen) {
                if (!Varint.isWhole(all)) {
                    return;
                }
                int start = all.readerIndex();
                if (Varint.read(all) != Http3Wire.STREAM_SIGNAL) {
                    all.readerIndex(start);
                    gathered = null;
                    context.fireChannelRead(all);
                    context.pipeline().remove(this);
                    return;
                }
                isSignalSeen = true;
            }
            if (!Varint.isWhole(all)) {
                return;
            }
            sessionId = Varint.read(all);
            context.pipeline().forEach(each -> {
                if (each.getValue() != this) {
                    context.pipeline().remove(each.getValue());
                }
            });
            stream.config().setAutoRead(false);
            if (session != null || waiting != null) {
                refuse();
            } else {
                waiting = this;
                openIfComplete();
            }
        }

        /** The stream has its session: what came with the signal is its first data. */
        void become() {
            ByteBuf rest = gathered;
            gathered = null;
            ChannelHandlerContext context = stream.pipeline().context(this);
            if (context == null) {
                return;
            }
            if (rest != null) {
                context.fireChannelRead(rest);
            }
            context.pipeline().remove(this);
        }

        void refuse() {
            stream.shutdown(REJECTED);
            stream.close();
        }

        @Override
        public void handlerRemoved(ChannelHandlerContext context) {
            if (gathered != null) {
                gathered.release();
                gathered = null;
            }
        }
    }

    /** Settings and other frames of the client's control stream say nothing that matters to a server. */
    private static final class Ignoring extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ReferenceCountUtil.release(message);
        }
    }

    /** One-way streams of sessions, and of kinds that nobody knows. */
    private static final class Refusing extends ChannelInboundHandlerAdapter {
        @Override
        public void handlerAdded(ChannelHandlerContext context) {
            ((QuicStreamChannel) context.channel()).shutdownInput(Http3ErrorCode.H3_STREAM_CREATION_ERROR.code());
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ReferenceCountUtil.release(message);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            LOG.log(Level.DEBUG, "a stream that was refused", cause);
        }
    }
}

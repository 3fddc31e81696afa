package dev.capstan.net.webtransport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http3.DefaultHttp3DataFrame;
import io.netty.handler.codec.http3.Http3DataFrame;
import io.netty.handler.codec.http3.Http3Exception;
import io.netty.handler.codec.http3.Http3HeadersFrame;
import io.netty.handler.codec.http3.Http3RequestStreamInboundHandler;
import io.netty.handler.codec.quic.QuicException;
import io.netty.handler.codec.quic.QuicStreamChannel;
import org.jspecify.annotations.Nullable;

/**
 * The stream of a CONNECT request, from the headers on: the life of a session. Its end is the session's, and a capsule on it may say why.
 *
 * <p>Each side has its own idea of the headers, in a subclass.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write or close that fails is heard of as the end of its channel
abstract class ControlStream extends Http3RequestStreamInboundHandler {
    /** A session, as its control stream sees it. */
    interface Owner extends Capsules.Owner {
        /** The peer has ended its side of the control stream: the session is over, as it wanted or as a capsule has told. */
        void finished();

        /** The peer has given up the control stream. */
        void lost(@Nullable Throwable cause);
    }

    final QuicStreamChannel channel;
    private @Nullable Owner owner;
    private @Nullable Capsules capsules;
    private boolean finished;

    ControlStream(QuicStreamChannel channel) {
        this.channel = channel;
    }

    /** From now on there is a session. */
    final void become(Owner session) {
        owner = session;
        capsules = new Capsules(session);
    }

    final long sessionId() {
        return channel.streamId();
    }

    /** The headers of a request or an answer, or trailers; also while there is a session. */
    abstract void headers(Http3HeadersFrame frame);

    /** The stream ended before there was a session. */
    abstract void endedEarly(@Nullable Throwable cause);

    @Override
    protected final void channelRead(ChannelHandlerContext context, Http3HeadersFrame frame) {
        headers(frame);
    }

    @Override
    protected final void channelRead(ChannelHandlerContext context, Http3DataFrame frame) {
        try {
            if (capsules != null) {
                capsules.received(frame.content());
            }
        } finally {
            frame.release();
        }
    }

    @Override
    protected final void channelInputClosed(ChannelHandlerContext context) {
        if (owner == null) {
            endedEarly(null);
        } else if (capsules != null && capsules.isInside()) {
            owner.malformed("the end in the middle of a capsule");
        } else {
            owner.finished();
        }
    }

    @Override
    protected final void handleQuicException(ChannelHandlerContext context, QuicException exception) {
        lost(exception);
    }

    @Override
    protected final void handleHttp3Exception(ChannelHandlerContext context, Http3Exception exception) {
        lost(exception);
    }

    @Override
    public final void channelInactive(ChannelHandlerContext context) {
        lost(null);
    }

    private void lost(@Nullable Throwable cause) {
        if (owner == null) {
            endedEarly(cause);
        } else {
            owner.lost(cause);
        }
    }

    // ---- what we say

    /** A sign of life. */
    final void sendNothing() {
        if (!finished) {
            ByteBuf capsule = channel.alloc().directBuffer();
            Capsules.writeNothing(capsule);
            channel.writeAndFlush(new DefaultHttp3DataFrame(capsule));
        }
    }

    /** Tells why the session ends, and ends it. */
    final void close(WebTransportClosed how) {
        if (!finished) {
            ByteBuf capsule = channel.alloc().directBuffer();
            Capsules.writeClose(capsule, how);
            finished = true;
            // Netty's shutdownOutput() does not wait for what was written before.
            channel.writeAndFlush(new DefaultHttp3DataFrame(capsule)).addListener(QuicStreamChannel.SHUTDOWN_OUTPUT);
        }
    }

    /** Ends the session, with nothing to say about it. */
    final void finish() {
        if (!finished) {
            finished = true;
            channel.shutdownOutput();
        }
    }
}

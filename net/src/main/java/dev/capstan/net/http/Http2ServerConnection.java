package dev.capstan.net.http;

import dev.capstan.async.ByteStream;
import dev.capstan.async.Loop;
import dev.capstan.net.Limits;
import dev.capstan.net.streams.Alarm;
import dev.capstan.net.streams.Farewell;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionDecoder;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionEncoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2RemoteFlowController;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2PromisedRequestVerifier;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.UniformStreamByteDistributor;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One connection of HTTP/2, with prior knowledge or by ALPN. Netty's codec keeps the state of the streams, the windows and the compression of headers; this says which requests are
 * sound, who answers them, what they may cost and when the connection ends.
 *
 * <p><b>Output.</b> What a turn writes leaves at its end: the windows are filled once, and then the stream below writes once. While the peer does not read, the codec is told that its
 * channel is full, and what it sends makes us write nothing: reading stops too.
 */
final class Http2ServerConnection implements ByteStream.Receiver, Codec.Owner, Loop.TurnEnd, HttpServer.Connection {
    private static final Logger LOG = System.getLogger(Http2ServerConnection.class.getName());
    private static final char ENABLE_CONNECT_PROTOCOL = 8;
    private static final int OUR_WRITABILITY = 1;

    private final HttpServer server;
    private final Loop loop;
    private final ByteStream stream;
    private final Limits.Http limits;
    private final Limits.Http2 http2;
    private final Peer peer;
    private final Http2Streams exchanges = new Http2Streams(this);
    private final Http2Connection streams = exchanges.netty();
    private final Handler handler;
    private final Codec codec;
    private final WholeFrames frames;
    private final Alarm alarm;
    private final Farewell farewell;
    private final Pace resets;
    private @Nullable ChannelHandlerContext context;
    private final Http2Reader reader;
    private final Alarm stalled;
    private final Alarm age;
    private final KeepAlive keepAlive;

    private boolean dirty;
    private boolean full;
    private boolean draining;
    private boolean ageTold;
    private boolean ended;
    private boolean over;
    private boolean watching;
    /** At the last look; -1 if nothing waited for the socket then. */
    private long leftBefore;

    private boolean inputEnded;
    private boolean drained;

    Http2ServerConnection(
            HttpServer server, Loop loop, ByteStream stream, Limits.Http limits, Limits.Http2 http2, Peer peer) {
        this.server = server;
        this.loop = loop;
        this.stream = stream;
        this.limits = limits;
        this.http2 = http2;
        this.peer = peer;
        this.resets = new Pace(loop, http2.resets(), http2.window());
        this.alarm = new Alarm(loop, this::tooSlow);
        this.stalled = new Alarm(loop, this::checkProgress);
        this.age = new Alarm(loop, this::tooOld);
        this.keepAlive = new KeepAlive(loop, http2.life(), this::ping, this::gone, () -> full);
        this.farewell = new Farewell(
                loop,
                stream,
                limits.closeTimeout(),
                () -> stream.abort(new IOException(
                        "the client has not closed its side of the connection within " + limits.closeTimeout())));
        // A client that never acknowledges our settings would not be bound by them else.
        streams.remote().maxActiveStreams(http2.streams());
        streams.remote()
                .flowController(
                        new DefaultHttp2RemoteFlowController(streams, new UniformStreamByteDistributor(streams)));
        Http2ConnectionEncoder encoder = new DefaultHttp2ConnectionEncoder(streams, exchanges.writer());
        reader = new Http2Reader(
                streams,
                new DefaultHttp2HeadersDecoder(true, true, limits.headBytes()),
                http2.continuations(),
                http2.resets(),
                new Pace(loop, http2.controlFrames(), http2.window()),
                new Pace(loop, http2.life().pings(), http2.window()));
        Http2ConnectionDecoder decoder = new DefaultHttp2ConnectionDecoder(
                streams, encoder, reader, Http2PromisedRequestVerifier.ALWAYS_VERIFY, true, true, true);
        decoder.frameListener(new Http2Requests(server, exchanges, resets));
        Http2Settings settings = new Http2Settings()
                .maxConcurrentStreams(http2.streams())
                .initialWindowSize(http2.windowBytes())
                .maxHeaderListSize(limits.headBytes());
        settings.put(ENABLE_CONNECT_PROTOCOL, Long.valueOf(1));
        handler = new Handler(decoder, encoder, settings);
        exchanges.listen();
        codec = new Codec(stream, this, List.of(handler));
        frames = new WholeFrames(
                Http2CodecUtil.connectionPrefaceBuf().readableBytes(),
                Http2CodecUtil.MAX_FRAME_SIZE_LOWER_BOUND,
                new Input());
    }

    Loop loop() {
        return loop;
    }

    Peer peer() {
        return peer;
    }

    /** Takes over from whoever has read {@code first}. */
    void begin(byte[] first) {
        alarm.set(limits.headTimeout());
        keepAlive.begin();
        if (!http2.life().maxAge().isZero()) {
            age.set(http2.life().maxAge());
        }
        int more =
                http2.connectionWindowBytes() - streams.local().flowController().windowSize(streams.connectionStream());
        try {
            if (more > 0) {
                streams.local().flowController().incrementWindowSize(streams.connectionStream(), more);
            }
        } catch (Http2Exception e) {
            throw new AssertionError("a window of " + http2.connectionWindowBytes() + " bytes is legal", e);
        }
        received(first, 0, first.length);
    }

    // ---- the stream below

    @Override
    public void received(byte[] array, int offset, int length) {
        keepAlive.heard();
        if (!over && !ended) {
            frames.add(array, offset, length);
            codec.lentAll();
            markDirty();
            if (stream.queuedBytes() > limits.queuedAnswerBytes()) {
                holdBack();
            }
        }
    }

    @Override
    public void ended() {
        inputEnded = true;
        if (drained) {
            farewell.cancel();
        }
        if (!over) {
            // Requests that were sent before are not wanted by anybody who cannot say so any more.
            finish(new IOException("the client has ended the connection"));
            endOutput();
        }
    }

    @Override
    public void failed(Throwable cause) {
        finish(new IOException("the connection to the client broke", cause));
        farewell.cancel();
        server.gone(this, peer);
    }

    /** Nothing is read and no window filled until the client has read what there is. */
    private void holdBack() {
        if (!full) {
            full = true;
            stream.pause();
            codec.writable(OUR_WRITABILITY, false);
            stream.drained().listen(loop, (done, failure) -> {
                full = false;
                if (failure == null && !over) {
                    codec.writable(OUR_WRITABILITY, true);
                    stream.resume();
                    exchanges.forEach(Http2Exchange::maybeReady);
                    markDirty();
                }
            });
        }
    }

    boolean hasRoom() {
        return !full;
    }

    /** A frame of an answer leaves. */
    void answered() {
        reader.answered();
    }

    void markDirty() {
        if (!dirty && !over) {
            dirty = true;
            loop.atTurnEnd(this);
        }
    }

    @Override
    public void turnEnded() {
        dirty = false;
        ChannelHandlerContext to = context;
        if (!over && to != null) {
            handler.flush(to);
            if (stream.queuedBytes() > limits.queuedAnswerBytes()) {
                holdBack();
            }
            watchProgress();
        }
    }

    // ---- clients that take nothing

    private void watchProgress() {
        if (!watching && (stream.queuedBytes() > 0 || exchanges.blockedBytes() > 0)) {
            watching = true;
            leftBefore = stream.queuedBytes() > 0 ? left() : -1;
            exchanges.forEach(Http2Exchange::beginsToWait);
            stalled.set(limits.idleTimeout());
        }
    }

    private long left() {
        return codec.encodedBytes() - stream.queuedBytes();
    }

    private void checkProgress() {
        watching = false;
        if (stream.queuedBytes() > 0 && left() == leftBefore) {
            IOException why = new IOException("the client reads nothing of its answers");
            finish(why);
            stream.abort(why);
            server.gone(this, peer);
        } else {
            exchanges.forEach(Http2Exchange::giveUpIfStuck);
            watchProgress();
        }
    }

    /** A stream has begun. */
    void busy() {
        alarm.pause();
    }

    /** The last stream has ended. */
    void idle() {
        if (over) {
            return;
        }
        if (draining) {
            loop.post(this::end);
        } else {
            alarm.set(limits.idleTimeout());
        }
    }

    // ---- the end

    boolean isOver() {
        return over;
    }

    private void tooSlow() {
        if (exchanges.active() > 0) {
            return;
        }
        goAway(Http2Error.NO_ERROR, "idle");
        end();
    }

    private void tooOld() {
        if (!ageTold) {
            ageTold = true;
            closeWhenIdle();
            if (!over && !http2.life().maxAgeGrace().isZero()) {
                age.set(http2.life().maxAgeGrace());
            }
        } else {
            finish(new IOException("the connection is older than it may be, and the request has not ended in time"));
            endOutput();
        }
    }

    private void ping() {
        ChannelHandlerContext to = context;
        if (!over && to != null) {
            ChannelFuture sent = handler.encoder().writePing(to, false, 0, to.newPromise());
            assert sent != null;
            markDirty();
        }
    }

    private void gone() {
        IOException why = new IOException(
                "the client has not answered a ping within " + http2.life().keepAliveTimeout());
        finish(why);
        stream.abort(why);
        server.gone(this, peer);
    }

    /** No new streams, and the end when the last that are there have ended. */
    @Override
    public void closeWhenIdle() {
        if (!draining && !over) {
            draining = true;
            goAway(Http2Error.NO_ERROR, "the server is closing");
            if (exchanges.active() == 0) {
                end();
            }
        }
    }

    private void goAway(Http2Error error, String why) {
        ChannelHandlerContext to = context;
        if (!over && to != null) {
            ByteBuf text = Unpooled.copiedBuffer(why, StandardCharsets.US_ASCII);
            int last = streams.remote().lastStreamCreated();
            ChannelFuture sent = handler.goAway(to, last, error.code(), text, to.newPromise());
            assert sent.isDone();
        }
    }

    private void end() {
        finish(new IOException("the server has closed the connection"));
        endOutput();
    }

    private void endOutput() {
        if (!ended) {
            ended = true;
            stream.end();
            stream.resume();
            farewell.begin();
            stream.drained().listen(loop, (done, failure) -> {
                drained = true;
                if (inputEnded || failure != null) {
                    farewell.cancel();
                }
                server.gone(this, peer);
            });
        }
    }

    private void finish(IOException cause) {
        if (!over) {
            over = true;
            alarm.cancel();
            stalled.cancel();
            age.cancel();
            keepAlive.end();
            exchanges.forEach(each -> each.failed(cause));
            // Handlers cannot be closed from within one of theirs; this may be.
            loop.post(codec::close);
        }
    }

    @Override
    public void decoded(Object message) {
        Codec.release(message);
    }

    @Override
    public void malformed(Throwable cause) {
        LOG.log(Level.WARNING, "a bug: the codec of HTTP/2 threw; the connection ends", cause);
        end();
    }

    @Override
    public String toString() {
        return "HTTP/2 over " + stream;
    }

    /** What is decoded, until that ends the connection. */
    private final class Input implements WholeFrames.Decoder {
        @Override
        public void lent(byte[] array, int offset, int length) {
            if (!over) {
                codec.lend(array, offset, length);
            }
        }

        @Override
        public void given(byte[] array) {
            if (!over) {
                codec.give(array);
            }
        }
    }

    /** Netty's handler, which tells us where it stands and when it wants the connection to end. */
    private final class Handler extends Http2ConnectionHandler {
        Handler(Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings) {
            super(decoder, encoder, settings, true);
            gracefulShutdownTimeoutMillis(0);
        }

        @Override
        public void handlerAdded(ChannelHandlerContext added) throws Exception {
            context = added;
            exchanges.added(added);
            super.handlerAdded(added);
        }

        @Override
        public void channelInactive(ChannelHandlerContext at) throws Exception {
            boolean ours = over;
            finish(new IOException("the client has broken the rules of HTTP/2"));
            super.channelInactive(at);
            if (!ours) {
                endOutput();
            }
        }

        @Override
        public ChannelFuture resetStream(ChannelHandlerContext at, int id, long code, ChannelPromise promise) {
            reader.givenUp(id);
            return super.resetStream(at, id, code, promise);
        }

        @Override
        protected void onStreamError(
                ChannelHandlerContext at, boolean outbound, Throwable cause, Http2Exception.StreamException error) {
            boolean provoked = (!outbound && !reader.isResetByClient(error.streamId()))
                    || error instanceof Http2Exception.HeaderListSizeException;
            if (provoked && !resets.isWithin()) {
                onConnectionError(at, outbound, cause, Pace.tooMany("requests that are wrong"));
                return;
            }
            super.onStreamError(at, outbound, cause, error);
        }
    }
}

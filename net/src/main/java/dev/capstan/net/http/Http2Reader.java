package dev.capstan.net.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.LinkedHashSet;
import java.util.SequencedSet;
import org.jspecify.annotations.Nullable;

/**
 * Stands between the frames that are read and Netty's decoder, and decides what is said about streams that are gone.
 *
 * <p><b>Late frames</b> are those of a stream that was reset from here, or that begins after our GOAWAY: the client may not have heard of it yet. They count against the window of the
 * connection and mean nothing else. Netty's decoder would write a line into the log for some, at the pace of whoever sends them, and take others for a mistake of the client, so that an
 * honest upload that was answered early would look like an attack.
 *
 * <p><b>Frames of a stream that has ended</b> otherwise come from a client that has lost count of its streams: Netty would let some pass as an error of one stream.
 *
 * <p><b>Windows</b> are checked here because Netty's decoder, when one is exceeded, gives back twice what has come, and ends in an error of its own.
 *
 * <p><b>Frames that say nothing</b>, such as pings, settings, priorities, empty pieces of a body and what nobody knows, cost their sender little and are counted; but not one ping after each piece of an answer.
 */
final class Http2Reader extends DefaultHttp2FrameReader {
    private final Http2Connection streams;
    private final int remembered;
    private final Pace idle;
    private final Pace pings;
    /** The last streams that were reset from here. */
    private final LinkedHashSet<Integer> givenUp = new LinkedHashSet<>();
    /** The last streams that the client has reset. */
    private final LinkedHashSet<Integer> resetByClient = new LinkedHashSet<>();

    private boolean answered;
    private @Nullable Http2FrameListener last;
    private @Nullable Http2FrameListener checked;

    /** Remembers so many streams that were reset; lists of headers may be continued in so many small frames; {@code idle} counts those that say nothing, and {@code pings} pings alone. */
    Http2Reader(
            Http2Connection streams,
            DefaultHttp2HeadersDecoder headers,
            int continuations,
            int remembered,
            Pace idle,
            Pace pings) {
        // Netty counts the frame that begins the list as well.
        super(headers, continuations + 1);
        this.streams = streams;
        this.remembered = remembered;
        this.idle = idle;
        this.pings = pings;
    }

    /** Something of an answer was sent: a ping after that is one of a client that has work to do. */
    void answered() {
        answered = true;
    }

    /** The stream is reset from here. */
    void givenUp(int id) {
        remember(id, givenUp);
    }

    private void remember(int id, SequencedSet<Integer> in) {
        in.add(id);
        if (in.size() > remembered) {
            in.removeFirst();
        }
    }

    /**
     * Whether the client has reset the stream. Netty's own client, and so grpc-java's, may still send a frame that it had queued before: that is answered as the rules have it, once, since
     * what comes after the answer is late.
     */
    boolean isResetByClient(int id) {
        return resetByClient.contains(id);
    }

    @Override
    public void readFrame(ChannelHandlerContext at, ByteBuf input, Http2FrameListener to) throws Http2Exception {
        Http2FrameListener between = checked;
        if (between == null || last != to) {
            last = to;
            between = new Checked(to);
            checked = between;
        }
        super.readFrame(at, input, between);
    }

    private boolean isLate(int id) {
        Http2Stream one = streams.stream(id);
        return one == null ? isAfterGoAway(id) || givenUp.contains(id) : one.isResetSent();
    }

    private boolean isAfterGoAway(int id) {
        return streams.goAwaySent()
                && streams.remote().isValidStreamId(id)
                && id > streams.remote().lastStreamKnownByPeer();
    }

    private void checkOpen(int id) throws Http2Exception {
        Http2Stream one = streams.stream(id);
        if (one != null && one.state() == Http2Stream.State.HALF_CLOSED_REMOTE) {
            throw Http2Exception.streamError(id, Http2Error.STREAM_CLOSED, "the request has ended before");
        }
        if (one == null && streams.streamMayHaveExisted(id)) {
            throw Http2Exception.connectionError(Http2Error.STREAM_CLOSED, "stream %d is closed", id);
        }
    }

    private boolean exceeds(Http2Stream one, int bytes) {
        return bytes > 0 && bytes > streams.local().flowController().windowSize(one);
    }

    private void count() throws Http2Exception {
        if (!idle.isWithin()) {
            throw Pace.tooMany("frames that say nothing");
        }
    }

    private final class Checked extends Http2FrameListenerDecorator {
        Checked(Http2FrameListener to) {
            super(to);
        }

        @Override
        public int onDataRead(ChannelHandlerContext at, int id, ByteBuf data, int padding, boolean end)
                throws Http2Exception {
            if (!data.isReadable() && !end) {
                count();
            }
            int bytes = data.readableBytes() + padding;
            if (exceeds(streams.connectionStream(), bytes)) {
                throw Http2Exception.connectionError(
                        Http2Error.FLOW_CONTROL_ERROR, "more has come than the window of the connection");
            }
            if (isLate(id)) {
                countForConnection(data, padding, end);
                return bytes;
            }
            Http2Stream one = streams.stream(id);
            if (one != null && exceeds(one, bytes)) {
                countForConnection(data, padding, end);
                throw Http2Exception.streamError(
                        id, Http2Error.FLOW_CONTROL_ERROR, "more has come than the window of stream %d", id);
            }
            return super.onDataRead(at, id, data, padding, end);
        }

        /** Takes the frame off the window of the connection, and gives it back. */
        private void countForConnection(ByteBuf data, int padding, boolean end) throws Http2Exception {
            streams.local().flowController().receiveFlowControlledFrame(null, data, padding, end);
        }

        @Override
        public void onHeadersRead(ChannelHandlerContext at, int id, Http2Headers fields, int padding, boolean end)
                throws Http2Exception {
            if (!isLate(id)) {
                checkOpen(id);
                super.onHeadersRead(at, id, fields, padding, end);
            }
        }

        @Override
        public void onHeadersRead(
                ChannelHandlerContext at,
                int id,
                Http2Headers fields,
                int dependency,
                short weight,
                boolean exclusive,
                int padding,
                boolean end)
                throws Http2Exception {
            if (!isLate(id)) {
                checkOpen(id);
                super.onHeadersRead(at, id, fields, dependency, weight, exclusive, padding, end);
            }
        }

        @Override
        public void onRstStreamRead(ChannelHandlerContext at, int id, long code) throws Http2Exception {
            if (!isAfterGoAway(id)) {
                remember(id, resetByClient);
                super.onRstStreamRead(at, id, code);
            }
        }

        @Override
        public void onWindowUpdateRead(ChannelHandlerContext at, int id, int more) throws Http2Exception {
            if (!isAfterGoAway(id)) {
                super.onWindowUpdateRead(at, id, more);
            }
        }

        @Override
        public void onPriorityRead(ChannelHandlerContext at, int id, int on, short weight, boolean exclusive)
                throws Http2Exception {
            count();
            super.onPriorityRead(at, id, on, weight, exclusive);
        }

        @Override
        public void onSettingsRead(ChannelHandlerContext at, Http2Settings settings) throws Http2Exception {
            count();
            try {
                super.onSettingsRead(at, settings);
            } catch (Http2Exception.StreamException e) {
                // A window that has become too large breaks the connection here, unlike that of a WINDOW_UPDATE (RFC
                // 9113 section 6.9.2).
                throw Http2Exception.connectionError(e.error(), e, "settings that stream %d cannot have", e.streamId());
            }
        }

        @Override
        public void onSettingsAckRead(ChannelHandlerContext at) throws Http2Exception {
            count();
            super.onSettingsAckRead(at);
        }

        @Override
        public void onPingRead(ChannelHandlerContext at, long data) throws Http2Exception {
            if (answered) {
                // A client that measures how fast it is sent something: gRPC's all do.
                answered = false;
            } else {
                count();
                if (!pings.isWithin()) {
                    // In the words by which gRPC's clients know it.
                    throw Http2Exception.connectionError(Http2Error.ENHANCE_YOUR_CALM, "too_many_pings");
                }
            }
            super.onPingRead(at, data);
        }

        @Override
        public void onPingAckRead(ChannelHandlerContext at, long data) throws Http2Exception {
            count();
            super.onPingAckRead(at, data);
        }

        @Override
        public void onUnknownFrame(ChannelHandlerContext at, byte type, int id, Http2Flags flags, ByteBuf payload)
                throws Http2Exception {
            count();
            super.onUnknownFrame(at, type, id, flags, payload);
        }
    }
}

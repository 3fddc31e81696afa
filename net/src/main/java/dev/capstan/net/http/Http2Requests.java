package dev.capstan.net.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;

/** What a client says that Netty's decoder has let pass: makes exchanges of sound requests and gives them their bodies. */
final class Http2Requests extends Http2FrameAdapter {
    private final HttpServer server;
    private final Http2Streams streams;
    private final Pace resets;

    /** {@code resets} counts the requests that are given up. */
    Http2Requests(HttpServer server, Http2Streams streams, Pace resets) {
        this.server = server;
        this.streams = streams;
        this.resets = resets;
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
        onHeadersRead(at, id, fields, padding, end);
    }

    @Override
    public void onHeadersRead(ChannelHandlerContext at, int id, Http2Headers fields, int padding, boolean end)
            throws Http2Exception {
        if (!streams.isThere(id)) {
            return;
        }
        Http2Exchange known = streams.exchange(id);
        if (known != null) {
            if (!end) {
                throw Http2Heads.malformed(id, "trailers are the end of a request");
            }
            Http2Heads.checkTrailers(id, fields);
            if (known.breaksItsLength(0, true)) {
                throw Http2Heads.malformed(id, "the body is shorter than its content-length");
            }
            known.inputEnded();
            return;
        }
        HttpRequest request = Http2Heads.request(id, fields);
        long length = Http2Heads.contentLength(id, request);
        Http2Exchange exchange = new Http2Exchange(streams, id, request, length);
        if (end && exchange.breaksItsLength(0, true)) {
            throw Http2Heads.malformed(id, "the body is shorter than its content-length");
        }
        streams.begin(exchange);
        if (end) {
            exchange.inputEnded();
        }
        server.route(exchange, Http2Heads.protocol(fields), length);
    }

    @Override
    public int onDataRead(ChannelHandlerContext at, int id, ByteBuf data, int padding, boolean end)
            throws Http2Exception {
        Http2Exchange exchange = streams.exchange(id);
        int length = data.readableBytes();
        if (exchange == null) {
            return length + padding;
        }
        if (exchange.breaksItsLength(length, end)) {
            throw Http2Heads.malformed(id, "the body is not as long as its content-length");
        }
        int done = length == 0 ? 0 : exchange.arrived(data.array(), data.arrayOffset() + data.readerIndex(), length);
        if (end) {
            exchange.inputEnded();
        }
        return done + padding;
    }

    @Override
    public void onRstStreamRead(ChannelHandlerContext at, int id, long code) throws Http2Exception {
        if (!resets.isWithin()) {
            throw Pace.tooMany("requests that are given up");
        }
    }
}

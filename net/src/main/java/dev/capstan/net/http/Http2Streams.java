package dev.capstan.net.http;

import dev.capstan.async.Loop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameWriter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The streams of one connection and their exchanges: what these write and what of it has left, and how they hear of an end that is not theirs. */
final class Http2Streams {
    private final Http2ServerConnection connection;
    private final Http2Connection streams = new DefaultHttp2Connection(true, 0);
    private final Http2Connection.PropertyKey key = streams.newKey();
    private @Nullable ChannelHandlerContext context;
    private int active;
    /** Bytes of answers that wait for windows of the client. */
    private long blockedBytes;

    Http2Streams(Http2ServerConnection connection) {
        this.connection = connection;
    }

    /** As Netty's codec knows them. */
    Http2Connection netty() {
        return streams;
    }

    /** For Netty's encoder, which writes pieces of answers as windows allow. */
    Http2FrameWriter writer() {
        return new Writer();
    }

    /** Where Netty's handler stands. */
    void added(ChannelHandlerContext to) {
        context = to;
    }

    /** After Netty's own listeners. */
    void listen() {
        streams.addListener(new Ends());
    }

    private static Http2ConnectionHandler handler(ChannelHandlerContext of) {
        return (Http2ConnectionHandler) of.handler();
    }

    Loop loop() {
        return connection.loop();
    }

    Peer peer() {
        return connection.peer();
    }

    boolean hasRoom() {
        return connection.hasRoom();
    }

    /** Streams that there are now. */
    int active() {
        return active;
    }

    long blockedBytes() {
        return blockedBytes;
    }

    boolean isThere(int id) {
        return streams.stream(id) != null;
    }

    @Nullable
    Http2Exchange exchange(int id) {
        Http2Stream one = streams.stream(id);
        return one == null ? null : one.getProperty(key);
    }

    /** Its stream is there. */
    void begin(Http2Exchange exchange) {
        streams.stream(exchange.id()).setProperty(key, exchange);
    }

    void forEach(Consumer<Http2Exchange> action) {
        List<Http2Exchange> all = new ArrayList<>();
        try {
            streams.forEachActiveStream(each -> {
                Http2Exchange exchange = each.getProperty(key);
                if (exchange != null) {
                    all.add(exchange);
                }
                return true;
            });
        } catch (Http2Exception e) {
            throw new AssertionError("the visitor throws nothing", e);
        }
        all.forEach(action);
    }

    // ---- what exchanges say

    void writeHeaders(Http2Exchange exchange, Http2Headers fields, boolean end) {
        ChannelHandlerContext to = context;
        if (!connection.isOver() && to != null) {
            ChannelFuture left = handler(to).encoder().writeHeaders(to, exchange.id(), fields, 0, end, to.newPromise());
            if (end) {
                left.addListener(done -> {
                    if (done.isSuccess()) {
                        exchange.outputLeft();
                    }
                });
            }
            connection.markDirty();
        }
    }

    void writeData(Http2Exchange exchange, byte[] array, int offset, int length, boolean end) {
        ChannelHandlerContext to = context;
        if (!connection.isOver() && to != null) {
            ByteBuf bytes = Unpooled.wrappedBuffer(array, offset, length);
            blockedBytes += length;
            handler(to)
                    .encoder()
                    .writeData(to, exchange.id(), bytes, 0, end, to.newPromise())
                    .addListener(done -> {
                        if (!done.isSuccess()) {
                            blockedBytes -= exchange.dropped();
                        } else if (end) {
                            exchange.outputLeft();
                        }
                    });
            connection.markDirty();
        }
    }

    void reset(int id, int code) {
        ChannelHandlerContext to = context;
        if (!connection.isOver() && to != null) {
            ChannelFuture sent = handler(to).resetStream(to, id, code, to.newPromise());
            assert sent.isDone();
            connection.markDirty();
        }
    }

    /** A receiver is done with bytes that it was given late. */
    void consumed(int id, int bytes) {
        Http2Stream its = streams.stream(id);
        if (!connection.isOver() && its != null) {
            try {
                if (streams.local().flowController().consumeBytes(its, bytes)) {
                    connection.markDirty();
                }
            } catch (Http2Exception e) {
                ChannelHandlerContext to = Objects.requireNonNull(context);
                handler(to).onError(to, false, e);
            }
        }
    }

    /** Tells exchanges what has left, piece by piece: Netty tells only when all of a write has. */
    private final class Writer extends DefaultHttp2FrameWriter {
        @Override
        public ChannelFuture writeData(
                ChannelHandlerContext to, int id, ByteBuf data, int padding, boolean end, ChannelPromise promise) {
            int length = data.readableBytes();
            Http2Exchange exchange = exchange(id);
            if (exchange != null && length > 0) {
                blockedBytes -= length;
                exchange.left(length);
            }
            connection.answered();
            return super.writeData(to, id, data, padding, end, promise);
        }

        @Override
        public ChannelFuture writeHeaders(
                ChannelHandlerContext to,
                int id,
                Http2Headers headers,
                int padding,
                boolean end,
                ChannelPromise promise) {
            connection.answered();
            return super.writeHeaders(to, id, headers, padding, end, promise);
        }
    }

    /** How streams end that their exchange has not ended. */
    private final class Ends extends Http2ConnectionAdapter {
        @Override
        public void onStreamActive(Http2Stream one) {
            active++;
            connection.busy();
        }

        @Override
        public void onStreamClosed(Http2Stream one) {
            active--;
            Http2Exchange exchange = one.getProperty(key);
            if (exchange != null && !exchange.isOver()) {
                exchange.failed(new IOException("the client has given up the request, or broken its rules"));
            }
            if (active == 0) {
                connection.idle();
            }
        }
    }
}

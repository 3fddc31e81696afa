package dev.capstan.net.http;

import dev.capstan.async.ByteStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import java.util.List;

/**
 * Netty's codec handlers between the bytes and the owner of one stream. The handlers stand in an embedded channel, which is a pipeline and nothing
 * else: no socket, no queue, no thread. What they encode goes straight into the stream, and what they decode straight to the owner.
 *
 * <p>Buffers are plain arrays that the garbage collector takes; so a whole message can be given away, and a buffer that is forgotten costs nothing
 * outside the heap. The allocator counts all the same, and tests ask it.
 */
final class Codec {
    /** Told what was decoded; owns it, reference counts included. */
    interface Owner {
        void decoded(Object message);

        /** The input is malformed; nothing more will be decoded. */
        void malformed(Throwable cause);
    }

    private final EmbeddedChannel channel;
    private final ChannelPipeline pipeline;
    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);
    private boolean closed;
    private long encodedBytes;

    Codec(ByteStream out, Owner owner, List<ChannelHandler> handlers) {
        channel = new EmbeddedChannel();
        channel.config().setAllocator(allocator);
        pipeline = channel.pipeline();
        pipeline.addLast(new Out(out));
        handlers.forEach(pipeline::addLast);
        pipeline.addLast(new In(owner));
    }

    /** Decodes bytes, which are copied first: handlers keep what is not whole yet, and the array is lent. */
    void decode(byte[] array, int offset, int length) {
        if (!closed) {
            pipeline.fireChannelRead(allocator.heapBuffer(length, length).writeBytes(array, offset, length));
            pipeline.fireChannelReadComplete();
        }
    }

    /** Decodes bytes where they lie, for handlers that keep nothing of them; {@link #lentAll} comes after the last. */
    void lend(byte[] array, int offset, int length) {
        if (!closed) {
            ByteBuf input = Unpooled.wrappedBuffer(array, offset, length);
            pipeline.fireChannelRead(input);
            assert input.refCnt() == 0 : "a handler has kept what it was lent";
        }
    }

    /** As {@link #lend}, of an array that handlers may keep. */
    void give(byte[] array) {
        if (!closed) {
            pipeline.fireChannelRead(Unpooled.wrappedBuffer(array));
        }
    }

    /** Nothing more is there for now. */
    void lentAll() {
        if (!closed) {
            pipeline.fireChannelReadComplete();
        }
    }

    /** Goes on with bytes that are there already, for a decoder that makes one message at a time. */
    void decodeMore() {
        if (!closed) {
            pipeline.fireChannelRead(Unpooled.EMPTY_BUFFER);
        }
    }

    /** Decodes what the end of the input completes. */
    void inputEnded() {
        if (!closed) {
            pipeline.fireChannelInactive();
        }
    }

    /** Encodes a message, which it releases, and queues it. */
    void encode(Object message) {
        // A void promise reports failures to the pipeline, that is, to the owner.
        ChannelFuture reported = pipeline.write(message, channel.voidPromise());
        assert reported.isVoid();
    }

    /** Tells handlers that heed it whether what they write is taken: one of several reasons, numbered from 1. */
    void writable(int reason, boolean is) {
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        if (!closed && buffer != null) {
            buffer.setUserDefinedWritability(reason, is);
            channel.runPendingTasks();
        }
    }

    /** Gives back what the handlers hold. Not from within {@link #decode}. */
    void close() {
        if (!closed) {
            closed = true;
            ChannelFuture done = channel.close();
            assert done.isDone();
        }
    }

    /** Bytes that were given to the stream. */
    long encodedBytes() {
        return encodedBytes;
    }

    /** Bytes of buffers that were not given back. */
    long heldBytes() {
        return allocator.metric().usedHeapMemory() + allocator.metric().usedDirectMemory();
    }

    private final class Out extends ChannelOutboundHandlerAdapter {
        private final ByteStream out;

        Out(ByteStream out) {
            this.out = out;
        }

        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            ByteBuf buffer = (ByteBuf) message;
            encodedBytes += buffer.readableBytes();
            try {
                if (buffer.hasArray()) {
                    out.write(buffer.array(), buffer.arrayOffset() + buffer.readerIndex(), buffer.readableBytes());
                } else {
                    // Fixed texts of the codec, such as the end of a chunk, and several pieces of one message.
                    byte[] copy = new byte[buffer.readableBytes()];
                    buffer.getBytes(buffer.readerIndex(), copy);
                    out.write(copy, 0, copy.length);
                }
            } finally {
                buffer.release();
            }
            // What is in the stream has left, as far as the codec is concerned; a void promise stays as it is.
            promise.trySuccess();
        }
    }

    private final class In extends ChannelInboundHandlerAdapter {
        private final Owner owner;

        In(Owner owner) {
            this.owner = owner;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (closed) {
                release(message);
            } else {
                owner.decoded(message);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            if (!closed) {
                owner.malformed(cause);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            // Nobody is behind this.
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            // Nobody is behind this.
        }
    }

    /** For owners that ignore what they are given. */
    static void release(Object message) {
        ReferenceCountUtil.release(message);
    }
}

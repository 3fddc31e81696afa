package dev.capstan.gateway.frames;

import java.util.EnumSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Takes the bytes of one connection apart, whatever is spoken over it: the client's first bytes tell. What cannot be taken apart becomes a frame that says so, and nothing that comes makes this throw.
 *
 * <p>What it holds is bounded by {@link Limits}, each for itself: in each direction a message that has not come whole, of {@link Limits#messageBytes} at most, or a head, of {@link Limits#headBytes}; while a message
 * is taken apart, what it stands for as well, which is several times its size; and the names of {@link Limits#names} calls. Over HTTP/2 each of the {@link Limits#streams} that are open may hold all of that, and of
 * HTTP/1.1 each request that was not answered: who decodes what strangers say in full gives it limits whose product there is room for.
 *
 * <p>Not thread-safe. What the sink throws reaches the caller.
 */
public final class FrameDecoder {
    private final Out out;
    private final Decoder decoder;
    private final Set<Direction> broken = EnumSet.noneOf(Direction.class);

    /** A decoder for the connection that is to be told as {@code session}. */
    public FrameDecoder(Decoding decoding, int session, Consumer<? super Frame> sink) {
        this(session, sink, out -> new AnyWire(decoding, out));
    }

    private FrameDecoder(int session, Consumer<? super Frame> sink, Function<Out, Decoder> wire) {
        this.out = new Out(session, new Fence(sink));
        this.decoder = wire.apply(out);
    }

    /** A decoder of whole messages: each call of {@link #received} is one. */
    static FrameDecoder ofMessages(int session, Consumer<? super Frame> sink, Function<Out, Messages> wire) {
        return new FrameDecoder(session, sink, out -> new Whole(wire.apply(out)));
    }

    /** Messages that need not be cut. */
    private record Whole(Messages messages) implements Decoder {
        @Override
        public void take(Direction direction, byte[] array, int offset, int length) {
            messages.message(direction, array, offset, length);
        }

        @Override
        public void ended(Direction direction) {
            // Messages end by themselves.
        }
    }

    /** Keeps what a sink throws apart from what decoders do. */
    private record Fence(Consumer<? super Frame> sink) implements Consumer<Frame> {
        @Override
        public void accept(Frame frame) {
            try {
                sink.accept(frame);
            } catch (RuntimeException e) {
                throw new SinkException(e);
            }
        }
    }

    private static final class SinkException extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final transient RuntimeException thrown;

        SinkException(RuntimeException thrown) {
            super(null, null, false, false);
            this.thrown = thrown;
        }
    }

    /** Bytes that passed; the array is lent. {@code micros} is the time that their frames are to have. */
    public void received(long micros, Direction direction, byte[] array, int offset, int length) {
        out.now(micros);
        if (!broken.contains(direction)) {
            guarded(direction, () -> decoder.take(direction, array, offset, length));
        }
    }

    /** The sender has ended this direction, or the connection broke for {@code reason}; an empty one stands for an end. */
    public void ended(long micros, Direction direction, String reason) {
        out.now(micros);
        if (!broken.contains(direction)) {
            guarded(direction, () -> decoder.ended(direction));
        }
        out.put(
                direction,
                Frame.of("connection", reason.isEmpty() ? "end" : "break").text(told(reason)));
    }

    /** The connection is cut: nothing more comes in either direction. */
    void close() {
        decoder.close();
    }

    private void guarded(Direction direction, Runnable work) {
        try {
            work.run();
        } catch (SinkException e) {
            throw e.thrown;
        } catch (RuntimeException | StackOverflowError e) {
            // A fault of a decoder must cost neither the connection that it looks at nor what comes the other way.
            broken.add(direction);
            out.put(
                    direction,
                    Frame.of("bytes", "undecoded")
                            .broken("what follows is not decoded, because of " + told(String.valueOf(e))));
        }
    }

    private static String told(String reason) {
        return new Text(Limits.DEFAULT.texts()).plainly(reason).toString();
    }
}

package dev.capstan.fuzz;

import dev.capstan.capnp.AnyPointer;
import dev.capstan.capnp.Limits;
import dev.capstan.capnp.MessageException;
import dev.capstan.capnp.MessageReader;
import dev.capstan.capnp.io.MessageInput;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Operations of {@link Target#FRAMING}. */
final class Framing {
    static final List<Operation> OPERATIONS = List.of(
            new Operation("frame in an array", Framing::array),
            new Operation("frame outside the heap", Framing::outside),
            new Operation("frames in a stream", Framing::stream),
            new Operation("frame whose bytes come one by one", Framing::trickle),
            new Operation("segments without a frame", Framing::segments));

    private Framing() {}

    /** Null if it is refused. */
    private static AnyPointer.@Nullable Kind array(byte[] input, int offset, int length) {
        try {
            return MessageReader.of(input, offset, length, Limits.DEFAULT)
                    .root()
                    .kind();
        } catch (MessageException e) {
            return null;
        }
    }

    private static long array(byte[] input) {
        AnyPointer.@Nullable Kind kind = array(input, 0, input.length);
        byte[] padded = new byte[input.length + 11];
        System.arraycopy(input, 0, padded, 3, input.length);
        if (array(padded, 3, input.length) != kind) {
            throw new AssertionError("a frame is another one at another offset");
        }
        return 2;
    }

    private static long outside(byte[] input) {
        AnyPointer.@Nullable Kind kind = null;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(input.length, 8).copyFrom(MemorySegment.ofArray(input));
            kind = MessageReader.of(memory, Limits.DEFAULT).root().kind();
        } catch (MessageException e) {
            // Then an array is refused, too.
        }
        if (kind != array(input, 0, input.length)) {
            throw new AssertionError("a frame outside the heap is not the one in an array");
        }
        return 2;
    }

    private static long stream(byte[] input) throws IOException {
        long messages = 0;
        try (MessageInput in = new MessageInput(new ByteArrayInputStream(input), Limits.DEFAULT)) {
            while (in.next() != null) {
                messages++;
            }
        } catch (MessageException e) {
            // Cut short or malformed, as documented.
        }
        if (messages > input.length / 8) {
            throw new AssertionError(messages + " messages in " + input.length + " bytes");
        }
        return messages;
    }

    /** As a network would ask: the size is told as soon as the table is there, never differently later, and never too early. */
    private static long trickle(byte[] input) {
        long size = -1;
        int most = Math.min(input.length, 4 * (Limits.DEFAULT.segments() + 2));
        int have = 0;
        try {
            for (; have <= most; have++) {
                long now = MessageReader.frameBytes(input, 0, have, Limits.DEFAULT);
                if (size >= 0 && now != size) {
                    throw new AssertionError("the size of a frame changed from " + size + " to " + now);
                }
                size = now;
            }
        } catch (MessageException e) {
            if (size >= 0) {
                throw new AssertionError("a frame was refused after its size was told", e);
            }
        }
        if (size > 8 * (Limits.DEFAULT.traversalWords() + Limits.DEFAULT.segments())) {
            throw new AssertionError("a frame of " + size + " bytes was not refused");
        }
        return have;
    }

    /** As transports do that frame in their own way: cut at every 24th byte, so that segments end within a word, too. */
    private static long segments(byte[] input) {
        List<byte[]> segments = IntStream.range(0, Math.min(64, (input.length + 23) / 24))
                .mapToObj(i -> Arrays.copyOfRange(input, 24 * i, Math.min(input.length, 24 * i + 24)))
                .toList();
        try {
            MessageReader.of(segments, Limits.DEFAULT).root().kind();
        } catch (MessageException e) {
            // Too many segments, or one that does not end with a word.
        }
        return segments.size();
    }
}

package dev.capstan.gateway.frames;

import dev.capstan.capnp.MessageException;
import dev.capstan.capnp.MessageReader;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** The framing of Cap'n Proto: messages with segment tables, one after the other. */
final class CapnpFrames implements Decoder {
    private static final dev.capstan.capnp.Limits ANY_SIZE =
            dev.capstan.capnp.Limits.DEFAULT.withTraversalWords(Long.MAX_VALUE / 8);

    private final Messages messages;
    private final Limits limits;
    private final Out out;
    private final Map<Direction, Buffer> buffers = new EnumMap<>(Direction.class);
    private final Set<Direction> lost = EnumSet.noneOf(Direction.class);

    CapnpFrames(Messages messages, Limits limits, Out out) {
        this.messages = messages;
        this.limits = limits;
        this.out = out;
    }

    @Override
    public void take(Direction direction, byte[] array, int offset, int length) {
        if (lost.contains(direction)) {
            return;
        }
        Buffer buffer = buffers.computeIfAbsent(direction, ignored -> new Buffer());
        buffer.add(array, offset, length);
        try {
            while (cut(direction, buffer)) {
                // One message after the other.
            }
        } catch (MessageException e) {
            lost.add(direction);
            buffer.clear();
            out.put(
                    direction,
                    Frame.of("capnp", "undecoded")
                            .bytes(length)
                            .broken("what follows is not decoded: " + Text.plain(String.valueOf(e.getMessage()))));
        }
    }

    private boolean cut(Direction direction, Buffer buffer) {
        if (buffer.size() == 0) {
            return false;
        }
        long size = MessageReader.frameBytes(buffer.array(), buffer.offset(), buffer.size(), ANY_SIZE);
        if (size < 0) {
            return false;
        }
        if (size > limits.messageBytes()) {
            buffer.drop(size);
            out.put(
                    direction,
                    Frame.of("capnp", "message")
                            .bytes(size)
                            .text("longer than the " + limits.messageBytes() + " bytes that are decoded"));
            return true;
        }
        if (buffer.size() < size) {
            return false;
        }
        // Dropped first: what is wrong with a message concerns that one alone.
        byte[] message = buffer.take((int) size);
        messages.message(direction, message, 0, message.length);
        return true;
    }

    @Override
    public void ended(Direction direction) {
        Buffer buffer = buffers.get(direction);
        if (buffer != null && buffer.size() > 0) {
            out.put(
                    direction,
                    Frame.of("capnp", "cut").bytes(buffer.size()).broken("the connection ended inside a message"));
        }
    }
}

package dev.capstan.capnp;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Segments that a builder goes on with. Builders trust their pointers, and zero what those lead to, so everything is looked at once: each pointer
 * must lead to an object within the message, and no word may belong to two objects.
 */
final class ExistingSegments {
    private final List<BitSet> taken = new ArrayList<>();

    private ExistingSegments() {}

    /** See {@link MessageBuilder#of}. */
    static BuilderArena arena(List<ByteBuffer> buffers, Limits limits) {
        if (buffers.isEmpty() || buffers.getFirst().remaining() < 8) {
            throw MessageException.inFrame("Message did not contain a root pointer.", -1);
        }
        if (buffers.size() > limits.segments()) {
            throw MessageException.inFrame("Message has too many segments.", -1);
        }
        BuilderArena arena = new BuilderArena();
        ExistingSegments check = new ExistingSegments();
        long words = 0;
        for (int id = 0; id < buffers.size(); id++) {
            ByteBuffer buffer = buffers.get(id);
            words += buffer.remaining() / 8;
            Segment segment = segment(arena, id, buffer);
            // An object without content may lie where it ends.
            segment.holdsEmpty();
            arena.existing(segment);
            check.taken.add(new BitSet());
        }
        if (words > limits.traversalWords()) {
            throw MessageException.inFrame(
                    "Message is too large: " + words + " words, of " + limits.traversalWords()
                            + " allowed; if it is legitimate, raise Limits.traversalWords.",
                    -1);
        }
        AnyPointer.Builder root = arena.root();
        check.take(root.segment, root.at, 1);
        check.pointer(root.segment, root.at, limits.nesting());
        for (int id = 0; id < buffers.size(); id++) {
            Segment segment = arena.segmentAt(id);
            segment.zero(segment.end, segment.capacity - segment.end);
        }
        return arena;
    }

    private static Segment segment(BuilderArena arena, int id, ByteBuffer buffer) {
        if (buffer.isReadOnly()) {
            throw new IllegalArgumentException("Segment " + id + " cannot be written to; copy the message instead.");
        }
        if (buffer.remaining() % 8 != 0) {
            throw MessageException.inFrame("A segment must be a whole number of words (8 bytes).", -1);
        }
        int room = (buffer.capacity() - buffer.position()) & ~7;
        if (buffer.hasArray()) {
            int start = buffer.arrayOffset() + buffer.position();
            return new HeapSegment(arena, id, buffer.array(), start, start + buffer.remaining(), start + (long) room);
        }
        MemorySegment memory = MemorySegment.ofBuffer(buffer.duplicate().limit(buffer.position() + room));
        return new NativeSegment(arena, id, memory, 0, buffer.remaining());
    }

    /** Marks words that are known to lie within the segment. */
    private void take(Segment segment, long at, long words) {
        BitSet bits = taken.get(segment.id);
        int from = (int) ((at - segment.start) >> 3);
        int to = from + (int) words;
        int known = bits.nextSetBit(from);
        if (known >= 0 && known < to) {
            throw MessageException.at(
                    segment, at, "Message has two pointers to one place; set a copy of it in a new builder instead");
        }
        bits.set(from, to);
    }

    private void pointer(Segment segment, long at, int depthLeft) {
        long pointer = segment.getLong(at);
        if (pointer == 0) {
            return;
        }
        if (depthLeft <= 0) {
            throw Target.beyondLimit(segment, at);
        }
        Target target = Target.resolve(segment, at, pointer);
        if (Pointer.kind(pointer) == Pointer.FAR) {
            // It leads to a landing pad, or there would be no target.
            Segment padSegment = segment.arena.segment(Pointer.farSegment(pointer));
            if (padSegment != null) {
                take(padSegment, padSegment.start + Pointer.padOffset(pointer), Pointer.isDoubleFar(pointer) ? 2 : 1);
            }
        }
        switch (Pointer.kind(target.pointer)) {
            case Pointer.STRUCT -> struct(target, depthLeft - 1);
            case Pointer.LIST -> list(target, depthLeft - 1);
            default -> {
                if (Pointer.isCapability(target.pointer)) {
                    throw MessageException.at(
                            segment, at, "Message holds a capability, whose table is not at hand; copy it instead");
                }
                throw Target.unknownKind(segment, at);
            }
        }
    }

    private void struct(Target struct, int depthLeft) {
        Segment segment = struct.segment;
        long words = Pointer.structWords(struct.pointer);
        segment.visit(struct.position, words, "a struct pointer");
        take(segment, struct.position, words);
        pointers(
                segment,
                struct.position + 8L * Pointer.dataWords(struct.pointer),
                Pointer.pointerCount(struct.pointer),
                depthLeft);
    }

    private void list(Target list, int depthLeft) {
        Segment segment = list.segment;
        Elements elements = Lists.decode(segment, list.position, list.pointer, depthLeft);
        long words = elements.size == ElementSize.COMPOSITE
                ? 1 + Pointer.elementCount(list.pointer)
                : ((long) elements.count * elements.stepBits + 63) >>> 6;
        take(segment, list.position, words);
        if (elements.pointerCount > 0) {
            for (int i = 0; i < elements.count; i++) {
                pointers(segment, elements.position(i) + (elements.dataBits >>> 3), elements.pointerCount, depthLeft);
            }
        }
    }

    private void pointers(Segment segment, long first, int count, int depthLeft) {
        for (int i = 0; i < count; i++) {
            pointer(segment, first + 8L * i, depthLeft);
        }
    }
}

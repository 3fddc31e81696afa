package dev.capstan.capnp;

import org.jspecify.annotations.Nullable;

/** Lists that get more or fewer elements, and several that become one. */
final class Resizing {
    private Resizing() {}

    static void resize(AnyPointer.Builder place, BuilderArena arena, PointerType<?, ?> type, int size) {
        boolean text = type == Text.TYPE;
        if (!text && type != Data.TYPE && !(type instanceof ListType)) {
            throw new UnsupportedOperationException("only lists, data and texts have a size");
        }
        int count = text ? size + 1 : size;
        if (size < 0 || count > Lists.MAX_COUNT || count < 0) {
            throw new IllegalArgumentException("a list can have 0 to " + Lists.MAX_COUNT + " elements, not " + size);
        }
        if (!place.isNull()) {
            change(place, arena, count);
        } else if (text) {
            Data.init(place.segment, place.at, count);
        } else {
            type.init(place.segment, place.at, count);
        }
        if (text) {
            Elements bytes = elements(place);
            bytes.segment.putByte(bytes.start + size, (byte) 0);
        }
    }

    private static Elements elements(AnyPointer.Builder place) {
        Target target = target(place);
        return Lists.decode(target.segment, target.position, target.pointer, Integer.MAX_VALUE);
    }

    private static Target target(AnyPointer.Builder place) {
        Target target = Target.resolve(place.segment, place.at, place.segment.getLong(place.at));
        Lists.requireList(place.segment, place.at, target.pointer);
        return target;
    }

    private static void change(AnyPointer.Builder place, BuilderArena arena, int count) {
        Target target = target(place);
        Elements old = Lists.decode(target.segment, target.position, target.pointer, Integer.MAX_VALUE);
        long oldWords = words(old, old.count);
        long newWords = words(old, count);
        Segment segment = old.segment;
        boolean last = segment.end == old.start + 8 * oldWords;
        if (count <= old.count) {
            zeroFrom(old, count);
            if (last) {
                segment.giveBack(8 * (oldWords - newWords));
                if (newWords == 0) {
                    segment.holdsEmpty();
                }
            }
            describe(place, old, count, newWords);
        } else if (newWords == oldWords
                || (last && newWords <= Lists.MAX_COUNT && segment.allocate(8 * (newWords - oldWords)) >= 0)) {
            describe(place, old, count, newWords);
        } else {
            moveToLarger(place, arena, old, target, count);
        }
    }

    private static long words(Elements list, int count) {
        return ((long) count * list.stepBits + 63) >>> 6;
    }

    /** Zeroes the elements from {@code count} on, and all that they point to. */
    private static void zeroFrom(Elements list, int count) {
        Segment segment = list.segment;
        if (list.pointerCount > 0) {
            for (int i = count; i < list.count; i++) {
                long first = list.position(i) + (list.dataBits >>> 3);
                for (int p = 0; p < list.pointerCount; p++) {
                    Zeroing.pointer(segment, first + 8L * p);
                }
            }
        }
        long bits = (long) count * list.stepBits;
        long at = list.start + (bits >>> 3);
        int rest = (int) bits & 7;
        if (rest != 0) {
            segment.putByte(at, (byte) (segment.getByte(at) & ((1 << rest) - 1)));
            at++;
        }
        long end = list.start + 8 * words(list, list.count);
        if (at < end) {
            segment.zero(at, end - at);
        }
    }

    /** Makes what describes the list, at the pointer to it or in a landing pad, tell of {@code count} elements. */
    private static void describe(AnyPointer.Builder place, Elements list, int count, long words) {
        long pointer = place.segment.getLong(place.at);
        Segment holder = place.segment;
        long at = place.at;
        if (Pointer.kind(pointer) == Pointer.FAR) {
            holder = known(place.segment.arena.segment(Pointer.farSegment(pointer)));
            at = holder.start + Pointer.padOffset(pointer) + (Pointer.isDoubleFar(pointer) ? 8 : 0);
        }
        long described = holder.getLong(at);
        boolean composite = list.size == ElementSize.COMPOSITE;
        int offset = (int) described >> 2;
        holder.putLong(at, Pointer.list(offset, list.size, composite ? (int) words : count));
        if (composite) {
            list.segment.putLong(list.start - 8, Pointer.struct(count, list.dataBits >>> 6, list.pointerCount));
        }
    }

    private static Segment known(@Nullable Segment segment) {
        if (segment == null) {
            throw new IllegalStateException("a far pointer of this message leads nowhere");
        }
        return segment;
    }

    private static void moveToLarger(
            AnyPointer.Builder place, BuilderArena arena, Elements old, Target target, int count) {
        AnyPointer.Builder larger = arena.takeSlot();
        Elements elements = old.size == ElementSize.COMPOSITE
                ? ListWrites.initStructs(old.dataBits >>> 6, old.pointerCount, larger.segment, larger.at, count)
                : ListWrites.init(old.size, larger.segment, larger.at, count);
        if (old.pointerCount == 0) {
            old.segment.copyTo(old.start, elements.segment, elements.start, 8 * words(old, old.count));
        } else {
            ListWrites.move(old, elements);
        }
        Zeroing.listOnly(target);
        Zeroing.pointerOnly(place.segment, place.at);
        Allocation.transfer(place.segment, place.at, larger.segment, larger.at);
        larger.segment.putLong(larger.at, 0);
        arena.giveSlot(larger);
    }

    /** Copies the elements of all {@code lists}, one after the other, into a new list at {@code place}. */
    static void concatenate(AnyPointer.Builder place, ListType<?, ?> type, Iterable<? extends CapnpList<?>> lists) {
        boolean any = type.elementSize == ElementSize.ANY;
        int size = any ? ElementSize.VOID : type.elementSize;
        int dataBits = type.dataBits();
        int pointerCount = type.pointerCount();
        boolean bits = false;
        long count = 0;
        for (CapnpList<?> list : lists) {
            Elements elements = list.elements;
            if (any && count == 0) {
                // The first list with an element says how elements are encoded: a null pointer reads as a list of
                // voids.
                size = elements.size;
            } else if (elements.size != size && !(any && elements.count == 0)) {
                size = ElementSize.COMPOSITE;
            }
            count += elements.count;
            bits |= elements.size == ElementSize.BIT && elements.count > 0;
            dataBits = Math.max(dataBits, elements.dataBits);
            pointerCount = Math.max(pointerCount, elements.pointerCount);
        }
        if (bits && size != ElementSize.BIT) {
            throw Copies.bitsAmongOthers();
        }
        if (count > Lists.MAX_COUNT) {
            throw new IllegalArgumentException(
                    "the lists have " + count + " elements; one list can have at most " + Lists.MAX_COUNT);
        }
        Elements to = size == ElementSize.COMPOSITE
                ? ListWrites.initStructs((dataBits + 63) >>> 6, pointerCount, place.segment, place.at, (int) count)
                : ListWrites.init(size, place.segment, place.at, (int) count);
        int at = 0;
        for (CapnpList<?> list : lists) {
            for (int i = 0; i < list.elements.count; i++) {
                Copies.element(list.elements, i, to, at++);
            }
        }
    }
}

package dev.capstan.capnp;

/** Making lists behind pointers, and turning those of an older schema into what the schema at hand expects. */
final class ListWrites {
    private static final int NO_LIMIT = Integer.MAX_VALUE;

    private ListWrites() {}

    static Elements init(int elementSize, Segment segment, long at, int count) {
        checkCount(count);
        Zeroing.pointer(segment, at);
        int dataBits = ElementSize.dataBits(elementSize);
        int pointers = ElementSize.pointers(elementSize);
        long words = ((long) count * (dataBits + 64 * pointers) + 63) >>> 6;
        long pointer = Pointer.list(0, elementSize, count);
        Segment holder = segment;
        long position = Allocation.near(segment, at, words, pointer);
        if (position < 0) {
            Target target = Allocation.far(segment, at, words, pointer);
            holder = target.segment;
            position = target.position;
        }
        return new Elements(holder, position, count, elementSize, dataBits, pointers, NO_LIMIT);
    }

    static Elements initStructs(StructType<?, ?> type, Segment segment, long at, int count) {
        checkCount(count);
        return initStructs(type.dataWords, type.pointerCount, segment, at, count);
    }

    static Elements initStructs(int dataWords, int pointerCount, Segment segment, long at, int count) {
        long words = (long) count * (dataWords + pointerCount);
        if (words > Lists.MAX_COUNT) {
            throw new IllegalArgumentException("A list of " + count + " structs takes up " + words
                    + " words; a list can have at most " + Lists.MAX_COUNT + ".");
        }
        Zeroing.pointer(segment, at);
        long pointer = Pointer.list(0, ElementSize.COMPOSITE, (int) words);
        Segment holder = segment;
        long position = Allocation.near(segment, at, 1 + words, pointer);
        if (position < 0) {
            Target target = Allocation.far(segment, at, 1 + words, pointer);
            holder = target.segment;
            position = target.position;
        }
        holder.putLong(position, Pointer.struct(count, dataWords, pointerCount));
        return new Elements(holder, position + 8, count, ElementSize.COMPOSITE, 64 * dataWords, pointerCount, NO_LIMIT);
    }

    static void checkCount(int count) {
        if (count < 0 || count > Lists.MAX_COUNT) {
            throw new IllegalArgumentException(
                    "A list can have 0 to " + Lists.MAX_COUNT + " elements, not " + count + ".");
        }
    }

    /** A list of anything but structs. A list of structs, from a newer schema, is used as one of their first fields. */
    static Elements edit(int elementSize, Segment segment, long at) {
        long pointer = segment.getLong(at);
        if (pointer == 0) {
            return Elements.none(Math.max(elementSize, ElementSize.VOID));
        }
        Target target = Target.resolve(segment, at, pointer);
        Lists.requireList(segment, at, target.pointer);
        Elements elements = Lists.decode(target.segment, target.position, target.pointer, NO_LIMIT);
        Lists.require(elementSize, elements, segment, at);
        if (elementSize == ElementSize.BIT && elements.size != ElementSize.BIT) {
            throw Target.mismatch(segment, at, "a list of " + ElementSize.name(elements.size), "one of bits");
        }
        return elements;
    }

    /** A list of structs, each at least as large as {@code type}. */
    static Elements editStructs(StructType<?, ?> type, Segment segment, long at) {
        long pointer = segment.getLong(at);
        if (pointer == 0) {
            return Elements.none(ElementSize.COMPOSITE);
        }
        Target target = Target.resolve(segment, at, pointer);
        Lists.requireList(segment, at, target.pointer);
        Elements old = Lists.decode(target.segment, target.position, target.pointer, NO_LIMIT);
        Lists.require(ElementSize.COMPOSITE, old, segment, at);
        int dataWords = Math.max(type.dataWords, (old.dataBits + 63) >>> 6);
        int pointerCount = Math.max(type.pointerCount, old.pointerCount);
        if (old.size == ElementSize.COMPOSITE && old.dataBits == 64 * dataWords && old.pointerCount == pointerCount) {
            return old;
        }
        Zeroing.pointerOnly(segment, at);
        Elements elements = initStructs(dataWords, pointerCount, segment, at, old.count);
        move(old, elements);
        Zeroing.listOnly(target);
        return elements;
    }

    /** Moves all elements, into a list whose elements have at least the same sections. */
    static void move(Elements old, Elements elements) {
        for (int i = 0; i < old.count; i++) {
            long from = old.position(i);
            long to = elements.position(i);
            old.segment.copyTo(from, elements.segment, to, old.dataBits >>> 3);
            for (int p = 0; p < old.pointerCount; p++) {
                Allocation.transfer(
                        elements.segment,
                        to + (elements.dataBits >>> 3) + 8L * p,
                        old.segment,
                        from + (old.dataBits >>> 3) + 8L * p);
            }
        }
    }
}

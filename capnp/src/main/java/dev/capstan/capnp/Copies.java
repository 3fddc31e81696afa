package dev.capstan.capnp;

import dev.capstan.cap.BrokenCap;
import dev.capstan.cap.Cap;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * Deep copies from any message into one that is being built. Capabilities are shared into the target's table.
 *
 * <p>The copy is made before what it replaces is zeroed, so that a part of a value can take the place of the whole. A copy from another message
 * that fails half-way, because its source is malformed, leaves a sound but incomplete object behind, and nothing of what it was to replace.
 * One within a message changes nothing if it fails.
 */
final class Copies {
    private static final String NO_NULL =
            "a field cannot be set to null: leave it alone or, if it was set before, take it out and drop it, as disownName().close() does";

    private static final String NO_NULL_POINTER = "a pointer cannot be set to null: make it null by clear()";

    private static final String NO_NULL_ELEMENT =
            "an element of a list cannot be set to null: leave it alone, set another value or, if it is a pointer, make it null by any(index).clear()";

    private Copies() {}

    /** The value that a field is to be set to. */
    static <T> T present(T value) {
        return Objects.requireNonNull(value, NO_NULL);
    }

    /** The value that a pointer is to be set to. */
    static <T> T pointee(T value) {
        return Objects.requireNonNull(value, NO_NULL_POINTER);
    }

    /** The value that an element of a list is to be set to. */
    static <T> T element(T value) {
        return Objects.requireNonNull(value, NO_NULL_ELEMENT);
    }

    /** The orphan that is to be adopted. */
    static <T> T orphan(T orphan) {
        return Objects.requireNonNull(
                orphan,
                "there is no orphan to adopt: null does not stand for an empty one, leave the place alone or clear it");
    }

    /** Copies what {@code source} points to. */
    static void copy(Segment segment, long at, AnyPointer.Reader source) {
        long pointer = source.segment.getLong(source.at);
        write(
                segment,
                at,
                source.segment,
                (to, toAt) -> pointer(to, toAt, source.segment, source.at, pointer, Target.walk(source.depthLeft)));
    }

    static void writeStruct(Segment segment, long at, StructReader value) {
        present(value);
        write(
                segment,
                at,
                value.segment,
                (to, toAt) -> struct(
                        to,
                        toAt,
                        value.segment,
                        value.data,
                        value.dataBits,
                        value.pointerCount,
                        Target.walk(value.depthLeft())));
    }

    static void writeList(Segment segment, long at, Elements value) {
        write(segment, at, value.segment, (to, toAt) -> list(to, toAt, value));
    }

    /** Copies bytes, as many as were checked to fit, into what {@code place} makes behind a null pointer; they may be a view of what they replace. */
    static void writeBytes(Segment segment, long at, Data value, Supplier<Data.Builder> place) {
        long old = segment.getLong(at);
        segment.putLong(at, 0);
        try {
            place.get().put(value);
        } finally {
            // Only now, but also when the copy failed, as when the memory of the value is closed.
            if (old != 0) {
                Zeroing.target(segment, at, old);
            }
        }
    }

    /** Makes a copy behind a null pointer. */
    private interface Maker {
        void make(Segment segment, long at);
    }

    private static void write(Segment segment, long at, Segment source, Maker copy) {
        if (source.arena == segment.arena && segment.arena instanceof BuilderArena arena) {
            // Beside the message: a value that is put into a part of itself must not grow while it is copied.
            try (Orphan<AnyPointer.Builder, AnyPointer.Reader> beside = new Orphan<>(arena, AnyPointer.TYPE)) {
                copy.make(beside.slot().segment, beside.slot().at);
                beside.adopt(segment, at);
            }
            return;
        }
        long old = segment.getLong(at);
        if (old != 0) {
            segment.putLong(at, 0);
        }
        try {
            copy.make(segment, at);
        } finally {
            // Also when the copy failed: nothing leads there any more, and it must not be sent.
            if (old != 0) {
                Zeroing.target(segment, at, old);
            }
        }
    }

    /** Copies into a struct that is there already, such as an element of a list; what does not fit is left out. */
    static void writeElement(StructBuilder target, StructReader value) {
        if (target.segment == value.segment && target.position() == value.data) {
            return;
        }
        int shared = Math.min(target.dataBits(), value.dataBits) >>> 3;
        value.segment.copyTo(value.data, target.segment, target.position(), shared);
        target.segment.zero(target.position() + shared, (target.dataBits() >>> 3) - shared);
        for (int i = 0; i < target.pointerCount; i++) {
            if (i < value.pointerCount) {
                copy(
                        target.segment,
                        target.pointerAt(i),
                        new AnyPointer.Reader(value.segment, value.pointerAt(i), value.depthLeft()));
            } else {
                Zeroing.pointer(target.segment, target.pointerAt(i));
            }
        }
    }

    /** Copies one element into a new list whose elements have at least the same sections. */
    static void element(Elements from, int index, Elements to, int toIndex) {
        if (from.size == ElementSize.BIT) {
            if (to.size != ElementSize.BIT) {
                throw bitsAmongOthers();
            }
            int bit = (from.segment.getByte(from.start + (index >>> 3)) >>> (index & 7)) & 1;
            long at = to.start + (toIndex >>> 3);
            to.segment.putByte(at, (byte) (to.segment.getByte(at) | bit << (toIndex & 7)));
            return;
        }
        long source = from.position(index);
        long target = to.position(toIndex);
        from.segment.copyTo(source, to.segment, target, from.dataBits >>> 3);
        pointers(
                to.segment,
                target + (to.dataBits >>> 3),
                from.segment,
                source + (from.dataBits >>> 3),
                from.pointerCount,
                Target.walk(from.depthLeft));
    }

    static IllegalArgumentException bitsAmongOthers() {
        return new IllegalArgumentException("a list of bits cannot become part of a list of anything else");
    }

    /** Copies what {@code pointer}, at {@code from}, points to; the pointer at {@code at} is null. */
    private static void pointer(Segment segment, long at, Segment source, long from, long pointer, int depthLeft) {
        if (pointer == 0) {
            return;
        }
        Target target = Target.resolve(source, from, pointer);
        int kind = Pointer.kind(target.pointer);
        if (kind == Pointer.OTHER) {
            capability(segment, at, source, from, target.pointer);
            return;
        }
        if (depthLeft <= 0) {
            throw Target.tooDeep(source, from);
        }
        if (kind == Pointer.STRUCT) {
            target.segment.visit(target.position, Pointer.structWords(target.pointer), "a struct pointer");
            struct(
                    segment,
                    at,
                    target.segment,
                    target.position,
                    64 * Pointer.dataWords(target.pointer),
                    Pointer.pointerCount(target.pointer),
                    depthLeft - 1);
        } else {
            list(segment, at, Lists.decode(target.segment, target.position, target.pointer, depthLeft - 1));
        }
    }

    private static void capability(Segment segment, long at, Segment source, long from, long pointer) {
        if (!Pointer.isCapability(pointer)) {
            throw Target.unknownKind(source, from);
        }
        Cap cap = source.arena.capTable().get(Pointer.capIndex(pointer));
        Cap copy = cap == null ? BrokenCap.because("Message contained invalid capability pointer.") : cap.share();
        segment.putLong(at, Pointer.capability(segment.arena.capTable().add(copy)));
    }

    private static void struct(
            Segment segment, long at, Segment source, long data, int dataBits, int pointerCount, int depthLeft) {
        // A list of primitives can be read as one of structs, whose data section is then no whole number of words.
        int dataWords = (dataBits + 63) >>> 6;
        if (dataWords + pointerCount == 0) {
            segment.putLong(at, Pointer.EMPTY_STRUCT);
            return;
        }
        Target target =
                Allocation.place(segment, at, dataWords + pointerCount, Pointer.struct(0, dataWords, pointerCount));
        source.copyTo(data, target.segment, target.position, dataBits >>> 3);
        pointers(
                target.segment,
                target.position + 8L * dataWords,
                source,
                data + (dataBits >>> 3),
                pointerCount,
                depthLeft);
    }

    private static void pointers(Segment segment, long at, Segment source, long from, int count, int depthLeft) {
        for (int i = 0; i < count; i++) {
            long each = from + 8L * i;
            pointer(segment, at + 8L * i, source, each, source.getLong(each), depthLeft);
        }
    }

    private static void list(Segment segment, long at, Elements value) {
        if (value.size == ElementSize.COMPOSITE) {
            structs(segment, at, value);
            return;
        }
        long bits = (long) value.count * value.stepBits;
        Target target = Allocation.place(segment, at, (bits + 63) >>> 6, Pointer.list(0, value.size, value.count));
        if (value.size == ElementSize.POINTER) {
            pointers(
                    target.segment,
                    target.position,
                    value.segment,
                    value.start,
                    value.count,
                    Target.walk(value.depthLeft));
            return;
        }
        long bytes = bits >>> 3;
        value.segment.copyTo(value.start, target.segment, target.position, bytes);
        int rest = (int) bits & 7;
        if (rest != 0) {
            // What lies behind the last bit is not part of the list.
            int last = value.segment.getByte(value.start + bytes) & ((1 << rest) - 1);
            target.segment.putByte(target.position + bytes, (byte) last);
        }
    }

    private static void structs(Segment segment, long at, Elements value) {
        long words = (long) value.count * (value.stepBits >>> 6);
        Target target = Allocation.place(segment, at, 1 + words, Pointer.list(0, ElementSize.COMPOSITE, (int) words));
        int dataBytes = value.dataBits >>> 3;
        target.segment.putLong(target.position, Pointer.struct(value.count, dataBytes >>> 3, value.pointerCount));
        long to = target.position + 8;
        if (value.pointerCount == 0) {
            value.segment.copyTo(value.start, target.segment, to, 8 * words);
            return;
        }
        for (int i = 0; i < value.count; i++) {
            long from = value.position(i);
            value.segment.copyTo(from, target.segment, to, dataBytes);
            pointers(
                    target.segment,
                    to + dataBytes,
                    value.segment,
                    from + dataBytes,
                    value.pointerCount,
                    Target.walk(value.depthLeft));
            to += value.stepBits >>> 3;
        }
    }
}

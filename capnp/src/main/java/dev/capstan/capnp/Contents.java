package dev.capstan.capnp;

import dev.capstan.cap.Cap;
import org.jspecify.annotations.Nullable;

/**
 * Whether two objects have the same content, whatever their layout: what a struct lacks reads as zero or null. Lists are equal if their elements are of one
 * encoding and equal. Both sides count against the limits of their messages.
 */
final class Contents {
    private Contents() {}

    static boolean equal(AnyPointer.Reader a, AnyPointer.Reader b) {
        return pointers(a.segment, a.at, Target.walk(a.depthLeft), b.segment, b.at, Target.walk(b.depthLeft));
    }

    static boolean equal(StructReader a, StructReader b) {
        return structs(new Fields(a), new Fields(b));
    }

    /** The two sections of a struct. */
    private record Fields(Segment segment, long data, int dataBits, int pointerCount, int depthLeft) {
        Fields(StructReader struct) {
            this(struct.segment, struct.data, struct.dataBits, struct.pointerCount, Target.walk(struct.depthLeft()));
        }

        Fields(Target struct, int depthLeft) {
            this(
                    struct.segment,
                    struct.position,
                    64 * Pointer.dataWords(struct.pointer),
                    Pointer.pointerCount(struct.pointer),
                    depthLeft);
        }

        Fields(Elements list, int index) {
            this(list.segment, list.position(index), list.dataBits, list.pointerCount, Target.walk(list.depthLeft));
        }

        long firstPointer() {
            return data + (dataBits >>> 3);
        }
    }

    private static boolean pointers(Segment a, long atA, int depthA, Segment b, long atB, int depthB) {
        AnyPointer.Kind kind = Target.kind(a, atA);
        if (kind != Target.kind(b, atB)) {
            return false;
        }
        if (kind == AnyPointer.Kind.NULL) {
            return true;
        }
        Target targetA = Target.resolve(a, atA, a.getLong(atA));
        Target targetB = Target.resolve(b, atB, b.getLong(atB));
        if (kind == AnyPointer.Kind.CAPABILITY) {
            return same(cap(a, targetA), cap(b, targetB));
        }
        if (depthA <= 0) {
            throw Target.tooDeep(a, atA);
        }
        if (depthB <= 0) {
            throw Target.tooDeep(b, atB);
        }
        if (kind == AnyPointer.Kind.STRUCT) {
            targetA.segment.visit(targetA.position, Pointer.structWords(targetA.pointer), "a struct pointer");
            targetB.segment.visit(targetB.position, Pointer.structWords(targetB.pointer), "a struct pointer");
            return structs(new Fields(targetA, depthA - 1), new Fields(targetB, depthB - 1));
        }
        return lists(
                Lists.decode(targetA.segment, targetA.position, targetA.pointer, depthA - 1),
                Lists.decode(targetB.segment, targetB.position, targetB.pointer, depthB - 1));
    }

    private static @Nullable Cap cap(Segment segment, Target target) {
        return segment.arena.capTable().get(Pointer.capIndex(target.pointer));
    }

    private static boolean same(@Nullable Cap a, @Nullable Cap b) {
        return a != null && b != null && a.innermost() == b.innermost();
    }

    private static boolean structs(Fields a, Fields b) {
        int shared = Math.min(a.dataBits, b.dataBits) >>> 3;
        for (int i = 0; i < shared; i++) {
            if (a.segment.getByte(a.data + i) != b.segment.getByte(b.data + i)) {
                return false;
            }
        }
        if (!isZero(a, shared) || !isZero(b, shared)) {
            return false;
        }
        int pointers = Math.max(a.pointerCount, b.pointerCount);
        for (int i = 0; i < pointers; i++) {
            if (!pointer(a, b, i)) {
                return false;
            }
        }
        return true;
    }

    /** Whether what a struct has beyond {@code from} bytes of data is what the other reads there. */
    private static boolean isZero(Fields struct, int from) {
        for (int i = from; i < struct.dataBits >>> 3; i++) {
            if (struct.segment.getByte(struct.data + i) != 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean pointer(Fields a, Fields b, int index) {
        Segment inA = index < a.pointerCount ? a.segment : HeapSegment.NULL;
        Segment inB = index < b.pointerCount ? b.segment : HeapSegment.NULL;
        long atA = index < a.pointerCount ? a.firstPointer() + 8L * index : 0;
        long atB = index < b.pointerCount ? b.firstPointer() + 8L * index : 0;
        return pointers(inA, atA, a.depthLeft, inB, atB, b.depthLeft);
    }

    static boolean lists(Elements a, Elements b) {
        if (a.count != b.count || a.size != b.size) {
            return false;
        }
        if (a.size == ElementSize.BIT) {
            return bits(a, b);
        }
        if (a.stepBits == 0 && b.stepBits == 0) {
            // However many there are: their number costs nothing, so comparing them must not cost anything either.
            return true;
        }
        for (int i = 0; i < a.count; i++) {
            if (!structs(new Fields(a, i), new Fields(b, i))) {
                return false;
            }
        }
        return true;
    }

    /** What lies behind the last bit is not part of the list. */
    private static boolean bits(Elements a, Elements b) {
        for (int i = 0; i < a.count; i += 8) {
            int mask = a.count - i >= 8 ? 0xff : (1 << (a.count - i)) - 1;
            if (((a.segment.getByte(a.start + (i >>> 3)) ^ b.segment.getByte(b.start + (i >>> 3))) & mask) != 0) {
                return false;
            }
        }
        return true;
    }
}

package dev.capstan.capnp;

/**
 * Making structs behind pointers, and enlarging those that an older schema left too small.
 *
 * <p>Here and in {@link ListWrites}, {@link Structs} and {@link Lists}, what is handed out is made in one place, where all ways to it meet: the compiler can
 * only remove an object that it knows to be that one.
 */
final class StructWrites {
    private StructWrites() {}

    static <B extends StructBuilder> B init(StructType<B, ?> type, Segment segment, long at) {
        Zeroing.pointer(segment, at);
        int dataWords = type.dataWords;
        int pointerCount = type.pointerCount;
        int words = dataWords + pointerCount;
        if (words == 0) {
            segment.putLong(at, Pointer.EMPTY_STRUCT);
            return type.builder(segment, at, 0, 0);
        }
        long pointer = Pointer.struct(0, dataWords, pointerCount);
        Segment holder = segment;
        long data = Allocation.near(segment, at, words, pointer);
        if (data < 0) {
            Target target = Allocation.far(segment, at, words, pointer);
            holder = target.segment;
            data = target.position;
        }
        return type.builder(holder, data, 64 * dataWords, pointerCount);
    }

    static <B extends StructBuilder> B edit(StructType<B, ?> type, Segment segment, long at) {
        long pointer = segment.getLong(at);
        if (pointer == 0) {
            return init(type, segment, at);
        }
        Segment holder = segment;
        long data;
        if (Pointer.kind(pointer) == Pointer.FAR) {
            Target target = Target.follow(segment, at, pointer);
            holder = target.segment;
            data = target.position;
            pointer = target.pointer;
        } else {
            data = Pointer.target(at, pointer);
        }
        if (Pointer.kind(pointer) != Pointer.STRUCT) {
            throw Target.mismatch(segment, at, "a non-struct pointer", "a struct");
        }
        if (Pointer.dataWords(pointer) < type.dataWords || Pointer.pointerCount(pointer) < type.pointerCount) {
            Target target = enlarge(type, segment, at, new Target(holder, data, pointer));
            holder = target.segment;
            data = target.position;
            pointer = target.pointer;
        }
        return type.builder(holder, data, 64 * Pointer.dataWords(pointer), Pointer.pointerCount(pointer));
    }

    /** Moves the struct to where there is room; what it points to stays where it is. */
    private static Target enlarge(StructType<?, ?> type, Segment segment, long at, Target old) {
        int oldData = Pointer.dataWords(old.pointer);
        int oldPointers = Pointer.pointerCount(old.pointer);
        int dataWords = Math.max(oldData, type.dataWords);
        int pointerCount = Math.max(oldPointers, type.pointerCount);
        Zeroing.pointerOnly(segment, at);
        Target target =
                Allocation.place(segment, at, dataWords + pointerCount, Pointer.struct(0, dataWords, pointerCount));
        old.segment.copyTo(old.position, target.segment, target.position, 8L * oldData);
        for (int i = 0; i < oldPointers; i++) {
            Allocation.transfer(
                    target.segment,
                    target.position + 8L * (dataWords + i),
                    old.segment,
                    old.position + 8L * (oldData + i));
        }
        old.segment.zero(old.position, 8L * (oldData + oldPointers));
        return target;
    }
}

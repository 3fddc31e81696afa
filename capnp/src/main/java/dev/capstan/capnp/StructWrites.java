package dev.capstan.capnp;

/** Making structs behind pointers, and enlarging those that an older schema left too small. */
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
        long data = Allocation.near(segment, at, words, pointer);
        if (data >= 0) {
            return type.builder(segment, data, 64 * dataWords, pointerCount);
        }
        Target target = Allocation.far(segment, at, words, pointer);
        return type.builder(target.segment, target.position, 64 * dataWords, pointerCount);
    }

    static <B extends StructBuilder> B edit(StructType<B, ?> type, Segment segment, long at) {
        long pointer = segment.getLong(at);
        if (pointer == 0) {
            return init(type, segment, at);
        }
        Target old = Target.resolve(segment, at, pointer);
        if (Pointer.kind(old.pointer) != Pointer.STRUCT) {
            throw Target.mismatch(segment, at, "a non-struct pointer", "a struct");
        }
        int dataWords = Pointer.dataWords(old.pointer);
        int pointerCount = Pointer.pointerCount(old.pointer);
        if (dataWords >= type.dataWords && pointerCount >= type.pointerCount) {
            return type.builder(old.segment, old.position, 64 * dataWords, pointerCount);
        }
        Target target = enlarge(type, segment, at, old);
        return type.builder(
                target.segment,
                target.position,
                64 * Pointer.dataWords(target.pointer),
                Pointer.pointerCount(target.pointer));
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

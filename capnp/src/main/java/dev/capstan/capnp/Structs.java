package dev.capstan.capnp;

/** Following pointers to structs. */
final class Structs {
    private Structs() {}

    static <R extends StructReader> R read(StructType<?, R> type, Segment segment, long at, int depthLeft) {
        long pointer = segment.getLong(at);
        if (pointer == 0) {
            return type.reader(HeapSegment.NULL, 0, 0, 0, depthLeft);
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
        check(segment, at, pointer, depthLeft);
        holder.visit(data, Pointer.structWords(pointer), "a struct pointer");
        return type.reader(holder, data, 64 * Pointer.dataWords(pointer), Pointer.pointerCount(pointer), depthLeft - 1);
    }

    private static void check(Segment segment, long at, long pointer, int depthLeft) {
        if (Pointer.kind(pointer) != Pointer.STRUCT) {
            throw Target.mismatch(segment, at, "a non-struct pointer", "a struct");
        }
        if (depthLeft <= 0) {
            throw Target.beyondLimit(segment, at);
        }
    }

    /** See {@link AnyPointer.Reader#pointerField}. */
    static AnyPointer.Reader pointerField(AnyPointer.Reader struct, int index) {
        long pointer = struct.segment.getLong(struct.at);
        if (pointer == 0) {
            return AnyPointer.Reader.NULL;
        }
        Target target = Target.resolve(struct.segment, struct.at, pointer);
        check(struct.segment, struct.at, target.pointer, struct.depthLeft);
        target.segment.visit(target.position, Pointer.structWords(target.pointer), "a struct pointer");
        if (index < 0 || index >= Pointer.pointerCount(target.pointer)) {
            return AnyPointer.Reader.NULL;
        }
        long field = target.position + 8L * (Pointer.dataWords(target.pointer) + index);
        return new AnyPointer.Reader(target.segment, field, struct.depthLeft - 1);
    }
}

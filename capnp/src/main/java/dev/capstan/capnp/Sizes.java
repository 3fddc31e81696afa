package dev.capstan.capnp;

/** How many words a struct or list takes up together with all that it points to. */
final class Sizes {
    private Sizes() {}

    static long ofStruct(Segment segment, long data, int dataBits, int pointerCount, int depthLeft) {
        return ((dataBits + 63) >>> 6)
                + pointerCount
                + ofPointers(segment, data + (dataBits >>> 3), pointerCount, depthLeft);
    }

    static long ofTarget(Segment segment, long at, int depthLeft) {
        long pointer = segment.getLong(at);
        if (pointer == 0) {
            return 0;
        }
        Target target = Target.resolve(segment, at, pointer);
        if (Pointer.kind(target.pointer) == Pointer.OTHER) {
            if (!Pointer.isCapability(target.pointer)) {
                throw Target.unknownKind(segment, at);
            }
            return 0;
        }
        if (depthLeft <= 0) {
            throw Target.tooDeep(segment, at);
        }
        if (Pointer.kind(target.pointer) == Pointer.STRUCT) {
            target.segment.visit(target.position, Pointer.structWords(target.pointer), "a struct pointer");
            return ofStruct(
                    target.segment,
                    target.position,
                    64 * Pointer.dataWords(target.pointer),
                    Pointer.pointerCount(target.pointer),
                    depthLeft - 1);
        }
        return ofList(Lists.decode(target.segment, target.position, target.pointer, depthLeft - 1));
    }

    private static long ofPointers(Segment segment, long first, int count, int depthLeft) {
        long words = 0;
        for (int i = 0; i < count; i++) {
            words += ofTarget(segment, first + 8L * i, depthLeft);
        }
        return words;
    }

    private static long ofList(Elements list) {
        long words = ((long) list.count * list.stepBits + 63) >>> 6;
        if (list.size == ElementSize.COMPOSITE) {
            words++;
        }
        if (list.pointerCount > 0) {
            for (int i = 0; i < list.count; i++) {
                words += ofPointers(
                        list.segment, list.position(i) + (list.dataBits >>> 3), list.pointerCount, list.depthLeft);
            }
        }
        return words;
    }
}

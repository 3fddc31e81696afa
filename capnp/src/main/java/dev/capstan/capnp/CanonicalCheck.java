package dev.capstan.capnp;

/**
 * Whether a segment is the canonical form of its content, see {@link Canonical}: looked at in place, from front to back, since every object of such a form begins
 * where the one before it ends. What is malformed is found to be something else; only a limit of the message is an error.
 */
final class CanonicalCheck {
    private final Segment segment;
    /** Where the next object has to begin. */
    private long next;

    private CanonicalCheck(Segment segment) {
        this.segment = segment;
        this.next = segment.start + 8;
    }

    /** {@code segment}, the only one of its message, is at least a word long. */
    static boolean of(Segment segment, AnyPointer.Reader root) {
        CanonicalCheck check = new CanonicalCheck(segment);
        return check.pointer(root.at, Target.walk(root.depthLeft)) && check.next == segment.end;
    }

    private boolean pointer(long at, int depthLeft) {
        long pointer = segment.getLong(at);
        if (pointer == 0) {
            return true;
        }
        int kind = Pointer.kind(pointer);
        if (kind != Pointer.STRUCT && kind != Pointer.LIST) {
            // A far pointer or a capability.
            return false;
        }
        if (pointer != Pointer.EMPTY_STRUCT && Pointer.target(at, pointer) != next) {
            return false;
        }
        if (depthLeft <= 0) {
            throw Target.tooDeep(segment, at);
        }
        return kind == Pointer.STRUCT ? struct(pointer, depthLeft - 1) : list(pointer, depthLeft - 1);
    }

    /** Whether the next object has its words here, which are counted as visited. */
    private boolean take(long words) {
        if (words > (segment.end - next) >> 3) {
            return false;
        }
        segment.arena.charge(segment, next, words);
        next += 8 * words;
        return true;
    }

    private boolean struct(long pointer, int depthLeft) {
        if (pointer == Pointer.EMPTY_STRUCT) {
            return true;
        }
        long data = next;
        int words = Pointer.dataWords(pointer);
        int pointers = Pointer.pointerCount(pointer);
        return words + pointers > 0
                && take(words + pointers)
                && Canonical.usedWords(segment, data, 64 * words) == words
                && Canonical.usedPointers(segment, data + 8L * words, pointers) == pointers
                && pointers(data + 8L * words, pointers, depthLeft);
    }

    private boolean pointers(long from, int count, int depthLeft) {
        for (int i = 0; i < count; i++) {
            if (!pointer(from + 8L * i, depthLeft)) {
                return false;
            }
        }
        return true;
    }

    private boolean list(long pointer, int depthLeft) {
        int size = Pointer.elementSize(pointer);
        int count = Pointer.elementCount(pointer);
        if (size == ElementSize.COMPOSITE) {
            return structs(count, depthLeft);
        }
        long first = next;
        if (size == ElementSize.POINTER) {
            return take(count) && pointers(first, count, depthLeft);
        }
        long bits = (long) count * ElementSize.dataBits(size);
        if (!take((bits + 63) >>> 6)) {
            return false;
        }
        if (size == ElementSize.VOID) {
            segment.arena.charge(segment, first, count);
        }
        int rest = (int) bits & 63;
        return rest == 0 || segment.getLong(next - 8) >>> rest == 0;
    }

    private boolean structs(int words, int depthLeft) {
        long first = next + 8;
        if (!take(1L + words)) {
            return false;
        }
        long tag = segment.getLong(first - 8);
        int count = Pointer.tagCount(tag);
        int dataWords = Pointer.dataWords(tag);
        int pointers = Pointer.pointerCount(tag);
        int step = dataWords + pointers;
        if (Pointer.kind(tag) != Pointer.STRUCT || (long) count * step != words) {
            return false;
        }
        if (step == 0) {
            // Its length costs the sender nothing, see Lists.decode.
            segment.arena.charge(segment, first, count);
            return true;
        }
        return areTrimmed(first, count, dataWords, pointers)
                && eachPointer(first, count, dataWords, pointers, depthLeft);
    }

    /** Whether some element needs all the words, and some all the pointers, that each of them has. */
    private boolean areTrimmed(long first, int count, int dataWords, int pointers) {
        int usedWords = 0;
        int usedPointers = 0;
        for (int i = 0; i < count && (usedWords < dataWords || usedPointers < pointers); i++) {
            long each = first + 8L * (dataWords + pointers) * i;
            usedWords = Math.max(usedWords, Canonical.usedWords(segment, each, 64 * dataWords));
            usedPointers = Math.max(usedPointers, Canonical.usedPointers(segment, each + 8L * dataWords, pointers));
        }
        return usedWords == dataWords && usedPointers == pointers;
    }

    private boolean eachPointer(long first, int count, int dataWords, int pointers, int depthLeft) {
        if (pointers == 0) {
            return true;
        }
        for (int i = 0; i < count; i++) {
            long each = first + 8L * (dataWords + pointers) * i;
            if (!pointers(each + 8L * dataWords, pointers, depthLeft)) {
                return false;
            }
        }
        return true;
    }
}

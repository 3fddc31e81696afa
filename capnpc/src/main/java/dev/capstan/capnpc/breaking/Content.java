package dev.capstan.capnpc.breaking;

import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.StructReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Whether two values say the same, whatever room their structs take: a default is not another one because its type has a new field. Works on
 * copies that it made itself, in one segment each, so it need not expect anything that a builder does not write.
 */
final class Content {
    private final ByteBuffer words;

    private Content(StructReader value) {
        MessageBuilder copy = new MessageBuilder(Math.toIntExact(value.totalSizeWords() + 2));
        copy.setRoot(value);
        words = copy.segments().getFirst().slice().order(ByteOrder.LITTLE_ENDIAN);
        if (copy.segments().size() != 1) {
            throw new AssertionError("a copy fits into a segment of its size");
        }
    }

    static boolean equal(StructReader a, StructReader b) {
        return new Content(a).pointer(0, new Content(b), 0);
    }

    private long word(int index) {
        return words.getLong(8 * index);
    }

    private boolean pointer(int at, Content other, int otherAt) {
        long a = word(at);
        long b = other.word(otherAt);
        if (a == 0 || b == 0) {
            return a == b;
        }
        if ((a & 3) != (b & 3)) {
            return false;
        }
        int target = at + 1 + ((int) a >> 2);
        int otherTarget = otherAt + 1 + ((int) b >> 2);
        return (a & 3) == 0
                ? struct(target, data(a), pointers(a), other, otherTarget, data(b), pointers(b))
                : list(a, target, other, b, otherTarget);
    }

    private static int data(long pointer) {
        return (int) (pointer >>> 32) & 0xffff;
    }

    private static int pointers(long pointer) {
        return (int) (pointer >>> 48);
    }

    /** What one struct lacks is zero or null in the other. */
    private boolean struct(
            int at, int data, int pointers, Content other, int otherAt, int otherData, int otherPointers) {
        for (int i = 0; i < Math.max(data, otherData); i++) {
            if ((i < data ? word(at + i) : 0) != (i < otherData ? other.word(otherAt + i) : 0)) {
                return false;
            }
        }
        for (int i = 0; i < Math.max(pointers, otherPointers); i++) {
            boolean isEqual = i >= pointers
                    ? other.word(otherAt + otherData + i) == 0
                    : i >= otherPointers
                            ? word(at + data + i) == 0
                            : pointer(at + data + i, other, otherAt + otherData + i);
            if (!isEqual) {
                return false;
            }
        }
        return true;
    }

    private boolean list(long pointer, int at, Content other, long otherPointer, int otherAt) {
        int kind = (int) (pointer >>> 32) & 7;
        if (kind != ((int) (otherPointer >>> 32) & 7)) {
            return false;
        }
        if (kind == 7) {
            return structs(at, other, otherAt);
        }
        int count = (int) (pointer >>> 35);
        if (count != (int) (otherPointer >>> 35)) {
            return false;
        }
        int bits = new int[] {0, 1, 8, 16, 32, 64, 64}[kind];
        for (int i = 0; i < ((long) count * bits + 63) / 64; i++) {
            if (kind == 6 ? !pointer(at + i, other, otherAt + i) : word(at + i) != other.word(otherAt + i)) {
                return false;
            }
        }
        return true;
    }

    private boolean structs(int at, Content other, int otherAt) {
        long tag = word(at);
        long otherTag = other.word(otherAt);
        int count = (int) tag >>> 2;
        if (count != (int) otherTag >>> 2) {
            return false;
        }
        int step = data(tag) + pointers(tag);
        int otherStep = data(otherTag) + pointers(otherTag);
        for (int i = 0; i < count; i++) {
            if (!struct(
                    at + 1 + i * step,
                    data(tag),
                    pointers(tag),
                    other,
                    otherAt + 1 + i * otherStep,
                    data(otherTag),
                    pointers(otherTag))) {
                return false;
            }
        }
        return true;
    }
}

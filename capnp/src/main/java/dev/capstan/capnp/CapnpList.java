package dev.capstan.capnp;

import java.util.AbstractList;
import java.util.Objects;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/**
 * A list in a message. All list readers and builders are such lists; those of primitives have an {@code at(index)} as
 * well, which does not box.
 *
 * @param <T> the element as objects
 */
public abstract class CapnpList<T extends @Nullable Object> extends AbstractList<T> implements RandomAccess {
    final Elements elements;

    CapnpList(Elements elements) {
        this.elements = elements;
    }

    /**
     * The token of a list whose elements are of a type that only the user of a generic type knows: of structs when
     * {@code element} is a struct type, of pointers otherwise.
     */
    @SuppressWarnings("unchecked") // a token for List(T) hands out lists of what the token for T hands out
    public static <B, R> PointerType<CapnpList<B>, CapnpList<R>> type(PointerType<B, R> element) {
        PointerType<?, ?> type =
                element instanceof StructType<?, ?> struct ? StructList.type(struct) : PointerList.type(element);
        return (PointerType<CapnpList<B>, CapnpList<R>>) type;
    }

    @Override
    public final int size() {
        return elements.count;
    }

    /** Position of element {@code index}, for elements that begin at a whole byte. */
    final long position(int index) {
        return elements.position(Objects.checkIndex(index, elements.count));
    }

    /** Element {@code index} of a list of bits, whose elements need not begin at a whole byte. */
    final boolean bit(int index) {
        long bit = (long) Objects.checkIndex(index, elements.count) * elements.stepBits;
        return ((elements.segment.getByte(elements.start + (bit >>> 3)) >>> (bit & 7)) & 1) != 0;
    }

    final void bit(int index, boolean value) {
        long bit = (long) Objects.checkIndex(index, elements.count) * elements.stepBits;
        long at = elements.start + (bit >>> 3);
        int mask = 1 << (bit & 7);
        int rest = elements.segment.getByte(at) & ~mask;
        elements.segment.putByte(at, (byte) (value ? rest | mask : rest));
    }
}

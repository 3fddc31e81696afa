package dev.capstan.capnp;

import org.jspecify.annotations.Nullable;

/**
 * An object in a message that no pointer of the message leads to: made before its place is known, or taken out of it. Adopting it puts it into a place of the
 * same message without copying.
 *
 * <p>Belongs to the thread that builds the message. Must be adopted, used up by {@link #as} or closed: until then its content is part of what is sent, though no reader finds it.
 * {@link MessageBuilder#reset()} takes the object away: after it {@link #close} does nothing, and every other method throws {@link IllegalStateException}.
 *
 * @param <B> what {@link #get} gives
 * @param <R> what {@link #asReader} gives
 */
public final class Orphan<B, R> implements AutoCloseable {
    private final PointerType<B, R> type;
    private final BuilderArena arena;
    /** What {@link BuilderArena#epoch} was when the object was made. */
    private final Object epoch;
    /** A pointer that belongs to no object, which is what makes this an orphan. Null once this was adopted or closed. */
    private AnyPointer.@Nullable Builder slot;

    /** An orphan that is null until it is made into something. */
    Orphan(BuilderArena arena, PointerType<B, R> type) {
        this.arena = arena;
        this.type = type;
        this.epoch = arena.epoch();
        this.slot = arena.takeSlot();
    }

    private Orphan(PointerType<B, R> type, BuilderArena arena, AnyPointer.Builder slot) {
        this.type = type;
        this.arena = arena;
        this.epoch = arena.epoch();
        this.slot = slot;
    }

    /** What the pointer at {@code at} points to, which is null afterwards. */
    static <B, R> Orphan<B, R> disown(PointerType<B, R> type, Segment segment, long at) {
        Orphan<B, R> orphan = new Orphan<>((BuilderArena) segment.arena, type);
        AnyPointer.Builder slot = orphan.slot();
        Allocation.transfer(slot.segment, slot.at, segment, at);
        segment.putLong(at, 0);
        return orphan;
    }

    AnyPointer.Builder slot() {
        AnyPointer.Builder known = slot;
        if (known == null) {
            throw new IllegalStateException("this orphan was adopted, released or closed before");
        }
        if (isVoid()) {
            throw new IllegalStateException(
                    "the message was reset, which took this orphan's object away: make a new orphan after reset()");
        }
        return known;
    }

    /** Whether the message was reset: the slot lies where something else may be by now. */
    private boolean isVoid() {
        return arena.epoch() != epoch;
    }

    /**
     * The same object as another type, such as one that is known only at run time; this orphan is used up. As with {@link AnyPointer.Builder#disown}, what
     * lies there is checked when it is read.
     */
    public <C, S> Orphan<C, S> as(PointerType<C, S> other) {
        Orphan<C, S> same = new Orphan<>(other, arena, slot());
        slot = null;
        return same;
    }

    /** Whether it is null, as one that was taken from a null pointer. */
    public boolean isNull() {
        return slot().isNull();
    }

    /** The object, to be changed in place; made or enlarged where that is needed. */
    public B get() {
        return slot().as(type);
    }

    /** A view of the object. */
    public R asReader() {
        return slot().asReader().as(type);
    }

    /**
     * Changes the number of elements of a list or data, or of bytes of a text, in place if there is room and elsewhere if not. What is cut off is zeroed, and its
     * memory used again if it lies at the end of a segment.
     *
     * @throws UnsupportedOperationException if this is no list, data or text
     */
    public void resize(int size) {
        Resizing.resize(slot(), arena, type, size);
    }

    /** Whether the place is within the object itself; whether it is in what that points to, only a walk over all of it would tell. */
    private static boolean holds(AnyPointer.Builder from, Segment segment, long at) {
        long pointer = from.segment.getLong(from.at);
        if (pointer == 0 || Pointer.kind(pointer) == Pointer.OTHER) {
            return false;
        }
        Target object = Target.resolve(from.segment, from.at, pointer);
        if (object.segment != segment || at < object.position) {
            return false;
        }
        return at - object.position
                < 8
                        * switch (Pointer.kind(object.pointer)) {
                            case Pointer.STRUCT -> Pointer.structWords(object.pointer);
                            case Pointer.LIST -> Zeroing.listWords(object.pointer);
                            default -> 0;
                        };
    }

    /** Puts the object where the pointer at {@code at} points to, in place of what was there. */
    void adopt(Segment segment, long at) {
        AnyPointer.Builder from = slot();
        if (segment.arena != arena) {
            throw new IllegalArgumentException(
                    "an orphan can only be adopted within its own message: set a copy of asReader() instead");
        }
        if (holds(from, segment, at)) {
            throw new IllegalArgumentException("an orphan cannot be adopted into itself: that would be a circle");
        }
        Zeroing.pointer(segment, at);
        Allocation.transfer(segment, at, from.segment, from.at);
        from.segment.putLong(from.at, 0);
        giveBack(from);
    }

    /** Zeroes the object; capabilities in it are closed. Does nothing if it was adopted or closed, or its message reset. */
    @Override
    public void close() {
        AnyPointer.Builder known = slot;
        if (known != null && !isVoid()) {
            known.clear();
            giveBack(known);
        }
    }

    private void giveBack(AnyPointer.Builder from) {
        slot = null;
        arena.giveSlot(from);
    }
}

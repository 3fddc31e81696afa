package dev.capstan.capnp;

/**
 * A token for something that can stand behind a pointer: a struct, a list, text, data, a capability, or any of them.
 * Generated code passes these tokens where C++ passes template parameters, so a generic {@code Map<K, V>} takes one for
 * {@code K} and one for {@code V}.
 *
 * <p>Tokens are immutable and may be shared between threads. The set of kinds is closed: user code extends only {@link
 * StructType}, and that through the generator.
 *
 * @param <B> what a builder hands out for it
 * @param <R> what a reader hands out for it, and what a setter takes
 */
public abstract class PointerType<B, R> {
    PointerType() {}

    /**
     * A view of what {@code builder} holds, which shows later changes too; where builder and reader are the same type,
     * {@code builder} itself.
     */
    public abstract R asReader(B builder);

    /** Reads the pointer at {@code at}; a null pointer reads as the type's empty value. */
    abstract R read(Segment segment, long at, int depthLeft);

    /** A builder for what the pointer at {@code at} points to, made or enlarged where that is needed. */
    abstract B edit(Segment segment, long at);

    /** Replaces what the pointer at {@code at} points to; {@code size} is the element count, 0 for structs. */
    abstract B init(Segment segment, long at, int size);

    /** Replaces what the pointer at {@code at} points to by a deep copy of {@code value}. */
    abstract void write(Segment segment, long at, R value);
}

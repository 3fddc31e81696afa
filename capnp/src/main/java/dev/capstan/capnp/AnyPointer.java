package dev.capstan.capnp;

import dev.capstan.cap.Cap;

/**
 * A pointer whose target's type is not known to the schema: read it as a type of your choice, or copy it as it is.
 *
 * <p>The two tokens here stand for the schema types {@code AnyPointer} and {@code Capability}.
 */
public final class AnyPointer {
    /** The token of {@code AnyPointer} itself; it is what an unbound generic parameter stands for. */
    public static final PointerType<Builder, Reader> TYPE = new AnyPointerType();

    /** The token of {@code Capability}; what is read is a new reference, to be closed by the caller. */
    public static final PointerType<Cap, Cap> CAPABILITY = new CapType.Untyped();

    private AnyPointer() {}

    /** What a pointer points to. */
    public enum Kind {
        NULL,
        STRUCT,
        LIST,
        CAPABILITY
    }

    /** The reading side: an immutable value, see {@link StructReader}. */
    public static final class Reader {
        static final Reader NULL = new Reader(HeapSegment.NULL, 0, Integer.MAX_VALUE);

        final Segment segment;
        final long at;
        final int depthLeft;

        Reader(Segment segment, long at, int depthLeft) {
            this.segment = segment;
            this.at = at;
            this.depthLeft = depthLeft;
        }

        /** Whether the pointer is null; most types read a null pointer as their empty value. */
        public boolean isNull() {
            return segment.getLong(at) == 0;
        }

        /** What the pointer points to. */
        public Kind kind() {
            return Target.kind(segment, at);
        }

        /** Reads the target as {@code type}; throws {@link MessageException} when it is something else. */
        public <R> R as(PointerType<?, R> type) {
            return type.read(segment, at, depthLeft);
        }

        /**
         * The capability that the pointer stands for; the caller owns the reference. Never null: a null pointer, a
         * pointer of another kind and an index without an entry each give a capability whose calls fail and say so.
         */
        public Cap asCap() {
            return as(CAPABILITY);
        }

        /**
         * Entry {@code index} in the pointer section of the struct that this points to, as a pipelined call's transform
         * names it. A null pointer when this is null or the struct has no such entry; throws {@link MessageException}
         * when this points to something other than a struct.
         */
        public Reader pointerField(int index) {
            return Structs.pointerField(this, index);
        }

        /**
         * Size in words of all that this points to, which is what a deep copy takes up, pointers between segments
         * apart. Walks the whole of it, so it counts against the limits like reading it.
         */
        public long targetSizeWords() {
            return Sizes.ofTarget(segment, at, Target.walk(depthLeft));
        }

        /**
         * Whether both point to the same content, whatever its layout: a field that one of two structs lacks counts as never set. Capabilities are equal if
         * both lead to the same reference.
         */
        public boolean contentEquals(Reader other) {
            return Contents.equal(this, other);
        }

        /**
         * The canonical form of a message whose root this is: the words of its only segment, which are equal for equal content. {@link
         * MessageException} if a capability is in it, or it does not fit one array. Counts against the limits like reading the message once.
         */
        public byte[] canonical() {
            return Canonical.of(this);
        }
    }

    /** The writing side: a view of a place in a message that is being built, see {@link StructBuilder}. */
    public static final class Builder {
        final Segment segment;
        final long at;

        Builder(Segment segment, long at) {
            this.segment = segment;
            this.at = at;
        }

        /** Whether the pointer is null. */
        public boolean isNull() {
            return segment.getLong(at) == 0;
        }

        /** What the pointer points to. */
        public Kind kind() {
            return Target.kind(segment, at);
        }

        /** A builder for the target; a struct that is not there yet is made, a smaller one enlarged. */
        public <B> B as(PointerType<B, ?> type) {
            return type.edit(segment, at);
        }

        /** A new struct in place of what was there. */
        public <B extends StructBuilder> B init(StructType<B, ?> type) {
            return type.init(segment, at, 0);
        }

        /** A new list or data with {@code size} elements in place of what was there. */
        public <B> B init(PointerType<B, ?> type, int size) {
            return type.init(segment, at, size);
        }

        /** A deep copy of {@code value} in place of what was there; capabilities are shared. */
        public <R> void setAs(PointerType<?, R> type, R value) {
            type.write(segment, at, Copies.pointee(value));
        }

        /**
         * A deep copy of what {@code source} points to in place of what was there. Capabilities of the source's table
         * are shared into this message's. {@code source} must not lie within what is replaced.
         */
        public void set(Reader source) {
            Copies.copy(segment, at, Copies.pointee(source));
        }

        /** A deep copy of a struct of whatever type in place of what was there; capabilities are shared. */
        public void setStruct(StructReader value) {
            Copies.writeStruct(segment, at, Copies.pointee(value));
        }

        /** A deep copy of a list of whatever type in place of what was there; capabilities are shared. */
        public void setList(CapnpList<?> value) {
            Copies.writeList(segment, at, Copies.pointee(value).elements);
        }

        /**
         * Puts {@code orphan}, which is of the same message, in place of what was there. It is used up. This place must not be a part of what the orphan leads to:
         * {@link IllegalArgumentException} if it is in the object itself; in what that points to it makes a circle, which copies and the like refuse.
         */
        public void adopt(Orphan<?, ?> orphan) {
            Copies.orphan(orphan).adopt(segment, at);
        }

        /** Takes the target out of the message and leaves null. */
        public <B, R> Orphan<B, R> disown(PointerType<B, R> type) {
            return Orphan.disown(type, segment, at);
        }

        /** The capability, as {@link Reader#asCap}. */
        public Cap asCap() {
            return as(CAPABILITY);
        }

        /** Takes ownership of {@code cap}, always; the message's cap table holds it from now on. */
        public void setCap(Cap cap) {
            CapType.set(segment, at, Copies.pointee(cap));
        }

        /** Makes the pointer null and zeroes what it pointed to; capabilities in there are closed. */
        public void clear() {
            Zeroing.pointer(segment, at);
        }

        /** A view of the same pointer; it shows later changes too. */
        public Reader asReader() {
            return new Reader(segment, at, Integer.MAX_VALUE);
        }

        /** Size in words of all that this points to, as {@link Reader#targetSizeWords}. */
        public long targetSizeWords() {
            return Sizes.ofTarget(segment, at, Target.DEEPEST);
        }
    }
}

package dev.capstan.capnp;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;

/**
 * A message that is being built.
 *
 * <p>Memory is taken in segments: the first as large as asked for, each further one as large as all before it together,
 * so a good first size gives a message of one segment, which is framed without copying. Everything is written once and
 * in place; what is replaced or cleared is zeroed and stays as a hole. Belongs to one thread at a time. Owns the
 * capabilities in its {@link #capTable()} until {@link #reset()} or until the table is closed.
 */
public final class MessageBuilder {
    /** Words in the first segment unless said otherwise: 1 KiB. */
    public static final int DEFAULT_FIRST_SEGMENT_WORDS = 128;

    private final BuilderArena arena;

    /** A message whose first segment has {@link #DEFAULT_FIRST_SEGMENT_WORDS}. */
    public MessageBuilder() {
        this(DEFAULT_FIRST_SEGMENT_WORDS);
    }

    /** A message whose first segment has the given size, the root pointer's word included. */
    public MessageBuilder(int firstSegmentWords) {
        arena = new BuilderArena(Storage.ON_HEAP, Storage.heapBytes(firstSegmentWords));
    }

    private MessageBuilder(BuilderArena arena) {
        this.arena = arena;
    }

    /** A message in memory of the caller's choice. */
    public MessageBuilder(Storage storage) {
        arena = new BuilderArena(storage, storage.firstBytes());
    }

    /**
     * A message to be changed further in the memory in which it lies. The content of each segment is what its buffer has between position and
     * limit; what lies between limit and capacity is zeroed here and used for new objects. {@code segments} belong to the message as long as it
     * is in use.
     *
     * <p>Every pointer is followed once, so that a message from elsewhere does no harm: {@link MessageException} if it is malformed, beyond
     * {@code limits}, holds capabilities, whose table is not at hand here, or has pointers that lead to the same object or to parts of
     * each other's, which no builder makes.
     *
     * @throws IllegalArgumentException if a buffer cannot be written to
     */
    public static MessageBuilder of(List<ByteBuffer> segments, Limits limits) {
        return new MessageBuilder(ExistingSegments.arena(segments, limits));
    }

    /** The root pointer. */
    public AnyPointer.Builder root() {
        return arena.root();
    }

    /** A new struct as the root, in place of what was there. */
    public <B extends StructBuilder> B initRoot(StructType<B, ?> type) {
        return root().init(type);
    }

    /** The root as {@code type}, made or enlarged where that is needed. */
    public <B> B getRoot(PointerType<B, ?> type) {
        return root().as(type);
    }

    /** A deep copy of {@code value} as the root; capabilities are shared. */
    public void setRoot(StructReader value) {
        root().setStruct(value);
    }

    /** The message that {@code part} is part of, to make orphans beside it. */
    public static MessageBuilder containing(StructBuilder part) {
        return new MessageBuilder((BuilderArena) part.segment.arena);
    }

    /** Whether {@code part} is part of this message, so that orphans can move between the two. */
    public boolean contains(StructBuilder part) {
        return part.segment.arena == arena;
    }

    /** A new struct that has no place yet. */
    public <B extends StructBuilder, R extends StructReader> Orphan<B, R> newOrphan(StructType<B, R> type) {
        return newOrphan(type, 0);
    }

    /** A new list or data with {@code size} elements that has no place yet. */
    public <B, R> Orphan<B, R> newOrphan(PointerType<B, R> type, int size) {
        Orphan<B, R> orphan = new Orphan<>(arena, type);
        orphan.slot().init(type, size);
        return orphan;
    }

    /** A deep copy of {@code value} that has no place yet; capabilities are shared. */
    public <B, R> Orphan<B, R> newOrphanCopy(PointerType<B, R> type, R value) {
        Objects.requireNonNull(value, "null cannot be copied: newOrphan makes something new that is empty");
        Orphan<B, R> orphan = new Orphan<>(arena, type);
        return filled(orphan, () -> orphan.slot().setAs(type, value));
    }

    /**
     * One new list of copies of the elements of all {@code lists}, in that order. {@code type} is that of lists; if it is {@link AnyList#TYPE}, elements are encoded
     * as those of {@code lists} are, as structs if these differ, and as voids if there are none.
     *
     * @throws IllegalArgumentException if lists of bits are to be joined with others, or all have more elements than one list can have
     */
    public <B extends CapnpList<?>, R extends CapnpList<?>> Orphan<B, R> newOrphanConcat(
            PointerType<B, R> type, List<? extends R> lists) {
        Orphan<B, R> orphan = new Orphan<>(arena, type);
        return filled(orphan, () -> Resizing.concatenate(orphan.slot(), (ListType<?, ?>) type, lists));
    }

    /** What is left of a copy that failed must not be sent, nor keep capabilities. */
    private static <O extends Orphan<?, ?>> O filled(O orphan, Runnable copy) {
        boolean done = false;
        try {
            copy.run();
            done = true;
            return orphan;
        } finally {
            if (!done) {
                orphan.close();
            }
        }
    }

    /**
     * Data that stays where it is, in {@code array}, which must not change until the message has been sent. Nothing is copied, and the message neither writes to the
     * array nor zeroes it when the data is replaced. What {@link Orphan#get()} and later builders of the data give is a view of the array, though: whoever writes
     * through them writes to it. The last word is sent whole: {@code array} must go on to the end of a word from {@code offset}, with what is to be sent there.
     */
    public Orphan<Data.Builder, Data> newOrphanReferencing(byte[] array, int offset, int length) {
        int bytes = (length + 7) & ~7;
        Objects.checkFromIndexSize(offset, length, array.length);
        if (array.length - offset < bytes) {
            throw new IllegalArgumentException("data is sent in words of 8 bytes: the array must have " + bytes
                    + " bytes from " + offset + " on, not only " + (array.length - offset));
        }
        Orphan<Data.Builder, Data> orphan = new Orphan<>(arena, Data.TYPE);
        AnyPointer.Builder slot = orphan.slot();
        Segment segment = arena.reference(array, offset, bytes);
        Allocation.pointTo(
                slot.segment, slot.at, new Target(segment, offset, Pointer.list(0, ElementSize.BYTE, length)));
        return orphan;
    }

    /** A view of the message's root; it shows later changes too. */
    public AnyPointer.Reader asReader() {
        return root().asReader();
    }

    /** The capabilities in this message. */
    public CapTable capTable() {
        return arena.capTable();
    }

    /** Words in use in all segments, holes included. */
    public long sizeWords() {
        return arena.sizeWords();
    }

    /** The segments as views of the message's memory, each of at most 2 GiB. */
    public List<ByteBuffer> segments() {
        return StreamFrame.segments(arena);
    }

    /** Size in bytes of the stream frame. */
    public long frameBytes() {
        return StreamFrame.size(arena);
    }

    /** Writes the stream frame, {@link #frameBytes()} long, into {@code target} from {@code offset} on. */
    public void writeFrame(byte[] target, int offset) {
        StreamFrame.write(arena, target, offset);
    }

    /** Writes the stream frame into {@code out}; copies nothing that lies on the heap, and flushes nothing. */
    public void writeFrame(OutputStream out) throws IOException {
        StreamFrame.write(arena, out);
    }

    /**
     * The stream frame in as few pieces as possible, as views of the message's memory: one piece for one segment, unless that is larger than 1 GiB. They
     * are valid until the message is changed or reset.
     */
    public ByteBuffer[] frame() {
        return StreamFrame.pieces(arena);
    }

    /** A copy of the stream frame. */
    public byte[] toByteArray() {
        long bytes = frameBytes();
        if (bytes > Integer.MAX_VALUE - 8) {
            throw new IllegalStateException("The message is too large for one array; send frame() piece by piece.");
        }
        byte[] frame = new byte[(int) bytes];
        writeFrame(frame, 0);
        return frame;
    }

    /**
     * Empties the message so that it can be built anew in the same memory. Closes its capabilities; everything that was
     * handed out, readers, orphans and pieces of the frame included, is void.
     */
    public void reset() {
        arena.reset();
    }
}

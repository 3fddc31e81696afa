package dev.capstan.capnp;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A received message.
 *
 * <p>It reads the caller's arrays in place, which must not change while the message, or anything read from it, is in
 * use. What it hands out are immutable values that may be used from several threads, except that the traversal limit is
 * then only roughly kept. Capabilities belong to the {@link #capTable()}.
 */
public final class MessageReader {
    private final ReaderArena arena;

    private MessageReader(ReaderArena arena) {
        this.arena = arena;
    }

    /**
     * The message in the stream frame that begins at {@code offset} and lies within {@code length} bytes; bytes behind
     * the frame are ignored. Throws {@link MessageException} when the frame is malformed, cut short or beyond {@code
     * limits}.
     */
    public static MessageReader of(byte[] frame, int offset, int length, Limits limits) {
        return new MessageReader(StreamFrame.parse(frame, offset, length, limits));
    }

    /** The message in the stream frame at the beginning of {@code frame}, which is read in place, within {@link Limits#DEFAULT}. */
    public static MessageReader of(byte[] frame) {
        return of(frame, 0, frame.length, Limits.DEFAULT);
    }

    /**
     * The message in the stream frame at the beginning of {@code frame}: memory outside the heap or a mapped file, which may be larger than 2 GiB. It is read in
     * place, for as long and by the threads that its {@link java.lang.foreign.Arena} allows: once that is closed, whatever is read from the message throws {@link
     * IllegalStateException}, and in a thread that is not allowed {@link WrongThreadException}.
     */
    public static MessageReader of(MemorySegment frame, Limits limits) {
        return new MessageReader(StreamFrame.parse(frame, limits));
    }

    /** A message of the given segments, each a whole array; for transports that frame segments in their own way. */
    public static MessageReader of(List<byte[]> segments, Limits limits) {
        return new MessageReader(ReaderArena.of(segments, limits));
    }

    /**
     * The root pointer of a message that is part of the program, such as a default value or a constant: one segment
     * without a frame, each char of {@code words} being one byte. It is trusted: no limits apply, so that it can be
     * kept in a static field and read from any thread for ever.
     */
    public static AnyPointer.Reader constant(String words) {
        return ReaderArena.trusted(words).root();
    }

    /**
     * Size in bytes of the stream frame that begins at {@code offset}, of which {@code available} bytes are there; -1
     * while they do not hold the segment table yet. Throws {@link MessageException} when the frame is beyond {@code
     * limits}, before anything is allocated for it.
     */
    public static long frameBytes(byte[] array, int offset, int available, Limits limits) {
        return StreamFrame.size(array, offset, available, limits);
    }

    /** The root pointer. Throws {@link MessageException} when the message is too short to have one. */
    public AnyPointer.Reader root() {
        return arena.root();
    }

    /** The root as {@code type}. */
    public <R> R root(PointerType<?, R> type) {
        return root().as(type);
    }

    /**
     * Reads another message with this reader, so that nothing is allocated as long as messages of one segment begin at the same place of the same array: the one in
     * the stream frame that begins at {@code offset}, as {@link #of(byte[], int, int, Limits)} does, with the limits that the first one had. The message before it,
     * what was read from it and its capability table are void then; its capabilities are not closed.
     */
    public void reset(byte[] frame, int offset, int length) {
        StreamFrame.parse(frame, offset, length, arena);
    }

    /**
     * Whether the message is in its canonical form, see {@link AnyPointer.Reader#canonical}; one that is malformed or holds a capability is not. Counts against the
     * limits like reading the message once.
     *
     * @throws MessageException if a limit is reached before anything was found that is not canonical
     */
    public boolean isCanonical() {
        return arena.isCanonical();
    }

    /** The capabilities that came with the message: empty unless set. */
    public CapTable capTable() {
        return arena.capTable();
    }

    /** Sets the capabilities that came with the message; does not close those that were set before. */
    public void capTable(CapTable table) {
        arena.capTable(table);
    }
}

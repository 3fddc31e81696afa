package dev.capstan.capnp;

/**
 * A message is malformed, exceeds its {@link Limits}, or does not fit the type it is read as.
 *
 * <p>The text says what is wrong; {@link #segmentId()} and {@link #byteOffset()} say where, as far as that is known.
 */
public final class MessageException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int segmentId;
    private final long byteOffset;

    MessageException(String text, int segmentId, long byteOffset) {
        super(text);
        this.segmentId = segmentId;
        this.byteOffset = byteOffset;
    }

    /** The fault of a whole message or of its frame; {@code byteOffset} counts from the start of the frame. */
    public static MessageException inFrame(String text, long byteOffset) {
        return new MessageException(text, -1, byteOffset);
    }

    /** A fault at {@code position}, a place in the storage of {@code segment}. */
    static MessageException at(Segment segment, long position, String text) {
        long offset = position - segment.start;
        return new MessageException(text + " (segment " + segment.id + ", byte " + offset + ")", segment.id, offset);
    }

    /** Id of the segment that holds the fault, or -1 when it lies in the frame or concerns the message as a whole. */
    public int segmentId() {
        return segmentId;
    }

    /**
     * Offset in bytes in that segment (in the frame, when there is no segment), or -1 when unknown. For a pointer that
     * leads out of its segment this is where it leads to.
     */
    public long byteOffset() {
        return byteOffset;
    }
}

package dev.capstan.capnp;

import dev.capstan.cap.Cap;
import org.jspecify.annotations.Nullable;

/**
 * A struct in a message, to be read; generated readers extend it.
 *
 * <p>An immutable value: cheap to make and, as long as it does not escape, removed by the compiler. Fields that the
 * sender's schema did not have read as their defaults. Any accessor that follows a pointer throws {@link
 * MessageException} when the message is malformed there. The accessors whose names begin with an underscore are for
 * generated code; {@code offset} counts in units of the field's own size and {@code mask} is the default value, with
 * which data is xor-ed in a message, both as in schema.capnp.
 */
public abstract class StructReader {
    // The pointer section begins where the data section ends. The one case where a "struct" has a data section that
    // is no whole number of words is an element of a primitive list read as a struct, and that has no pointers.
    final Segment segment;
    final long data;
    final int dataBits;
    // Two bytes each, so that a reader takes up 32: one that is passed into a recursion has to be allocated.
    final char pointerCount;
    private final char depth;

    /** The depth of what has no limit, as it is part of this program. */
    private static final char UNLIMITED = Character.MAX_VALUE;

    /** For generated code, from {@link StructType#reader}. */
    protected StructReader(Segment segment, long data, int dataBits, int pointerCount, int depthLeft) {
        this.segment = segment;
        this.data = data;
        this.dataBits = dataBits;
        this.pointerCount = (char) pointerCount;
        this.depth = (char) Math.min(depthLeft, UNLIMITED);
    }

    /** For generated code: the same storage seen as another type, such as one of its groups. */
    protected StructReader(StructReader same) {
        segment = same.segment;
        data = same.data;
        dataBits = same.dataBits;
        pointerCount = same.pointerCount;
        depth = same.depth;
    }

    /** For generated code: a view of what a builder, such as that of a group, holds. */
    protected StructReader(StructBuilder same) {
        this(same.segment, same.position(), same.dataBits(), same.pointerCount, Integer.MAX_VALUE);
    }

    /**
     * Size in words of this struct and all that it points to, which is what a deep copy takes up, pointers between
     * segments apart. Walks the whole of it.
     */
    public final long totalSizeWords() {
        return Sizes.ofStruct(segment, data, dataBits, pointerCount, Target.walk(depthLeft()));
    }

    /** Whether both have the same content, see {@link AnyPointer.Reader#contentEquals}. */
    public final boolean contentEquals(StructReader other) {
        return Contents.equal(this, other);
    }

    /** The canonical form of a message whose root this is, see {@link AnyPointer.Reader#canonical}. */
    public final byte[] canonical() {
        return Canonical.of(this);
    }

    protected final boolean _bool(int offset, boolean mask) {
        return offset < dataBits ? ((segment.getByte(data + (offset >>> 3)) >>> (offset & 7)) & 1) != 0 ^ mask : mask;
    }

    protected final byte _int8(int offset, byte mask) {
        return (offset + 1) * 8 <= dataBits ? (byte) (segment.getByte(data + offset) ^ mask) : mask;
    }

    protected final short _int16(int offset, short mask) {
        return (offset + 1) * 16 <= dataBits ? (short) (segment.getShort(data + 2L * offset) ^ mask) : mask;
    }

    protected final int _int32(int offset, int mask) {
        return (offset + 1) * 32 <= dataBits ? segment.getInt(data + 4L * offset) ^ mask : mask;
    }

    protected final long _int64(int offset, long mask) {
        return (offset + 1) * 64 <= dataBits ? segment.getLong(data + 8L * offset) ^ mask : mask;
    }

    /** An unsigned byte, 0 to 255. */
    protected final int _uint8(int offset, int mask) {
        return _int8(offset, (byte) mask) & 0xff;
    }

    /** An unsigned short, 0 to 65,535. */
    protected final int _uint16(int offset, int mask) {
        return _int16(offset, (short) mask) & 0xffff;
    }

    /** An unsigned int, 0 to 4,294,967,295. */
    protected final long _uint32(int offset, long mask) {
        return _int32(offset, (int) mask) & 0xffff_ffffL;
    }

    /** {@code maskBits} are the bits of the default value. */
    protected final float _float32(int offset, int maskBits) {
        return Float.intBitsToFloat(_int32(offset, maskBits));
    }

    /** {@code maskBits} are the bits of the default value. */
    protected final double _float64(int offset, long maskBits) {
        return Double.longBitsToDouble(_int64(offset, maskBits));
    }

    /** Whether the pointer is null, or lies beyond the sender's idea of this struct. */
    protected final boolean _isNull(int pointerIndex) {
        return pointerIndex >= pointerCount || segment.getLong(pointerAt(pointerIndex)) == 0;
    }

    /** What the pointer points to; a null pointer reads as the empty value of its type. */
    protected final <R> R _get(PointerType<?, R> type, int pointerIndex) {
        return pointerIndex < pointerCount
                ? type.read(segment, pointerAt(pointerIndex), depthLeft())
                : type.read(HeapSegment.NULL, 0, depthLeft());
    }

    /** A list of structs; a null pointer reads as an empty one. */
    protected final <R extends StructReader> StructList.Reader<R> _structs(StructType<?, R> type, int pointerIndex) {
        return type.readers(
                pointerIndex < pointerCount
                        ? Lists.read(ElementSize.COMPOSITE, segment, pointerAt(pointerIndex), depthLeft())
                        : Elements.none(ElementSize.COMPOSITE));
    }

    /** What the pointer points to; a null pointer reads as {@code orElse}. */
    protected final <R> R _get(PointerType<?, R> type, int pointerIndex, AnyPointer.Reader orElse) {
        return _isNull(pointerIndex) ? orElse.as(type) : type.read(segment, pointerAt(pointerIndex), depthLeft());
    }

    /** Text; a null pointer reads as the empty string. */
    protected final String _text(int pointerIndex) {
        return _text(pointerIndex, "");
    }

    /** Text; a null pointer reads as {@code orElse}. */
    protected final String _text(int pointerIndex, String orElse) {
        return _isNull(pointerIndex) ? orElse : Text.read(segment, pointerAt(pointerIndex));
    }

    /** The UTF-8 of a text, without its NUL; a null pointer reads as no bytes. */
    protected final Data _utf8(int pointerIndex) {
        return _isNull(pointerIndex) ? Data.EMPTY : Text.bytes(segment, pointerAt(pointerIndex));
    }

    /** The UTF-8 of a text, without its NUL; a null pointer reads as {@code orElse}. */
    protected final Data _utf8(int pointerIndex, String orElse) {
        return _isNull(pointerIndex) ? Text.bytes(orElse) : Text.bytes(segment, pointerAt(pointerIndex));
    }

    /** Data; a null pointer reads as no bytes. */
    protected final Data _data(int pointerIndex) {
        return _data(pointerIndex, Data.EMPTY);
    }

    /** Data; a null pointer reads as {@code orElse}. */
    protected final Data _data(int pointerIndex, Data orElse) {
        return _isNull(pointerIndex) ? orElse : Data.read(segment, pointerAt(pointerIndex));
    }

    /** The pointer itself, whatever it points to. */
    protected final AnyPointer.Reader _any(int pointerIndex) {
        return pointerIndex < pointerCount
                ? new AnyPointer.Reader(segment, pointerAt(pointerIndex), depthLeft())
                : AnyPointer.Reader.NULL;
    }

    /** The pointer itself; {@code orElse} when it is null. */
    protected final AnyPointer.Reader _any(int pointerIndex, AnyPointer.@Nullable Reader orElse) {
        return orElse != null && _isNull(pointerIndex) ? orElse : _any(pointerIndex);
    }

    /** A capability, never null (see {@link AnyPointer.Reader#asCap}). The caller owns the reference. */
    protected final Cap _cap(int pointerIndex) {
        return _get(AnyPointer.CAPABILITY, pointerIndex);
    }

    /** How many pointers may be followed one after the other from here. */
    final int depthLeft() {
        return depth == UNLIMITED ? Integer.MAX_VALUE : depth;
    }

    final long pointerAt(int pointerIndex) {
        return data + (dataBits >>> 3) + 8L * pointerIndex;
    }
}

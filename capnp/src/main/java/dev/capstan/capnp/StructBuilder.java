package dev.capstan.capnp;

import dev.capstan.cap.Cap;

/**
 * A struct in a {@link MessageBuilder}, to be read and written; generated builders extend it.
 *
 * <p>A view: two builders for the same struct see each other's writes. It is void once the struct has been replaced,
 * cleared or enlarged through its parent. Belongs to the thread that builds the message. What the underscored accessors
 * mean is said at {@link StructReader}.
 */
public abstract class StructBuilder {
    final Segment segment;
    // In words and no wider than a message allows, so that a builder takes up 24 bytes: one that is passed into a
    // recursion has to be allocated.
    private final int dataWord;
    private final char dataWords;
    final char pointerCount;

    /** For generated code, from {@link StructType#builder}. */
    protected StructBuilder(Segment segment, long data, int dataBits, int pointerCount) {
        this.segment = segment;
        this.dataWord = (int) (data >>> 3);
        this.dataWords = (char) (dataBits >>> 6);
        this.pointerCount = (char) pointerCount;
    }

    /** For generated code: the same storage seen as another type, such as one of its groups. */
    protected StructBuilder(StructBuilder same) {
        segment = same.segment;
        dataWord = same.dataWord;
        dataWords = same.dataWords;
        pointerCount = same.pointerCount;
    }

    /** Size in words of this struct and all that it points to, as {@link StructReader#totalSizeWords}. */
    public long totalSizeWords() {
        return Sizes.ofStruct(segment, position(), dataBits(), pointerCount, Target.DEEPEST);
    }

    // No bounds to check here: whoever makes a builder has seen to it that the struct is at least as large as its type.

    protected final boolean _bool(int offset, boolean mask) {
        return ((segment.getByte(position() + (offset >>> 3)) >>> (offset & 7)) & 1) != 0 ^ mask;
    }

    protected final byte _int8(int offset, byte mask) {
        return (byte) (segment.getByte(position() + offset) ^ mask);
    }

    protected final short _int16(int offset, short mask) {
        return (short) (segment.getShort(position() + 2L * offset) ^ mask);
    }

    protected final int _int32(int offset, int mask) {
        return segment.getInt(position() + 4L * offset) ^ mask;
    }

    protected final long _int64(int offset, long mask) {
        return segment.getLong(position() + 8L * offset) ^ mask;
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

    protected final float _float32(int offset, int maskBits) {
        return Float.intBitsToFloat(_int32(offset, maskBits));
    }

    protected final double _float64(int offset, long maskBits) {
        return Double.longBitsToDouble(_int64(offset, maskBits));
    }

    protected final void _setBool(int offset, boolean value, boolean mask) {
        long at = position() + (offset >>> 3);
        int bit = 1 << (offset & 7);
        int rest = segment.getByte(at) & ~bit;
        segment.putByte(at, (byte) (value ^ mask ? rest | bit : rest));
    }

    protected final void _setInt8(int offset, byte value, byte mask) {
        segment.putByte(position() + offset, (byte) (value ^ mask));
    }

    protected final void _setInt16(int offset, short value, short mask) {
        segment.putShort(position() + 2L * offset, (short) (value ^ mask));
    }

    protected final void _setInt32(int offset, int value, int mask) {
        segment.putInt(position() + 4L * offset, value ^ mask);
    }

    protected final void _setInt64(int offset, long value, long mask) {
        segment.putLong(position() + 8L * offset, value ^ mask);
    }

    /** {@code value} must be 0 to 255, else {@link IllegalArgumentException}. */
    protected final void _setUint8(int offset, int value, int mask) {
        _setInt8(offset, Unsigned.int8(value), (byte) mask);
    }

    /** {@code value} must be 0 to 65,535, else {@link IllegalArgumentException}. */
    protected final void _setUint16(int offset, int value, int mask) {
        _setInt16(offset, Unsigned.int16(value), (short) mask);
    }

    /** {@code value} must be 0 to 4,294,967,295, else {@link IllegalArgumentException}. */
    protected final void _setUint32(int offset, long value, long mask) {
        _setInt32(offset, Unsigned.int32(value), (int) mask);
    }

    protected final void _setFloat32(int offset, float value, int maskBits) {
        _setInt32(offset, Float.floatToRawIntBits(value), maskBits);
    }

    protected final void _setFloat64(int offset, double value, long maskBits) {
        _setInt64(offset, Double.doubleToRawLongBits(value), maskBits);
    }

    /** {@code mask} is the number of the default value. UNRECOGNIZED cannot be written. */
    protected final void _setEnum(int offset, EnumValue value, int mask) {
        _setInt16(offset, (short) EnumValue.writable(value), (short) mask);
    }

    protected final boolean _isNull(int pointerIndex) {
        return segment.getLong(pointerAt(pointerIndex)) == 0;
    }

    /** Makes the pointer null and zeroes what it pointed to; capabilities in there are closed. */
    protected final void _clear(int pointerIndex) {
        Zeroing.pointer(segment, pointerAt(pointerIndex));
    }

    /** A builder for what the pointer points to; a struct that is not there yet is made. */
    protected final <B> B _get(PointerType<B, ?> type, int pointerIndex) {
        return type.edit(segment, pointerAt(pointerIndex));
    }

    /** A builder for what the pointer points to; a null pointer becomes a copy of {@code orElse} first. */
    protected final <B> B _get(PointerType<B, ?> type, int pointerIndex, AnyPointer.Reader orElse) {
        long at = pointerAt(pointerIndex);
        if (segment.getLong(at) == 0) {
            Copies.copy(segment, at, orElse);
        }
        return type.edit(segment, at);
    }

    /** A new struct in place of what was there. */
    protected final <B extends StructBuilder> B _init(StructType<B, ?> type, int pointerIndex) {
        return type.init(segment, pointerAt(pointerIndex), 0);
    }

    /** A new list or data with {@code size} elements in place of what was there. */
    protected final <B> B _init(PointerType<B, ?> type, int pointerIndex, int size) {
        return type.init(segment, pointerAt(pointerIndex), size);
    }

    /** A list of structs; a null pointer gives an empty one. */
    protected final <B extends StructBuilder> StructList.Builder<B> _structs(StructType<B, ?> type, int pointerIndex) {
        return type.builders(ListWrites.editStructs(type, segment, pointerAt(pointerIndex)));
    }

    /** A new list of {@code size} structs in place of what was there. */
    protected final <B extends StructBuilder> StructList.Builder<B> _initStructs(
            StructType<B, ?> type, int pointerIndex, int size) {
        return type.builders(ListWrites.initStructs(type, segment, pointerAt(pointerIndex), size));
    }

    /** A deep copy of {@code value} in place of what was there; capabilities are shared. */
    protected final <R> void _set(PointerType<?, R> type, int pointerIndex, R value) {
        type.write(segment, pointerAt(pointerIndex), value);
    }

    /** Text; a null pointer reads as the empty string. */
    protected final String _text(int pointerIndex) {
        return _text(pointerIndex, "");
    }

    /** Text; a null pointer reads as {@code orElse}. */
    protected final String _text(int pointerIndex, String orElse) {
        long at = pointerAt(pointerIndex);
        return segment.getLong(at) == 0 ? orElse : Text.read(segment, at);
    }

    protected final void _setText(int pointerIndex, String value) {
        Text.write(segment, pointerAt(pointerIndex), value);
    }

    /** The UTF-8 of a text, without its NUL, to be changed in place; a null pointer gives no bytes. */
    protected final Data.Builder _utf8(int pointerIndex) {
        return Text.edit(segment, pointerAt(pointerIndex));
    }

    /** The same; a null pointer becomes a copy of {@code orElse} first. */
    protected final Data.Builder _utf8(int pointerIndex, String orElse) {
        if (_isNull(pointerIndex)) {
            _setText(pointerIndex, orElse);
        }
        return _utf8(pointerIndex);
    }

    /** Copies {@code value}, which is to be UTF-8, into a new text in place of what was there. */
    protected final void _setUtf8(int pointerIndex, Data value) {
        Text.write(segment, pointerAt(pointerIndex), value);
    }

    /** A new text of {@code size} bytes in place of what was there, to be filled with UTF-8. */
    protected final Data.Builder _initUtf8(int pointerIndex, int size) {
        return Text.init(segment, pointerAt(pointerIndex), size);
    }

    /** The bytes, to be changed in place; a null pointer gives no bytes. */
    protected final Data.Builder _data(int pointerIndex) {
        return _get(Data.TYPE, pointerIndex);
    }

    /** The bytes, to be changed in place; a null pointer becomes a copy of {@code orElse} first. */
    protected final Data.Builder _data(int pointerIndex, Data orElse) {
        if (_isNull(pointerIndex)) {
            _setData(pointerIndex, orElse);
        }
        return _get(Data.TYPE, pointerIndex);
    }

    protected final void _setData(int pointerIndex, byte[] value) {
        _setData(pointerIndex, Data.wrap(Copies.present(value)));
    }

    protected final void _setData(int pointerIndex, Data value) {
        Data.TYPE.write(segment, pointerAt(pointerIndex), value);
    }

    protected final Data.Builder _initData(int pointerIndex, int size) {
        return _init(Data.TYPE, pointerIndex, size);
    }

    /** Puts {@code orphan}, which is of the same message, in place of what was there. */
    protected final void _adopt(int pointerIndex, Orphan<?, ?> orphan) {
        Copies.orphan(orphan).adopt(segment, pointerAt(pointerIndex));
    }

    /** Takes what the pointer points to out of the message and leaves null. */
    protected final <B, R> Orphan<B, R> _disown(PointerType<B, R> type, int pointerIndex) {
        return Orphan.disown(type, segment, pointerAt(pointerIndex));
    }

    /** The pointer itself, to be set to anything. */
    protected final AnyPointer.Builder _any(int pointerIndex) {
        return new AnyPointer.Builder(segment, pointerAt(pointerIndex));
    }

    /** A capability, never null (see {@link AnyPointer.Reader#asCap}). The caller owns the reference. */
    protected final Cap _cap(int pointerIndex) {
        return _get(AnyPointer.CAPABILITY, pointerIndex);
    }

    /** Takes ownership of {@code cap}, always; the message's cap table holds it from now on. */
    protected final void _setCap(int pointerIndex, Cap cap) {
        CapType.set(segment, pointerAt(pointerIndex), cap);
    }

    /** Makes {@code object} callable through the message, on the loop that the message is sent from. */
    protected final void _setServer(int pointerIndex, CapServer object) {
        _setCap(pointerIndex, segment.arena.capTable().serve(object));
    }

    /** Whether the struct has at least so much: for builders whose type is known only at run time. */
    protected final boolean _holds(int bits, int pointers) {
        return bits <= dataBits() && pointers <= pointerCount;
    }

    /** Where the data section begins. */
    final long position() {
        return (dataWord & 0xffff_ffffL) << 3;
    }

    final int dataBits() {
        return 64 * dataWords;
    }

    final long pointerAt(int pointerIndex) {
        return position() + 8L * (dataWords + pointerIndex);
    }
}

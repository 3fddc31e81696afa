package dev.capstan.capnpc.compile;

import dev.capstan.capnp.AnyPointer;
import dev.capstan.capnp.Segment;
import dev.capstan.capnp.StructBuilder;
import dev.capstan.capnp.StructReader;
import dev.capstan.capnp.StructType;

/** A struct whose layout was worked out in this run, so that there is no generated class for it. */
final class RawStruct extends StructType<RawStruct.Builder, RawStruct.Reader> {
    RawStruct(int dataWords, int pointers) {
        super(dataWords, pointers);
    }

    @Override
    protected Reader reader(Segment segment, long data, int dataBits, int pointerCount, int depthLeft) {
        return new Reader(segment, data, dataBits, pointerCount, depthLeft);
    }

    @Override
    protected Builder builder(Segment segment, long data, int dataBits, int pointerCount) {
        return new Builder(segment, data, dataBits, pointerCount);
    }

    /** Nothing is read; the type needs one. */
    static final class Reader extends StructReader {
        private Reader(Segment segment, long data, int dataBits, int pointerCount, int depthLeft) {
            super(segment, data, dataBits, pointerCount, depthLeft);
        }
    }

    /** Access by offset, in units of the size. */
    static final class Builder extends StructBuilder {
        private Builder(Segment segment, long data, int dataBits, int pointerCount) {
            super(segment, data, dataBits, pointerCount);
        }

        /** The same storage as a generated builder's. */
        Builder(StructBuilder same) {
            super(same);
        }

        /** Sets that many bits to the lowest of {@code value}. */
        void data(int bits, int offset, long value) {
            switch (bits) {
                case 0 -> {}
                case 1 -> _setBool(offset, (value & 1) != 0, false);
                case 8 -> _setInt8(offset, (byte) value, (byte) 0);
                case 16 -> _setInt16(offset, (short) value, (short) 0);
                case 32 -> _setInt32(offset, (int) value, 0);
                default -> _setInt64(offset, value, 0);
            }
        }

        AnyPointer.Builder pointer(int index) {
            return _any(index);
        }
    }
}

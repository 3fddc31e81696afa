package dev.capstan.capnp.dynamic;

import dev.capstan.capnp.Segment;
import dev.capstan.capnp.StructBuilder;
import dev.capstan.capnp.StructReader;
import dev.capstan.capnp.StructType;
import dev.capstan.capnp.VoidList;

/** Writes what generated builders would not. */
final class RawBuilder extends StructBuilder {
    private static final StructType<RawBuilder, StructReader> TYPE = new StructType<>(0, 0) {
        @Override
        protected StructReader reader(Segment segment, long data, int dataBits, int pointerCount, int depthLeft) {
            throw new UnsupportedOperationException();
        }

        @Override
        protected RawBuilder builder(Segment segment, long data, int dataBits, int pointerCount) {
            return new RawBuilder(segment, data, dataBits, pointerCount);
        }
    };

    private RawBuilder(Segment segment, long data, int dataBits, int pointerCount) {
        super(segment, data, dataBits, pointerCount);
    }

    static RawBuilder of(StructBuilder struct) {
        return TYPE.view(struct);
    }

    void setData(int pointer, byte[] data) {
        _setData(pointer, data);
    }

    void setShort(int offset, int value) {
        _setInt16(offset, (short) value, (short) 0);
    }

    void setStruct(int pointer) {
        _init(TYPE, pointer);
    }

    void setVoids(int pointer, int count) {
        _init(VoidList.TYPE, pointer, count);
    }
}

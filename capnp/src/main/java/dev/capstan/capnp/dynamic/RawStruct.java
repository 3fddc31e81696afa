package dev.capstan.capnp.dynamic;

import dev.capstan.capnp.AnyPointer;
import dev.capstan.capnp.Segment;
import dev.capstan.capnp.StructBuilder;
import dev.capstan.capnp.StructReader;
import dev.capstan.capnp.StructType;
import dev.capstan.capnp.schema.Value;

/** A struct without a type, to reach pointers whose generated getters already say what is behind them. */
final class RawStruct extends StructReader {
    private static final StructType<StructBuilder, RawStruct> TYPE = new StructType<>(0, 0) {
        @Override
        protected RawStruct reader(Segment segment, long data, int dataBits, int pointerCount, int depthLeft) {
            return new RawStruct(segment, data, dataBits, pointerCount, depthLeft);
        }

        @Override
        protected StructBuilder builder(Segment segment, long data, int dataBits, int pointerCount) {
            throw new UnsupportedOperationException("This type is only read.");
        }
    };

    private RawStruct(Segment segment, long data, int dataBits, int pointerCount, int depthLeft) {
        super(segment, data, dataBits, pointerCount, depthLeft);
    }

    /** The pointer of a value, whatever its type: all members of the union use the same one. */
    static AnyPointer.Reader pointer(Value.Reader value) {
        return TYPE.view(value)._any(0);
    }
}

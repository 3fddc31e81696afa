package dev.capstan.capnp.dynamic;

import dev.capstan.capnp.Segment;
import dev.capstan.capnp.StructType;

/** The token of a struct whose schema was loaded. */
final class DynamicType extends StructType<DynamicStruct.Builder, DynamicStruct.Reader> {
    private final StructSchema schema;

    DynamicType(StructSchema schema, int dataWords, int pointerCount) {
        super(dataWords, pointerCount);
        this.schema = schema;
    }

    @Override
    protected DynamicStruct.Reader reader(Segment segment, long data, int dataBits, int pointerCount, int depthLeft) {
        return new DynamicStruct.Reader(schema, segment, data, dataBits, pointerCount, depthLeft);
    }

    @Override
    protected DynamicStruct.Builder builder(Segment segment, long data, int dataBits, int pointerCount) {
        return new DynamicStruct.Builder(schema, segment, data, dataBits, pointerCount);
    }
}

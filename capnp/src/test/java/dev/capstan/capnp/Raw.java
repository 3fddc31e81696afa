package dev.capstan.capnp;

/** Structs of any size, whose accessors tests call directly: what generated code declares, without names. */
final class Raw {
    private Raw() {}

    static StructType<Builder, Reader> type(int dataWords, int pointerCount) {
        return new StructType<>(dataWords, pointerCount) {
            @Override
            protected Reader reader(Segment segment, long data, int dataBits, int pointers, int depthLeft) {
                return new Reader(segment, data, dataBits, pointers, depthLeft);
            }

            @Override
            protected Builder builder(Segment segment, long data, int dataBits, int pointers) {
                return new Builder(segment, data, dataBits, pointers);
            }
        };
    }

    static final class Reader extends StructReader {
        private Reader(Segment segment, long data, int dataBits, int pointerCount, int depthLeft) {
            super(segment, data, dataBits, pointerCount, depthLeft);
        }
    }

    static final class Builder extends StructBuilder {
        private Builder(Segment segment, long data, int dataBits, int pointerCount) {
            super(segment, data, dataBits, pointerCount);
        }
    }
}

package dev.capstan.capnp.rpc;

import dev.capstan.cap.Cap;
import dev.capstan.capnp.Segment;
import dev.capstan.capnp.StructBuilder;
import dev.capstan.capnp.StructReader;
import dev.capstan.capnp.StructType;
import java.util.List;

/** The vocabulary of the capability contract as a struct: a number, a text and up to four capabilities. Written by hand as generated code would be. */
final class Note {
    static final int CAPS = 4;
    static final StructType<Builder, Reader> TYPE = new StructType<>(1, 1 + CAPS) {
        @Override
        protected Reader reader(Segment segment, long data, int dataBits, int pointerCount, int depthLeft) {
            return new Reader(segment, data, dataBits, pointerCount, depthLeft);
        }

        @Override
        protected Builder builder(Segment segment, long data, int dataBits, int pointerCount) {
            return new Builder(segment, data, dataBits, pointerCount);
        }
    };

    private Note() {}

    static int pointer(int index) {
        return 1 + index;
    }

    static final class Reader extends StructReader {
        private Reader(Segment segment, long data, int dataBits, int pointerCount, int depthLeft) {
            super(segment, data, dataBits, pointerCount, depthLeft);
        }

        long number() {
            return _int64(0, 0);
        }

        String text() {
            return _text(0);
        }
    }

    static final class Builder extends StructBuilder {
        private Builder(Segment segment, long data, int dataBits, int pointerCount) {
            super(segment, data, dataBits, pointerCount);
        }

        /** Takes ownership of {@code caps}. */
        void set(long number, String text, List<Cap> caps) {
            _setInt64(0, number, 0);
            _setText(0, text);
            for (int i = 0; i < caps.size(); i++) {
                _setCap(pointer(i), caps.get(i));
            }
        }
    }
}

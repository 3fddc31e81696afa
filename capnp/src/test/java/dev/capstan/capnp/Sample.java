package dev.capstan.capnp;

/**
 * What the generator makes of
 *
 * <pre>{@code
 * struct Sample(T) {
 *   id @0 :UInt32 = 7;
 *   color @1 :Color = green;
 *   union { number @2 :Int64; name @3 :Text = "none"; position :group { x @4 :Float32; label @5 :Text; } }
 *   items @6 :List(Sample(T));
 *   value @7 :T;
 * }
 * enum Color { red @0; green @1; }
 * }</pre>
 */
@SuppressWarnings("SameNameButDifferent") // every generated struct has a Reader and a Builder
final class Sample {
    private Sample() {}

    enum Color implements EnumValue {
        RED,
        GREEN,
        UNRECOGNIZED;

        static Color of(int raw) {
            return switch (raw) {
                case 0 -> RED;
                case 1 -> GREEN;
                default -> UNRECOGNIZED;
            };
        }

        @Override
        public int raw() {
            return switch (this) {
                case RED -> 0;
                case GREEN -> 1;
                case UNRECOGNIZED -> -1;
            };
        }
    }

    enum Which {
        NUMBER,
        NAME,
        POSITION,
        UNRECOGNIZED;

        static Which of(int discriminant) {
            return switch (discriminant) {
                case 0 -> NUMBER;
                case 1 -> NAME;
                case 2 -> POSITION;
                default -> UNRECOGNIZED;
            };
        }
    }

    static <B, R> StructType<Builder<B, R>, Reader<B, R>> type(PointerType<B, R> t) {
        return new StructType<>(2, 3) {
            @Override
            protected Reader<B, R> reader(Segment segment, long data, int dataBits, int pointers, int depthLeft) {
                return new Reader<>(t, segment, data, dataBits, pointers, depthLeft);
            }

            @Override
            protected Builder<B, R> builder(Segment segment, long data, int dataBits, int pointers) {
                return new Builder<>(t, segment, data, dataBits, pointers);
            }
        };
    }

    static final class Reader<B, R> extends StructReader {
        private final PointerType<B, R> t;

        private Reader(PointerType<B, R> t, Segment segment, long data, int dataBits, int pointerCount, int depthLeft) {
            super(segment, data, dataBits, pointerCount, depthLeft);
            this.t = t;
        }

        long getId() {
            return _uint32(0, 7);
        }

        Color getColor() {
            return Color.of(getColorRaw());
        }

        int getColorRaw() {
            return _uint16(2, 1);
        }

        Which which() {
            return Which.of(_uint16(3, 0));
        }

        long getNumber() {
            return _int64(1, 0);
        }

        String getName() {
            return _text(0, "none");
        }

        Position.Reader getPosition() {
            return new Position.Reader(this);
        }

        StructList.Reader<Reader<B, R>> getItems() {
            return _get(StructList.type(type(t)), 1);
        }

        R getValue() {
            return _get(t, 2);
        }
    }

    static final class Builder<B, R> extends StructBuilder {
        private final PointerType<B, R> t;

        private Builder(PointerType<B, R> t, Segment segment, long data, int dataBits, int pointerCount) {
            super(segment, data, dataBits, pointerCount);
            this.t = t;
        }

        Reader<B, R> asReader() {
            return type(t).asReader(this);
        }

        void setId(long value) {
            _setUint32(0, value, 7);
        }

        void setColor(Color value) {
            _setEnum(2, value, 1);
        }

        void setColorRaw(int value) {
            _setUint16(2, value, 1);
        }

        void setNumber(long value) {
            _setUint16(3, 0, 0);
            _setInt64(1, value, 0);
        }

        void setName(String value) {
            _setUint16(3, 1, 0);
            _setText(0, value);
        }

        Position.Builder initPosition() {
            _setUint16(3, 2, 0);
            _setFloat32(2, 0, 0);
            _clear(0);
            return new Position.Builder(this);
        }

        StructList.Builder<Builder<B, R>> initItems(int size) {
            return _init(StructList.type(type(t)), 1, size);
        }

        B getValue() {
            return _get(t, 2);
        }

        void setValue(R value) {
            _set(t, 2, value);
        }
    }

    static final class Position {
        private Position() {}

        static final class Reader extends StructReader {
            private Reader(StructReader same) {
                super(same);
            }

            private Reader(StructBuilder same) {
                super(same);
            }

            float getX() {
                return _float32(2, 0);
            }

            String getLabel() {
                return _text(0);
            }
        }

        static final class Builder extends StructBuilder {
            private Builder(StructBuilder same) {
                super(same);
            }

            Reader asReader() {
                return new Reader(this);
            }

            void setX(float value) {
                _setFloat32(2, value, 0);
            }

            void setLabel(String value) {
                _setText(0, value);
            }
        }
    }
}

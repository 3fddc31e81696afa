package dev.capstan.capnp;

import dev.capstan.cap.Cap;

/**
 * Reads a message without a schema, through every getter and every kind of list that its pointers allow, the way a hostile
 * message would be read by programs with any schema at all.
 */
final class Walk {
    private static final StructType<Raw.Builder, Raw.Reader> ANY = Raw.type(2, 2);
    private static final PointerType<?, StructList.Reader<Raw.Reader>> STRUCTS = StructList.type(ANY);
    private static final PointerType<?, PointerList.Reader<AnyPointer.Reader>> POINTERS =
            PointerList.type(AnyPointer.TYPE);
    private static final PointerType<?, EnumList.Reader<Raw64>> ENUMS = EnumList.type(Raw64::new);

    private static final int MOST_FAULTS = 8;

    private record Raw64(int raw) implements EnumValue {}

    /** Getters called, elements counted. */
    long steps;

    /** Pointers found to be malformed. */
    int faults;

    private int nulls;

    /** A sum of what was read, so that none of it is for nothing. */
    long sum;

    /** Walks over all that {@code pointer} leads to, past malformed pointers, until a limit is hit. */
    void pointer(AnyPointer.Reader pointer) {
        steps++;
        AnyPointer.Kind kind;
        try {
            kind = pointer.kind();
        } catch (MessageException e) {
            fault(e);
            return;
        }
        try {
            switch (kind) {
                case NULL -> nothing(pointer);
                case STRUCT -> struct(pointer.as(ANY));
                case LIST -> list(pointer);
                case CAPABILITY -> capability(pointer.asCap());
            }
        } catch (MessageException e) {
            fault(e);
        }
    }

    private void fault(MessageException e) {
        if (e.segmentId() < 0) {
            throw new AssertionError("A fault without its place", e);
        }
        // An exception costs kilobytes; no program goes on for ever after one.
        if (faults++ > MOST_FAULTS || String.valueOf(e.getMessage()).contains("traversal limit")) {
            throw e;
        }
    }

    private void nothing(AnyPointer.Reader pointer) {
        // All null pointers are alike, and a list of structs without content may have very many.
        if (nulls++ > 16) {
            return;
        }
        steps += 6;
        sum += pointer.as(Text.TYPE).length()
                + pointer.as(Data.TYPE).size()
                + pointer.as(STRUCTS).size()
                + pointer.as(POINTERS).size()
                + pointer.as(BoolList.TYPE).size()
                + pointer.as(ANY)._int32(0, 0);
    }

    private void capability(Cap cap) {
        steps++;
        cap.close();
    }

    private void struct(Raw.Reader struct) {
        int words = (struct.dataBits >>> 6) + 1;
        for (int word = 0; word < words; word++) {
            steps += 11;
            sum += struct._int64(word, word) + struct._int32(2 * word, 1) + struct._uint32(2 * word + 1, 1);
            sum += struct._int16(4 * word, (short) 1) + struct._uint16(4 * word + 3, 1);
            sum += struct._int8(8 * word, (byte) 1) + struct._uint8(8 * word + 7, 1);
            sum += Double.doubleToRawLongBits(struct._float64(word, 1));
            sum += Float.floatToRawIntBits(struct._float32(2 * word, 1));
            sum += (struct._bool(64 * word, true) ? 1 : 0) + (struct._bool(64 * word + 63, false) ? 1 : 0);
        }
        for (int i = 0; i <= struct.pointerCount; i++) {
            sum += struct._isNull(i) ? 1 : 0;
            pointer(struct._any(i));
        }
    }

    private void list(AnyPointer.Reader pointer) {
        VoidList.Reader voids;
        try {
            voids = pointer.as(VoidList.TYPE);
        } catch (MessageException e) {
            fault(e);
            bits(pointer);
            return;
        }
        int size = voids.elements.size;
        if (size != ElementSize.VOID) {
            sum += voids.size();
        }
        switch (size) {
            case ElementSize.VOID -> structs(pointer);
            case ElementSize.BYTE -> {
                bits(pointer);
                bytes(pointer);
                structs(pointer);
            }
            case ElementSize.POINTER -> {
                kinds(pointer);
                structs(pointer);
            }
            case ElementSize.COMPOSITE -> {
                structs(pointer);
                if (voids.elements.pointerCount > 0) {
                    kinds(pointer);
                }
                if (voids.elements.dataBits > 0) {
                    numbers(pointer, 64);
                }
            }
            default -> {
                bits(pointer);
                numbers(pointer, voids.elements.dataBits);
                structs(pointer);
            }
        }
    }

    private void bits(AnyPointer.Reader pointer) {
        BoolList.Reader bits = pointer.as(BoolList.TYPE);
        for (int i = 0; i < bits.size(); i += 7) {
            steps++;
            sum += bits.at(i) ? 1 : 0;
        }
    }

    private void bytes(AnyPointer.Reader pointer) {
        Data data = pointer.as(Data.TYPE);
        for (int i = 0; i < data.size(); i++) {
            steps++;
            sum += data.get(i);
        }
        for (int each : pointer.as(UInt8List.TYPE)) {
            steps++;
            sum += each;
        }
        try {
            String text = pointer.as(Text.TYPE);
            steps += text.length();
            sum += text.hashCode();
        } catch (MessageException e) {
            fault(e);
        }
    }

    private void numbers(AnyPointer.Reader pointer, int bits) {
        int count = pointer.as(Int8List.TYPE).size();
        for (int i = 0; i < count; i += Math.max(1, count - 1)) {
            steps++;
            sum += pointer.as(Int8List.TYPE).at(i);
            if (bits >= 16) {
                sum += pointer.as(Int16List.TYPE).at(i)
                        + pointer.as(UInt16List.TYPE).at(i);
                sum += pointer.as(ENUMS).get(i).raw();
            }
            if (bits >= 32) {
                sum += pointer.as(Int32List.TYPE).at(i)
                        + pointer.as(UInt32List.TYPE).at(i);
                sum += Float.floatToRawIntBits(pointer.as(Float32List.TYPE).at(i));
            }
            if (bits >= 64) {
                sum += pointer.as(Int64List.TYPE).at(i);
                sum += Double.doubleToRawLongBits(pointer.as(Float64List.TYPE).at(i));
            }
        }
    }

    /** The pointers in a list; what they lead to is walked over when it is read as one of structs. */
    private void kinds(AnyPointer.Reader pointer) {
        for (AnyPointer.Reader each : pointer.as(POINTERS)) {
            steps++;
            sum += each.isNull() ? 1 : 0;
        }
    }

    private void structs(AnyPointer.Reader pointer) {
        for (Raw.Reader each : pointer.as(STRUCTS)) {
            steps++;
            struct(each);
        }
    }
}

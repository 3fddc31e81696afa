package dev.capstan.capnp;

import dev.capstan.cap.Cap;

/**
 * Reads a message without a schema, through every getter and every kind of list that its pointers allow, the way a hostile
 * message would be read by programs with any schema at all. The fuzzer's targets use it too.
 */
public final class Walk {
    private static final StructType<Raw.Builder, Raw.Reader> ANY = Raw.type(2, 2);
    private static final PointerType<?, StructList.Reader<Raw.Reader>> STRUCTS = StructList.type(ANY);
    private static final PointerType<?, PointerList.Reader<AnyPointer.Reader>> POINTERS =
            PointerList.type(AnyPointer.TYPE);
    private static final PointerType<?, EnumList.Reader<Raw64>> ENUMS = EnumList.type(Raw64::new);

    private static final int MOST_FAULTS = 8;

    private record Raw64(int raw) implements EnumValue {}

    private long steps;
    private int faults;

    private int nulls;
    private int turn;

    /** A sum of what was read, so that none of it is for nothing. */
    long sum;

    /** A walk that has not begun. */
    public Walk() {}

    /** Getters called, elements counted: what the message cost. */
    public long steps() {
        return steps;
    }

    /** Pointers found to be malformed. */
    public int faults() {
        return faults;
    }

    /** Walks over all that {@code pointer} leads to, past malformed pointers, until a limit is hit. */
    public void pointer(AnyPointer.Reader pointer) {
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
        if (faults >= MOST_FAULTS || String.valueOf(e.getMessage()).contains("traversal limit")) {
            throw e;
        }
        faults++;
    }

    private void nothing(AnyPointer.Reader pointer) {
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
            // All null pointers are alike, and a list of structs without content may have very many.
            if (!struct._isNull(i) || nulls++ < 16) {
                pointer(struct._any(i));
            }
        }
    }

    /** Reads the list as itself and, in turn, as the types that it may be taken for. */
    private void list(AnyPointer.Reader pointer) {
        int size = elementSize(pointer.segment, pointer.at);
        switch (size) {
            case ElementSize.VOID -> structs(pointer.as(STRUCTS));
            case ElementSize.BIT -> bits(pointer.as(BoolList.TYPE));
            case ElementSize.BYTE -> bytes(pointer);
            case ElementSize.POINTER, ElementSize.COMPOSITE -> structs(pointer.as(STRUCTS));
            default -> numbers(pointer, ElementSize.dataBits(size));
        }
        boolean numbers = size >= ElementSize.BYTE && size <= ElementSize.EIGHT_BYTES;
        switch (turn++ % 16) {
            case 0 -> sum += size != ElementSize.BIT ? pointer.as(VoidList.TYPE).size() : 0;
            case 4 -> {
                if (numbers) {
                    bits(pointer.as(BoolList.TYPE));
                    structs(pointer.as(STRUCTS));
                }
            }
            case 8 -> {
                CapnpList<Raw.Reader> structs = size == ElementSize.COMPOSITE ? pointer.as(STRUCTS) : null;
                if (size == ElementSize.POINTER || (structs != null && structs.elements.pointerCount > 0)) {
                    kinds(pointer.as(POINTERS));
                }
                if (structs != null && structs.elements.dataBits > 0) {
                    numbers(pointer, 64);
                }
            }
            default -> {}
        }
    }

    private static int elementSize(Segment segment, long at) {
        long pointer = segment.getLong(at);
        return Pointer.elementSize(
                Pointer.kind(pointer) == Pointer.FAR ? Target.follow(segment, at, pointer).pointer : pointer);
    }

    private void bits(BoolList.Reader bits) {
        for (int i = 0; i < bits.size(); i++) {
            steps++;
            sum += bits.at(i) ? 1 : 0;
        }
    }

    private void bytes(AnyPointer.Reader pointer) {
        switch (turn++ % 3) {
            case 0 -> {
                Data data = pointer.as(Data.TYPE);
                for (int i = 0; i < data.size(); i++) {
                    steps++;
                    sum += data.get(i);
                }
            }
            case 1 -> {
                UInt8List.Reader bytes = pointer.as(UInt8List.TYPE);
                for (int i = 0; i < bytes.size(); i++) {
                    steps++;
                    sum += bytes.at(i);
                }
            }
            default -> {
                String text = pointer.as(Text.TYPE);
                steps += text.length();
                sum += text.hashCode();
            }
        }
    }

    /** The first and the last element, as one of the types that are small enough. */
    private void numbers(AnyPointer.Reader pointer, int bits) {
        PointerType<?, ? extends CapnpList<?>> type =
                switch (turn++ % (bits >= 64 ? 9 : bits >= 32 ? 7 : bits >= 16 ? 4 : 1)) {
                    case 0 -> Int8List.TYPE;
                    case 1 -> Int16List.TYPE;
                    case 2 -> UInt16List.TYPE;
                    case 3 -> ENUMS;
                    case 4 -> Int32List.TYPE;
                    case 5 -> UInt32List.TYPE;
                    case 6 -> Float32List.TYPE;
                    case 7 -> Int64List.TYPE;
                    default -> Float64List.TYPE;
                };
        CapnpList<?> list = pointer.as(type);
        if (!list.isEmpty()) {
            steps += 2;
            sum += list.getFirst().hashCode() + list.getLast().hashCode();
        }
    }

    /** The pointers in a list; what they lead to is walked over when it is read as one of structs. */
    private void kinds(PointerList.Reader<AnyPointer.Reader> list) {
        for (int i = 0; i < list.size(); i++) {
            steps++;
            sum += list.isNull(i) ? 1 : 0;
        }
    }

    private void structs(StructList.Reader<Raw.Reader> list) {
        for (int i = 0; i < list.size(); i++) {
            steps++;
            struct(list.get(i));
        }
    }
}

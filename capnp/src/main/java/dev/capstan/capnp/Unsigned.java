package dev.capstan.capnp;

/** Range checks for the unsigned types, whose Java types are the next wider ones. */
final class Unsigned {
    private Unsigned() {}

    static byte int8(int value) {
        if ((value & ~0xff) != 0) {
            throw new IllegalArgumentException("A UInt8 must be between 0 and 255, not " + value + ".");
        }
        return (byte) value;
    }

    static short int16(int value) {
        if ((value & ~0xffff) != 0) {
            throw new IllegalArgumentException("A UInt16 must be between 0 and 65535, not " + value + ".");
        }
        return (short) value;
    }

    static int int32(long value) {
        if ((value & ~0xffff_ffffL) != 0) {
            throw new IllegalArgumentException("A UInt32 must be between 0 and 4294967295, not " + value + ".");
        }
        return (int) value;
    }
}

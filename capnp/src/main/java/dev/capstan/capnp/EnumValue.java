package dev.capstan.capnp;

/**
 * What every generated enum implements: the number that stands for the value in a message.
 *
 * <p>Enums are open: a peer with a newer schema may send numbers that this side has no name for. They read as
 * {@code UNRECOGNIZED}, whose {@code raw()} is -1 and which cannot be written; the accessors that end in {@code Raw}
 * carry the number itself.
 */
public interface EnumValue {
    /** The number in the message, 0 to 65,535, or -1 for UNRECOGNIZED. */
    int raw();

    /** The number of {@code value}, for writing it. */
    static int writable(EnumValue value) {
        int raw = value.raw();
        if (raw < 0) {
            throw new IllegalArgumentException(
                    "UNRECOGNIZED cannot be written; pass the number itself to the setter that ends in Raw.");
        }
        return raw;
    }
}

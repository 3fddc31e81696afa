package dev.capstan.gateway.frames;

/** Takes the bytes of a connection, or of a part of one, apart, in both directions. */
interface Decoder {
    /** Bytes in pieces of any size; the array is lent. */
    void take(Direction direction, byte[] array, int offset, int length);

    /** The sender has ended this direction. */
    void ended(Direction direction);

    /** The connection is cut, or what this takes apart was given up: lets go of what the collector would have to find. */
    default void close() {}
}

package dev.capstan.gateway.frames;

/** Takes whole messages of a wire apart. */
interface Messages {
    /** A message; the array is lent. */
    void message(Direction direction, byte[] array, int offset, int length);
}

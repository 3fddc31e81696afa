package dev.capstan.gateway.frames;

/** Takes what one side says within a request, an answer or a stream apart. */
interface Body {
    /** The next bytes; the array is lent. */
    void take(byte[] array, int offset, int length);

    /** That was all. */
    void end();
}

package dev.capstan.cap;

/** What the payloads of a wire look like. */
public interface Format {
    /** An empty payload to build in; {@code sizeHint} in the format's own units, 0 if unknown. The caller owns it. Callable from any thread. */
    Payload allocate(int sizeHint);

    /** Name for messages to people, such as {@code Cap'n Proto}. */
    String name();
}

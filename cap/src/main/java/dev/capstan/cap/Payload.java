package dev.capstan.cap;

import java.util.function.UnaryOperator;

/**
 * Parameters or results in the native form of a wire, with the capabilities in them.
 *
 * <p>The owner closes it, which releases the capabilities; plain data may be read afterwards. A callee that knows the format casts to it.
 */
public interface Payload extends AutoCloseable {
    /** Which wire's form this is. */
    Format format();

    /** The capability at {@code path}; the caller owns it. Broken if there is none. */
    Cap cap(Path path);

    /**
     * Copies the content into {@code empty}, a payload of the same format in which nothing is, with other capabilities.
     *
     * @param passing gives what stands in place of a capability, both owned
     */
    void copyTo(Payload empty, UnaryOperator<Cap> passing);

    /** About as many bytes as the content takes in memory, what is behind capabilities apart; for limits on what is kept. Of what was received, this counts as reading it. */
    long bytes();

    /** Another reference to the same content; the caller owns it. */
    Payload share();

    /** Gives this reference back; with the last one the capabilities are released. */
    @Override
    void close();
}

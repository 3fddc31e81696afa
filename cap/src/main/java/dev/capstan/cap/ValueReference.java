package dev.capstan.cap;

import java.util.function.UnaryOperator;

/** A reference to a value and not to an object: calls on it go to what lies in the value. Whoever wraps references copies it instead. */
public interface ValueReference extends Cap {
    /**
     * A reference to the same value, which the caller owns, with other capabilities in it.
     *
     * @param passing gives what stands in place of a capability, both owned
     */
    Cap copy(UnaryOperator<Cap> passing);
}

package dev.capstan.cap;

import dev.capstan.async.Promise;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * What {@link Payload#copyTo} is given where the content passes a {@link Membrane}. Wires whose values have streams in them let these pass as capabilities do: the chunks of such a stream pass on
 * their own, and it ends when the membrane is revoked.
 */
public interface Passage extends UnaryOperator<Cap> {
    /** How content passes that goes the other way, for as long as the membrane lasts. */
    Passage back();

    /** {@code listener} is told once if the membrane is revoked, at once if it was, unless that is cancelled before. On the loop's thread. */
    Promise.Cancelable onRevoked(Consumer<Failure> listener);
}

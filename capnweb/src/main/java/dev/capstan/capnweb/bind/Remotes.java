package dev.capstan.capnweb.bind;

import dev.capstan.async.Promise;
import dev.capstan.capnweb.Stub;
import java.time.Duration;
import java.util.Objects;

/**
 * What can be done with a reference whatever its interface is. References are what {@link Binder#stub} gives, and what methods take and return as remote and functional
 * interfaces, and publishers that methods take. An object of this process may stand in for one, as it does when it comes back to where it is from: nothing has to be done for it, and nothing is.
 */
public final class Remotes {
    private Remotes() {}

    /**
     * Another reference to the same, which the caller owns: what a method was passed is kept beyond its end that way.
     *
     * @throws IllegalStateException if it was closed
     */
    @SuppressWarnings("unchecked") // a proxy of the same interface
    public static <T> T dup(T reference) {
        if (reference instanceof Chunks.Source stream) {
            return (T) stream.dup();
        }
        TypedStub stub = TypedStub.of(reference);
        return stub == null ? reference : (T) stub.dup().proxy();
    }

    /**
     * The same reference, through which nobody waits for longer than {@code longest} for a result, as {@link Stub#within} has it: {@code Remotes.within(api, ofSeconds(2)).user(7)}. It has nothing of
     * its own: it is usable while {@code reference} is.
     *
     * @throws IllegalArgumentException if it is no reference
     */
    @SuppressWarnings("unchecked") // a proxy of the same interface
    public static <T> T within(T reference, Duration longest) {
        Stub limited = stub(reference).within(longest);
        return (T) Objects.requireNonNull(TypedStub.of(reference)).over(limited).proxy();
    }

    /** Gives a reference back; does nothing the second time. The result of a call that nobody has waited for yet is given up. */
    public static void close(Object reference) {
        TypedStub stub = TypedStub.of(reference);
        if (stub != null) {
            stub.close();
        } else if (reference instanceof Chunks.Source stream) {
            stream.close();
        }
    }

    /**
     * Fails with the reason when a reference does not lead anywhere any more, and settles when it was closed before.
     *
     * @throws IllegalArgumentException if it is no reference
     */
    public static Promise<Void> onBroken(Object reference) {
        return stub(reference).onBroken();
    }

    /**
     * The stub behind a reference, borrowed: for calls that the interface does not have.
     *
     * @throws IllegalArgumentException if it is no reference
     */
    public static Stub stub(Object reference) {
        TypedStub stub = TypedStub.of(reference);
        if (stub == null) {
            throw new IllegalArgumentException("an object of "
                    + reference.getClass().getName() + " is in this process itself: there is no stub behind it");
        }
        return stub.stub();
    }
}

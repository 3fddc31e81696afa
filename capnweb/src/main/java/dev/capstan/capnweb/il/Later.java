package dev.capstan.capnweb.il;

import dev.capstan.async.Promise;
import dev.capstan.capnweb.Stub;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A value that is not there yet: the result of a call, or what lies in one. */
final class Later {
    private final Place place;
    private @Nullable Stub stub;
    private boolean known;
    private @Nullable Object value;
    private List<Runnable> waiting = new ArrayList<>(0);
    /** The answer, while it is waited for. */
    Promise.@Nullable Cancelable asking;

    /** What the operation at {@code place} makes. */
    Later(Place place) {
        this.place = place;
    }

    Place place() {
        return place;
    }

    /** Stands for the value; null before the call was sent, and if no call was needed. Borrowed. */
    @Nullable
    Stub stub() {
        return stub;
    }

    void sentAs(Stub result) {
        stub = result;
    }

    boolean isKnown() {
        return known;
    }

    /** The value; a value of a stub when it can be called. */
    @Nullable
    Object value() {
        if (!known) {
            throw new AssertionError("a value was used before it was there");
        }
        return value;
    }

    /** {@code action} is run when the value is there. */
    void whenKnown(Runnable action) {
        waiting.add(action);
    }

    /** Gives those who wait, in the order in which they came. */
    List<Runnable> becomes(@Nullable Object result) {
        known = true;
        value = result;
        List<Runnable> all = waiting;
        waiting = List.of();
        return all;
    }

    /** The value is not needed any more. */
    void close() {
        Promise.Cancelable asked = asking;
        asking = null;
        if (asked != null) {
            asked.cancel();
        }
        if (stub != null) {
            stub.close();
        }
    }
}

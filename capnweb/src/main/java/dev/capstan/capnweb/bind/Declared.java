package dev.capstan.capnweb.bind;

import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import dev.capstan.capnweb.JsError;
import java.lang.invoke.MethodHandle;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An exception that a method declares: a part of what it tells its callers, as an error of that name. A peer that is Java, too, throws it as what it is.
 *
 * @param constructor of type (Object[])Object, which takes the message; null if there is none
 */
record Declared(Class<?> type, String name, @Nullable MethodHandle constructor) {
    /** A value that fails with what was thrown where it failed. */
    static <T> Promise<T> among(List<Declared> all, Promise<T> value) {
        return all.isEmpty() ? value : value.recover(failure -> Promise.failed(of(all, failure)));
    }

    /** What a failure was where it was thrown: one of {@code all}, or just a failure. */
    static Throwable of(List<Declared> all, Throwable failure) {
        if (all.isEmpty() || !(failure instanceof Failure received)) {
            return failure;
        }
        JsError error = JsError.of(received);
        for (Declared each : all) {
            if (each.constructor != null && each.name.equals(error.name())) {
                Object exception = Handles.construct(each.constructor, new @Nullable Object[] {error.message()});
                if (exception instanceof Throwable thrown) {
                    thrown.initCause(failure);
                    return thrown;
                }
            }
        }
        return failure;
    }
}

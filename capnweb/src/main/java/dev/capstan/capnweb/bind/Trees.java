package dev.capstan.capnweb.bind;

import dev.capstan.capnweb.JsError;
import dev.capstan.capnweb.JsValue;
import dev.capstan.capnweb.Stub;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What goes through trees of values as {@link Stub#value} gives them. */
final class Trees {
    private Trees() {}

    /** Whether there is something: neither null nor undefined. */
    static boolean isPresent(@Nullable Object tree) {
        return tree != null && tree != JsValue.UNDEFINED;
    }

    /** Closes the stubs and whatever else in a tree is to be closed. */
    static void close(@Nullable Object tree) {
        switch (tree) {
            case List<?> list -> list.forEach(Trees::close);
            case Map<?, ?> map -> map.values().forEach(Trees::close);
            case JsError error -> close(error.props());
            case Stub stub -> stub.close();
            case AutoCloseable other -> closeOne(other);
            case null, default -> {}
        }
    }

    static void closeOne(AutoCloseable one) {
        try {
            one.close();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("closing " + one.getClass().getName() + " failed", e);
        }
    }
}

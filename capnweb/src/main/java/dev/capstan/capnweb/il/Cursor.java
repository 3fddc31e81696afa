package dev.capstan.capnweb.il;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How far a loop over a list has come, and its results. */
final class Cursor {
    private final List<?> list;
    private final List<@Nullable Object> results = new ArrayList<>();
    private int next;

    Cursor(List<?> list) {
        this.list = list;
    }

    boolean hasNext() {
        return next < list.size();
    }

    @Nullable
    Object next() {
        return list.get(next++);
    }

    void add(@Nullable Object result) {
        results.add(result);
    }

    List<@Nullable Object> results() {
        return results;
    }
}

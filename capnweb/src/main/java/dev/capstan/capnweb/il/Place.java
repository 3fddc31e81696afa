package dev.capstan.capnweb.il;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Where an expression stands in its program.
 *
 * @param outer what it is a part of; null for the whole
 * @param step an index, or the name of a member
 */
record Place(@Nullable Place outer, Object step) {
    static Place whole() {
        return new Place(null, "program");
    }

    Place in(Object step) {
        return new Place(this, step);
    }

    /** As JavaScript leads there, {@code program[2].name}. */
    @Override
    public String toString() {
        Deque<Object> steps = new ArrayDeque<>();
        for (Place place = this; place != null; place = place.outer) {
            steps.push(place.step);
        }
        StringBuilder text = new StringBuilder();
        for (Object each : steps) {
            if (each instanceof Integer) {
                text.append('[').append(each).append(']');
            } else {
                text.append(text.isEmpty() ? "" : ".").append(Wrong.excerpt(each.toString()));
            }
        }
        return text.toString();
    }
}

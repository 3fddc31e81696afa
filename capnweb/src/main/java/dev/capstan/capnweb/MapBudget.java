package dev.capstan.capnweb;

import dev.capstan.cap.Failure;
import org.jspecify.annotations.Nullable;

/** What all maps of one message may cost together, however they are nested and whenever they run. */
final class MapBudget {
    private final Limits.Maps limits;
    private final int mostUsed;
    private long left;
    private long usable;

    MapBudget(Limits limits) {
        this.limits = limits.maps();
        this.left = this.limits.values();
        this.mostUsed = limits.values();
        this.usable = mostUsed;
    }

    /** A value becomes a part of another, which may become a part of a third: what they are made of multiplies. */
    void use(@Nullable Object value) {
        usable -= Values.size(value, usable);
        if (usable < 0) {
            throw Failure.overloaded("the values that the maps of one message put into others are made of more than "
                    + mostUsed + " values (Limits.values): map over less at a time");
        }
    }

    /** {@code values} more are made. */
    void spend(long values) {
        left -= values;
        if (left < 0) {
            throw Failure.overloaded("the maps of one message make more than " + limits.values()
                    + " values here (Limits.Maps.values): map over less at a time");
        }
    }

    void checkElements(int elements) {
        if (elements > limits.elements()) {
            throw Failure.overloaded("a map runs over " + elements + " elements; at most " + limits.elements()
                    + " are allowed (Limits.Maps.elements): map over a part of them at a time");
        }
    }

    void checkInstructions(int instructions) {
        if (instructions > limits.instructions()) {
            throw Failure.overloaded("a map has " + instructions + " instructions; at most " + limits.instructions()
                    + " are allowed (Limits.Maps.instructions): do more in one method");
        }
    }

    void checkDepth(int depth) {
        if (depth > limits.depth()) {
            throw Failure.overloaded("maps are nested " + depth + " deep; at most " + limits.depth()
                    + " are allowed (Limits.Maps.depth)");
        }
    }
}

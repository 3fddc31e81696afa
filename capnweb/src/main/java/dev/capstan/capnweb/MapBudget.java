package dev.capstan.capnweb;

import dev.capstan.cap.Failure;

/** What all maps of one message may cost together, however they are nested and whenever they run. */
final class MapBudget {
    private final Limits.Maps limits;
    private long left;

    MapBudget(Limits.Maps limits) {
        this.limits = limits;
        this.left = limits.values();
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

package dev.capstan.cap;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A place inside a result. A value. Each wire speaks one kind. */
public sealed interface Path {
    /** The result itself, as pointers have it. */
    Path ROOT = new Pointers();

    /** Names of properties and indexes of array elements, from the outermost downwards, as Cap'n Web has it. */
    final class Names implements Path {
        /** The value itself. */
        public static final Names NONE = new Names(List.of());

        private final List<Object> steps;

        /** A path of {@code steps}, each a {@link String} or an {@link Integer} that is not negative. */
        public Names(List<?> steps) {
            this.steps = List.copyOf(steps);
            for (Object step : this.steps) {
                if (!(step instanceof String) && !(step instanceof Integer index && index >= 0)) {
                    throw new IllegalArgumentException(
                            "A step of a path is a name or an index from 0 on, not " + step + ".");
                }
            }
        }

        /** A path of names. */
        public static Names of(String... names) {
            return new Names(List.of(names));
        }

        /** The steps, outermost first. */
        public List<Object> steps() {
            return steps;
        }

        /** Whether this is the value itself. */
        public boolean isEmpty() {
            return steps.isEmpty();
        }

        /** This path and then {@code further}. */
        public Names then(Names further) {
            if (isEmpty() || further.isEmpty()) {
                return isEmpty() ? further : this;
            }
            List<Object> both = new ArrayList<>(steps);
            both.addAll(further.steps);
            return new Names(both);
        }

        /** What is left of this path behind its first {@code count} steps. */
        public Names from(int count) {
            return new Names(steps.subList(count, steps.size()));
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Names that && steps.equals(that.steps);
        }

        @Override
        public int hashCode() {
            return steps.hashCode();
        }

        /** As JavaScript writes it, {@code users[0].name}. */
        @Override
        public String toString() {
            StringBuilder text = new StringBuilder();
            for (Object step : steps) {
                if (step instanceof Integer) {
                    text.append('[').append(step).append(']');
                } else {
                    text.append(text.isEmpty() ? "" : ".").append(step);
                }
            }
            return text.toString();
        }
    }

    /** Pointer indexes from the result's root downwards, as Cap'n Proto has it. */
    final class Pointers implements Path {
        private final int[] indexes;

        /** A path of {@code indexes}, outermost first. */
        public Pointers(int... indexes) {
            this.indexes = indexes.clone();
        }

        /** How many steps. */
        public int length() {
            return indexes.length;
        }

        /** The pointer index of one step. */
        public int at(int step) {
            return indexes[step];
        }

        /** This path and one step more. */
        public Pointers then(int index) {
            int[] longer = Arrays.copyOf(indexes, indexes.length + 1);
            longer[indexes.length] = index;
            return new Pointers(longer);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Pointers p && Arrays.equals(indexes, p.indexes);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(indexes);
        }

        @Override
        public String toString() {
            return Arrays.toString(indexes);
        }
    }
}

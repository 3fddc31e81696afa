package dev.capstan.cap;

import java.util.Arrays;

/** A place inside a result. A value. Each wire speaks one kind. */
public sealed interface Path {
    /** The result itself, as pointers have it. */
    Path ROOT = new Pointers();

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

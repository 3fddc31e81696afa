package dev.capstan.capnpc.compile;

import java.util.ArrayList;
import java.util.List;

/**
 * Where the fields of a struct go. Fields come in the order of their ordinals, so that a later one never moves an earlier one; members of
 * a union share space, each with the others' as far as it reaches. Every implementation must come to the same layout, bit for bit: this
 * one follows the C++ compiler in every choice.
 *
 * <p>Sizes are logarithms of bits (0 for Bool, 6 for a word), offsets are in units of the size.
 */
final class Layout {
    /** Where fields can be put. */
    sealed interface Place {
        void addVoid();

        int addData(int lgSize);

        int addPointer();

        /** Doubles what lies at {@code offset} {@code times} times, if the space behind it is free. */
        boolean expand(int lgSize, int offset, int times);
    }

    /**
     * Compilers before 0.6 laid such a struct out so that fields overlapped. Since it cannot be known which layout the data out there
     * has, it is refused, as the C++ compiler does.
     */
    static final class Ambiguous extends RuntimeException {
        private static final long serialVersionUID = 1;

        Ambiguous() {
            super("ambiguous layout", null, false, false);
        }
    }

    private Layout() {}

    /** The struct itself. */
    static final class Top implements Place {
        private final Holes holes = new Holes();
        private int dataWords;
        private int pointers;

        int dataWords() {
            return dataWords;
        }

        int pointers() {
            return pointers;
        }

        @Override
        public void addVoid() {}

        @Override
        public int addData(int lgSize) {
            int hole = holes.allocate(lgSize);
            if (hole >= 0) {
                return hole;
            }
            int offset = dataWords++ << (Holes.WORD - lgSize);
            holes.addBehind(lgSize, offset + 1, Holes.WORD);
            return offset;
        }

        @Override
        public int addPointer() {
            return pointers++;
        }

        @Override
        public boolean expand(int lgSize, int offset, int times) {
            return holes.expand(lgSize, offset, times);
        }
    }

    /** A union; its members are groups, those without a name of their own too. */
    static final class Union {
        private final Place parent;
        private final List<Spot> spots = new ArrayList<>();
        private final List<Integer> pointers = new ArrayList<>();
        private int members;
        private int tagOffset = -1;

        Union(Place parent) {
            this.parent = parent;
        }

        /** Offset of the tag in units of 16 bits. */
        int tagOffset() {
            return tagOffset;
        }

        /** Puts the tag where it can be put now; false if that has been done. */
        boolean addTag() {
            if (tagOffset >= 0) {
                return false;
            }
            tagOffset = parent.addData(4);
            return true;
        }

        /** The first field of another member: with the second one, the union needs its tag. */
        private void addMember() {
            if (++members == 2) {
                addTag();
            }
        }
    }

    /** Data that a union's members share. */
    static final class Spot {
        private final Union union;
        private int lgSize;
        private int offset;

        private Spot(Union union, int lgSize, int offset) {
            this.union = union;
            this.lgSize = lgSize;
            this.offset = offset;
        }

        int lgSize() {
            return lgSize;
        }

        /** Offset of something inside, in units of its own size. */
        int offset(int innerLgSize, int innerOffset) {
            return (offset << (lgSize - innerLgSize)) + innerOffset;
        }

        boolean expandTo(int newLgSize) {
            if (newLgSize <= lgSize) {
                return true;
            }
            if (!union.parent.expand(lgSize, offset, newLgSize - lgSize)) {
                return false;
            }
            offset >>= newLgSize - lgSize;
            lgSize = newLgSize;
            return true;
        }

        private boolean contains(int innerLgSize, int innerOffset) {
            return lgSize >= innerLgSize && innerOffset >> (lgSize - innerLgSize) == offset;
        }
    }

    /** A member of a union: what it uses of the union's space. */
    static final class Group implements Place {
        private final Union union;
        private final List<Usage> usages = new ArrayList<>();
        private int pointersUsed;
        private boolean hasFields;

        Group(Union union) {
            this.union = union;
        }

        private void addField() {
            if (!hasFields) {
                hasFields = true;
                union.addMember();
            }
        }

        /** A union around this one must know of the field too: it may have to put its tag first. */
        @Override
        public void addVoid() {
            addField();
            union.parent.addVoid();
        }

        @Override
        public int addData(int lgSize) {
            addField();
            Usage best = null;
            int bestSize = Integer.MAX_VALUE;
            for (int i = 0; i < union.spots.size(); i++) {
                if (usages.size() == i) {
                    usages.add(new Usage(union.spots.get(i)));
                }
                int hole = usages.get(i).smallestHole(lgSize);
                if (hole >= 0 && hole < bestSize) {
                    best = usages.get(i);
                    bestSize = hole;
                }
            }
            if (best != null) {
                return best.allocate(lgSize);
            }
            for (Usage usage : usages) {
                int offset = usage.allocateByExpanding(lgSize);
                if (offset >= 0) {
                    return offset;
                }
            }
            Spot spot = new Spot(union, lgSize, union.parent.addData(lgSize));
            union.spots.add(spot);
            usages.add(new Usage(spot, lgSize));
            return spot.offset;
        }

        @Override
        public int addPointer() {
            addField();
            if (pointersUsed == union.pointers.size()) {
                union.pointers.add(union.parent.addPointer());
            }
            return union.pointers.get(pointersUsed++);
        }

        @Override
        public boolean expand(int lgSize, int offset, int times) {
            boolean mustFail = lgSize + times > Holes.WORD || (offset & ((1 << times) - 1)) != 0;
            for (Usage usage : usages) {
                Spot spot = usage.spot();
                if (spot.contains(lgSize, offset)) {
                    boolean expanded = usage.expand(lgSize, offset - spot.offset(lgSize, 0), times);
                    if (mustFail && expanded) {
                        throw new Ambiguous();
                    }
                    return expanded;
                }
            }
            throw new AssertionError("what is to be expanded was put here");
        }
    }
}

package dev.capstan.capnpc.compile;

/** How much of a union's shared spot one of its members uses. */
final class Usage {
    private static final int NOTHING = -1;

    private final Layout.Spot spot;
    private final Holes holes = new Holes();
    /** Log of the used part, which begins where the spot does. */
    private int lgUsed;

    /** Nothing is used yet. */
    Usage(Layout.Spot spot) {
        this(spot, NOTHING);
    }

    Usage(Layout.Spot spot, int lgUsed) {
        this.spot = spot;
        this.lgUsed = lgUsed;
    }

    Layout.Spot spot() {
        return spot;
    }

    /** Size of the smallest free piece that is large enough; -1 when there is none. */
    int smallestHole(int lgSize) {
        if (lgUsed == NOTHING) {
            return lgSize <= spot.lgSize() ? spot.lgSize() : -1;
        }
        if (lgSize >= lgUsed) {
            return lgSize < spot.lgSize() ? lgSize : -1;
        }
        int hole = holes.smallestAtLeast(lgSize);
        if (hole >= 0) {
            return hole;
        }
        return lgUsed < spot.lgSize() ? lgUsed : -1;
    }

    /** Takes the piece that {@link #smallestHole} found; the offset in the struct. */
    int allocate(int lgSize) {
        int inside;
        if (lgUsed == NOTHING) {
            lgUsed = lgSize;
            inside = 0;
        } else if (lgSize >= lgUsed) {
            holes.addBehind(lgUsed, 1, lgSize);
            lgUsed = lgSize + 1;
            inside = 1;
        } else {
            inside = holes.allocate(lgSize);
            if (inside < 0) {
                inside = 1 << (lgUsed - lgSize);
                holes.addBehind(lgSize, inside + 1, lgUsed);
                lgUsed++;
            }
        }
        return spot.offset(lgSize, inside);
    }

    /** Makes the spot larger; -1 when that cannot be done. */
    int allocateByExpanding(int lgSize) {
        if (lgUsed == NOTHING) {
            if (!spot.expandTo(lgSize)) {
                return -1;
            }
            lgUsed = lgSize;
            return spot.offset(lgSize, 0);
        }
        int needed = Math.max(lgUsed, lgSize) + 1;
        if (needed > spot.lgSize() && !spot.expandTo(needed)) {
            return -1;
        }
        holes.addBehind(lgUsed, 1, needed);
        lgUsed = needed;
        return spot.offset(lgSize, holes.allocate(lgSize));
    }

    /** Doubles something within the used part {@code times} times. */
    boolean expand(int lgSize, int offset, int times) {
        if (offset != 0 || lgUsed != lgSize) {
            return holes.expand(lgSize, offset, times);
        }
        int needed = lgSize + times;
        if (needed > spot.lgSize() && !spot.expandTo(needed)) {
            return false;
        }
        throw new Layout.Ambiguous();
    }
}

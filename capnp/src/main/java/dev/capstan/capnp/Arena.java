package dev.capstan.capnp;

import org.jspecify.annotations.Nullable;

/** The segments of one message and the table of its capabilities. */
abstract sealed class Arena permits ReaderArena, BuilderArena {
    // Most messages carry no capabilities, so the table is made when it is first asked for.
    private @Nullable CapTable capTable;

    /** The segment with that id, or null; any int may be asked for. */
    abstract @Nullable Segment segment(int id);

    /** A segment of this arena with room for {@code bytes} more, made when there is none. */
    abstract Segment withRoom(long bytes);

    /** Counts words that are about to be visited, 0 or more; throws when the message's limit is used up. */
    abstract void charge(Segment segment, long position, long words);

    /** How many pointers deep this may be read, see {@link Limits#nesting}. */
    abstract int nesting();

    /** What may still be charged. */
    abstract long wordsLeft();

    /** Takes back a charge, for words that are visited a second time by the same request. */
    abstract void refund(long words);

    final CapTable capTable() {
        CapTable table = capTable;
        if (table == null) {
            table = new CapTable();
            capTable = table;
        }
        return table;
    }

    final void capTable(@Nullable CapTable table) {
        capTable = table;
    }

    final void closeCaps() {
        if (capTable != null) {
            capTable.close();
        }
    }
}

package dev.capstan.capnp;

import org.jspecify.annotations.Nullable;

/** The segments of one message and the table of its capabilities. */
abstract sealed class Arena permits ReaderArena, BuilderArena {
    private CapTable capTable = new CapTable();

    /** The segment with that id, or null; any int may be asked for. */
    abstract @Nullable HeapSegment segment(int id);

    /** Counts words that are about to be visited, 0 or more; throws when the message's limit is used up. */
    abstract void charge(Segment segment, long position, long words);

    final CapTable capTable() {
        return capTable;
    }

    final void capTable(CapTable table) {
        capTable = table;
    }
}

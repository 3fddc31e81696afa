package dev.capstan.capnp;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;

/**
 * Where a message that is being built gets its segments from: on the heap or elsewhere, how large the first one is, and how large the next. For one message at
 * a time. Segments never move, since builders hold on to them; a message that outgrows its first segment has several, joined by far pointers.
 */
public final class Storage {
    /** A growing segment that is larger than this is made only for one object that needs it. */
    private static final long LARGEST_USUAL_BYTES = 64 << 20;

    /** Most content of a segment: pointers count 29 bits of words from its beginning. */
    private static final long LARGEST_SEGMENT_BYTES = 8L * Lists.MAX_COUNT;

    private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 16;

    /** Growing arrays; how large the first one is, is said with each message. */
    static final Storage ON_HEAP = new Storage(Storage::array, 0, true);

    /** The same for a message whose first segment was there before, with no room in front of it. */
    static final Storage EXISTING = new Storage(Storage::array, 0, true);

    private final SegmentSource source;
    private final long firstBytes;
    private final boolean grows;

    /** Makes segments of one kind. */
    private interface SegmentSource {
        /** Zeroed storage, with {@code used} bytes of it in use before the content. */
        Segment segment(BuilderArena arena, int id, long bytes, int used);
    }

    private Storage(SegmentSource source, long firstBytes, boolean grows) {
        this.source = source;
        this.firstBytes = firstBytes;
        this.grows = grows;
    }

    /**
     * Arrays on the heap, the first for {@code firstSegmentWords} words including the root pointer, each further one as large as all before it together: the
     * number of segments stays logarithmic, and at most half of the memory is unused.
     */
    public static Storage heap(int firstSegmentWords) {
        return new Storage(Storage::array, heapBytes(firstSegmentWords), true);
    }

    /**
     * The first segment lies in {@code scratch}, which the message owns and changes as long as it is in use, and further ones as with {@link #heap(int)}. Of
     * {@code scratch} the first word is for the header of a frame; at least 2 words are needed.
     */
    public static Storage heap(byte[] scratch) {
        if (scratch.length < BuilderArena.SPARE + 8) {
            throw new IllegalArgumentException(
                    "A first segment needs at least 16 bytes of scratch space, not " + scratch.length + ".");
        }
        return new Storage(
                (arena, id, bytes, used) -> id == 0 && bytes <= scratch.length
                        ? ofScratch(arena, scratch, used)
                        : array(arena, id, bytes, used),
                scratch.length,
                true);
    }

    /**
     * Memory from {@code memory}, such as a {@link java.lang.foreign.Arena}, whose owner decides how long the message lives and which threads may use it.
     * Segments can be larger than 2 GiB, up to 2^29 - 1 words (4 GiB), which is as far as pointers reach. What comes from an arena is zeroed, says its contract;
     * what comes from another allocator is zeroed here.
     */
    public static Storage of(SegmentAllocator memory, long firstSegmentWords) {
        return new Storage(
                (arena, id, bytes, used) -> {
                    MemorySegment storage = memory.allocate(bytes, 8);
                    if (!(memory instanceof java.lang.foreign.Arena)) {
                        storage.fill((byte) 0);
                    }
                    // What it has beyond that is left alone, so that the limit of a segment holds.
                    return new NativeSegment(arena, id, storage.asSlice(0, bytes), used, used);
                },
                firstBytes(firstSegmentWords, BuilderArena.SPARE + LARGEST_SEGMENT_BYTES),
                true);
    }

    /** Size of a first segment on the heap, its header included. */
    static long heapBytes(int firstSegmentWords) {
        return firstBytes(firstSegmentWords, LARGEST_ARRAY);
    }

    private static long firstBytes(long words, long largest) {
        if (words < 1 || words > (largest - BuilderArena.SPARE) / 8) {
            throw new IllegalArgumentException("A first segment of " + words
                    + " words is not possible; at least 1 is needed, and at most "
                    + (largest - BuilderArena.SPARE) / 8 + " fit here.");
        }
        return BuilderArena.SPARE + 8 * words;
    }

    /** The same with all segments of the size of the first one, unless an object needs more. */
    public Storage fixed() {
        return new Storage(source, firstBytes, false);
    }

    private static Segment array(BuilderArena arena, int id, long bytes, int used) {
        if (bytes > LARGEST_ARRAY) {
            throw new IllegalArgumentException(
                    "An object of " + bytes + " bytes does not fit a heap segment, which holds at most " + LARGEST_ARRAY
                            + "; build the message in Storage.of(memory, ...).");
        }
        return new HeapSegment(arena, id, new byte[(int) bytes], used, used);
    }

    private static Segment ofScratch(BuilderArena arena, byte[] scratch, int used) {
        HeapSegment segment = new HeapSegment(arena, 0, scratch, used, used);
        segment.zero(0, scratch.length);
        return segment;
    }

    boolean grows() {
        return grows;
    }

    long firstBytes() {
        return firstBytes;
    }

    /** The first segment, with {@code bytes} of storage, header and root pointer included. */
    Segment first(BuilderArena arena, long bytes) {
        Segment segment = source.segment(arena, 0, bytes, BuilderArena.SPARE);
        segment.end += 8;
        return segment;
    }

    /** A further segment with room for an object of {@code bytes}, when all before it together have {@code usedBytes}. */
    Segment next(BuilderArena arena, int id, long bytes, long usedBytes) {
        if (bytes > LARGEST_SEGMENT_BYTES) {
            throw new IllegalArgumentException("An object of " + bytes
                    + " bytes, its landing pad included, does not fit a" + " segment, which holds at most "
                    + LARGEST_SEGMENT_BYTES + "; make several objects of it.");
        }
        long usual = grows ? Math.min(usedBytes, LARGEST_USUAL_BYTES) : firstBytes - BuilderArena.SPARE;
        return source.segment(arena, id, Math.max(bytes, usual), 0);
    }
}

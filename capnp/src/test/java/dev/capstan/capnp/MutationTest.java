package dev.capstan.capnp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Valid messages with something wrong in them: reading one gives values or a {@link MessageException}, at a cost that its
 * size bounds. Every failure names the seed of its message.
 */
class MutationTest {
    private static final int MUTATIONS = 100_000;
    private static final int BASES = 40;
    private static final StructType<Raw.Builder, Raw.Reader> NODE = Raw.type(2, 4);

    /** What a message may allocate beyond 16 times its size: readers in code not yet compiled, and exceptions. */
    private static final long SLACK_BYTES = 1 << 20;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final MessageBuilder copy = new MessageBuilder();
    private long messages;
    private long faults;
    private long refused;
    private long sound;

    @Test
    void a_hundred_thousand_mutated_messages_are_read_or_refused_at_bounded_cost() {
        List<byte[]> bases = new ArrayList<>();
        for (int seed = 0; seed < BASES; seed++) {
            byte[] base = base(new Random(seed));
            bases.add(base);
            check(base, "base " + seed);
        }
        assertEquals(BASES, sound, "every base is sound");
        for (int seed = 0; seed < MUTATIONS; seed++) {
            Random random = new Random(1_000_003L * seed + 17);
            byte[] frame = bases.get(seed % BASES).clone();
            for (int i = random.nextInt(4); i >= 0; i--) {
                frame = mutate(frame, random);
            }
            check(frame, "mutation " + seed);
        }
        assertEquals(MUTATIONS + BASES, messages);
        // The mutations must neither break everything at the door nor leave everything sound.
        assertTrue(faults > MUTATIONS / 10, faults + " faults");
        assertTrue(refused > MUTATIONS / 100, refused + " refused");
        assertTrue(sound > MUTATIONS / 100, sound + " sound");
    }

    @Test
    void the_cost_of_large_mutated_messages_is_bounded_by_their_size_too() {
        MessageBuilder large = new MessageBuilder(1000);
        Random content = new Random(1);
        for (Raw.Builder each : large.root().init(StructList.type(NODE), 6000)) {
            fill(each, content, 2);
        }
        byte[] base = large.toByteArray();
        assertTrue(base.length > 1 << 20, base.length + " bytes");
        for (int seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            byte[] frame = base.clone();
            for (int i = 0; i < seed; i++) {
                byte[] mutated = mutate(frame, random);
                frame = mutated.length == frame.length ? mutated : frame;
            }
            check(frame, "large mutation " + seed);
        }
    }

    private void check(byte[] frame, String name) {
        messages++;
        // Every list is read as several types, each of which counts.
        Limits limits = Limits.DEFAULT.withTraversalWords(8L * (frame.length / 8 + 8));
        Walk walk = new Walk();
        boolean whole = false;
        long allowed = 16L * frame.length + SLACK_BYTES;
        long least = Long.MAX_VALUE;
        // Code that is not compiled yet allocates the readers that compiled code does not: the least of a few walks is
        // what the message costs.
        for (int attempt = 0; attempt < 5 && least > allowed; attempt++) {
            walk = new Walk();
            long before = threads.getCurrentThreadAllocatedBytes();
            try {
                walk.pointer(MessageReader.of(frame, 0, frame.length, limits).root());
                whole = walk.faults == 0;
            } catch (MessageException e) {
                refused += attempt == 0 ? 1 : 0;
            } catch (RuntimeException | StackOverflowError e) {
                throw new AssertionError(name, e);
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        long allocated = least;
        Walk walked = walk;
        assertTrue(
                allocated <= allowed,
                () -> name + " allocated " + allocated + " size " + frame.length + " steps " + walked.steps + " faults "
                        + walked.faults);
        assertTrue(walked.steps <= 64 * limits.traversalWords() + 64, () -> name + " took " + walked.steps + " steps");
        faults += walk.faults;
        copy(frame, limits, whole, name);
    }

    /** A copy of anything is sound, even one that failed half-way, and as large as was said. */
    private void copy(byte[] frame, Limits limits, boolean whole, String name) {
        copy.reset();
        long size = -1;
        boolean complete = false;
        try {
            size = MessageReader.of(frame, 0, frame.length, limits).root().targetSizeWords();
            copy.root().set(MessageReader.of(frame, 0, frame.length, limits).root());
            complete = true;
        } catch (MessageException e) {
            if (whole) {
                throw new AssertionError(name, e);
            }
        } catch (RuntimeException | StackOverflowError e) {
            throw new AssertionError(name, e);
        }
        byte[] copied = copy.toByteArray();
        Walk walk = new Walk();
        walk.pointer(MessageReader.of(copied, 0, copied.length, Limits.DEFAULT).root());
        if (complete) {
            sound++;
            assertEquals(size, copy.asReader().targetSizeWords(), name);
        }
        assertTrue(walk.faults == 0 || !whole, name);
    }

    static byte[] base(Random random) {
        MessageBuilder message = new MessageBuilder(1 + random.nextInt(40));
        Raw.Builder root = message.initRoot(NODE);
        fill(root, random, 4);
        return message.toByteArray();
    }

    private static void fill(Raw.Builder node, Random random, int depth) {
        node._setInt64(0, random.nextLong(), 0);
        node._setInt32(2, random.nextInt(), 0);
        for (int i = 0; i < 4; i++) {
            switch (random.nextInt(depth > 0 ? 13 : 9)) {
                case 0 -> node._setText(i, "text".repeat(random.nextInt(5)));
                case 1 -> node._setText(i, "\u00fcber");
                case 2 -> node._init(VoidList.TYPE, i, random.nextInt(9));
                case 3 -> node._init(Int16List.TYPE, i, 1 + random.nextInt(5)).set(0, (short) random.nextInt());
                case 4 -> node._init(Int32List.TYPE, i, random.nextInt(5));
                case 5 -> node._init(Float64List.TYPE, i, random.nextInt(5));
                case 6 -> node._setCap(i, new TestCap());
                case 7 -> node._init(Raw.type(0, 0), i);
                case 8 -> node._clear(i);
                case 9 -> fill(node._init(NODE, i), random, depth - 1);
                case 10, 11 -> {
                    for (Raw.Builder each : node._init(StructList.type(NODE), i, 1 + random.nextInt(2))) {
                        fill(each, random, depth - 2);
                    }
                }
                default -> {
                    var lists = node._init(PointerList.type(PointerList.type(Text.TYPE)), i, 2);
                    lists.init(1, 2).setCopy(0, "nested");
                }
            }
        }
    }

    static byte[] mutate(byte[] frame, Random random) {
        if (frame.length < 16) {
            return frame;
        }
        ByteBuffer words = ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN);
        int word = 8 * random.nextInt(frame.length / 8);
        switch (random.nextInt(8)) {
            case 0 -> frame[random.nextInt(frame.length)] ^= (byte) (1 << random.nextInt(8));
            case 1 -> frame[random.nextInt(frame.length)] = (byte) random.nextInt();
            case 2 -> words.putLong(word, random.nextLong());
            case 3 -> words.putLong(word, words.getLong(8 * random.nextInt(frame.length / 8)));
            case 4 -> words.putLong(word, pointer(random));
            case 5 -> words.putInt(word + 4 * random.nextInt(2), INTERESTING[random.nextInt(INTERESTING.length)]);
            case 6 -> words.putInt(word, words.getInt(word) + 4 * (random.nextInt(9) - 4));
            default -> {
                if (random.nextInt(4) == 0) {
                    return Arrays.copyOf(frame, random.nextInt(frame.length));
                }
                words.putInt(word + 4, words.getInt(word + 4) + (random.nextInt(5) - 2));
            }
        }
        return frame;
    }

    private static final int[] INTERESTING = {0, -1, 1, -4, 7, 0x7fff_ffff, 0x8000_0000, 0xffff, 0x1_0000, 0xffff_fff8};

    /** A pointer of any kind to somewhere near. */
    private static long pointer(Random random) {
        int offset = random.nextInt(40) - 20;
        int count = random.nextInt(4) == 0 ? random.nextInt(1 << 29) : random.nextInt(20);
        return switch (random.nextInt(5)) {
            case 0 -> Pointer.struct(offset, random.nextInt(6), random.nextInt(6));
            case 1 -> Pointer.list(offset, random.nextInt(8), count);
            case 2 -> Pointer.far(random.nextBoolean(), 8L * random.nextInt(30), random.nextInt(4));
            case 3 -> Pointer.capability(random.nextInt(4));
            default -> Pointer.struct(random.nextInt(1 << 29), random.nextInt(3), random.nextInt(3));
        };
    }
}

package dev.capstan.capnp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Valid messages with something wrong in them: reading one gives values or a {@link MessageException}, at a cost that its
 * size bounds. Every failure names the seed of its message.
 */
class MutationTest {
    private static final int MUTATIONS = Boolean.getBoolean("capstan.quick") ? 10_000 : 100_000;
    private static final int BASES = 40;

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
            byte[] base = Mutations.base(new Random(seed));
            bases.add(base);
            check(base, "base " + seed);
        }
        assertEquals(BASES, sound, "every base is sound");
        for (int seed = 0; seed < MUTATIONS; seed++) {
            Random random = new Random(1_000_003L * seed + 17);
            byte[] frame = bases.get(seed % BASES).clone();
            for (int i = random.nextInt(4); i >= 0; i--) {
                frame = Mutations.mutate(frame, random);
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
        for (Raw.Builder each : large.root().init(StructList.type(Mutations.NODE), 6000)) {
            Mutations.fill(each, content, 2);
        }
        byte[] base = large.toByteArray();
        assertTrue(base.length > 1 << 20, base.length + " bytes");
        for (int seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            byte[] frame = base.clone();
            for (int i = 0; i < seed; i++) {
                byte[] mutated = Mutations.mutate(frame, random);
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
                whole = walk.faults() == 0;
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
                () -> name + " allocated " + allocated + " size " + frame.length + " steps " + walked.steps()
                        + " faults " + walked.faults());
        assertTrue(
                walked.steps() <= 64 * limits.traversalWords() + 64, () -> name + " took " + walked.steps() + " steps");
        faults += walk.faults();
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
        assertTrue(walk.faults() == 0 || !whole, name);
    }
}

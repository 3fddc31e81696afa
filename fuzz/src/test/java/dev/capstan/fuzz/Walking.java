package dev.capstan.fuzz;

import dev.capstan.capnp.Limits;
import dev.capstan.capnp.MessageException;
import dev.capstan.capnp.MessageReader;
import dev.capstan.capnp.Walk;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Operations of {@link Target#WALK}. */
final class Walking {
    static final List<Operation> OPERATIONS = List.of(
            new Operation("walk over arrays", Walking::arrays),
            new Operation("walk over memory outside the heap", Walking::outside));

    private Walking() {}

    /** A walk reads lists as several types, each of which counts. */
    static Limits limits(int bytes) {
        return Limits.DEFAULT.withTraversalWords(8L * (bytes / 8 + 8));
    }

    private static long arrays(byte[] input) {
        Walk walk = new Walk();
        try {
            walk.pointer(MessageReader.of(input, 0, input.length, limits(input.length))
                    .root());
        } catch (MessageException e) {
            // Refused, as documented.
        }
        return walk.steps();
    }

    private static long outside(byte[] input) {
        Walk walk = new Walk();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(input.length, 8).copyFrom(MemorySegment.ofArray(input));
            walk.pointer(MessageReader.of(memory, limits(input.length)).root());
        } catch (MessageException e) {
            // Refused, as documented.
        }
        return walk.steps();
    }
}

package dev.capstan.capnweb;

import dev.capstan.cap.Cap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a map does with each element: instructions, as the tree of their JSON, and the objects that they name with negative numbers. The last instruction is the result. */
final class MapProgram implements AutoCloseable {
    private final List<Cap> captures;
    private final List<@Nullable Object> instructions;
    private final int[] sizes;
    private boolean closed;

    /** Takes ownership of {@code captures}. */
    MapProgram(List<Cap> captures, List<@Nullable Object> instructions) {
        this.captures = captures;
        this.instructions = instructions;
        this.sizes = new int[instructions.size()];
    }

    /** Borrowed. */
    List<Cap> captures() {
        return captures;
    }

    List<@Nullable Object> instructions() {
        return instructions;
    }

    /** How many values an instruction is made of. */
    int size(int index) {
        int known = sizes[index];
        if (known == 0) {
            known = Tree.size(instructions.get(index));
            sizes[index] = known;
        }
        return known;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            captures.forEach(Cap::close);
        }
    }
}

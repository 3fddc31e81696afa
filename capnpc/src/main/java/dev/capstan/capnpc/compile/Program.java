package dev.capstan.capnpc.compile;

import dev.capstan.capnpc.syntax.Problems;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All declarations of a run by their ids, and what the run has left to spend. */
final class Program {
    private final Problems problems;
    private final Budget budget = new Budget();
    private final Map<Long, Node> nodes = new HashMap<>();
    private long nextSubstitute = 1000;

    Program(Problems problems) {
        this.problems = problems;
    }

    Problems problems() {
        return problems;
    }

    Budget budget() {
        return budget;
    }

    /** Enters a node and returns the id that it has from now on: another one if its own is taken. */
    long register(long id, Node node) {
        Node other = nodes.putIfAbsent(id, node);
        if (other == null) {
            return id;
        }
        String text = "@0x%016x".formatted(id);
        node.problem("The id " + text + " is used twice.", "Give one of the two another id, or another name.");
        other.problem("The id " + text + " is used here, too.", "Ids are for one declaration each.");
        long substitute = nextSubstitute++;
        nodes.put(substitute, node);
        return substitute;
    }

    @Nullable
    Node node(long id) {
        return nodes.get(id);
    }
}

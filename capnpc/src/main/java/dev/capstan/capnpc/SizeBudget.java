package dev.capstan.capnpc;

import dev.capstan.capnp.MessageException;
import dev.capstan.capnp.StructReader;
import dev.capstan.capnp.schema.CodeGeneratorRequest;
import dev.capstan.capnp.schema.Node;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the Java of a request may take, in characters, before it is refused.
 *
 * <p>Java of a type repeats the names of those around it and of all that it extends, so a few kilobytes of nested types could become many
 * megabytes. The limit grows with what the schema declares and with its size, and lies far above what types need that people write.
 */
final class SizeBudget {
    /** For any request. */
    private static final long BASE = 1 << 20;

    /** For each node, field, enumerant and method; they take a tenth of this. */
    private static final long DECLARATION = 8 << 10;

    /**
     * For each byte of the request: default values and comments. A byte of a value takes up to four characters and a share of its line, and a constant is written
     * twice, in its class and in that of the nodes; a character of a comment takes up to five, wherever the comment is repeated.
     */
    private static final long BYTE = 32;

    /** An interface names each of its ancestors, which takes more than this many characters. */
    private static final long ANCESTOR = 16;

    private static final String NESTING =
            "Nest types and groups less deep, and let fewer interfaces extend each other in a row.";

    private final long limit;
    private final String hint;
    private long left;

    SizeBudget(CodeGeneratorRequest.Reader request) {
        long declarations = 0;
        long words = 0;
        for (Node.Reader node : request.getNodes()) {
            declarations += 1 + members(node);
            words += words(node);
        }
        for (Node.SourceInfo.Reader source : request.getSourceInfo()) {
            words += words(source);
        }
        limit = BASE + DECLARATION * declarations + BYTE * Long.BYTES * words;
        left = limit;
        hint = BYTE * Long.BYTES * words > limit / 2
                ? "Make values and comments shorter: large values are better read from a file. " + NESTING
                : NESTING;
        checkAncestors(request);
    }

    /** Early, since long chains would take long to write. */
    private void checkAncestors(CodeGeneratorRequest.Reader request) {
        Map<Long, List<Long>> parents = new HashMap<>();
        for (Node.Reader node : request.getNodes()) {
            if (node.isInterface()) {
                List<Long> ids = new ArrayList<>();
                node.getInterface().getSuperclasses().forEach(parent -> ids.add(parent.getId()));
                parents.put(node.getId(), ids);
            }
        }
        long most = limit / ANCESTOR;
        for (Node.Reader node : request.getNodes()) {
            most -= node.isInterface() ? ancestors(node.getId(), parents, most) : 0;
            if (most < 0) {
                throw tooMuch(Names.fileName(node.getDisplayName()));
            }
        }
    }

    /** How many there are; no more than one above {@code most} are counted. */
    private static long ancestors(long id, Map<Long, List<Long>> parents, long most) {
        Set<Long> seen = new HashSet<>();
        ArrayDeque<Long> open = new ArrayDeque<>(parents.getOrDefault(id, List.of()));
        while (!open.isEmpty() && seen.size() <= most) {
            long next = open.remove();
            if (seen.add(next)) {
                open.addAll(parents.getOrDefault(next, List.of()));
            }
        }
        return seen.size();
    }

    /** None if it nests too deep to be counted: a type that does is refused with its place when it is written. */
    private static long words(StructReader part) {
        try {
            return part.totalSizeWords();
        } catch (MessageException e) {
            return 0;
        }
    }

    private static int members(Node.Reader node) {
        return switch (node.which()) {
            case STRUCT -> node.getStruct().getFields().size();
            case ENUM -> node.getEnum().getEnumerants().size();
            case INTERFACE -> node.getInterface().getMethods().size();
            default -> 0;
        };
    }

    /**
     * Takes note of text that was written.
     *
     * @param what whose text it is, for people
     * @throws SchemaException if that makes too much
     */
    void spend(long characters, String what) {
        left -= characters;
        if (left < 0) {
            throw tooMuch(what);
        }
    }

    private SchemaException tooMuch(String what) {
        return new SchemaException(what + ": the Java of these schemas takes more than " + limit
                + " characters, far more than what they declare should need. " + hint);
    }
}

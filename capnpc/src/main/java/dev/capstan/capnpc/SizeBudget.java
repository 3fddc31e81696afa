package dev.capstan.capnpc;

import dev.capstan.capnp.schema.CodeGeneratorRequest;
import dev.capstan.capnp.schema.Node;

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

    /** For each byte of the request: default values and comments. */
    private static final long BYTE = 8;

    private final long limit;
    private long left;

    SizeBudget(CodeGeneratorRequest.Reader request) {
        long declarations = 0;
        long words = 0;
        for (Node.Reader node : request.getNodes()) {
            declarations += 1 + members(node);
            words += node.totalSizeWords();
        }
        for (Node.SourceInfo.Reader source : request.getSourceInfo()) {
            words += source.totalSizeWords();
        }
        limit = BASE + DECLARATION * declarations + BYTE * Long.BYTES * words;
        left = limit;
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
            throw new SchemaException(what + ": the Java of these schemas takes more than " + limit
                    + " characters, far more than what they declare should need. Nest types and groups less deep, and let fewer"
                    + " interfaces extend each other in a row.");
        }
    }
}

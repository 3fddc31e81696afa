package dev.capstan.fuzz;

import java.util.List;
import java.util.Locale;

/**
 * What is fuzzed: each decoder of bytes from strangers, with all that is done with what it gives.
 *
 * <p>A further decoder is one constant here, a class with its operations, and its first inputs in {@link Seeds}.
 * The rest follows: {@code ./verify} replays its corpus and explores.
 */
enum Target {
    /** Stream frames: from arrays, streams and memory outside the heap. */
    FRAMING,

    /** The packed form, at once and in pieces. */
    PACKED,

    /** All getters over all pointers of a message. */
    WALK,

    /** Sizes, copies, canonical form, comparison, orphans and dynamic values of a message. */
    VALUES,

    /** The compiler on arbitrary text, and the Java generator on what it accepts. */
    SCHEMA_TEXT,

    /** The schema loader and the Java generator on arbitrary requests. */
    REQUEST,

    /** The text form of values. */
    TEXT,

    /** JSON: of a generated type, with annotations, and as a tree. */
    JSON;

    List<Operation> operations() {
        return switch (this) {
            case FRAMING -> Framing.OPERATIONS;
            case PACKED -> Packing.OPERATIONS;
            case WALK -> Walking.OPERATIONS;
            case VALUES -> Values.OPERATIONS;
            case SCHEMA_TEXT -> SchemaText.OPERATIONS;
            case REQUEST -> Requests.OPERATIONS;
            case TEXT -> TextForms.OPERATIONS;
            case JSON -> Json.OPERATIONS;
        };
    }

    /** As the folder of its corpus is called. */
    String folder() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}

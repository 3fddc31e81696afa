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
    JSON,

    /** Cap'n Web: the parser of JSON, and what it gives written again. */
    WEB_JSON,

    /** Cap'n Web: expressions, and what they stand for written again. */
    WEB_EXPRESSION,

    /** Cap'n Web: the instructions of a map, run over a list. */
    WEB_MAP,

    /** Cap'n Web: the body of an HTTP batch. */
    WEB_BATCH,

    /** Cap'n Web: programs. */
    WEB_PROGRAM;

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
            case WEB_JSON -> Web.JSON;
            case WEB_EXPRESSION -> Web.EXPRESSIONS;
            case WEB_MAP -> Web.MAPS;
            case WEB_BATCH -> Web.BATCHES;
            case WEB_PROGRAM -> Web.PROGRAMS;
        };
    }

    /** As the folder of its corpus is called. */
    String folder() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}

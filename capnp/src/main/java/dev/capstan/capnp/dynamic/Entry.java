package dev.capstan.capnp.dynamic;

import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.schema.Node;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What a loader knows about one id. Its schemas are handed out while newer versions of the node may still come: they all look here, so that
 * they change together. Written under the loader's lock, read by any thread.
 */
final class Entry {
    /** How the body came to be. */
    enum State {
        /** Some node refers to this one; nobody has asked for it yet. */
        MENTIONED,
        /** It was asked for before it was loaded, and counts as empty until then. */
        ASSUMED_EMPTY,
        LOADED
    }

    final SchemaLoader loader;
    final long id;
    final Node.Which kind;
    private final Schema schema;
    private final Map<Brand, Schema> branded = new ConcurrentHashMap<>(0);
    private volatile Body body;
    private volatile State state = State.MENTIONED;
    /** What the groups of this struct need, in words and pointers; their sizes may be newer than this node's. */
    private volatile int groupWords;

    private volatile int groupPointers;

    Entry(SchemaLoader loader, Body body) {
        this.loader = loader;
        this.id = body.node.getId();
        this.kind = body.kind;
        this.body = body;
        this.schema = make(Brand.NONE);
    }

    /** An entry for a node that is only mentioned. */
    static Entry mentioned(SchemaLoader loader, long id, Node.Which kind, String by) {
        Node.Builder node = new MessageBuilder(24).initRoot(Node.TYPE);
        node.setId(id);
        node.setDisplayName("(unknown type used by " + by + ")");
        switch (kind) {
            case STRUCT -> node.initStruct();
            case ENUM -> node.initEnum();
            case INTERFACE -> node.initInterface();
            default -> throw new AssertionError("nothing refers to a " + kind);
        }
        Node.Reader reader = node.asReader();
        return new Entry(
                loader,
                kind == Node.Which.STRUCT
                        ? new StructBody(reader, Map.of(), Map.of(), List.of())
                        : new Body(reader, Map.of(), Map.of()));
    }

    private Schema make(Brand brand) {
        return switch (kind) {
            case STRUCT -> new StructSchema(this, brand);
            case ENUM -> new EnumSchema(this, brand);
            case INTERFACE -> new InterfaceSchema(this, brand);
            case CONST -> new ConstSchema(this, brand);
            case FILE, ANNOTATION, UNRECOGNIZED -> new Schema(this, brand);
        };
    }

    Body body() {
        return body;
    }

    void body(Body newer) {
        body = newer;
    }

    State state() {
        return state;
    }

    void state(State next) {
        state = next;
    }

    Schema schema() {
        return schema;
    }

    /** The one schema of this node with that brand. */
    Schema schema(Brand brand) {
        if (brand.isEmpty()) {
            return schema;
        }
        Schema known = branded.get(brand);
        if (known != null) {
            return known;
        }
        loader.countBrand();
        return branded.computeIfAbsent(brand, this::make);
    }

    int dataWords() {
        return body instanceof StructBody struct ? Math.max(struct.dataWords, groupWords) : 0;
    }

    int pointerCount() {
        return body instanceof StructBody struct ? Math.max(struct.pointerCount, groupPointers) : 0;
    }

    /** Whoever makes one of these makes room for its groups, too. */
    void requireSize(int dataWords, int pointerCount) {
        groupWords = Math.max(groupWords, dataWords);
        groupPointers = Math.max(groupPointers, pointerCount);
    }
}

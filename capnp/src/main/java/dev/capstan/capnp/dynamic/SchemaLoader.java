package dev.capstan.capnp.dynamic;

import dev.capstan.capnp.CompiledSchema;
import dev.capstan.capnp.EnumType;
import dev.capstan.capnp.InterfaceType;
import dev.capstan.capnp.StructList;
import dev.capstan.capnp.StructType;
import dev.capstan.capnp.schema.Brand.Reader;
import dev.capstan.capnp.schema.CodeGeneratorRequest;
import dev.capstan.capnp.schema.Node;
import dev.capstan.capnp.stream.StreamResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Makes {@link Schema}s of nodes, wherever those come from: a compiler's request, a peer, generated classes.
 *
 * <p>Nodes may be loaded in any order. One that is only referred to is asked of the {@code source}, if there is one, when somebody needs it;
 * if nobody knows it, it counts as empty until it is loaded. A node whose id is known is compared with the one that is there: the newer of the
 * two is kept, and a node that is incompatible with what was loaded is refused. Each node is copied and validated, so that schemas never
 * change under whoever holds one, except that they grow.
 *
 * <p><b>Trust.</b> Nodes may come from peers. Whatever they contain, loading and using them throws {@link SchemaException} or, for values
 * inside of them that are read later, {@link dev.capstan.capnp.MessageException}; the {@link Limits} bound what they cost. A loader
 * believes whoever comes first: a peer's nodes belong into a loader of their own, not into one with the program's types.
 *
 * <p><b>Threads.</b> May be used from any thread; reading takes no lock. The source is called without the lock, possibly by several threads at
 * once for the same id.
 */
public final class SchemaLoader {
    private final Limits limits;
    private final LongFunction<Optional<Node.Reader>> source;
    private final Map<Long, Entry> entries = new ConcurrentHashMap<>();
    /** Which struct has a field that is the group with an id. */
    private final Map<Long, Long> groupUsers = new HashMap<>();

    /** Held while entries are made or changed, and never while foreign code runs. */
    private final ReentrantLock lock = new ReentrantLock();

    private final AtomicInteger brands = new AtomicInteger();

    /** A loader that knows what it is given, within {@link Limits#DEFAULT}. */
    public SchemaLoader() {
        this(Limits.DEFAULT);
    }

    /** A loader that knows what it is given. */
    public SchemaLoader(Limits limits) {
        this(limits, id -> Optional.empty());
    }

    /**
     * A loader that asks for what it does not know.
     *
     * @param source gives the node with an id, or nothing; what it gives is loaded as by {@link #loadOnce}
     */
    public SchemaLoader(Limits limits, LongFunction<Optional<Node.Reader>> source) {
        this.limits = limits;
        this.source = source;
    }

    /**
     * Loads a node, or compares it with the one of that id that is there already.
     *
     * @throws SchemaException if it is malformed, over a limit, or incompatible with what is there
     */
    public Schema load(Node.Reader node) {
        lock.lock();
        try {
            return load(node, Entry.State.LOADED, 0).schema();
        } finally {
            lock.unlock();
        }
    }

    /** Loads a node unless one with its id was loaded, or taken to be empty, before; then that one is the result, and nothing is compared. */
    public Schema loadOnce(Node.Reader node) {
        lock.lock();
        try {
            Entry known = entries.get(node.getId());
            return known != null && known.state() != Entry.State.MENTIONED ? known.schema() : load(node);
        } finally {
            lock.unlock();
        }
    }

    /** Loads all nodes of a compiler's request; what comes back are its files. */
    public List<Schema> load(CodeGeneratorRequest.Reader request) {
        StructList.Reader<Node.Reader> nodes = request.getNodes();
        StructList.Reader<CodeGeneratorRequest.RequestedFile.Reader> requested = request.getRequestedFiles();
        if (Math.max(nodes.size(), requested.size()) > limits.nodes()) {
            // Elements without content cost their sender nothing, and would all be the same node.
            throw new SchemaException("The request has " + nodes.size() + " nodes and " + requested.size()
                    + " files; more than " + limits.nodes() + " of either are not allowed (Limits.nodes).");
        }
        for (Node.Reader node : nodes) {
            load(node);
        }
        List<Schema> files = new ArrayList<>();
        for (CodeGeneratorRequest.RequestedFile.Reader file : requested) {
            files.add(get(file.getId()));
        }
        return files;
    }

    /** Loads the schema of a generated struct and of all types that it leads to. */
    public StructSchema load(StructType<?, ?> type) {
        return (StructSchema) load(type.schema(), type.typeId());
    }

    /** Loads the schema of a generated interface and of all types that it leads to. */
    public InterfaceSchema load(InterfaceType<?> type) {
        return (InterfaceSchema) load(type.schema(), type.interfaceId());
    }

    /** Loads the schema of a generated enum. */
    public EnumSchema load(EnumType<?> type) {
        return (EnumSchema) load(type.schema(), type.typeId());
    }

    /** Loads one node of a generated file and all that it leads to. */
    Schema load(@Nullable CompiledSchema compiled, long id) {
        if (compiled == null) {
            throw new SchemaException("This type was not generated from a schema, so it has none to load.");
        }
        new CompiledNodes(compiled).load(id, this);
        return get(id);
    }

    /** Loads all that a generated file declares, and what that leads to; what comes back is the file. */
    public Schema load(CompiledSchema compiled) {
        return get(new CompiledNodes(compiled).loadAll(this));
    }

    /** The schema with this id, without type arguments; loaded now if the source has it. Throws {@link SchemaException} if there is none. */
    public Schema get(long id) {
        Schema schema = tryGet(id);
        if (schema == null) {
            throw new SchemaException("No schema node was loaded for id " + SchemaException.id(id) + ".");
        }
        return schema;
    }

    /**
     * The schema with this id and these type arguments.
     *
     * @param scope what the brand was spelled in: parameters in it stand for what they are bound to there; null if there is no such
     */
    public Schema get(long id, Reader brand, @Nullable Schema scope) {
        Schema schema = get(id);
        new Validator(limits, this::kind).alone().brand(brand, 0);
        return schema.entry.schema(resolver(scope).brand(brand));
    }

    /** The schema with this id, loaded now if the source has it, or null. */
    public @Nullable Schema tryGet(long id) {
        Entry entry = entries.get(id);
        if (entry == null || entry.state() == Entry.State.MENTIONED) {
            ask(id);
            entry = entries.get(id);
        }
        return entry == null || entry.state() == Entry.State.MENTIONED ? null : entry.schema();
    }

    /**
     * A type as nodes spell it.
     *
     * @param scope what it was spelled in, as in {@link #get(long, Reader, Schema)}
     */
    public Type type(dev.capstan.capnp.schema.Type.Reader type, @Nullable Schema scope) {
        new Validator(limits, this::kind).alone().type(type, 0);
        return resolver(scope).type(type);
    }

    /** All schemas that were loaded or asked for so far, without type arguments, in no particular order. */
    public List<Schema> loaded() {
        return entries.values().stream()
                .filter(entry -> entry.state() != Entry.State.MENTIONED)
                .map(Entry::schema)
                .toList();
    }

    Limits limits() {
        return limits;
    }

    /** Which group belongs to which struct, as of now. */
    Map<Long, Long> groups() {
        lock.lock();
        try {
            return Map.copyOf(groupUsers);
        } finally {
            lock.unlock();
        }
    }

    @Nullable
    Entry entry(long id) {
        return entries.get(id);
    }

    private Node.@Nullable Which kind(long id) {
        Entry entry = entries.get(id);
        return entry == null ? null : entry.kind;
    }

    private Resolver resolver(@Nullable Schema scope) {
        return new Resolver(this, scope == null ? Brand.NONE : scope.brand);
    }

    /** One more brand; refused when there are too many. Those that two threads make at once may count twice. */
    void countBrand() {
        if (brands.incrementAndGet() > limits.brands()) {
            throw new SchemaException(
                    "There are more than " + limits.brands() + " combinations of type arguments (Limits.brands).");
        }
    }

    /** The entry of a node that something refers to; from now on it is no placeholder any more. */
    Entry dependency(long id, Node.Which kind) {
        Entry entry = entries.get(id);
        if (entry == null || entry.state() == Entry.State.MENTIONED) {
            ask(id);
            entry = settle(id, kind);
        }
        if (entry.kind != kind) {
            throw new SchemaException(SchemaException.id(id) + " should be " + kind + ", but is " + entry.kind + ".");
        }
        return entry;
    }

    private void ask(long id) {
        Node.Reader node = source.apply(id).orElse(null);
        if (node == null && id == StructSchema.STREAM_RESULT) {
            // It comes with the runtime, and tells clients which methods stream.
            load(StreamResult.TYPE);
        }
        if (node != null) {
            if (node.getId() != id) {
                throw new SchemaException("The source was asked for " + SchemaException.id(id) + " and gave "
                        + SchemaException.id(node.getId()) + ".");
            }
            loadOnce(node);
        }
    }

    private Entry settle(long id, Node.Which kind) {
        lock.lock();
        try {
            Entry entry = mention(id, kind, "a type");
            if (entry.state() == Entry.State.MENTIONED) {
                entry.state(Entry.State.ASSUMED_EMPTY);
            }
            return entry;
        } finally {
            lock.unlock();
        }
    }

    private Entry load(Node.Reader node, Entry.State state, int depth) {
        if (depth > limits.typeNesting()) {
            throw new SchemaException("Types that became structs lead to more than " + limits.typeNesting()
                    + " further comparisons (Limits.typeNesting).");
        }
        Body body = new Validator(limits, this::kind).validate(node);
        checkGroups(body);
        Entry known = entries.get(body.node.getId());
        if (known == null) {
            return add(body, state);
        }
        Compatibility comparison = new Compatibility(known.body(), body);
        Compatibility.Order order = comparison.compare();
        for (Node.Reader expected : comparison.expected()) {
            load(expected, Entry.State.MENTIONED, depth + 1);
        }
        boolean isPlaceholder = known.state() != Entry.State.LOADED;
        if (isPlaceholder ? order != Compatibility.Order.OLDER : order == Compatibility.Order.NEWER) {
            mentionAll(body);
            known.body(body);
            claimGroups(body);
            makeRoom(known);
        }
        if (state == Entry.State.LOADED) {
            known.state(state);
        }
        return known;
    }

    /**
     * A group belongs to one field of the struct that is its scope. Groups that several fields share would let a schema of a few nodes stand for
     * a struct of more fields than could ever be looked at.
     */
    private void checkGroups(Body body) {
        if (!(body instanceof StructBody struct)) {
            return;
        }
        long id = body.node.getId();
        Long user = groupUsers.get(id);
        if (struct.isGroup && user != null && user != body.node.getScopeId()) {
            throw misplaced(id, user, body.node.getScopeId());
        }
        for (FieldLayout field : struct.fields) {
            if (!field.isGroup()) {
                continue;
            }
            Long other = groupUsers.get(field.groupId());
            if (other != null && other != id) {
                throw new SchemaException(SchemaException.id(field.groupId()) + " is a group of both "
                        + SchemaException.id(other) + " and " + SchemaException.id(id)
                        + "; each group belongs to one field.");
            }
            Entry group = entries.get(field.groupId());
            if (group != null
                    && group.state() == Entry.State.LOADED
                    && group.body() instanceof StructBody inner
                    && inner.isGroup
                    && inner.node.getScopeId() != id) {
                throw misplaced(field.groupId(), id, inner.node.getScopeId());
            }
        }
        checkCircles(struct);
    }

    /** Above a struct lies the one whose group it is. None may be its own group, however far above, or what looks at all of its fields has no end. */
    private void checkCircles(StructBody struct) {
        long id = struct.node.getId();
        Set<Long> below = new HashSet<>();
        below.add(id);
        struct.fields.stream().filter(FieldLayout::isGroup).forEach(field -> below.add(field.groupId()));
        if (struct.fields.stream().anyMatch(field -> field.isGroup() && field.groupId() == id)) {
            throw circle(id);
        }
        Long above = struct.isGroup ? Long.valueOf(struct.node.getScopeId()) : groupUsers.get(id);
        for (int level = 1; above != null; level++) {
            if (below.contains(above)) {
                throw circle(id);
            }
            if (level > limits.groupNesting()) {
                throw new SchemaException(SchemaException.id(id) + " lies more than " + limits.groupNesting()
                        + " groups deep (Limits.groupNesting).");
            }
            above = above(above);
        }
    }

    private @Nullable Long above(long id) {
        Long user = groupUsers.get(id);
        Entry entry = entries.get(id);
        return user == null && entry != null && entry.body() instanceof StructBody body && body.isGroup
                ? Long.valueOf(body.node.getScopeId())
                : user;
    }

    private static SchemaException circle(long id) {
        return new SchemaException(SchemaException.id(id)
                + " is a group that lies within itself; the fields of a group cannot be the struct around it.");
    }

    /** Only of nodes that are taken: one that is refused must not shut out the struct that the groups belong to. */
    private void claimGroups(Body body) {
        if (body instanceof StructBody struct) {
            long id = body.node.getId();
            struct.fields.stream().filter(FieldLayout::isGroup).forEach(field -> groupUsers.put(field.groupId(), id));
        }
    }

    private static SchemaException misplaced(long group, long user, long scope) {
        return new SchemaException(SchemaException.id(group) + " is a group of " + SchemaException.id(user)
                + ", but its scopeId is " + SchemaException.id(scope) + ".");
    }

    private Entry add(Body body, Entry.State state) {
        mentionAll(body);
        // It may have mentioned itself.
        Entry entry = entries.computeIfAbsent(body.node.getId(), id -> new Entry(this, body));
        entry.body(body);
        entry.state(state);
        claimGroups(body);
        makeRoom(entry);
        return entry;
    }

    private void mentionAll(Body body) {
        int more = 1;
        for (Long id : body.dependencies.keySet()) {
            more += entries.containsKey(id) ? 0 : 1;
        }
        checkNodes(more);
        body.dependencies.forEach((id, kind) -> mention(id, kind, body.node.getDisplayName()));
    }

    private Entry mention(long id, Node.Which kind, String by) {
        Entry known = entries.get(id);
        if (known == null) {
            checkNodes(1);
            known = Entry.mentioned(this, id, kind, by);
            entries.put(id, known);
        }
        return known;
    }

    private void checkNodes(int more) {
        if (entries.size() + more > limits.nodes()) {
            throw new SchemaException("The loader would know more than " + limits.nodes()
                    + " nodes, those that are only referred to included (Limits.nodes).");
        }
    }

    /** A group lies within the struct around it, so that one must be at least as large. */
    private void makeRoom(Entry group) {
        Entry inner = group;
        for (int level = 0; level < limits.groupNesting(); level++) {
            if (!(inner.body() instanceof StructBody body) || !body.isGroup) {
                return;
            }
            Entry outer = entries.get(body.node.getScopeId());
            if (outer == null) {
                return;
            }
            outer.requireSize(inner.dataWords(), inner.pointerCount());
            inner = outer;
        }
    }
}

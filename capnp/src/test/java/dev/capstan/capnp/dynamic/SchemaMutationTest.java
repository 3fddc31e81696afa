package dev.capstan.capnp.dynamic;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.capstan.capnp.AnyPointer;
import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.MessageException;
import dev.capstan.capnp.MessageReader;
import dev.capstan.capnp.dynamic.fixture.DynamicNodes;
import dev.capstan.capnp.schema.Node;
import dev.capstan.capnp.testfixture.TestNodes;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Valid nodes with bits flipped: loading them gives a schema or a {@link SchemaException}, and using what was loaded gives values or one of the
 * exceptions that are documented. Every failure names its seed.
 */
class SchemaMutationTest {
    private static final int ROUNDS =
            Integer.getInteger("capstan.schema.mutations", Boolean.getBoolean("capstan.quick") ? 500 : 3_000);
    private static final int NODES_PER_ROUND = 6;

    /** What loading may allocate beyond its size: code that is not compiled yet, and exceptions. */
    private static final long SLACK_BYTES = 1 << 20;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final List<byte[]> frames = new ArrayList<>();
    private final Map<Long, byte[]> byId = new HashMap<>();
    private int loaded;
    private int refused;
    private int used;
    private int stopped;

    @Test
    void mutated_nodes_are_loaded_or_refused_and_what_is_loaded_can_be_used() {
        SchemaLoader compiled = new SchemaLoader();
        compiled.load(DynamicNodes.FILE);
        compiled.load(TestNodes.FILE);
        for (Schema schema : compiled.loaded().stream()
                .sorted(java.util.Comparator.comparingLong(Schema::id))
                .toList()) {
            MessageBuilder message = new MessageBuilder();
            message.setRoot(schema.node());
            byte[] frame = message.toByteArray();
            frames.add(frame);
            byId.put(schema.id(), frame);
        }
        for (int seed = 0; seed < ROUNDS; seed++) {
            try {
                round(new Random(7_919L * seed + 1));
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
        String counts = loaded + " loaded, " + refused + " refused, " + used + " used, " + stopped + " stopped";
        assertTrue(loaded > ROUNDS && refused > ROUNDS / 10 && used > ROUNDS && stopped > 0, counts);
    }

    private void round(Random random) {
        // What is referred to comes from the same well, so that some of it does not fit either.
        SchemaLoader loader = new SchemaLoader(
                Limits.DEFAULT, id -> Optional.ofNullable(byId.get(id)).flatMap(frame -> node(frame, random, 1)));
        for (int i = 0; i < NODES_PER_ROUND; i++) {
            byte[] frame = frames.get(random.nextInt(frames.size()));
            if (random.nextBoolean()) {
                // What comes next is compared with it.
                node(frame, random, 1).ifPresent(node -> load(loader, node, frame.length));
            }
            node(frame, random, 4).ifPresent(node -> load(loader, node, frame.length));
        }
        for (Schema schema : loader.loaded()) {
            use(schema, random);
        }
    }

    private void load(SchemaLoader loader, Node.Reader node, int bytes) {
        long before = threads.getCurrentThreadAllocatedBytes();
        try {
            loader.load(node);
            loaded++;
        } catch (SchemaException e) {
            refused++;
        }
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertTrue(allocated < 256L * bytes + SLACK_BYTES, () -> allocated + " bytes for " + bytes);
    }

    /** A node with some bits flipped; none if nothing is left of its root, which is nothing that a loader sees. */
    private static Optional<Node.Reader> node(byte[] valid, Random random, int flips) {
        byte[] frame = valid.clone();
        for (int i = random.nextInt(flips + 1); i > 0; i--) {
            // The header of the frame is no part of the schema.
            frame[8 + random.nextInt(frame.length - 8)] ^= (byte) (1 << random.nextInt(8));
        }
        try {
            return Optional.of(MessageReader.of(frame, 0, frame.length, dev.capstan.capnp.Limits.DEFAULT)
                    .root(Node.TYPE));
        } catch (MessageException e) {
            return Optional.empty();
        }
    }

    private void use(Schema schema, Random random) {
        try {
            assertNotNull(schema.toString() + schema.shortName());
            schema.node().getAnnotations().forEach(a -> schema.annotation(a.getId()));
            switch (schema) {
                case StructSchema struct -> {
                    struct.mayContainCapabilities();
                    MessageBuilder message = new MessageBuilder();
                    DynamicStruct.Builder builder = message.initRoot(struct.structType());
                    write(builder, random, 3);
                    read(builder.asReader(), 4);
                    for (StructSchema.Field field : struct.fields()) {
                        field.proto().getAnnotations().forEach(a -> field.annotation(a.getId()));
                    }
                }
                case EnumSchema e -> e.enumerants().forEach(each -> e.enumerant(each.name()));
                case InterfaceSchema i -> {
                    i.lineage();
                    i.methods().forEach(m -> {
                        m.params();
                        m.results();
                        i.findMethod(m.name());
                    });
                }
                case ConstSchema c -> read(c.value(), 4);
                default -> {}
            }
            used++;
        } catch (SchemaException | MessageException | IllegalArgumentException e) {
            stopped++;
        }
    }

    private void write(DynamicStruct.Builder struct, Random random, int depth) {
        for (StructSchema.Field field : struct.schema().fields()) {
            try {
                write(struct, field, random, depth);
            } catch (SchemaException | MessageException | IllegalArgumentException e) {
                stopped++;
            }
        }
    }

    private void write(DynamicStruct.Builder struct, StructSchema.Field field, Random random, int depth) {
        switch (field.type()) {
            case Type.Scalar scalar -> {
                switch (scalar) {
                    case VOID -> struct.set(field, DynamicValue.Nothing.VOID);
                    case BOOL -> struct.set(field, random.nextBoolean());
                    case TEXT, DATA -> struct.set(field, "text");
                    case FLOAT32, FLOAT64 -> struct.set(field, random.nextDouble());
                    default -> struct.set(field, random.nextInt(100));
                }
            }
            case EnumSchema e -> struct.set(field, random.nextInt(5));
            case StructSchema s -> {
                if (depth > 0) {
                    write(
                            random.nextBoolean() && !field.isInUnion()
                                    ? struct.struct(field)
                                    : struct.initStruct(field),
                            random,
                            depth - 1);
                }
            }
            case ListSchema list -> {
                DynamicList.Builder elements = struct.initList(field, 2);
                if (list.element() instanceof StructSchema && depth > 0) {
                    write(elements.struct(1), random, depth - 1);
                } else {
                    elements.put(0, elements.get(1));
                }
            }
            case InterfaceSchema i -> struct.set(field, null);
            case Type.Any any -> struct.set(field, "any");
        }
        struct.hasNonDefault(field.name());
        if (random.nextInt(10) == 0) {
            struct.clear(field);
        }
    }

    private static void read(DynamicValue value, int depth) {
        if (depth == 0) {
            return;
        }
        switch (value) {
            case DynamicStruct.Reader struct -> {
                struct.which();
                for (StructSchema.Field field : struct.schema().fields()) {
                    if (struct.has(field) || !field.isInUnion()) {
                        read(struct.get(field), depth - 1);
                    }
                    if (!field.isGroup()) {
                        read(field.defaultValue(), depth - 1);
                    }
                }
            }
            case DynamicList.Reader list -> {
                for (int i = 0; i < Math.min(list.size(), 10); i++) {
                    read(list.get(i), depth - 1);
                }
            }
            case DynamicValue.Any(AnyPointer.Reader pointer) -> pointer.kind();
            default -> assertNotNull(value.toString());
        }
    }
}

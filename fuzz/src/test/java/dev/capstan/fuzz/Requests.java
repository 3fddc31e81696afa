package dev.capstan.fuzz;

import dev.capstan.capnp.Limits;
import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.MessageException;
import dev.capstan.capnp.MessageReader;
import dev.capstan.capnp.dynamic.ConstSchema;
import dev.capstan.capnp.dynamic.DynamicStruct;
import dev.capstan.capnp.dynamic.EnumSchema;
import dev.capstan.capnp.dynamic.InterfaceSchema;
import dev.capstan.capnp.dynamic.Schema;
import dev.capstan.capnp.dynamic.SchemaException;
import dev.capstan.capnp.dynamic.SchemaLoader;
import dev.capstan.capnp.dynamic.StructSchema;
import dev.capstan.capnp.schema.CodeGeneratorRequest;
import dev.capstan.capnpc.GeneratedFile;
import dev.capstan.capnpc.JavaGenerator;
import java.util.List;

/** Operations of {@link Target#REQUEST}. */
final class Requests {
    /**
     * A schema is kept and looked at from many sides: for each node there are objects, which the loader's limits bound, and an element of a list of bytes can be a
     * node.
     */
    private static final Operation.Cost LOADING = new Operation.Cost(2048, 1 << 20, 64, 1 << 13);

    /** A declaration of ten words is two pages of Java. */
    private static final Operation.Cost GENERATING = new Operation.Cost(2048, 8 << 20, 1024, 1 << 20);

    static final List<Operation> OPERATIONS = List.of(
            new Operation("load", Requests::load, LOADING),
            new Operation("use what was loaded", Requests::use, GENERATING),
            new Operation("generate Java", Requests::generate, GENERATING));

    private Requests() {}

    private static CodeGeneratorRequest.Reader request(byte[] input) {
        Limits limits = Limits.DEFAULT.withTraversalWords(2L * (input.length / 8 + 8));
        return MessageReader.of(input, 0, input.length, limits).root(CodeGeneratorRequest.TYPE);
    }

    private static SchemaLoader loaded(byte[] input) {
        SchemaLoader loader = new SchemaLoader();
        try {
            loader.load(request(input));
        } catch (SchemaException | MessageException e) {
            // What was loaded until then can be used.
        }
        return loader;
    }

    private static long load(byte[] input) {
        return loaded(input).loaded().size();
    }

    private static long use(byte[] input) {
        long steps = 0;
        for (Schema schema : loaded(input).loaded()) {
            try {
                steps += use(schema);
            } catch (SchemaException | MessageException e) {
                // What it leads to was not loaded or does not fit, as documented.
            }
        }
        return steps;
    }

    private static long use(Schema schema) {
        DynamicWalk walk = new DynamicWalk();
        schema.node().getAnnotations().forEach(each -> schema.annotation(each.getId()));
        switch (schema) {
            case StructSchema struct -> {
                struct.mayContainCapabilities();
                for (StructSchema.Field field : struct.fields()) {
                    if (!field.isGroup()) {
                        walk.value(field.defaultValue());
                    }
                }
                MessageBuilder message = new MessageBuilder();
                DynamicStruct.Builder builder = message.initRoot(struct.structType());
                walk.value(builder.asReader());
            }
            case EnumSchema e -> e.enumerants().forEach(each -> e.enumerant(each.name()));
            case InterfaceSchema i -> {
                i.lineage();
                i.methods().forEach(method -> {
                    method.params();
                    method.results();
                });
            }
            case ConstSchema c -> walk.value(c.value());
            default -> {}
        }
        return 1 + walk.steps();
    }

    private static long generate(byte[] input) {
        long steps = 0;
        try {
            List<GeneratedFile> files = JavaGenerator.generate(request(input));
            for (GeneratedFile file : files) {
                steps += file.content().length() / 64;
            }
        } catch (dev.capstan.capnpc.SchemaException | MessageException e) {
            // Incomplete, malformed, or nothing that Java can express: as documented.
        }
        return steps;
    }
}

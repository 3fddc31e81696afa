package dev.capstan.capnp.json;

import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.dynamic.DynamicList;
import dev.capstan.capnp.dynamic.DynamicStruct;
import dev.capstan.capnp.dynamic.DynamicValue;
import dev.capstan.capnp.dynamic.EnumSchema;
import dev.capstan.capnp.dynamic.InterfaceSchema;
import dev.capstan.capnp.dynamic.ListSchema;
import dev.capstan.capnp.dynamic.StructSchema;
import dev.capstan.capnp.dynamic.Type;
import dev.capstan.capnp.json.schema.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads one value; not to be used again. */
final class Decoder {
    private final JsonCodec codec;
    private final Tree tree;
    private final Leaves leaves;

    Decoder(JsonCodec codec, Tree tree) {
        this.codec = codec;
        this.tree = tree;
        this.leaves = new Leaves(codec, tree);
    }

    /** The root into a struct. */
    void struct(DynamicStruct.Builder output) {
        struct(0, output, null);
    }

    /** The root into a field. */
    void field(DynamicStruct.Builder output, StructSchema.Field field) {
        field(0, codec.shape(output.schema()).member(field), output);
    }

    /** The root as a value of its own, in a message of its own. */
    DynamicValue value(Type type) {
        if (tree.kind(0) == Tree.Kind.NULL && isOptional(type)) {
            throw tree.fault(0, "null stands for no " + type + ".");
        }
        // A list of one element has room for a value of any type.
        DynamicList.Builder holder = new ListSchema(type).init(new MessageBuilder().root(), 1);
        element(0, type, holder, 0);
        return holder.get(0);
    }

    private void takeStruct(int node, StructSchema type) {
        leaves.take(
                node, (long) type.structType().dataWords() + type.structType().pointerCount());
    }

    // Structs.

    /** A struct on its way, with the structs that are flattened into it. */
    private static final class Frame {
        final Shape shape;
        final DynamicStruct.Builder output;

        @Nullable
        Map<Shape.Member, Frame> within;
        /** The member of the union that the tag named. */
        Shape.@Nullable Member tagged;

        Frame(Shape shape, DynamicStruct.Builder output) {
            this.shape = shape;
            this.output = output;
        }

        Frame within(Shape.Member member) {
            if (within == null) {
                within = new HashMap<>();
            }
            return within.computeIfAbsent(member, m -> new Frame(m.flat(), output.struct(m.field)));
        }
    }

    private void struct(int node, DynamicStruct.Builder output, @Nullable Shape known) {
        JsonHandler handler = known == null ? codec.handler(output.schema()) : null;
        if (handler != null) {
            handled(node, handler, output);
            return;
        }
        Shape shape = known == null ? codec.shape(output.schema()) : known;
        if (shape.annotated && shape.schema.id() == Value.TYPE.typeId()) {
            copy(node, output.as(Value.TYPE));
            return;
        }
        if (tree.kind(node) != Tree.Kind.OBJECT) {
            throw leaves.expected(node, "an object for " + shape.schema);
        }
        Frame frame = new Frame(shape, output);
        List<Integer> waiting = List.of();
        int size = tree.size(node);
        for (int i = 0, at = tree.first(node); i < size; i++, at = tree.after(node, at)) {
            if (!member(frame, tree.name(at), at, false)) {
                if (waiting.isEmpty()) {
                    waiting = new ArrayList<>();
                }
                waiting.add(at);
            }
        }
        if (!waiting.isEmpty()) {
            members(frame, waiting);
        }
    }

    private void members(Frame frame, List<Integer> waiting) {
        // Members of a union that came before its tag. A tag may itself be a member of a union that waits for another
        // one, so this takes as many
        // rounds as tags are nested.
        int before;
        do {
            before = waiting.size();
            waiting.removeIf(at -> member(frame, tree.name(at), at, false));
        } while (waiting.size() < before && !waiting.isEmpty());
        for (int at : waiting) {
            member(frame, tree.name(at), at, true);
        }
    }

    private void copy(int node, Value.Builder output) {
        tree.copy(node, new ValueSink(output, codec.limits()));
    }

    /**
     * Decodes a member of an object.
     *
     * @param last whether no tag will come any more
     * @return whether that is done; otherwise it has to wait for a tag
     */
    private boolean member(Frame frame, String name, int node, boolean last) {
        Shape.Member tagged = frame.tagged;
        switch (frame.shape.name(name)) {
            case null -> unknown(node, name);
            case Shape.Name.Direct(Shape.Member member) -> {
                boolean waits = frame.shape.tag != null && member.field.isInUnion();
                if (waits && tagged == null && !last) {
                    return false;
                }
                if (waits && tagged != null && tagged != member) {
                    refuseOther(node, frame, tagged, name);
                } else {
                    named(node, member, frame.output, name);
                }
            }
            case Shape.Name.Within(Shape.Member member) -> {
                return member(frame.within(member), name.substring(member.prefix.length()), node, last);
            }
            case Shape.Name.Tag() -> tag(frame, name, node);
            case Shape.Name.UnionValue() -> {
                if (tagged == null) {
                    return leave(node, name, last);
                }
                named(node, tagged, frame.output, name);
            }
            case Shape.Name.WithinUnion() -> {
                if (tagged == null) {
                    return leave(node, name, last);
                }
                if (!tagged.flattened || !name.startsWith(tagged.prefix)) {
                    unknown(node, name);
                } else {
                    return member(frame.within(tagged), name.substring(tagged.prefix.length()), node, last);
                }
            }
        }
        return true;
    }

    /** A member of a union whose tag is missing, or names a member that a newer schema has. */
    private boolean leave(int node, String name, boolean last) {
        if (last) {
            unknown(node, name);
        }
        return last;
    }

    private void unknown(int node, String name) {
        if (codec.areUnknownFieldsRejected()) {
            throw tree.fault(
                    node, "'" + TextTree.excerpt(name) + "' is not known here. Is it spelled as in the schema?");
        }
    }

    private void refuseOther(int node, Frame frame, Shape.Member tagged, String name) {
        if (tree.kind(node) != Tree.Kind.NULL) {
            throw tree.fault(
                    node,
                    "'" + TextTree.excerpt(name) + "' cannot be there, as '" + frame.shape.tag + "' says that '"
                            + tagged.tag + "' is.");
        }
    }

    private void tag(Frame frame, String name, int node) {
        if (tree.kind(node) != Tree.Kind.STRING) {
            throw leaves.expected(node, "a string that names a member of " + frame.shape.schema)
                    .in(name);
        }
        Shape.Member member = frame.shape.byTag(tree.string(node));
        if (member != null) {
            frame.output.clear(member.field);
            frame.tagged = member;
        } else if (codec.areUnknownFieldsRejected()) {
            throw tree.fault(
                            node,
                            "'" + TextTree.excerpt(tree.string(node)) + "' is no member of " + frame.shape.schema + ".")
                    .in(name);
        }
    }

    // Fields.

    private void named(int node, Shape.Member member, DynamicStruct.Builder output, String name) {
        try {
            field(node, member, output);
        } catch (JsonException e) {
            throw e.in(name);
        }
    }

    private void field(int node, Shape.Member member, DynamicStruct.Builder output) {
        try {
            JsonHandler handler = member.handler;
            if (handler instanceof JsonHandler.OfValue of) {
                output.set(member.field, of.decode(codec, valueOf(node), member.type));
            } else if (isAbsent(node, member.type) && !member.field.isGroup()) {
                clear(member, output);
            } else if (handler instanceof JsonHandler.OfStruct of) {
                of.decode(codec, valueOf(node), init(node, member, output));
            } else if (member.bytes != Shape.Bytes.NUMBERS) {
                output.set(member.field, leaves.encoded(node, member.bytes));
            } else if (member.field.isGroup()) {
                struct(node, output.initStruct(member.field), member.shape);
            } else {
                slot(node, member, output);
            }
        } catch (IllegalArgumentException e) {
            throw leaves.fault(node, e);
        }
    }

    private DynamicStruct.Builder init(int node, Shape.Member member, DynamicStruct.Builder output) {
        if (!member.field.isGroup() && member.type instanceof StructSchema type) {
            takeStruct(node, type);
        }
        return output.initStruct(member.field);
    }

    private boolean isAbsent(int node, Type type) {
        return tree.kind(node) == Tree.Kind.NULL && isOptional(type);
    }

    /** Whether null stands for a value that is not there. Handlers of capabilities and pointers decide that for themselves. */
    private boolean isOptional(Type type) {
        return switch (type) {
            case InterfaceSchema schema -> codec.handler(schema) == null;
            case Type.Any any -> codec.handler(any) == null;
            default -> type.isPointer();
        };
    }

    /** Null stands for nothing; but where it is the one thing said about a union, it says which member is null. */
    private static void clear(Shape.Member member, DynamicStruct.Builder output) {
        if (member.field.isInUnion() && output.asReader().whichRaw() == 0) {
            output.clear(member.field);
        }
    }

    private void slot(int node, Shape.Member member, DynamicStruct.Builder output) {
        JsonHandler handler = codec.handler(member.type);
        if (handler instanceof JsonHandler.OfValue of) {
            output.set(member.field, of.decode(codec, valueOf(node), member.type));
            return;
        }
        switch (member.type) {
            case StructSchema type -> struct(node, init(node, member, output), null);
            case ListSchema type -> list(node, type, output.initList(member.field, sizeOf(node, type)));
            default -> output.set(member.field, leaves.simple(node, member.type));
        }
    }

    // Lists.

    /** The size of a list, which is paid for by that. */
    private int sizeOf(int node, ListSchema type) {
        if (tree.kind(node) != Tree.Kind.ARRAY) {
            throw leaves.expected(node, "an array for " + type);
        }
        long size = tree.size(node);
        long bits = switch (type.element()) {
            case StructSchema struct ->
                64L * (struct.structType().dataWords() + struct.structType().pointerCount());
            case EnumSchema schema -> 16;
            case Type.Scalar scalar when !scalar.isPointer() -> Numbers.bits(scalar);
            default -> 64;
        };
        leaves.take(node, 1 + (size * bits + 63) / 64);
        return (int) size;
    }

    private void list(int node, ListSchema type, DynamicList.Builder output) {
        int size = tree.size(node);
        for (int i = 0, at = tree.first(node); i < size; i++, at = tree.after(node, at)) {
            try {
                element(at, type.element(), output, i);
            } catch (JsonException e) {
                throw e.in(i);
            }
        }
    }

    private void element(int node, Type type, DynamicList.Builder output, int index) {
        try {
            JsonHandler handler = codec.handler(type);
            if (handler instanceof JsonHandler.OfValue of) {
                output.put(index, of.decode(codec, valueOf(node), type));
                return;
            }
            switch (type) {
                case StructSchema struct -> struct(node, output.struct(index), null);
                case ListSchema list -> list(node, list, output.initList(index, sizeOf(node, list)));
                case InterfaceSchema schema when tree.kind(node) == Tree.Kind.NULL -> {}
                case Type.Any any when tree.kind(node) == Tree.Kind.NULL -> {}
                default -> output.put(index, leaves.simple(node, type));
            }
        } catch (IllegalArgumentException e) {
            throw leaves.fault(node, e);
        }
    }

    // Handlers.

    private void handled(int node, JsonHandler handler, DynamicStruct.Builder output) {
        switch (handler) {
            case JsonHandler.OfStruct of -> of.decode(codec, valueOf(node), output);
            case JsonHandler.OfValue of ->
                throw tree.fault(
                        node,
                        "The handler of " + output.schema()
                                + " makes values, so it cannot fill a struct that is there. Register a JsonHandler.OfStruct.");
        }
    }

    /** A node as handlers see it. */
    private Value.Reader valueOf(int node) {
        if (tree instanceof ValueTree values) {
            return values.value(node);
        }
        Value.Builder value = new MessageBuilder().initRoot(Value.TYPE);
        copy(node, value);
        return Value.TYPE.asReader(value);
    }
}

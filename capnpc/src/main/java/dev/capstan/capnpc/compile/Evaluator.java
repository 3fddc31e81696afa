package dev.capstan.capnpc.compile;

import dev.capstan.capnp.AnyPointer;
import dev.capstan.capnp.Data;
import dev.capstan.capnp.Limits;
import dev.capstan.capnp.MessageException;
import dev.capstan.capnp.MessageReader;
import dev.capstan.capnpc.syntax.Expression;
import dev.capstan.capnpc.syntax.Name;
import dev.capstan.capnpc.syntax.Span;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the values of expressions in one declaration. */
final class Evaluator {
    private static final Limits EMBEDDED = new Limits(Budget.VALUES, Budget.DEPTH, 512);

    private final Node node;
    private final ParsedFile module;
    private final Resolver resolver;

    Evaluator(Node node, Resolver resolver) {
        this.node = node;
        this.resolver = resolver;
        module = node.module();
    }

    /**
     * Puts the value of a slot's expression in.
     *
     * @param all whether constants may be asked for all of their values, or for simple ones only
     */
    void fill(Slot slot, boolean all) {
        Expression source = slot.source();
        if (source == null) {
            return;
        }
        Value value = value(source, slot.type(), all);
        if (value != null && !node.program().budget().spendValue(value.weight())) {
            problem(
                    source,
                    "All values together are too large.",
                    "A run may take " + Budget.VALUES + " words for values.");
            value = null;
        }
        slot.fill(value);
    }

    private @Nullable Value value(Expression source, Type type, boolean all) {
        if (type instanceof Type.Parameter || type instanceof Type.Implicit) {
            problem(
                    source,
                    "A value of a type parameter cannot be written.",
                    "It is not known yet which type that will be.");
            return null;
        }
        // What can nest does not pass through the large switch: its frame, once for each level, would use up the stack.
        Value found = source instanceof Expression.Tuple tuple
                ? tuple(tuple, type, all)
                : source instanceof Expression.ListOf list ? list(list, type, all) : simple(source, type, all);
        if (found == null) {
            return null;
        }
        if (found.depth() > Budget.DEPTH || found.weight() > Budget.VALUES) {
            problem(source, "The value is too large.", "Values may nest " + Budget.DEPTH + " deep.");
            return null;
        }
        if (Fit.fits(found, type)) {
            return found;
        }
        if (found instanceof Value.Whole && Fit.isNumber(type)) {
            problem(source, "The number is out of range.", "It must fit " + type.text() + ".");
            return null;
        }
        Value wrapped = firstField(found, type);
        if (wrapped == null) {
            mismatch(source, type);
        }
        return wrapped;
    }

    /** A struct can be written as the value of its first field. */
    private static @Nullable Value firstField(Value found, Type type) {
        Struct struct = struct(type);
        if (struct == null || struct.fields().isEmpty() || !(type instanceof Type.Named named)) {
            return null;
        }
        Field first = struct.fields().getFirst();
        if (first.group() != null || !Fit.fits(found, Type.substitute(first.type(), named.brand()))) {
            return null;
        }
        return structValue(named, struct, List.of(new Value.Assigned(first, found)));
    }

    /** The fields of a struct type; null for other types and after a problem. */
    static @Nullable Struct struct(Type type) {
        return type instanceof Type.Named named && named.node().kind() == Kind.STRUCT
                ? Content.struct(named.node().content())
                : null;
    }

    private @Nullable Value tuple(Expression.Tuple source, Type type, boolean all) {
        Struct struct = struct(type);
        if (struct == null || !(type instanceof Type.Named named)) {
            mismatch(source, type);
            return null;
        }
        return structValue(named, struct, assigned(source.items(), struct, named.brand(), all));
    }

    private @Nullable Value simple(Expression source, Type type, boolean all) {
        return switch (source) {
            case Expression.Unknown unknown -> null;
            case Expression.Relative relative -> {
                Value literal = literal(relative.name().text(), type);
                yield literal != null ? literal : constant(source, type, all);
            }
            case Expression.Absolute absolute -> constant(source, type, all);
            case Expression.Import imported -> constant(source, type, all);
            case Expression.Application application -> constant(source, type, all);
            case Expression.Member member -> constant(source, type, all);
            case Expression.Whole whole -> whole(whole);
            case Expression.Fraction fraction -> new Value.Fraction(fraction.value());
            case Expression.Text text ->
                type == Type.Simple.DATA ? new Value.Binary(text.bytes()) : new Value.Text(text.bytes());
            case Expression.Binary binary -> new Value.Binary(binary.bytes());
            case Expression.Embed embed -> embedded(embed, type);
            case Expression.ListOf list -> list(list, type, all);
            case Expression.Tuple tuple -> tuple(tuple, type, all);
        };
    }

    private @Nullable Value literal(String name, Type type) {
        if (type instanceof Type.Named named && named.node().kind() == Kind.ENUM) {
            Content content = named.node().content();
            if (content != null && content.body() instanceof Content.Enumeration body) {
                for (int i = 0; i < body.enumerants().size(); i++) {
                    if (body.enumerants().get(i).name().equals(name)) {
                        return new Value.Enumerant(named.node(), i);
                    }
                }
            }
            return null;
        }
        return switch (name) {
            case "void" -> new Value.Nothing();
            case "true" -> new Value.Bool(true);
            case "false" -> new Value.Bool(false);
            case "nan" -> new Value.Fraction(Double.NaN);
            case "inf" -> new Value.Fraction(Double.POSITIVE_INFINITY);
            default -> null;
        };
    }

    private @Nullable Value whole(Expression.Whole whole) {
        if (!whole.negative() || whole.magnitude() == 0) {
            return new Value.Whole(whole.magnitude(), false);
        }
        if (whole.magnitude() < 0 && whole.magnitude() != Long.MIN_VALUE) {
            problem(whole, "The number is too far below zero.", "The least is -9223372036854775808.");
            return null;
        }
        return new Value.Whole(-whole.magnitude(), true);
    }

    private @Nullable Value constant(Expression source, Type type, boolean all) {
        if (source instanceof Expression.Relative relative
                && node.resolve(relative.name().text()) == null) {
            unknownName(relative.name(), type);
            return null;
        }
        Branded branded = resolver.resolve(source);
        if (branded == null) {
            return null;
        }
        Node constant = Resolver.node(branded, Kind.CONST);
        if (constant == null) {
            problem(
                    source,
                    "'" + source.text() + "' is not a constant.",
                    "A value of " + type.text() + " is expected here.");
            return null;
        }
        if (source instanceof Expression.Relative relative) {
            Node scope = constant.parent();
            String qualified = (scope == null || scope.kind() == Kind.FILE ? "" : scope.text()) + "."
                    + relative.name().text();
            problem(source, "Names of constants must be qualified.", "Write '" + qualified + "'.");
            return null;
        }
        Slot slot = Content.constant(all ? constant.finished() : constant.content());
        if (slot != null && !all && !Type.isPlain(slot.type())) {
            mismatch(source, type);
            return null;
        }
        return slot == null ? null : slot.value();
    }

    private void unknownName(Name name, Type type) {
        if (module.problems().isFull()) {
            // Only counted.
            module.problem(name.span(), "'" + name.text() + "' is not a value.", "");
            return;
        }
        List<String> names = new ArrayList<>(List.of("void", "true", "false", "nan", "inf"));
        Content content = type instanceof Type.Named named ? named.node().content() : null;
        if (content != null && content.body() instanceof Content.Enumeration body) {
            names.clear();
            body.enumerants().forEach(enumerant -> names.add(enumerant.name()));
        }
        module.problem(
                name.span(),
                "'" + name.text() + "' is not a value of " + type.text() + ".",
                Suggestion.of(name.text(), names, "Constants are written with a dot: '.name'."));
    }

    private @Nullable Value list(Expression.ListOf source, Type type, boolean all) {
        if (!(type instanceof Type.ListOf list)) {
            mismatch(source, type);
            return null;
        }
        List<@Nullable Value> items = new ArrayList<>(source.items().size());
        long weight = 2;
        int depth = 1;
        for (Expression expression : source.items()) {
            Value item = value(expression, list.element(), all);
            items.add(item);
            weight += item == null ? 1 : item.weight();
            depth = item == null ? depth : Math.max(depth, item.depth() + 1);
        }
        return new Value.ListValue(list, items, weight, depth);
    }

    private List<Value.Assigned> assigned(List<Expression.Item> items, Struct struct, Brand brand, boolean all) {
        List<Value.Assigned> assigned = new ArrayList<>(items.size());
        List<String> names = List.of();
        for (Expression.Item item : items) {
            Name name = item.name();
            if (name == null) {
                problem(item.value(), "The name of the field is missing.", "Like (name = value).");
                continue;
            }
            Field field = struct.field(name.text());
            if (field == null) {
                names = names.isEmpty()
                        ? struct.fields().stream().map(Field::name).toList()
                        : names;
                unknownField(name, struct, names);
                continue;
            }
            Struct group = field.group();
            Value value = group != null
                    ? group(item.value(), group, brand, all)
                    : value(item.value(), Type.substitute(field.type(), brand), all);
            if (value != null) {
                assigned.add(new Value.Assigned(field, value));
            }
        }
        return assigned;
    }

    private void unknownField(Name name, Struct struct, List<String> names) {
        // Each suggestion compares the name with all others: not for a problem that is only counted.
        String hint = module.problems().isFull() ? "" : Suggestion.of(name.text(), names, Suggestion.all(names));
        module.problem(name.span(), "'" + struct.name() + "' has no field named '" + name.text() + "'.", hint);
    }

    private @Nullable Value group(Expression source, Struct group, Brand brand, boolean all) {
        List<Value.Assigned> assigned;
        if (source instanceof Expression.Tuple tuple) {
            assigned = assigned(tuple.items(), group, brand, all);
        } else {
            Field first = group.fields().isEmpty() ? null : group.fields().getFirst();
            if (first == null || first.group() != null) {
                problem(
                        source,
                        "The fields of the group '" + group.name() + "' are expected here.",
                        "Like (name = value).");
                return null;
            }
            Value value = value(source, Type.substitute(first.type(), brand), all);
            assigned = value == null ? List.of() : List.of(new Value.Assigned(first, value));
        }
        return new Value.GroupValue(group, assigned, weight(assigned), depth(assigned));
    }

    private static Value structValue(Type.Named type, Struct struct, List<Value.Assigned> fields) {
        long words = 1L + struct.dataWords() + struct.pointers();
        return new Value.StructValue(type, struct, fields, words + weight(fields), depth(fields));
    }

    private static long weight(List<Value.Assigned> fields) {
        long weight = 0;
        for (Value.Assigned field : fields) {
            weight += field.value().weight();
        }
        return weight;
    }

    private static int depth(List<Value.Assigned> fields) {
        int depth = 1;
        for (Value.Assigned field : fields) {
            depth = Math.max(depth, field.value().depth() + 1);
        }
        return depth;
    }

    private @Nullable Value embedded(Expression.Embed source, Type type) {
        byte[] content = module.embedded(source.path().text(), source.path().span());
        if (content == null) {
            return null;
        }
        if (type == Type.Simple.TEXT) {
            return new Value.Text(Data.of(content));
        }
        if (type == Type.Simple.DATA) {
            return new Value.Binary(Data.of(content));
        }
        if (struct(type) == null || !(type instanceof Type.Named named)) {
            problem(
                    source,
                    "A file can be embedded as Text, Data or a struct.",
                    "Here " + type.text() + " is expected.");
            return null;
        }
        try {
            AnyPointer.Reader root = MessageReader.of(
                            Arrays.copyOf(content, content.length), 0, content.length, EMBEDDED)
                    .root();
            if (root.kind() != AnyPointer.Kind.STRUCT && root.kind() != AnyPointer.Kind.NULL) {
                mismatch(source, type);
                return null;
            }
            return new Value.Embedded(named, root, root.targetSizeWords());
        } catch (MessageException e) {
            problem(
                    source,
                    "The embedded file is not a message: " + e.getMessage() + ".",
                    "It must be an unpacked one.");
            return null;
        }
    }

    private void mismatch(Expression source, Type type) {
        problem(source, "The type does not fit: " + type.text() + " is expected.", example(type));
    }

    /** How values of a type are written. */
    private static String example(Type type) {
        return switch (type) {
            case Type.Simple.VOID -> "Write void.";
            case Type.Simple.BOOL -> "Write true or false.";
            case Type.Simple.TEXT -> "Write \"text\".";
            case Type.Simple.DATA -> "Write 0x\"1f 2e\", or \"text\".";
            case Type.Simple simple when Fit.isNumber(simple) -> "Write a number.";
            case Type.Simple simple -> "Such values can only be constants of another type.";
            case Type.ListOf list -> "Write [first, second].";
            case Type.Named named ->
                switch (named.node().kind()) {
                    case STRUCT -> "Write (field = value).";
                    case ENUM -> "Write the name of an enumerant.";
                    case INTERFACE, FILE, CONST, ANNOTATION -> "Values of this type cannot be written.";
                };
            case Type.Parameter parameter -> "Values of this type cannot be written.";
            case Type.Implicit implicit -> "Values of this type cannot be written.";
        };
    }

    private void problem(Expression source, String message, String hint) {
        Span span = source.span();
        module.problem(span, message, hint);
    }
}

package dev.capstan.capnpc;

import dev.capstan.capnp.AnyPointer;
import dev.capstan.capnp.schema.Node;
import dev.capstan.capnp.schema.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Writes constants that a schema declares: in the class of the type around them, or in one for the file. */
final class Constants {
    private final Output output;
    private final SourceText text;
    private final Set<String> taken = new HashSet<>(Set.of("TYPE", "INTERFACE_ID"));

    Constants(Output output) {
        this.output = output;
        this.text = output.text();
    }

    static List<Node.Reader> in(Node.Reader scope, Nodes nodes) {
        List<Node.Reader> constants = new ArrayList<>();
        for (Node.NestedNode.Reader nested : scope.getNestedNodes()) {
            Node.Reader node = nodes.find(nested.getId());
            if (node != null && node.isConst()) {
                constants.add(node);
            }
        }
        return constants;
    }

    /** @param at the class that they are written in; null for one that belongs to no declaration */
    void write(Node.Reader scope, @Nullable Declaration at) {
        for (Node.Reader constant : in(scope, output.nodes())) {
            writeOne(constant, at);
        }
    }

    private void writeOne(Node.Reader constant, @Nullable Declaration at) {
        // A constant may bind type parameters but cannot depend on them.
        TypeNames names = new TypeNames(output.file(), output.pool(), at, parameter -> {
            throw new IllegalStateException("constant " + constant.getDisplayName() + " depends on " + parameter);
        });
        JavaType type = new TypeResolver(
                        output.declarations(), Names.fileName(constant.getDisplayName()), List.of(), List.of())
                .resolve(constant.getConst().getType());
        if (type == JavaType.Scalar.VOID) {
            return;
        }
        Value.Reader value = type.checked(constant.getConst().getValue());
        String name =
                Names.unique(Names.constant(Nodes.name(Nodes.simpleName(constant), constant.getAnnotations())), taken);
        text.blank().doc(Comments.paragraphs(output.nodes().comment(constant)));
        text.line(
                "public static final " + typeOf(type, names) + " " + name + " = " + valueOf(type, value, names) + ";");
    }

    private String typeOf(JavaType type, TypeNames names) {
        return switch (type) {
            case JavaType.Scalar scalar -> Scalars.javaType(scalar);
            case JavaType.Enumeration(Declaration d) -> names.declared(d);
            default -> names.reader(type);
        };
    }

    private String valueOf(JavaType type, Value.Reader value, TypeNames names) {
        return switch (type) {
            case JavaType.Scalar scalar -> Scalars.literal(output.file(), scalar, value);
            case JavaType.Enumeration(Declaration d) -> names.declared(d) + ".of(" + value.getEnum() + ")";
            case JavaType.Pointer.TEXT -> Literals.string(output.file(), value.getText());
            case JavaType.Pointer.ANY -> pointer(output, value);
            default -> pointer(output, value) + ".as(" + names.token(type) + ")";
        };
    }

    /** The value of anything behind a pointer, as an expression for an AnyPointer.Reader. */
    static String pointer(Output output, Value.Reader value) {
        return Literals.message(output.file(), source(value));
    }

    private static AnyPointer.Reader source(Value.Reader value) {
        return switch (value.which()) {
            case LIST -> value.getList();
            case STRUCT -> value.getStruct();
            case ANY_POINTER -> value.getAnyPointer();
            case DATA -> Literals.ofData(value.getData());
            default ->
                throw new SchemaException(
                        "The request holds a value of kind " + value.which() + " where a struct or list belongs.");
        };
    }
}

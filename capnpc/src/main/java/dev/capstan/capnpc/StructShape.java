package dev.capstan.capnpc;

import java.util.ArrayList;
import java.util.List;

/** A struct or group and the parts that its reader and builder have in common. */
final class StructShape {
    private final Declaration struct;
    private final List<StructField> fields;
    private final List<StructField> members;
    private final String factory;

    StructShape(Output output, Declaration struct) {
        this.struct = struct;
        this.fields = StructField.of(struct, output.declarations(), output.nodes());
        this.members = fields.stream().filter(StructField::isMember).toList();
        this.factory = factoryOf(output, struct);
    }

    /** The class of the field {@code type} that readers and builders of generic structs have; groups have that of their struct. */
    private static String factoryOf(Output output, Declaration struct) {
        Declaration declaration = struct;
        while (declaration.isGroup() && declaration.outer != null) {
            declaration = declaration.outer;
        }
        String variables = variables(struct);
        return declaration == struct
                ? declaration.factory() + variables
                : output.names(struct).declared(declaration) + "." + declaration.factory() + variables;
    }

    Declaration struct() {
        return struct;
    }

    List<StructField> fields() {
        return fields;
    }

    List<StructField> members() {
        return members;
    }

    boolean isGroup() {
        return struct.isGroup();
    }

    String factory() {
        return factory;
    }

    /** The type variables in angle brackets, as declared and as used; nothing when there are none. */
    String variables() {
        return variables(struct);
    }

    static String variables(Declaration declaration) {
        return variables(declaration.parameters);
    }

    static String variables(List<TypeParameter> parameters) {
        if (parameters.isEmpty()) {
            return "";
        }
        List<String> variables = new ArrayList<>();
        for (TypeParameter parameter : parameters) {
            variables.add(parameter.builder());
            variables.add(parameter.reader());
        }
        return "<" + String.join(", ", variables) + ">";
    }

    String diamond() {
        return struct.isGeneric() ? "<>" : "";
    }

    /** What the constructor of a part of a generic struct is given first. */
    String typeArgument() {
        return struct.isGeneric() ? "type, " : "";
    }

    /** The field that keeps the tokens of a generic struct's type parameters. */
    void writeTypeField(SourceText text) {
        if (struct.isGeneric()) {
            text.line("private final " + factory + " type;");
        }
    }

    void writeConstructor(SourceText text, String name, String parameters, String arguments) {
        text.blank();
        if (struct.isGeneric()) {
            text.open("private " + name + "(" + factory + " type, " + parameters + ")");
            text.line("super(" + arguments + ");").line("this.type = type;").close();
        } else {
            text.method("private " + name + "(" + parameters + ")", "super(" + arguments + ");");
        }
    }

    private String discriminant() {
        return "_uint16(" + struct.node.getStruct().getDiscriminantOffset() + ", 0)";
    }

    /** Accessors that tell which member of the union is set. */
    void writeWhich(SourceText text) {
        if (members.isEmpty()) {
            return;
        }
        text.blank().doc(List.of("Which member of the union is set."));
        text.method("public Which which()", "return Which.of(" + discriminant() + ");");
        text.blank().doc(List.of("The number of {@link #which}, also where it has no name here."));
        text.method("public int whichRaw()", "return " + discriminant() + ";");
    }

    void writeIs(SourceText text, StructField field, List<String> comment) {
        if (field.isMember()) {
            text.blank().doc(field.type() == JavaType.Scalar.VOID && field.group() == null ? comment : List.of());
            text.method(
                    "public boolean is" + field.name() + "()",
                    "return " + discriminant() + " == " + field.discriminant() + ";");
        }
    }

    void writeHas(SourceText text, StructField field) {
        String isMember = field.isMember() ? "is" + field.name() + "() && " : "";
        text.blank()
                .method(
                        "public boolean has" + field.name() + "()",
                        "return " + isMember + "!_isNull(" + field.offset() + ");");
    }

    /** A check that the member that is asked for is the one that is set; getting this wrong is a bug of the caller. */
    void writeCheck(SourceText text, StructField field) {
        if (field.isMember()) {
            text.line("assert is" + field.name() + "() : \"asked for " + field.member()
                    + " of a union that holds \" + which();");
        }
    }
}

package dev.capstan.capnpc;

import dev.capstan.capnp.schema.Enumerant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Writes an enum. Enums are open: what this side has no name for is UNRECOGNIZED. */
final class EnumWriter {
    private record EnumConstant(String name, int number, int codeOrder, List<String> comment) {}

    private final Output output;
    private final SourceText text;

    EnumWriter(Output output) {
        this.output = output;
        this.text = output.text();
    }

    void write(Declaration declaration) {
        List<EnumConstant> constants = constants(declaration);
        text.blank().doc(Comments.paragraphs(output.nodes().comment(declaration.node)));
        text.open("public enum " + declaration.name + " implements "
                + output.file().runtime("EnumValue"));
        for (EnumConstant constant : constants) {
            text.doc(constant.comment()).line(constant.name() + "(" + constant.number() + "),");
        }
        text.doc(List.of("A number that has no name here.")).line("UNRECOGNIZED(-1);");
        writeTable(declaration.name, constants);
        text.blank().line("private final int raw;");
        text.blank().method(declaration.name + "(int raw)", "this.raw = raw;");
        text.blank().override().method("public int raw()", "return raw;");
        text.blank().doc(List.of("The value with the given number, else UNRECOGNIZED."));
        text.open("public static " + declaration.name + " of(int raw)");
        text.line("return raw >= 0 && raw < byNumber.size() ? byNumber.get(raw) : UNRECOGNIZED;")
                .close();
        // A method, since an enumerant may well be called TYPE.
        String type = output.file().runtime("EnumType");
        text.blank().doc(List.of("Stands for this type where one is asked for."));
        text.method(
                "public static " + type + "<" + declaration.name + "> type()",
                "return new " + type + "<>(0x" + Long.toHexString(declaration.node.getId()) + "L, "
                        + output.compiled(declaration) + ", " + declaration.name + "::of);");
        new Constants(output).write(declaration.node, declaration);
        text.close();
    }

    /** A table rather than a switch: numbers that are all alike probable would have the processor guess where to jump. Its name is none that a value can have. */
    private void writeTable(String name, List<EnumConstant> constants) {
        String list = output.file().use("java.util.List");
        text.blank()
                .line("private static final " + list + "<" + name + "> byNumber = " + list + ".of("
                        + constants.stream()
                                .sorted(Comparator.comparingInt(EnumConstant::number))
                                .map(EnumConstant::name)
                                .collect(Collectors.joining(", "))
                        + ");");
    }

    private List<EnumConstant> constants(Declaration declaration) {
        Set<String> names = new HashSet<>(Set.of("UNRECOGNIZED"));
        List<EnumConstant> constants = new ArrayList<>();
        List<Enumerant.Reader> enumerants = declaration.node.getEnum().getEnumerants();
        for (int i = 0; i < enumerants.size(); i++) {
            Enumerant.Reader enumerant = enumerants.get(i);
            constants.add(new EnumConstant(
                    Names.unique(Names.constant(Nodes.name(enumerant.getName(), enumerant.getAnnotations())), names),
                    i,
                    enumerant.getCodeOrder(),
                    Comments.paragraphs(output.nodes().comment(declaration.node, i))));
        }
        constants.sort(Comparator.comparingInt(EnumConstant::codeOrder));
        return constants;
    }

    /** Writes the enum of the members of a union. */
    void writeWhich(List<StructField> members) {
        text.blank().doc(List.of("The members of the union."));
        text.open("public enum Which");
        for (StructField member : members) {
            text.line(member.member() + ",");
        }
        text.doc(List.of("A member that has no name here.")).line("UNRECOGNIZED;");
        text.blank().open("static Which of(int raw)");
        text.open("return switch (raw)");
        for (StructField member : members) {
            text.line("case " + member.discriminant() + " -> " + member.member() + ";");
        }
        text.line("default -> UNRECOGNIZED;").close(";").close();
        text.close();
    }
}

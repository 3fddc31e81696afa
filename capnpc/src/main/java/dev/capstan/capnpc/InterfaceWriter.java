package dev.capstan.capnpc;

import java.util.List;

/** Writes the class of an interface, with everything that is nested in it. */
final class InterfaceWriter {
    private final Output output;
    private final SourceText text;

    InterfaceWriter(Output output) {
        this.output = output;
        this.text = output.text();
    }

    void write(Declaration type) {
        List<InterfaceMethod> methods = InterfaceMethod.of(type, output);
        Parents parents = output.declarations().parents(type);
        text.blank().doc(Comments.paragraphs(output.nodes().comment(type.node)));
        text.open("public " + (type.outer == null ? "" : "static ") + "final class " + type.name);
        text.doc(List.of("The id of this interface, by which calls name it."));
        text.line("public static final long INTERFACE_ID = 0x" + Long.toHexString(type.node.getId()) + "L;");
        writeType(type);
        new Constants(output).write(type.node, type);
        text.blank().line("private " + type.name + "() {}");
        new ClientWriter(output, type, methods, parents).write();
        new ServerWriter(output, type, methods, parents).write();
        if (type.isGeneric()) {
            writeFactory(type);
        }
        DeclarationWriter.writeAll(output, type.nested);
        if (type.outer == null) {
            output.pool().write();
        }
        text.close();
    }

    private void writeType(Declaration type) {
        if (type.isGeneric()) {
            text.blank().doc(List.of("This type with the given arguments."));
            FactoryWriter.writeTypeMethod(output, type);
            return;
        }
        String base = output.file().runtime("InterfaceType");
        text.blank().doc(List.of("Stands for this type where one is asked for."));
        text.open("public static final " + base + "<Client> TYPE = new " + base + "<>(INTERFACE_ID, "
                + output.compiled(type) + ")");
        text.override().method("public Client client(" + cap() + " cap)", "return new Client(cap);");
        text.close(";");
    }

    private void writeFactory(Declaration type) {
        String client = "Client" + StructShape.variables(type);
        text.blank().doc(List.of("Stands for this type, with its arguments, where one is asked for."));
        text.open("public static final class " + type.factory() + StructShape.variables(type) + " extends "
                + output.file().runtime("InterfaceType") + "<" + client + ">");
        FactoryWriter.writeTokens(output, type, "INTERFACE_ID, " + output.compiled(type));
        text.blank();
        text.override().method("public " + client + " client(" + cap() + " cap)", "return new Client<>(cap, this);");
        text.close();
    }

    private String cap() {
        return output.file().use("dev.capstan.cap.Cap");
    }
}

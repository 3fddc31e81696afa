package dev.capstan.capnpc;

import java.util.List;

/** Writes whatever a declaration is. */
final class DeclarationWriter {
    private DeclarationWriter() {}

    static void write(Output output, Declaration declaration) {
        switch (declaration.node.which()) {
            case STRUCT -> new StructWriter(output).write(declaration);
            case ENUM -> new EnumWriter(output).write(declaration);
            case INTERFACE -> new InterfaceWriter(output).write(declaration);
            default -> throw new SchemaException(declaration.displayName() + " is named like a type, but it is none.");
        }
    }

    static void writeAll(Output output, List<Declaration> declarations) {
        for (Declaration declaration : declarations) {
            write(output, declaration);
        }
    }
}

package dev.capstan.capnpc;

import dev.capstan.capnp.AnyPointer;
import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.StructList;
import dev.capstan.capnp.schema.Node;
import java.util.Collection;
import java.util.List;

/**
 * Writes the class that holds the nodes of a file for those who look at types at run time. They are packed into strings, which the class file
 * keeps apart from code and the JVM reads only when they are used.
 */
final class NodesWriter {
    private final Nodes nodes;
    private final Declarations declarations;
    private final SizeBudget budget;

    NodesWriter(Nodes nodes, Declarations declarations, SizeBudget budget) {
        this.budget = budget;
        this.nodes = nodes;
        this.declarations = declarations;
    }

    GeneratedFile write(SchemaFile schema, String source) {
        JavaFile file = new JavaFile(
                budget, schema.javaPackage, schema.nodesClass, source, declarations.namesIn(schema.javaPackage), null);
        FileNodes all = new FileNodes(schema.node, nodes, declarations);
        SourceText text = file.text();
        String base = file.runtime("CompiledSchema");
        text.doc(List.of("The schema of {@code " + source + "}, for those who look at types at run time."));
        text.open("public final class " + schema.nodesClass + " extends " + base);
        text.doc(List.of("The only one."));
        text.line("public static final " + schema.nodesClass + " FILE = new " + schema.nodesClass + "();");
        text.blank().line("private " + schema.nodesClass + "() {}");
        if (!all.imports().isEmpty()) {
            String list = file.use("java.util.List");
            text.blank().override().open("public " + list + "<" + base + "> imports()");
            text.line("return " + list + ".of("
                            + String.join(
                                    ", ",
                                    all.imports().stream()
                                            .map(imported -> file.useNodes(imported) + ".FILE")
                                            .toList())
                            + ");")
                    .close();
        }
        text.blank().override().open("protected " + file.use("java.lang.String") + " packedNodes()");
        String packed = Literals.bytes(file, Packing.pack(words(all.nodes())));
        text.line("return" + (packed.startsWith("\n") ? "" : " ") + packed + ";")
                .close();
        text.close();
        return file.finish();
    }

    private static String words(Collection<Node.Reader> nodes) {
        MessageBuilder message = new MessageBuilder(1 << 12);
        AnyPointer.Builder root = message.root();
        StructList.Builder<Node.Builder> list = root.init(StructList.type(Node.TYPE), nodes.size());
        int i = 0;
        for (Node.Reader node : nodes) {
            list.setCopy(i, node);
            portable(list.get(i++), node);
        }
        return Literals.words(message.asReader());
    }

    /** Folders differ from machine to machine, and places in the source with every comment: neither means anything at run time. */
    private static void portable(Node.Builder copy, Node.Reader node) {
        String name = node.getDisplayName();
        String portable = Names.fileName(name);
        int dropped = Nodes.utf8Length(name) - Nodes.utf8Length(portable);
        copy.setDisplayName(portable);
        copy.setDisplayNamePrefixLength(Math.max(0, node.getDisplayNamePrefixLength() - dropped));
        copy.setStartByte(0);
        copy.setEndByte(0);
    }
}

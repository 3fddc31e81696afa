package dev.capstan.capnpc;

/** What the writers of one file share. */
record Output(Declarations declarations, Nodes nodes, JavaFile file, Pool pool) {
    SourceText text() {
        return file.text();
    }

    /** An expression for the nodes of the file that declares {@code declaration}. */
    String compiled(Declaration declaration) {
        SchemaFile schema = declarations.file(declaration.top().node.getScopeId());
        return file.useNodes(schema) + ".FILE";
    }

    /** How types are written inside {@code at}, where no tokens for its type parameters are at hand. */
    TypeNames names(Declaration at) {
        return new TypeNames(file, pool, at, parameter -> {
            throw new IllegalStateException("no token for " + parameter + " in " + at);
        });
    }

    /** How types are written inside {@code at}, whose tokens are fields of {@code holder}. */
    TypeNames names(Declaration at, String holder) {
        return new TypeNames(file, pool, at, parameter -> holder + "." + parameter.token());
    }

    String string() {
        return file.use("java.lang.String");
    }
}

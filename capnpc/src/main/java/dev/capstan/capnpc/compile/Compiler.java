package dev.capstan.capnpc.compile;

import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnpc.source.SchemaPath;
import dev.capstan.capnpc.source.SourceFiles;
import dev.capstan.capnpc.syntax.Problems;
import java.util.ArrayList;
import java.util.List;

/**
 * Compiles schemas to what code generators read: a {@code CodeGeneratorRequest} as {@code capnp compile} writes it, equal to that of
 * version 0.9.2 but for source positions, which are those of newer versions.
 *
 * <p>Holds no state between runs; safe for use by several threads if its {@link SourceFiles} are.
 */
public final class Compiler {
    private final List<SourceFiles> importRoots;

    /**
     * A compiler that looks for absolute imports, such as {@code /capnp/c++.capnp}, in these trees, the first one first. The standard
     * schemas are among them only if {@link SourceFiles#standard} is.
     */
    public Compiler(List<SourceFiles> importRoots) {
        this.importRoots = List.copyOf(importRoots);
    }

    /** A compiler that knows the standard schemas and nothing else to import. */
    public Compiler() {
        this(List.of(SourceFiles.standard()));
    }

    /** Compiles files of one tree; see {@link #compile(List)}. */
    public Compilation compile(SourceFiles root, List<String> paths) {
        return compile(paths.stream().map(path -> new SchemaPath(root, path)).toList());
    }

    /** Compiles schemas, with what they import. Never throws for anything that is wrong with them: that is told in the result. */
    public Compilation compile(List<SchemaPath> schemas) {
        Problems problems = new Problems();
        ParsedFiles modules = new ParsedFiles(importRoots, problems);
        Program program = new Program(problems);
        LoadOrder order = new LoadOrder();
        List<ParsedFile> requested = new ArrayList<>();
        for (SchemaPath schema : schemas) {
            ParsedFile module = modules.requested(schema.root(), schema.path());
            if (module != null) {
                requested.add(module);
                new Traversal(program, order).visitFile(module.node(program));
            }
        }
        if (!problems.isEmpty()) {
            return new Compilation(problems.toList(), null);
        }
        MessageBuilder request = RequestWriter.write(program, requested, order.nodes());
        return new Compilation(problems.toList(), problems.isEmpty() ? request : null);
    }
}

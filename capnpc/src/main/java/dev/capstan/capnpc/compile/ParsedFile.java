package dev.capstan.capnpc.compile;

import dev.capstan.capnpc.source.SourceFiles;
import dev.capstan.capnpc.syntax.Declaration;
import dev.capstan.capnpc.syntax.Problems;
import dev.capstan.capnpc.syntax.Source;
import dev.capstan.capnpc.syntax.Span;
import org.jspecify.annotations.Nullable;

/** A file that has been read and parsed. */
final class ParsedFile {
    private final ParsedFiles modules;
    private final SourceFiles root;
    private final String path;
    private final Source source;
    private final Declaration file;
    private @Nullable Node node;

    ParsedFile(ParsedFiles modules, SourceFiles root, String path, Source source, Declaration file) {
        this.modules = modules;
        this.root = root;
        this.path = path;
        this.source = source;
        this.file = file;
    }

    /** The file's path in the tree that it was found in. */
    String path() {
        return path;
    }

    Source source() {
        return source;
    }

    Declaration file() {
        return file;
    }

    /** The node of the file; made on first use. */
    Node node(Program program) {
        if (node == null) {
            node = new Node(program, this);
        }
        return node;
    }

    Problems problems() {
        return modules.problems();
    }

    void problem(Span span, String message, String hint) {
        modules.problems().add(source, span.start(), span.end(), message, hint);
    }

    /** The file that an import in this one names; null after a problem. */
    @Nullable
    ParsedFile imported(String path, Span span) {
        return modules.imported(this, root, path, span);
    }

    /** The content of a file that is embedded; null after a problem. */
    byte @Nullable [] embedded(String path, Span span) {
        return modules.embedded(this, root, path, span);
    }
}

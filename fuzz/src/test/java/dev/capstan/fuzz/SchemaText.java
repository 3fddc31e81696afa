package dev.capstan.fuzz;

import dev.capstan.capnp.MessageException;
import dev.capstan.capnp.dynamic.SchemaLoader;
import dev.capstan.capnp.schema.CodeGeneratorRequest;
import dev.capstan.capnpc.GeneratedFile;
import dev.capstan.capnpc.JavaGenerator;
import dev.capstan.capnpc.SchemaException;
import dev.capstan.capnpc.compile.Compilation;
import dev.capstan.capnpc.compile.Compiler;
import dev.capstan.capnpc.source.Problem;
import dev.capstan.capnpc.source.SourceFiles;
import java.util.List;
import java.util.Map;

/** Operations of {@link Target#SCHEMA_TEXT}. */
final class SchemaText {
    private static final String FILE = "fuzz.capnp";

    /**
     * A schema means more than it says: it may import the standard ones, constants may be used in one another, and two pages of Java are made of a line. The compiler's own
     * budget allows 256 MiB for values; this is twice what schemas of the corpus take while the compiler itself is not compiled yet.
     */
    private static final Operation.Cost COST = new Operation.Cost(4096, 32 << 20, 64, 1 << 13);

    static final List<Operation> OPERATIONS = List.of(new Operation("compile", SchemaText::compile, COST));

    private SchemaText() {}

    private static long compile(byte[] input) {
        Compilation compilation = new Compiler().compile(SourceFiles.of(Map.of(FILE, input)), List.of(FILE));
        if (!compilation.succeeded()) {
            return refused(compilation.problems(), input);
        }
        if (!compilation.problems().isEmpty()) {
            throw new AssertionError("accepted with problems: " + compilation.problems());
        }
        return use(compilation.request());
    }

    private static long refused(List<Problem> problems, byte[] input) {
        if (problems.isEmpty()) {
            throw new AssertionError("refused without a problem");
        }
        for (Problem problem : problems) {
            boolean isPlaced = problem.line() >= 1
                    && problem.column() >= 1
                    && problem.line() <= input.length + 1
                    && !problem.message().isEmpty();
            if (!isPlaced) {
                throw new AssertionError("a problem without place or text: " + problem);
            }
        }
        return problems.size();
    }

    /** What the compiler accepts is a schema to the loader; Java may be made of it unless Java cannot express it. */
    private static long use(CodeGeneratorRequest.Reader request) {
        long steps = new SchemaLoader().load(request).size();
        try {
            for (GeneratedFile file : JavaGenerator.generate(request)) {
                steps += file.path().length();
            }
        } catch (SchemaException e) {
            // As documented: no package, a name twice, too large for a class file.
        } catch (MessageException e) {
            throw new AssertionError("the compiler wrote a malformed request", e);
        }
        return steps;
    }
}

package dev.capstan.gateway.compile;

import dev.capstan.capnpc.compile.Compilation;
import dev.capstan.capnpc.compile.Compiler;
import dev.capstan.capnpc.source.SchemaPath;
import dev.capstan.capnpc.source.SourceFiles;
import dev.capstan.gateway.options.ExitException;
import dev.capstan.gateway.options.InputException;
import dev.capstan.gateway.options.SchemaArguments;
import dev.capstan.gateway.options.SchemaFolders;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Compiles schemas and generates code for them, with the options of the {@code capnp} command. */
@Command(
        name = "compile",
        description = "Compile .capnp schemas and generate code.",
        footer = {
            "",
            "Example: ./capstan compile -o java:src/generated --src-prefix=schemas schemas/hello.capnp",
            "Imports such as /capnp/java.capnp are found without -I."
        },
        mixinStandardHelpOptions = true)
public final class CompileCommand implements Callable<Integer> {
    private final OutputStream out;
    private final Path workingFolder;

    @Mixin
    private SchemaFolders folders = new SchemaFolders();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "LANG[:DIR]",
            required = true,
            description =
                    "What to write, and into which folder; may be repeated. java is built in; - prints the CodeGeneratorRequest; any other word means the plugin capnpc-LANG on the PATH, a path with a slash the plugin at that place.")
    private List<String> outputs = new ArrayList<>();

    @Option(
            names = "--src-prefix",
            paramLabel = "PREFIX",
            description = "A folder to be left out of the names of output files; may be repeated.")
    private List<Path> prefixes = new ArrayList<>();

    @Parameters(paramLabel = "FILE", arity = "1..*", description = "Schemas.")
    private List<Path> files = new ArrayList<>();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    /** Raw output goes to {@code out}; paths are relative to {@code workingFolder}. */
    public CompileCommand(OutputStream out, Path workingFolder) {
        this.out = out;
        this.workingFolder = workingFolder;
    }

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter err = spec.commandLine().getErr();
        SchemaArguments arguments =
                new SchemaArguments(workingFolder, folders.existing(workingFolder, "--src-prefix", prefixes));
        List<CompilerOutput> wanted = outputs.stream()
                .map(output -> CompilerOutput.parse(output, workingFolder))
                .toList();
        List<SourceFiles> importRoots = folders.importRoots(workingFolder);
        List<SchemaPath> schemas = new ArrayList<>();
        for (Path file : files) {
            try {
                schemas.add(arguments.locate(file));
            } catch (InputException e) {
                err.println("capstan: " + e.getMessage());
                continue;
            }
            if (arguments.isElsewhere(file) && wanted.stream().anyMatch(CompilerOutput::writesFiles)) {
                err.println(
                        "capstan: " + file
                                + " is not below the working folder: pass --src-prefix, or output is named after its whole path.");
            }
        }
        if (schemas.size() < files.size()) {
            return ExitException.USAGE;
        }
        Compilation compilation = new Compiler(importRoots).compile(schemas);
        compilation.problems().forEach(err::println);
        if (!compilation.succeeded()) {
            return ExitException.USAGE;
        }
        try {
            for (CompilerOutput output : wanted) {
                output.make(compilation, out, workingFolder);
            }
            return 0;
        } catch (CompilerOutput.OutputException e) {
            err.println("capstan: " + e.getMessage());
            return ExitException.REMOTE_FAILURE;
        }
    }
}

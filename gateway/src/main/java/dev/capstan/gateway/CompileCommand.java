package dev.capstan.gateway;

import dev.capstan.capnpc.compile.Compilation;
import dev.capstan.capnpc.compile.Compiler;
import dev.capstan.capnpc.source.SchemaPath;
import dev.capstan.capnpc.source.SourceFiles;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
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
final class CompileCommand implements Callable<Integer> {
    /** Where Cap'n Proto's own command looks, too. */
    private static final List<Path> SYSTEM_FOLDERS = List.of(Path.of("/usr/local/include"), Path.of("/usr/include"));

    private final OutputStream out;
    private final Path workingFolder;

    @Option(
            names = {"-I", "--import-path"},
            paramLabel = "DIR",
            description = "Look for imports that begin with '/' in this folder, too; may be repeated.")
    private List<Path> imports = new ArrayList<>();

    @Option(
            names = "--no-standard-import",
            description =
                    "Look for such imports in the folders of -I alone: neither in /usr/local/include and /usr/include nor among the schemas that come with this command.")
    private boolean noStandardImport;

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
    CompileCommand(OutputStream out, Path workingFolder) {
        this.out = out;
        this.workingFolder = workingFolder;
    }

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter err = spec.commandLine().getErr();
        SchemaArguments arguments = new SchemaArguments(workingFolder, folders("--src-prefix", prefixes));
        List<CompilerOutput> wanted = outputs.stream()
                .map(output -> CompilerOutput.parse(output, workingFolder))
                .toList();
        List<SchemaPath> schemas = new ArrayList<>();
        for (Path file : files) {
            schemas.add(arguments.locate(file));
            if (arguments.isElsewhere(file) && wanted.stream().anyMatch(CompilerOutput::writesFiles)) {
                err.println(
                        "capstan: " + file
                                + " is not below the working folder: pass --src-prefix, or output is named after its whole path.");
            }
        }
        Compilation compilation = new Compiler(importRoots()).compile(schemas);
        compilation.problems().forEach(err::println);
        if (!compilation.succeeded()) {
            return Main.USAGE;
        }
        try {
            for (CompilerOutput output : wanted) {
                output.make(compilation, out, workingFolder);
            }
            return 0;
        } catch (CompilerOutput.OutputException e) {
            err.println("capstan: " + e.getMessage());
            return Main.REMOTE_FAILURE;
        }
    }

    private List<SourceFiles> importRoots() {
        List<SourceFiles> roots = new ArrayList<>();
        folders("-I", imports).forEach(folder -> roots.add(SourceFiles.folder(folder)));
        if (!noStandardImport) {
            roots.add(SourceFiles.standard());
            SYSTEM_FOLDERS.forEach(folder -> roots.add(SourceFiles.folder(folder)));
        }
        return roots;
    }

    private List<Path> folders(String option, List<Path> paths) {
        List<Path> folders = new ArrayList<>();
        for (Path path : paths) {
            Path folder = workingFolder.resolve(path);
            if (!Files.isDirectory(folder)) {
                throw new ParameterException(spec.commandLine(), option + ": " + path + " is not a folder.");
            }
            folders.add(folder);
        }
        return folders;
    }
}

package dev.capstan.gateway.options;

import dev.capstan.capnpc.source.SourceFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that say where imports are found; the same for every command that reads schemas. */
public final class SchemaFolders {
    /** Where Cap'n Proto's own command looks, too. */
    private static final List<Path> SYSTEM_FOLDERS = List.of(Path.of("/usr/local/include"), Path.of("/usr/include"));

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

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    /** What absolute imports are looked for in, the first one first. */
    public List<SourceFiles> importRoots(Path workingFolder) {
        List<SourceFiles> roots = new ArrayList<>();
        existing(workingFolder, "-I", imports).forEach(folder -> roots.add(SourceFiles.folder(folder)));
        if (!noStandardImport) {
            roots.add(SourceFiles.standard());
            SYSTEM_FOLDERS.forEach(folder -> roots.add(SourceFiles.folder(folder)));
        }
        return roots;
    }

    /** The folders that an option names; wrong usage if one is none. */
    public List<Path> existing(Path workingFolder, String option, List<Path> paths) {
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

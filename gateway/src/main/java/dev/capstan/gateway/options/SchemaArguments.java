package dev.capstan.gateway.options;

import dev.capstan.capnpc.source.SchemaPath;
import dev.capstan.capnpc.source.SourceFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which part of a path on the command line is the source folder, and which the name of the schema within it: the longest
 * {@code --src-prefix} that the path begins with, else the working folder, else the root of the file system. Code generators name their
 * output after the second part, as with the {@code capnp} command.
 */
public final class SchemaArguments {
    private final Path workingFolder;
    private final List<Path> prefixes;

    public SchemaArguments(Path workingFolder, List<Path> prefixes) {
        this.workingFolder = workingFolder;
        this.prefixes = prefixes.stream()
                .map(workingFolder::resolve)
                .sorted(Comparator.comparingInt(prefix -> -absolute(prefix).getNameCount()))
                .toList();
    }

    /**
     * Where it is; the root of the file system for what is in none of the folders.
     *
     * @throws InputException if no such file is there: the compiler would tell it as a problem with its first line
     */
    public SchemaPath locate(Path argument) throws InputException {
        Path file = absolute(workingFolder.resolve(argument));
        if (Files.isDirectory(file)) {
            throw new InputException(argument + " is a folder. Name the schemas in it.");
        }
        if (!Files.exists(file)) {
            throw new InputException("there is no file " + argument
                    + (argument.isAbsolute()
                            ? "."
                            : ". Paths are relative to the working folder, " + absolute(workingFolder) + "."));
        }
        for (Path prefix : prefixes) {
            SchemaPath found = within(prefix, file);
            if (found != null) {
                return found;
            }
        }
        SchemaPath found = within(workingFolder, file);
        return found != null ? found : path(file.getRoot(), file);
    }

    /** Whether neither a prefix nor the working folder holds it, so that output would be named after its whole path. */
    public boolean isElsewhere(Path argument) {
        Path file = absolute(workingFolder.resolve(argument));
        return within(workingFolder, file) == null
                && prefixes.stream().allMatch(prefix -> within(prefix, file) == null);
    }

    private static @Nullable SchemaPath within(Path folder, Path file) {
        Path root = absolute(folder);
        return file.startsWith(root) && !file.equals(root) ? path(folder, file) : null;
    }

    private static SchemaPath path(Path folder, Path file) {
        Path relative = absolute(folder).relativize(file);
        return new SchemaPath(SourceFiles.folder(folder), relative.toString().replace('\\', '/'));
    }

    private static Path absolute(Path path) {
        return path.toAbsolutePath().normalize();
    }
}

package dev.capstan.maven;

import dev.capstan.capnpc.source.SchemaJar;
import dev.capstan.capnpc.source.SourceFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where absolute imports are looked for: folders of the project first, then what the class path holds below {@code META-INF/capnp}, then the
 * schemas that come with the compiler. Must be closed, as it keeps jars open.
 */
final class ImportRoots implements AutoCloseable {
    /** Each under a name that tells whether it is the same one in the next run. */
    private final Map<String, SourceFiles> byName = new LinkedHashMap<>();

    private final List<SchemaJar> jars = new ArrayList<>();

    private ImportRoots() {}

    /**
     * Opens them.
     *
     * @param folders of the project; those that do not exist hold nothing
     * @param classPath jars and folders; those without schemas are left out
     */
    static ImportRoots open(List<Path> folders, List<Path> classPath) throws IOException {
        ImportRoots roots = new ImportRoots();
        try {
            for (Path folder : folders) {
                roots.byName.put(folder.toString(), SourceFiles.folder(folder));
            }
            for (Path entry : classPath) {
                roots.add(entry);
            }
        } catch (IOException e) {
            roots.close();
            throw e;
        }
        roots.byName.put("standard", SourceFiles.standard());
        return roots;
    }

    private void add(Path entry) throws IOException {
        if (Files.isDirectory(entry)) {
            Path folder = entry.resolve(SchemaJar.FOLDER);
            if (Files.isDirectory(folder)) {
                byName.put(folder.toString(), SourceFiles.folder(folder));
            }
        } else if (Files.isRegularFile(entry) && entry.toString().endsWith(".jar")) {
            SchemaJar jar = SchemaJar.open(entry);
            jars.add(jar);
            if (jar.paths().isEmpty()) {
                jars.remove(jar);
                jar.close();
            } else {
                byName.put(entry.toString(), jar);
            }
        }
    }

    /** In the order in which they are searched. */
    List<SourceFiles> files() {
        return List.copyOf(byName.values());
    }

    /** Their names, in the same order. */
    Set<String> names() {
        return byName.keySet();
    }

    /** By name, in the same order. */
    Map<String, SourceFiles> byName() {
        return byName;
    }

    @Override
    public void close() throws IOException {
        for (SchemaJar jar : jars) {
            jar.close();
        }
    }
}

package dev.capstan.maven;

import dev.capstan.capnpc.GeneratedFile;
import dev.capstan.capnpc.JavaGenerator;
import dev.capstan.capnpc.SchemaException;
import dev.capstan.capnpc.compile.Compilation;
import dev.capstan.capnpc.compile.Compiler;
import dev.capstan.capnpc.source.Problem;
import dev.capstan.capnpc.source.RecordedFiles;
import dev.capstan.capnpc.source.SchemaPath;
import dev.capstan.capnpc.source.SourceFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes Java of the schemas in a folder, if anything has changed since the last time.
 *
 * <p>A run is left out when everything that the last one has read, written and been told is as it was. Else all schemas are compiled, as each may
 * depend on each; files whose content stays the same are not touched, so that javac and IDEs see only what has changed, and files that no schema
 * yields any more are deleted. A run with problems changes nothing.
 *
 * @param sources the folder of the schemas
 * @param includes which files are schemas; see {@link Schemas}
 * @param excludes which of them are not
 * @param importFolders where absolute imports are looked for behind {@code sources}
 * @param classPath jars and folders whose {@code META-INF/capnp} comes behind those
 * @param output the root of the Java sources
 * @param record the file that remembers the last run
 * @param version what tells versions of the compiler apart
 */
record Generation(
        Path sources,
        List<String> includes,
        List<String> excludes,
        List<Path> importFolders,
        List<Path> classPath,
        Path output,
        Path record,
        String version) {

    /**
     * What came of a run.
     *
     * @param schemas how many there are
     * @param problems what is wrong with them, in the form of compilers; empty if nothing is
     * @param written the files that were new or have changed
     * @param deleted the files that no schema yields any more
     * @param isUpToDate whether nothing had to be done
     * @param sources the files below the folder of the schemas that were read: the schemas and what they embed
     */
    record Outcome(
            int schemas,
            List<String> problems,
            List<String> written,
            List<String> deleted,
            boolean isUpToDate,
            List<String> sources) {}

    Outcome run() throws IOException {
        List<String> schemas = Schemas.in(sources, includes, excludes);
        List<Path> folders = new ArrayList<>();
        folders.add(sources);
        folders.addAll(importFolders);
        LastRun last = LastRun.load(record);
        if (schemas.isEmpty() && last == null) {
            return new Outcome(0, List.of(), List.of(), List.of(), true, List.of());
        }
        try (ImportRoots roots = ImportRoots.open(folders, classPath)) {
            List<String> settings = settings(roots, schemas);
            if (last != null && isCurrent(last, settings, roots)) {
                return new Outcome(schemas.size(), List.of(), List.of(), List.of(), true, fromSources(last.read()));
            }
            return compile(schemas, roots, settings, last);
        }
    }

    private List<String> settings(ImportRoots roots, List<String> schemas) {
        List<String> settings = new ArrayList<>();
        settings.add("version " + version);
        settings.add("output " + output);
        roots.names().forEach(root -> settings.add("root " + root));
        schemas.forEach(schema -> settings.add("schema " + schema));
        return settings;
    }

    private boolean isCurrent(LastRun last, List<String> settings, ImportRoots roots) throws IOException {
        if (!last.settings().equals(settings)) {
            return false;
        }
        for (Map.Entry<LastRun.Read, String> read : last.read().entrySet()) {
            SourceFiles root = roots.byName().get(read.getKey().root());
            if (root == null || !digest(root, read.getKey().path()).equals(read.getValue())) {
                return false;
            }
        }
        for (Map.Entry<String, String> written : last.written().entrySet()) {
            if (!digest(output.resolve(written.getKey())).equals(written.getValue())) {
                return false;
            }
        }
        return true;
    }

    /** What cannot be read is looked at again by the compiler, which says so in its own words. */
    private static String digest(SourceFiles root, String path) {
        try {
            return RecordedFiles.digest(root, path);
        } catch (IOException e) {
            return "unreadable";
        }
    }

    private static String digest(Path file) throws IOException {
        return Files.isRegularFile(file) ? RecordedFiles.digest(Files.readAllBytes(file)) : RecordedFiles.ABSENT;
    }

    private Outcome compile(List<String> schemas, ImportRoots roots, List<String> settings, @Nullable LastRun last)
            throws IOException {
        Map<String, RecordedFiles> recorded = new LinkedHashMap<>();
        roots.byName().forEach((name, files) -> recorded.put(name, new RecordedFiles(files)));
        SourceFiles own = Objects.requireNonNull(recorded.get(sources.toString()), "the first root");
        Compilation compilation = new Compiler(List.copyOf(recorded.values()))
                .compile(schemas.stream()
                        .map(schema -> new SchemaPath(own, schema))
                        .toList());
        if (!compilation.succeeded()) {
            List<String> problems =
                    compilation.problems().stream().map(Problem::toString).toList();
            return new Outcome(schemas.size(), problems, List.of(), List.of(), false, List.of());
        }
        List<GeneratedFile> files;
        try {
            files = JavaGenerator.generate(compilation.request());
        } catch (SchemaException e) {
            return new Outcome(
                    schemas.size(), List.of(String.valueOf(e.getMessage())), List.of(), List.of(), false, List.of());
        }
        SortedMap<String, String> written = new TreeMap<>();
        List<String> changed = new ArrayList<>();
        for (GeneratedFile file : files) {
            String digest = RecordedFiles.digest(file.content().getBytes(StandardCharsets.UTF_8));
            written.put(file.path(), digest);
            if (!digest(output.resolve(file.path())).equals(digest)) {
                changed.add(file.path());
                file.writeTo(output);
            }
        }
        List<String> deleted = last == null ? List.of() : delete(last, written);
        SortedMap<LastRun.Read, String> read = new TreeMap<>();
        recorded.forEach((root, all) ->
                all.digests().forEach((path, digest) -> read.put(new LastRun.Read(root, path), digest)));
        new LastRun(settings, read, written).save(record);
        return new Outcome(schemas.size(), List.of(), changed, deleted, false, fromSources(read));
    }

    private List<String> fromSources(SortedMap<LastRun.Read, String> read) {
        List<String> paths = new ArrayList<>();
        read.forEach((source, digest) -> {
            if (source.root().equals(sources.toString()) && !digest.equals(RecordedFiles.ABSENT)) {
                paths.add(source.path());
            }
        });
        return paths;
    }

    /** Deletes what the last run has written and this one has not, with the folders that become empty. */
    private List<String> delete(LastRun last, SortedMap<String, String> written) throws IOException {
        List<String> deleted = new ArrayList<>();
        Path root = output.toAbsolutePath().normalize();
        for (String path : last.written().keySet()) {
            Path file = root.resolve(path).normalize();
            if (written.containsKey(path) || !file.startsWith(root) || !Files.deleteIfExists(file)) {
                continue;
            }
            deleted.add(path);
            Path folder = file.getParent();
            while (folder != null && !folder.equals(root) && isDeleted(folder)) {
                folder = folder.getParent();
            }
        }
        return deleted;
    }

    private static boolean isDeleted(Path folder) throws IOException {
        try {
            Files.delete(folder);
            return true;
        } catch (DirectoryNotEmptyException | NoSuchFileException e) {
            return false;
        }
    }
}

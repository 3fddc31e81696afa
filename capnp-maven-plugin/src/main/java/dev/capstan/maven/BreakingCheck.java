package dev.capstan.maven;

import dev.capstan.capnp.schema.CodeGeneratorRequest;
import dev.capstan.capnpc.SchemaException;
import dev.capstan.capnpc.breaking.Finding;
import dev.capstan.capnpc.breaking.Level;
import dev.capstan.capnpc.breaking.Location;
import dev.capstan.capnpc.breaking.SchemaComparison;
import dev.capstan.capnpc.compile.Compilation;
import dev.capstan.capnpc.compile.Compiler;
import dev.capstan.capnpc.source.SchemaJar;
import dev.capstan.capnpc.source.SchemaPath;
import dev.capstan.capnpc.source.SourceFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Compares the schemas of a folder with those of an older version.
 *
 * @param sources the folder of the schemas
 * @param includes which files are schemas, in both versions; see {@link Schemas}
 * @param excludes which of them are not
 * @param importFolders where absolute imports are looked for behind {@code sources}
 * @param classPath jars and folders whose {@code META-INF/capnp} comes behind those, for both versions
 * @param base the older version: a folder of schemas, or a jar or folder of classes with {@code META-INF/capnp}
 * @param baseClassPath what the older version imports, as far as it is not on {@code classPath}
 * @param allowed what is not reported
 */
record BreakingCheck(
        Path sources,
        List<String> includes,
        List<String> excludes,
        List<Path> importFolders,
        List<Path> classPath,
        Path base,
        List<Path> baseClassPath,
        Allowed allowed) {

    /**
     * What came of it.
     *
     * @param problems why nothing could be compared; empty if it could
     * @param breaking what breaks, each with file, line and column
     * @param sourceOnly what changes source code alone
     */
    record Outcome(List<String> problems, List<String> breaking, List<String> sourceOnly) {}

    /** One version: where it is, and what the compiler makes of it. */
    private record Version(SourceFiles root, Compilation compilation) {}

    Outcome run() throws IOException {
        List<String> problems = new ArrayList<>(allowed.problems());
        try (ImportRoots roots = ImportRoots.open(folders(), classPath);
                ImportRoots ofBase = ImportRoots.open(List.of(), baseClassPath);
                SchemaJar jar = Files.isDirectory(base) ? null : SchemaJar.open(base)) {
            SourceFiles own = SourceFiles.folder(sources);
            Version current = new Version(own, compile(own, Schemas.in(sources, includes, excludes), roots.files()));
            Version old = base(jar, ofBase, roots);
            problems.addAll(problems(current));
            problems.addAll(problems(old));
            return problems.isEmpty() ? compare(old, current) : new Outcome(problems, List.of(), List.of());
        }
    }

    private List<Path> folders() {
        List<Path> folders = new ArrayList<>();
        folders.add(sources);
        folders.addAll(importFolders);
        return folders;
    }

    private Version base(@Nullable SchemaJar jar, ImportRoots ofBase, ImportRoots roots) throws IOException {
        SourceFiles root;
        List<String> paths;
        if (jar != null) {
            root = jar;
            paths = Schemas.among(jar.paths(), includes, excludes);
        } else {
            Path inside = base.resolve(SchemaJar.FOLDER);
            Path folder = Files.isDirectory(inside) ? inside : base;
            root = SourceFiles.folder(folder);
            paths = Schemas.in(folder, includes, excludes);
        }
        if (paths.isEmpty()) {
            throw new IOException(
                    base + " holds no schemas" + (jar == null ? "." : " below " + SchemaJar.FOLDER + "."));
        }
        List<SourceFiles> imports = new ArrayList<>();
        imports.add(root);
        imports.addAll(ofBase.files());
        // Not the folder of the project: its schemas are the newer ones.
        roots.byName().forEach((name, files) -> {
            if (!name.equals(sources.toString())) {
                imports.add(files);
            }
        });
        return new Version(root, compile(root, paths, imports));
    }

    private static Compilation compile(SourceFiles root, List<String> paths, List<SourceFiles> imports) {
        return new Compiler(imports)
                .compile(paths.stream().map(path -> new SchemaPath(root, path)).toList());
    }

    private static List<String> problems(Version version) {
        return version.compilation().problems().stream()
                .map(problem -> problem.toString())
                .toList();
    }

    private Outcome compare(Version old, Version current) throws IOException {
        CodeGeneratorRequest.Reader before = old.compilation().request();
        CodeGeneratorRequest.Reader now = current.compilation().request();
        List<Finding> findings;
        try {
            findings = SchemaComparison.compare(before, now);
        } catch (SchemaException e) {
            return new Outcome(List.of(String.valueOf(e.getMessage())), List.of(), List.of());
        }
        List<String> breaking = new ArrayList<>();
        List<String> sourceOnly = new ArrayList<>();
        for (Finding finding : findings) {
            if (!allowed.covers(finding)) {
                String line =
                        place(finding.location(), old, current) + finding.rule().id() + ": " + finding.text();
                (finding.level() == Level.BREAKING ? breaking : sourceOnly).add(line);
            }
        }
        return new Outcome(List.of(), breaking, sourceOnly);
    }

    private static String place(Location location, Version old, Version current) throws IOException {
        SourceFiles root = (location.isInBase() ? old : current).root();
        byte[] content = root.read(location.file());
        return root.name(location.file()) + ":"
                + (content == null ? "" : Positions.of(content, location.startByte()) + ":") + " ";
    }
}

package dev.capstan.capnpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.capstan.capnp.Limits;
import dev.capstan.capnp.MessageReader;
import dev.capstan.capnp.schema.CodeGeneratorRequest;
import dev.capstan.capnpc.compile.Compiler;
import dev.capstan.capnpc.source.SourceFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Schemas that are generated together: where they are, what the compiler made of them, and where their Java is checked in. */
enum SchemaSet {
    STANDARD(
            "capnp/src/main/capnp",
            "capnp/src/generated/java",
            "capnp/schema.capnp",
            "capnp/rpc.capnp",
            "capnp/rpc-twoparty.capnp",
            "capnp/persistent.capnp",
            "capnp/stream.capnp"),
    FIXTURE(
            "capnp/src/test/capnp",
            "capnp/src/generated-test/java",
            "test.capnp",
            "dynamic.capnp",
            "encoding.capnp",
            "encoding-import.capnp"),
    CALCULATOR("examples/calculator/src/main/capnp", "examples/calculator/src/generated/java", "calculator.capnp"),
    HELLO("examples/hello/src/main/capnp", "examples/hello/src/generated/java", "hello.capnp", "note.capnp"),
    SHOP("examples/microservices/src/main/capnp", "examples/microservices/src/generated/java", "prices.capnp"),
    BENCH("bench/src/main/capnp", "bench/src/generated/java", "bench.capnp", "serialization.capnp"),
    GOLDEN(
            "capnpc/src/test/capnp",
            "capnpc/src/generated-test/java",
            "golden/constants.capnp",
            "golden/generics.capnp",
            "golden/lists.capnp",
            "golden/services.capnp",
            "golden/shapes.capnp"),
    NASTY(
            "capnpc/src/test/capnp",
            null,
            "nasty/generics.capnp",
            "nasty/inheritance.capnp",
            "nasty/layout.capnp",
            "nasty/names.capnp",
            "nasty/no-package.capnp",
            "nasty/other.capnp",
            "nasty/toplevel.capnp");

    /** Tests run in the folder of their module. */
    static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    static final String NO_COMPILER = "no capnp compiler on the PATH; on Debian: apt-get install capnproto";

    private final String schemaFolder;
    private final @Nullable String javaFolder;
    private final String schemas;

    SchemaSet(String schemaFolder, @Nullable String javaFolder, String... schemas) {
        this.schemaFolder = schemaFolder;
        this.javaFolder = javaFolder;
        this.schemas = String.join(" ", schemas);
    }

    boolean isCheckedIn() {
        return javaFolder != null;
    }

    /** What Debian's compiler wrote when scripts/regenerate ran. */
    byte[] storedRequest() {
        String name = name().toLowerCase(Locale.ROOT) + ".request";
        try (InputStream in = SchemaSet.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing: run scripts/regenerate");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the compiler on this machine writes. */
    byte[] compiledRequest() {
        Process compiler = compile("-o-");
        try (InputStream in = compiler.getInputStream()) {
            byte[] request = in.readAllBytes();
            assertEquals(0, compiler.waitFor(), "exit status of the capnp compiler");
            return request;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What our compiler writes. */
    CodeGeneratorRequest.Reader ownRequest() {
        return new Compiler()
                .compile(SourceFiles.folder(ROOT.resolve(schemaFolder)), List.of(schemas.split(" ", -1)))
                .request();
    }

    /** Starts the compiler on this set. */
    Process compile(String output) {
        assumeTrue(compilerIsThere(), NO_COMPILER);
        List<String> command = new ArrayList<>(List.of(
                "capnp",
                "compile",
                "--no-standard-import",
                "-I" + ROOT.resolve("capnp/src/main/capnp"),
                "--src-prefix=" + schemaFolder,
                output));
        for (String schema : schemas.split(" ", -1)) {
            command.add(schemaFolder + "/" + schema);
        }
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(command).directory(ROOT.toFile()).redirectError(ProcessBuilder.Redirect.INHERIT);
            // Its plugins are looked for on the PATH: capnpc-java is at the root.
            builder.environment()
                    .merge("PATH", ROOT.toString(), (path, root) -> path + java.io.File.pathSeparator + root);
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static boolean compilerIsThere() {
        String path = System.getenv("PATH");
        return path != null
                && Stream.of(path.split(java.io.File.pathSeparator, -1))
                        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "capnp")));
    }

    static List<GeneratedFile> generate(byte[] request) {
        return JavaGenerator.generate(parse(request));
    }

    static CodeGeneratorRequest.Reader parse(byte[] request) {
        Limits limits = Limits.DEFAULT.withTraversalWords(1L << 32);
        return MessageReader.of(request, 0, request.length, limits).root(CodeGeneratorRequest.TYPE);
    }

    /** The Java that is checked in: content by path. */
    SortedMap<String, String> checkedIn() {
        Path folder = ROOT.resolve(String.valueOf(javaFolder));
        SortedMap<String, String> files = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : (Iterable<Path>) paths.filter(Files::isRegularFile)::iterator) {
                files.put(
                        folder.relativize(path).toString().replace('\\', '/'),
                        Files.readString(path, StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files;
    }

    static SortedMap<String, String> byPath(List<GeneratedFile> files) {
        SortedMap<String, String> byPath = new TreeMap<>();
        files.forEach(file -> byPath.put(file.path(), file.content()));
        return byPath;
    }
}

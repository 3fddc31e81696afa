package dev.capstan.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.capstan.testkit.LongRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code examples/maven-grpc}, which is a build of its own: {@link OwnMaven} runs on a copy of it. */
@LongRun
class MavenGrpcExampleTest {
    private static final Path EXAMPLE = Program.ROOT.resolve("examples/maven-grpc");

    /** Modules by artifact; the parent has no classes. */
    private static final Map<String, String> MODULES = Map.of(
            "capstan", "",
            "capstan-async", "async",
            "capstan-cap", "cap",
            "capstan-net", "net",
            "capstan-grpc", "grpc",
            "capstan-protoc", "protoc-gen-capstan");

    @BeforeEach
    void needs_maven() {
        assumeTrue(OwnMaven.missing().isEmpty(), OwnMaven.missing());
    }

    @Test
    void its_services_are_generated_compiled_and_called_with_one_version_of_each_library(@TempDir Path folder)
            throws IOException {
        OwnMaven maven = new OwnMaven(folder.resolve("repository"), MODULES);
        Path project = folder.resolve("greeter");
        OwnMaven.copy(EXAMPLE, project);
        OwnMaven.delete(project.resolve("target"));
        OwnMaven.Run run = maven.run(project, "verify", OwnMaven.plugin("dependency") + ":build-classpath")
                .succeeded();
        assertTrue(run.says("Tests run: 1, Failures: 0"), run::toString);
        assertTrue(
                Files.exists(project.resolve("target/generated-sources/protobuf/org/example/greeter/GreeterRpc.java")),
                run::toString);
        String path = run.toString();
        assertEquals(1, versions("netty", path).size(), path);
        assertEquals(1, versions("protobuf", path).size(), path);
        assertTrue(path.contains("-jre.jar"), path);
    }

    /** Of the jars whose names begin so. */
    private static Set<String> versions(String library, String path) {
        return Pattern.compile("/" + library + "-[a-z0-9-]*?-([0-9]+\\.[0-9.]+[0-9])[^/]*\\.jar")
                .matcher(path)
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.toSet());
    }

    @Test
    void its_versions_are_those_of_this_build() {
        OwnMaven.assertSameVersions(EXAMPLE.resolve("pom.xml"));
    }
}

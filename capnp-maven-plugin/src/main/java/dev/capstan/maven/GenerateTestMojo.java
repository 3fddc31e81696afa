package dev.capstan.maven;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.maven.artifact.DependencyResolutionRequiredException;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.plugins.annotations.ResolutionScope;

/**
 * Makes Java of the schemas in {@code src/test/capnp} and adds it to the test sources of the project. They may import those in
 * {@code src/main/capnp}, and what the dependencies for tests hold, by paths that begin with a slash.
 */
@Mojo(
        name = "generate-test",
        defaultPhase = LifecyclePhase.GENERATE_TEST_SOURCES,
        requiresDependencyResolution = ResolutionScope.TEST,
        threadSafe = true)
@SuppressWarnings("NullAway.Init") // Maven sets the fields before it calls execute().
public final class GenerateTestMojo extends GenerationGoal {
    /** Where the schemas are. */
    @Parameter(property = "capnp.testSourceDirectory", defaultValue = "${project.basedir}/src/test/capnp")
    private File testSourceDirectory;

    /** Where the schemas of the project itself are. */
    @Parameter(property = "capnp.sourceDirectory", defaultValue = "${project.basedir}/src/main/capnp")
    private File sourceDirectory;

    /** Where the Java goes. */
    @Parameter(
            property = "capnp.testOutputDirectory",
            defaultValue = "${project.build.directory}/generated-test-sources/capnp")
    private File testOutputDirectory;

    /** For Maven. */
    public GenerateTestMojo() {}

    @Override
    Path sources() {
        return testSourceDirectory.toPath();
    }

    @Override
    Path output() {
        return testOutputDirectory.toPath();
    }

    @Override
    List<Path> imports() {
        List<Path> folders = new ArrayList<>(List.of(sourceDirectory.toPath()));
        folders.addAll(importFolders());
        return folders;
    }

    @Override
    List<Path> classPath() throws DependencyResolutionRequiredException {
        return others(project().getTestClasspathElements());
    }

    @Override
    void contribute(List<String> files) {
        project().addTestCompileSourceRoot(testOutputDirectory.getPath());
    }
}

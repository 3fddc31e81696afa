package dev.capstan.maven;

import java.io.File;
import java.nio.file.Path;
import java.util.List;
import org.apache.maven.artifact.DependencyResolutionRequiredException;
import org.apache.maven.model.Resource;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.plugins.annotations.ResolutionScope;

/**
 * Makes Java of the schemas in {@code src/main/capnp} and adds it to the sources of the project.
 *
 * <p>Imports that begin with a slash are looked for in the source folder, in the import folders, in {@code META-INF/capnp} of the dependencies, and among
 * the schemas of Cap'n Proto itself. When nothing has changed, nothing is written.
 */
@Mojo(
        name = "generate",
        defaultPhase = LifecyclePhase.GENERATE_SOURCES,
        requiresDependencyResolution = ResolutionScope.COMPILE,
        threadSafe = true)
@SuppressWarnings("NullAway.Init") // Maven sets the fields before it calls execute().
public final class GenerateMojo extends GenerationGoal {
    /** Where the schemas are. */
    @Parameter(property = "capnp.sourceDirectory", defaultValue = "${project.basedir}/src/main/capnp")
    private File sourceDirectory;

    /** Where the Java goes. */
    @Parameter(property = "capnp.outputDirectory", defaultValue = "${project.build.directory}/generated-sources/capnp")
    private File outputDirectory;

    /** Whether the schemas become part of the jar, below {@code META-INF/capnp}, so that other projects can import them. */
    @Parameter(property = "capnp.packSchemas", defaultValue = "true")
    private boolean packSchemas;

    /** For Maven. */
    public GenerateMojo() {}

    @Override
    Path sources() {
        return sourceDirectory.toPath();
    }

    @Override
    Path output() {
        return outputDirectory.toPath();
    }

    @Override
    List<Path> imports() {
        return importFolders();
    }

    @Override
    List<Path> classPath() throws DependencyResolutionRequiredException {
        return others(project().getCompileClasspathElements());
    }

    @Override
    void contribute(List<String> files) {
        project().addCompileSourceRoot(outputDirectory.getPath());
        if (packSchemas) {
            Resource schemas = new Resource();
            schemas.setDirectory(sourceDirectory.getPath());
            schemas.setTargetPath("META-INF/capnp");
            schemas.setIncludes(files);
            project().addResource(schemas);
        }
    }
}

package dev.capstan.maven;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.maven.artifact.DependencyResolutionRequiredException;
import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.project.MavenProject;

/** What the goals have in common. Maven sets the fields from the configuration of the project. */
@SuppressWarnings("NullAway.Init") // Maven sets the fields before it calls execute().
abstract class SchemaGoal extends AbstractMojo {
    @Parameter(defaultValue = "${project}", readonly = true, required = true)
    private MavenProject project;

    /** Which files of the source folder are schemas. All that end in {@code .capnp} if nothing is given. */
    @Parameter
    private List<String> includes = List.of();

    /** Which files of the source folder are not to be compiled; others may import them all the same. */
    @Parameter
    private List<String> excludes = List.of();

    /** Further folders where imports that begin with a slash are looked for, behind the source folder and before the class path. */
    @Parameter
    private List<File> importDirectories = List.of();

    /** Leaves the goal out. */
    @Parameter(property = "capnp.skip", defaultValue = "false")
    private boolean skip;

    @Override
    public final void execute() throws MojoExecutionException, MojoFailureException {
        if (skip) {
            getLog().info("Left out, as capnp.skip is set.");
            return;
        }
        try {
            run();
        } catch (IOException e) {
            throw new MojoExecutionException(words(e), e);
        } catch (DependencyResolutionRequiredException e) {
            throw new MojoExecutionException("The dependencies of the project are not resolved: " + e.getMessage(), e);
        }
    }

    /** The name of the exception says what is wrong where its message is only the name of a file. */
    private static String words(IOException e) {
        return e.getClass() == IOException.class ? String.valueOf(e.getMessage()) : e.toString();
    }

    abstract void run()
            throws IOException, DependencyResolutionRequiredException, MojoExecutionException, MojoFailureException;

    MavenProject project() {
        return project;
    }

    List<String> includes() {
        return includes;
    }

    List<String> excludes() {
        return excludes;
    }

    List<Path> importFolders() {
        return importDirectories.stream().map(File::toPath).toList();
    }

    /** Without the project's own classes, which hold copies of its schemas. */
    List<Path> others(List<String> classPath) {
        Path classes = Path.of(project.getBuild().getOutputDirectory());
        Path testClasses = Path.of(project.getBuild().getTestOutputDirectory());
        return classPath.stream()
                .map(Path::of)
                .filter(entry -> !entry.equals(classes) && !entry.equals(testClasses))
                .toList();
    }

    /** Shows each on a line of its own and ends the build. */
    MojoFailureException failure(List<String> lines, String summary) {
        lines.forEach(line -> getLog().error(line));
        return new MojoFailureException(summary);
    }
}

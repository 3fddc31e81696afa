package dev.capstan.maven;

import dev.capstan.capnpc.compile.Compiler;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.List;
import org.apache.maven.artifact.DependencyResolutionRequiredException;
import org.apache.maven.plugin.MojoExecution;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Parameter;

/** What the goals that generate have in common. */
@SuppressWarnings("NullAway.Init") // Maven sets the fields before it calls execute().
abstract class GenerationGoal extends SchemaGoal {
    @Parameter(defaultValue = "${mojoExecution}", readonly = true, required = true)
    private MojoExecution execution;

    abstract Path sources();

    abstract Path output();

    /** Where imports are looked for behind the source folder. */
    abstract List<Path> imports();

    abstract List<Path> classPath() throws DependencyResolutionRequiredException;

    /** Makes the results part of the project. {@code files} are the schemas and what they embed, relative to the source folder. */
    abstract void contribute(List<String> files);

    @Override
    final void run()
            throws IOException, DependencyResolutionRequiredException, MojoExecutionException, MojoFailureException {
        Generation.Outcome outcome = new Generation(
                        sources(), includes(), excludes(), imports(), classPath(), output(), record(), version())
                .run();
        if (!outcome.problems().isEmpty()) {
            throw failure(
                    outcome.problems(),
                    count(outcome.problems().size(), "problem") + " in the schemas of " + sources() + ", first: "
                            + outcome.problems().getFirst());
        }
        if (outcome.schemas() == 0) {
            getLog().info("No schemas in " + sources());
        } else if (outcome.isUpToDate()) {
            getLog().info(count(outcome.schemas(), "schema") + ", nothing changed");
        } else {
            getLog().info(count(outcome.schemas(), "schema") + " compiled, "
                    + count(outcome.written().size(), "file") + " written and "
                    + outcome.deleted().size() + " deleted in " + output());
        }
        if (outcome.schemas() > 0) {
            contribute(outcome.sources());
        }
    }

    static String count(int number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }

    private Path record() {
        return Path.of(project().getBuild().getDirectory())
                .resolve("maven-status")
                .resolve("capnp-maven-plugin")
                .resolve(execution.getGoal() + "-" + execution.getExecutionId());
    }

    /** The number alone does not tell builds of a snapshot apart. */
    private String version() throws IOException {
        CodeSource code = Compiler.class.getProtectionDomain().getCodeSource();
        String version = execution.getVersion();
        if (code == null) {
            return version;
        }
        try {
            File file = new File(code.getLocation().toURI());
            return file.isFile()
                    ? version + " " + file.length() + " " + Files.getLastModifiedTime(file.toPath())
                    : version;
        } catch (URISyntaxException | IllegalArgumentException e) {
            return version;
        }
    }
}

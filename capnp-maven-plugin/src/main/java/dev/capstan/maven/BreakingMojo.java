package dev.capstan.maven;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.inject.Inject;
import org.apache.maven.artifact.DependencyResolutionRequiredException;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.plugins.annotations.ResolutionScope;
import org.eclipse.aether.RepositorySystem;
import org.eclipse.aether.RepositorySystemSession;
import org.eclipse.aether.artifact.Artifact;
import org.eclipse.aether.artifact.DefaultArtifact;
import org.eclipse.aether.collection.CollectRequest;
import org.eclipse.aether.graph.Dependency;
import org.eclipse.aether.repository.RemoteRepository;
import org.eclipse.aether.resolution.ArtifactResult;
import org.eclipse.aether.resolution.DependencyRequest;
import org.eclipse.aether.resolution.DependencyResolutionException;
import org.jspecify.annotations.Nullable;

/**
 * Compares the schemas with those of an older version, and fails when programs that were built with the two would misunderstand each other. The rules are
 * listed in {@code dev.capstan.capnpc.breaking.Rule}.
 */
@Mojo(
        name = "breaking",
        defaultPhase = LifecyclePhase.VERIFY,
        requiresDependencyResolution = ResolutionScope.COMPILE,
        threadSafe = true)
@SuppressWarnings("NullAway.Init") // Maven sets the fields before it calls execute().
public final class BreakingMojo extends SchemaGoal {
    private final RepositorySystem repositories;

    @Parameter(defaultValue = "${repositorySystemSession}", readonly = true, required = true)
    private RepositorySystemSession session;

    @Parameter(defaultValue = "${project.remoteProjectRepositories}", readonly = true, required = true)
    private List<RemoteRepository> remotes;

    /**
     * The older version: a folder of schemas, a jar, or {@code group:artifact:version} of a jar that holds schemas below {@code META-INF/capnp}.
     * Relative paths begin at the folder of the project.
     */
    @Parameter(property = "capnp.base")
    private @Nullable String base;

    /** Where the schemas are. */
    @Parameter(property = "capnp.sourceDirectory", defaultValue = "${project.basedir}/src/main/capnp")
    private File sourceDirectory;

    /** Whether changes fail the build that do not change a message, but make others adapt their source code. They are warned of otherwise. */
    @Parameter(property = "capnp.failOnSourceOnly", defaultValue = "false")
    private boolean failOnSourceOnly;

    /** Changes that were made on purpose: the name of a rule, or such a name and that of a declaration, as in {@code type-changed Person.name}. */
    @Parameter(property = "capnp.allowed")
    private List<String> allowed = List.of();

    /** For Maven. */
    @Inject
    public BreakingMojo(RepositorySystem repositories) {
        this.repositories = repositories;
    }

    @Override
    void run() throws IOException, DependencyResolutionRequiredException, MojoExecutionException, MojoFailureException {
        if (base == null || base.isBlank()) {
            throw new MojoFailureException(
                    "Nothing to compare with. Set <base> or -Dcapnp.base to a folder of schemas, "
                            + "a jar, or group:artifact:version.");
        }
        List<Path> older = older(base.strip());
        BreakingCheck.Outcome outcome = new BreakingCheck(
                        sourceDirectory.toPath(),
                        includes(),
                        excludes(),
                        importFolders(),
                        others(project().getCompileClasspathElements()),
                        older.getFirst(),
                        older.subList(1, older.size()),
                        new Allowed(allowed))
                .run();
        if (!outcome.problems().isEmpty()) {
            throw failure(
                    outcome.problems(),
                    "The schemas cannot be compared, first: "
                            + outcome.problems().getFirst());
        }
        outcome.sourceOnly().forEach(line -> {
            if (failOnSourceOnly) {
                getLog().error(line);
            } else {
                getLog().warn(line);
            }
        });
        int failing = outcome.breaking().size()
                + (failOnSourceOnly ? outcome.sourceOnly().size() : 0);
        if (failing > 0) {
            throw failure(
                    outcome.breaking(),
                    GenerationGoal.count(failing, "incompatible change") + " since " + base
                            + ". One that is made on purpose can be listed in <allowed>.");
        }
        getLog().info("Compatible with " + base);
    }

    /** The jar or folder of the older version, and behind it what it depends on. */
    private List<Path> older(String name) throws MojoFailureException {
        Path path = project().getBasedir().toPath().resolve(name);
        if (Files.exists(path)) {
            return List.of(path);
        }
        Artifact artifact;
        try {
            artifact = new DefaultArtifact(name);
        } catch (IllegalArgumentException e) {
            throw new MojoFailureException("The base " + name + " is neither a file or folder in "
                    + project().getBasedir() + " nor of the form group:artifact:version.");
        }
        try {
            CollectRequest wanted = new CollectRequest(new Dependency(artifact, "compile"), remotes);
            List<Path> found = new ArrayList<>();
            for (ArtifactResult result : repositories
                    .resolveDependencies(session, new DependencyRequest(wanted, null))
                    .getArtifactResults()) {
                found.add(result.getArtifact().getFile().toPath());
            }
            return found;
        } catch (DependencyResolutionException e) {
            throw new MojoFailureException("The base " + name + " cannot be had: " + e.getMessage());
        }
    }
}

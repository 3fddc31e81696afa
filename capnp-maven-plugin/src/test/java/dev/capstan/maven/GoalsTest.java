package dev.capstan.maven;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.lang.reflect.Field;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.maven.model.Build;
import org.apache.maven.model.Model;
import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugin.logging.SystemStreamLog;
import org.apache.maven.project.MavenProject;
import org.eclipse.aether.RepositorySystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The goals with parameters as Maven would set them. */
class GoalsTest {
    private static final String ID = "@0xa1a1a1a1a1a1a1a1;\n";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private final MavenProject project = new MavenProject(new Model());
    private final List<String> log = new ArrayList<>();
    private BreakingMojo breaking = breaking();

    @BeforeEach
    void lay_out_a_project() {
        project.setFile(folder.resolve("pom.xml").toFile());
        Build build = new Build();
        build.setDirectory(folder.resolve("target").toString());
        build.setOutputDirectory(folder.resolve("target/classes").toString());
        build.setTestOutputDirectory(folder.resolve("target/test-classes").toString());
        project.setBuild(build);
        breaking = breaking();
        set(breaking, "sourceDirectory", folder.resolve("new").toFile());
        Folders.write(folder.resolve("old/a.capnp"), ID + "struct A { x @0 :Text; }");
    }

    private BreakingMojo breaking() {
        RepositorySystem nothingToResolve = (RepositorySystem) Proxy.newProxyInstance(
                RepositorySystem.class.getClassLoader(),
                new Class<?>[] {RepositorySystem.class},
                (self, method, args) -> {
                    throw new AssertionError("asked for " + method);
                });
        return with(new BreakingMojo(nothingToResolve));
    }

    private <T extends SchemaGoal> T with(T goal) {
        set(goal, "project", project);
        goal.setLog(new SystemStreamLog() {
            @Override
            public void info(CharSequence line) {
                log.add("info " + line);
            }

            @Override
            public void warn(CharSequence line) {
                log.add("warn " + line);
            }

            @Override
            public void error(CharSequence line) {
                log.add("error " + line);
            }
        });
        return goal;
    }

    private static void set(AbstractMojo goal, String name, Object value) {
        for (Class<?> type = goal.getClass(); type != null; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (field.getName().equals(name)) {
                    field.setAccessible(true);
                    try {
                        field.set(goal, value);
                    } catch (IllegalAccessException e) {
                        throw new AssertionError(e);
                    }
                    return;
                }
            }
        }
        throw new AssertionError(goal.getClass() + " has no parameter " + name);
    }

    private void now(String body) {
        Folders.write(folder.resolve("new/a.capnp"), ID + body);
    }

    private String refused() {
        return String.valueOf(
                assertThrows(MojoFailureException.class, breaking::execute).getMessage());
    }

    @Test
    void a_goal_that_is_skipped_does_nothing_and_says_so() throws Exception {
        now("struct A { x @0 :Data; }");
        set(breaking, "base", "old");
        assertTrue(refused().contains("1 incompatible change since old"), log::toString);
        log.clear();
        set(breaking, "skip", true);
        breaking.execute();
        assertEquals(List.of("info Left out, as capnp.skip is set."), log);

        log.clear();
        GenerateMojo generate = with(new GenerateMojo());
        Folders.write(folder.resolve("new/a.capnp"), "this is no schema");
        set(generate, "sourceDirectory", folder.resolve("new").toFile());
        set(generate, "outputDirectory", folder.resolve("out").toFile());
        set(generate, "skip", true);
        generate.execute();
        assertEquals(List.of("info Left out, as capnp.skip is set."), log);
        assertFalse(Files.exists(folder.resolve("out")));
    }

    @Test
    void a_base_that_is_missing_or_blank_is_asked_for() {
        assertTrue(refused().startsWith("Nothing to compare with."));
        set(breaking, "base", "  ");
        assertTrue(refused().startsWith("Nothing to compare with."));
    }

    @ParameterizedTest
    @ValueSource(strings = {"older", "group:artifact", "a:b:c:d:e:f", "::", "no/such/folder"})
    void a_base_that_is_neither_there_nor_the_name_of_a_jar_is_told_what_it_may_be(String base) {
        set(breaking, "base", base);
        String message = refused();
        assertTrue(message.startsWith("The base " + base + " is neither a file or folder in " + folder), message);
        assertTrue(message.endsWith("nor of the form group:artifact:version."), message);
    }

    @Test
    void a_base_that_is_no_jar_is_told_by_its_name() throws Exception {
        now("struct A {}");
        File file = Folders.write(folder.resolve("old.jar"), "no jar").toFile();
        set(breaking, "base", "old.jar");
        String message = String.valueOf(
                assertThrows(MojoExecutionException.class, breaking::execute).getMessage());
        assertTrue(message.contains(file.getPath()), message);
    }

    @Test
    void a_change_of_names_alone_is_warned_of_and_fails_the_build_when_that_is_wanted() throws Exception {
        now("struct A { renamed @0 :Text; }");
        set(breaking, "base", "old");
        breaking.execute();
        assertEquals(2, log.size(), log::toString);
        assertTrue(log.getFirst().startsWith("warn ") && log.getFirst().contains(" renamed: "), log::toString);
        assertEquals("info Compatible with old", log.getLast());

        log.clear();
        set(breaking, "failOnSourceOnly", true);
        assertTrue(refused().startsWith("1 incompatible change since old."));
        assertEquals(1, log.size(), log::toString);
        assertTrue(log.getFirst().startsWith("error ") && log.getFirst().contains(" renamed: "), log::toString);
    }
}

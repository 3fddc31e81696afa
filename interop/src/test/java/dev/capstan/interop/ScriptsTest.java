package dev.capstan.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The functions of {@code scripts/common.sh} on made-up machines: a folder of stand-in commands is the whole PATH beside the shell's
 * own tools, so nothing of this machine is found, installed or changed.
 */
class ScriptsTest {
    @TempDir
    private Path machine;

    private Path bin;
    private Path tree;

    private record Ran(int exit, String output) {}

    @BeforeEach
    void build_a_machine_without_anything() throws IOException {
        bin = Files.createDirectories(machine.resolve("bin"));
        tree = Files.createDirectories(machine.resolve("src/tree"));
        Path scripts = Files.createDirectories(tree.resolve("scripts"));
        Files.copy(
                SourceTree.here().root().resolve("scripts/common.sh"),
                scripts.resolve("common.sh"),
                StandardCopyOption.COPY_ATTRIBUTES);
        for (String tool : List.of(
                "bash",
                "cat",
                "dirname",
                "find",
                "flock",
                "grep",
                "head",
                "ls",
                "mkdir",
                "mv",
                "readlink",
                "rm",
                "sed",
                "sort",
                "tee",
                "touch")) {
            Files.createSymbolicLink(bin.resolve(tool), which(tool));
        }
        command("id", "echo 1000");
    }

    private static Path which(String tool) {
        return List.of(System.getenv("PATH").split(File.pathSeparator)).stream()
                .map(folder -> Path.of(folder, tool))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow();
    }

    private void command(String name, String body) throws IOException {
        script(bin.resolve(name), body);
    }

    private static void script(Path file, String body) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/bash\n" + body + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Path jdk(String folder, String version) throws IOException {
        Path home = machine.resolve(folder);
        script(home.resolve("bin/java"), "true");
        script(home.resolve("bin/javac"), "true");
        Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
        return home;
    }

    private Ran run(String script, String... environment) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                        "/bin/bash", "-c", "set -eu; . '" + tree + "/scripts/common.sh'; " + script)
                .redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().put("PATH", bin.toString());
        builder.environment().put("HOME", machine.toString());
        builder.environment().put("CAPSTAN_JVM_FOLDERS", machine + "/jvm/*");
        builder.environment().put("CAPSTAN_INCLUDE_FOLDER", machine + "/include");
        builder.environment().put("CAPSTAN_PYTHON", machine + "/python3");
        for (String pair : environment) {
            int equals = pair.indexOf('=');
            builder.environment().put(pair.substring(0, equals), pair.substring(equals + 1));
        }
        Process process = builder.start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(30, TimeUnit.SECONDS));
        return new Ran(process.exitValue(), output);
    }

    @Test
    void java_home_wins_when_it_is_jdk_25() throws Exception {
        jdk("jvm/other-25", "25.0.2");
        Path home = jdk("mine", "25.0.1");
        assertEquals(new Ran(0, home + "\n"), run("require_jdk; echo $JAVA_HOME", "JAVA_HOME=" + home));
    }

    @Test
    void a_java_home_of_another_release_gives_way_to_the_usual_folders() throws Exception {
        jdk("jvm/a-21", "21.0.5");
        jdk("jvm/b-250", "250");
        Path right = jdk("jvm/c-25", "25");
        assertEquals(
                new Ran(0, right + "\n"), run("require_jdk; echo $JAVA_HOME", "JAVA_HOME=" + jdk("mine", "17.0.1")));
    }

    @Test
    void a_jdk_on_the_path_is_found_last() throws Exception {
        Path elsewhere = jdk("elsewhere", "25.0.1");
        Files.createSymbolicLink(bin.resolve("javac"), elsewhere.resolve("bin/javac"));
        assertEquals(new Ran(0, elsewhere.toRealPath() + "\n"), run("require_jdk; echo $JAVA_HOME"));
    }

    @Test
    void a_runtime_without_a_compiler_is_no_jdk() throws Exception {
        Files.delete(jdk("jvm/jre-25", "25.0.1").resolve("bin/javac"));
        assertEquals(1, run("require_jdk").exit());
    }

    @Test
    void a_missing_jdk_is_told_with_the_command_to_get_it() throws Exception {
        Ran ran = run("require_jdk");
        assertEquals(1, ran.exit());
        assertTrue(ran.output().contains("no JDK 25 found"), ran.output());
        assertTrue(
                ran.output().contains("sudo apt-get update && sudo apt-get install -y openjdk-25-jdk-headless"),
                ran.output());
    }

    @Test
    void a_missing_maven_is_told_with_the_command_to_get_it() throws Exception {
        Ran ran = run("require_maven");
        assertEquals(
                new Ran(1, "capstan: Maven is missing. Run: sudo apt-get update && sudo apt-get install -y maven\n"),
                ran);
    }

    @Test
    void a_missing_maven_is_installed_by_root() throws Exception {
        command("id", "echo 0");
        command(
                "apt-get",
                "echo \"$*\" >>'" + machine
                        + "/apt'; [ \"$1\" != install ] || printf '#!/bin/bash\\necho Apache Maven 3.8.7\\n' >'" + bin
                        + "/mvn'; [ \"$1\" != install ] || /bin/chmod +x '" + bin + "/mvn'");
        assertEquals(new Ran(0, "capstan: installing Debian packages: maven\n"), run("require_maven"));
        assertEquals(
                List.of("update", "install -y --no-install-recommends maven"),
                Files.readAllLines(machine.resolve("apt")));
    }

    @Test
    void root_installs_nothing_when_the_caller_forbids_it() throws Exception {
        command("id", "echo 0");
        command("apt-get", "echo \"$*\" >>'" + machine + "/apt'");
        assertEquals(1, run("require_maven", "CAPSTAN_NO_INSTALL=1").exit());
        assertFalse(Files.exists(machine.resolve("apt")));
    }

    @Test
    void a_maven_that_is_too_old_is_told() throws Exception {
        command("mvn", "echo 'Apache Maven 3.8.6 (abc)'");
        Ran ran = run("require_maven");
        assertEquals(1, ran.exit());
        assertTrue(ran.output().contains("Maven 3.8.6 is too old, 3.8.7 or later is needed"), ran.output());
        command("mvn", "echo 'Apache Maven 3.10.1 (abc)'");
        assertEquals(new Ran(0, ""), run("require_maven"));
    }

    @Test
    void missing_peers_are_told_with_the_command_and_end_nothing() throws Exception {
        command("g++", "true");
        command("node", "true");
        Ran ran = run("provide_peers; echo goes on");
        assertEquals("""
                capstan: missing for the foreign peers: capnproto libcapnp-dev npm chromium protobuf-compiler protobuf-compiler-grpc libgrpc++-dev libprotobuf-dev python3-grpcio python3-protobuf tmux. Their tests will be skipped.
                capstan: to have them: sudo apt-get update && sudo apt-get install -y capnproto libcapnp-dev npm chromium protobuf-compiler protobuf-compiler-grpc libgrpc++-dev libprotobuf-dev python3-grpcio python3-protobuf tmux
                goes on
                """, ran.output());
    }

    @Test
    void peers_that_are_there_are_not_spoken_of() throws Exception {
        for (String peer : List.of("capnp", "g++", "node", "npm", "chromium", "protoc", "grpc_cpp_plugin", "tmux")) {
            command(peer, "true");
        }
        for (String header : List.of("capnp/rpc-twoparty.h", "grpcpp/grpcpp.h", "google/protobuf/message.h")) {
            Path file = machine.resolve("include").resolve(header);
            Files.createDirectories(file.getParent());
            Files.createFile(file);
        }
        script(machine.resolve("python3"), "true");
        assertEquals(new Ran(0, ""), run("provide_peers"));
    }

    @Test
    void a_folder_of_the_project_is_not_taken_for_a_module_of_python() throws Exception {
        Files.createDirectories(machine.resolve("grpc"));
        script(machine.resolve("python3"), "exec /usr/bin/python3 -S \"$@\""); // sees nothing that was installed
        Ran ran = run("cd '" + machine + "'; missing_peer_packages");
        assertTrue(ran.output().contains("python3-grpcio\n"), ran.output());
    }

    @Test
    void a_missing_npm_is_told_and_ends_nothing() throws Exception {
        command("node", "true");
        assertEquals(new Ran(0, """
                capstan: missing for the web console: npm. The program is built without it.
                capstan: to have it: sudo apt-get update && sudo apt-get install -y npm
                goes on
                """), run("provide_npm; echo goes on"));
        command("npm", "true");
        assertEquals(new Ran(0, ""), run("provide_npm"));
    }

    @Test
    void a_missing_npm_is_installed_by_root() throws Exception {
        command("id", "echo 0");
        command("apt-get", "echo \"$*\" >>'" + machine + "/apt'");
        assertEquals(new Ran(0, "capstan: installing Debian packages: nodejs npm\n"), run("provide_npm"));
        assertEquals(
                List.of("update", "install -y --no-install-recommends nodejs npm"),
                Files.readAllLines(machine.resolve("apt")));
    }

    @Test
    void a_build_is_stale_until_it_is_stamped_and_again_when_a_source_is_newer() throws Exception {
        Path source = tree.resolve("async/src/main/java/Loop.java");
        Files.createDirectories(source.getParent());
        Files.writeString(source, "");
        Files.createDirectories(tree.resolve("async/src/test/java"));
        String touchAll = "find \"$root\" -exec touch -d '2026-01-01 00:00' {} +; ";
        String built = "mkdir -p \"$root/gateway/target/lib\" && touch \"$runnable_jar\"; " + touchAll
                + "stamp_begin built && stamp_end built; ";
        String ask = "if is_stale; then echo stale; else echo fresh; fi";
        assertEquals("stale\n", run(ask).output());
        assertEquals("fresh\n", run(built + ask).output());
        String later = "touch -d '2099-01-01 00:00' ";
        assertEquals(
                "fresh\n",
                run(built + later + "\"$root/async/src/test/java\" \"$root/README.md\"; " + ask)
                        .output());
        assertEquals(
                "stale\n",
                run(built + later + "\"$root/async/pom.xml\"; " + ask).output());
        assertEquals("stale\n", run(built + later + "'" + source + "'; " + ask).output());
        assertEquals(
                "stale\n",
                run(built + "rm '" + source + "'; touch -d 2099-01-01 '" + source.getParent() + "'; " + ask)
                        .output());
        assertEquals("stale\n", run(built + "rm \"$runnable_jar\"; " + ask).output());
    }

    @Test
    void classes_that_were_compiled_without_checks_are_compiled_again_before_they_are_verified() throws Exception {
        String classes = "mkdir -p \"$root\"/{async,examples/hello}/target/{classes,lib} \"$state\"; ";
        String ask = "forget_unchecked; cd \"$root\" && echo */target/* */*/target/*";
        assertEquals(
                "async/target/classes async/target/lib examples/hello/target/classes examples/hello/target/lib\n",
                run(classes + ask).output());
        // What was built of an example is gone with its classes.
        String unchecked = classes + "touch \"$state/unchecked\" \"$state/built-hello\"; ";
        assertEquals(
                "gone\n",
                run(unchecked
                                + "forget_unchecked; if [ -e \"$state/built-hello\" ]; then echo there; else echo gone; fi")
                        .output());
        assertEquals(
                "async/target/lib examples/hello/target/lib\n",
                run(unchecked + ask).output());
        assertEquals(
                "async/target/lib examples/hello/target/classes examples/hello/target/lib\n",
                run(unchecked + "forget_unchecked; mkdir -p \"$root/examples/hello/target/classes\"; " + ask)
                        .output());
    }
}

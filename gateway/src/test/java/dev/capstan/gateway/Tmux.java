package dev.capstan.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;

/** A terminal that somebody types into and looks at: tmux with a server of its own and a shell in a folder where {@code ./capstan} is the command. Closed, all of it is gone. */
final class Tmux implements AutoCloseable {
    private static final long DEADLINE_SECONDS = 60;
    private static final long PAUSE_MILLIS = 20;
    private static final String SHELL_PROMPT = "$";

    private final Path folder;

    private Tmux(Path folder) {
        this.folder = folder;
    }

    /** Skips the test where there is no tmux. */
    static Tmux open(Path folder) throws Exception {
        Assumptions.assumeTrue(
                new ProcessBuilder("sh", "-c", "command -v tmux").start().waitFor() == 0,
                "tmux is not there (apt install tmux)");
        Path capstan = folder.resolve("capstan");
        String command =
                CapstanProcess.command().stream().map(each -> "'" + each + "'").collect(Collectors.joining(" "));
        Files.writeString(capstan, "#!/bin/sh\nexec " + command + " \"$@\"\n");
        Files.setPosixFilePermissions(capstan, PosixFilePermissions.fromString("rwx------"));
        Tmux tmux = new Tmux(folder);
        tmux.run("new-session", "-d", "-x", "200", "-y", "50", "-e", "PS1=$ ", "bash", "--noprofile", "--norc");
        tmux.until(screen -> screen.equals(List.of(SHELL_PROMPT)));
        return tmux;
    }

    private String run(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(
                List.of("tmux", "-f", "/dev/null", "-S", folder.resolve("tmux").toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.onExit().orTimeout(DEADLINE_SECONDS, TimeUnit.SECONDS).join();
        assertEquals(0, process.exitValue(), () -> command + "\n" + said);
        return said;
    }

    /** Presses keys, as tmux calls them: {@code Tab}, {@code Up}, {@code C-c}. */
    void press(String key) throws IOException {
        run("send-keys", key);
    }

    /** Types characters, and does not press Enter. */
    void type(String text) throws IOException {
        run("send-keys", "-l", "--", text);
    }

    /** Types a line and waits until the last line is {@code prompt} again, and others have come. */
    void say(String line, String prompt) throws IOException, InterruptedException {
        int before = screen().size();
        type(line);
        press("Enter");
        until(screen -> screen.size() > before && screen.getLast().equals(prompt));
    }

    /** The lines that can be seen and those that have left at the top, without blanks at their ends. */
    List<String> screen() throws IOException {
        return run("capture-pane", "-p", "-J", "-S", "-")
                .stripTrailing()
                .lines()
                .map(String::stripTrailing)
                .toList();
    }

    /** Looks until {@code wanted} holds, and gives what can be seen then. */
    List<String> until(Predicate<List<String>> wanted) throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
        while (true) {
            List<String> screen = screen();
            if (wanted.test(screen)) {
                return screen;
            }
            assertTrue(
                    System.nanoTime() < end,
                    () -> "not seen for " + DEADLINE_SECONDS + " s:\n" + String.join("\n", screen));
            Thread.sleep(PAUSE_MILLIS);
        }
    }

    /** The first line that has {@code part} in it, when it is there. */
    String line(String part) throws IOException, InterruptedException {
        return until(screen -> screen.stream().anyMatch(line -> line.contains(part))).stream()
                .filter(line -> line.contains(part))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void close() throws IOException {
        run("kill-server");
    }
}

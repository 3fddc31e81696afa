package dev.capstan.grpc;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/**
 * What a program of the tests has said that ran in a process of its own.
 *
 * @param exit its exit code
 * @param output all that it wrote
 */
public record OwnProcess(int exit, String output) {
    /** Runs {@code main} to its end, with those entries of the class path that {@code kept} takes. */
    public static OwnProcess run(Class<?> main, Predicate<String> kept, List<String> options, String... arguments)
            throws IOException, InterruptedException {
        String path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        List<String> command = new ArrayList<>(List.of(
                System.getProperty("java.home") + "/bin/java",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow"));
        command.addAll(options);
        command.add("-cp");
        command.add(String.join(
                File.pathSeparator,
                Arrays.stream(path.split(File.pathSeparator)).filter(kept).toList()));
        command.add(main.getName());
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        CompletableFuture<String> output = CompletableFuture.supplyAsync(() -> {
            try {
                return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                return e.toString();
            }
        });
        try {
            String said = output.get(110, TimeUnit.SECONDS);
            return new OwnProcess(process.waitFor(), said);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the program does not end", e);
        } finally {
            process.destroyForcibly();
        }
    }

    /** What follows {@code name} and a blank in a line of the output. */
    public long number(String name) {
        return output.lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToLong(line -> Long.parseLong(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + name + " in " + output));
    }
}

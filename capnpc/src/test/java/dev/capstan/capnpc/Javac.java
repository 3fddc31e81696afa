package dev.capstan.capnpc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import dev.capstan.capnp.StructReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/** The compiler of the running JDK, in this process, with every warning on and each of them an error. */
final class Javac {
    private Javac() {}

    /** Compiles into {@code folder}; a warning or error fails the test with the compiler's own text. */
    static void compile(List<GeneratedFile> files, Path folder) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(
                "-Xlint:all",
                "-Werror",
                "-proc:none",
                "-Xmaxerrs",
                "1000",
                "--release",
                "25",
                "-d",
                folder.resolve("classes").toString()));
        arguments.addAll(List.of("-classpath", runtime()));
        for (GeneratedFile file : files) {
            Path path = folder.resolve("java").resolve(file.path());
            Files.createDirectories(Objects.requireNonNull(path.getParent()));
            Files.writeString(path, file.content());
            arguments.add(path.toString());
        }
        StringWriter messages = new StringWriter();
        int status = ToolProvider.findFirst("javac")
                .orElseThrow()
                .run(new PrintWriter(messages), new PrintWriter(messages), arguments.toArray(String[]::new));
        assertEquals(0, status, () -> messages.toString());
        assertEquals("", messages.toString());
    }

    /** Generated code needs no more than this. */
    private static String runtime() {
        return Stream.of(Promise.class, Cap.class, StructReader.class, NullMarked.class)
                .map(Javac::locationOf)
                .collect(Collectors.joining(java.io.File.pathSeparator));
    }

    private static String locationOf(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}

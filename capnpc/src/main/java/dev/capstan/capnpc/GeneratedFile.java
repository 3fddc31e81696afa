package dev.capstan.capnpc;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * One file that the generator wrote. An immutable value.
 *
 * @param path where it belongs, relative to the root of the sources, with {@code /} between folders
 * @param content the Java source, with a line feed behind each line
 */
public record GeneratedFile(String path, String content) {
    /** Writes it below a folder. A file that would not change is left alone, so that build tools do not compile it again. */
    public void writeTo(Path folder) throws IOException {
        Path file = folder.resolve(path);
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        if (Files.exists(file) && Arrays.equals(Files.readAllBytes(file), bytes)) {
            return;
        }
        Path parent = file.getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        Files.write(file, bytes);
    }
}

package dev.capstan.capnpc.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Schemas on disk. */
record SchemaFolder(Path folder) implements SourceFiles {
    @Override
    public byte @Nullable [] read(String path) throws IOException {
        Path file;
        try {
            file = folder.resolve(path);
        } catch (InvalidPathException e) {
            return null;
        }
        if (!Files.exists(file)) {
            return null;
        }
        if (!Files.isRegularFile(file)) {
            throw new IOException("it is not a regular file");
        }
        if (Files.size(file) > LARGEST_FILE_BYTES) {
            throw new IOException("it is larger than " + LARGEST_FILE_BYTES + " bytes");
        }
        return Files.readAllBytes(file);
    }

    @Override
    public String name(String path) {
        return folder.resolve(path).toString();
    }
}

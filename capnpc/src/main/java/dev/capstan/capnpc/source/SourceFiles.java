package dev.capstan.capnpc.source;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A tree of files that schemas are read from: a folder, the schemas that come with the compiler, or a map in a test. Trees that are equal
 * hold the same files.
 *
 * <p>Paths have {@code /} between their parts, and neither a leading {@code /} nor {@code .} or {@code ..} among them.
 */
public interface SourceFiles {
    /** Largest file that is read, in bytes: 64 MiB. Stops a device or a wrong path from filling the memory. */
    int LARGEST_FILE_BYTES = 64 << 20;

    /**
     * The content of a file, which the caller must not change; null when there is no such file.
     *
     * @throws IOException if the file is there but cannot be read
     */
    byte @Nullable [] read(String path) throws IOException;

    /** What a file of this tree is called in problems: the path by which a reader finds it, which is {@code path} unless the tree knows better. */
    default String name(String path) {
        return path;
    }

    /** The files below a folder. */
    static SourceFiles folder(Path folder) {
        return new SchemaFolder(folder);
    }

    /** Files in memory: content by path. */
    static SourceFiles of(Map<String, byte[]> contentByPath) {
        Map<String, byte[]> files = Map.copyOf(contentByPath);
        return files::get;
    }

    /** The schemas that belong to Cap'n Proto, for imports such as {@code /capnp/c++.capnp}. */
    static SourceFiles standard() {
        return new StandardSchemas();
    }
}

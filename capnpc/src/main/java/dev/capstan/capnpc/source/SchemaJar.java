package dev.capstan.capnpc.source;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * The schemas in a jar, below {@code META-INF/capnp}: how a library hands on the schemas that its generated classes were made of. Whoever opens it closes
 * it; safe for use by several threads until then.
 */
public final class SchemaJar implements SourceFiles, AutoCloseable {
    /** Where they are in a jar, or in a folder of classes. */
    public static final String FOLDER = "META-INF/capnp/";

    private final Path jar;
    private final ZipFile zip;

    private SchemaJar(Path jar, ZipFile zip) {
        this.jar = jar;
        this.zip = zip;
    }

    /**
     * Opens a jar.
     *
     * @throws IOException with the name of the file if it is none
     */
    public static SchemaJar open(Path jar) throws IOException {
        try {
            return new SchemaJar(jar, new ZipFile(jar.toFile()));
        } catch (IOException e) {
            throw new IOException(jar + " cannot be read as a jar: " + e.getMessage(), e);
        }
    }

    /** Paths below the folder, in the order of their names, of schemas and whatever else lies there. */
    public List<String> paths() {
        List<String> paths = new ArrayList<>();
        zip.stream()
                .filter(entry -> !entry.isDirectory())
                .map(ZipEntry::getName)
                .forEach(name -> {
                    if (name.startsWith(FOLDER)) {
                        paths.add(name.substring(FOLDER.length()));
                    }
                });
        paths.sort(null);
        return paths;
    }

    @Override
    public byte @Nullable [] read(String path) throws IOException {
        ZipEntry entry = zip.getEntry(FOLDER + path);
        if (entry == null || entry.isDirectory()) {
            return null;
        }
        try (InputStream in = zip.getInputStream(entry)) {
            // What the jar says about sizes need not be true.
            byte[] content = in.readNBytes(LARGEST_FILE_BYTES + 1);
            if (content.length > LARGEST_FILE_BYTES) {
                throw new IOException("it is larger than " + LARGEST_FILE_BYTES + " bytes");
            }
            return content;
        }
    }

    @Override
    public String name(String path) {
        return jar + "!/" + FOLDER + path;
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }
}

package dev.capstan.capnpc.source;

import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Files, and a list of what has been read of them, by which a build tool knows whether to compile again. It lists also what was looked for in vain: a file
 * that appears there later changes what an import means. For use by one thread.
 */
public final class RecordedFiles implements SourceFiles {
    /** In place of a digest: there was no such file. */
    public static final String ABSENT = "-";

    private final SourceFiles files;
    private final SortedMap<String, String> digests = new TreeMap<>();

    /** Begins a list; borrows {@code files}. */
    public RecordedFiles(SourceFiles files) {
        this.files = files;
    }

    /** Digests of what was read so far, by path. */
    public SortedMap<String, String> digests() {
        return Collections.unmodifiableSortedMap(digests);
    }

    /** The digest of a file as it is now. */
    public static String digest(SourceFiles files, String path) throws IOException {
        return digestOrAbsent(files.read(path));
    }

    /** The digest of some content: its SHA-256 in hexadecimal. */
    public static String digest(byte[] content) {
        return digestOrAbsent(content);
    }

    private static String digestOrAbsent(byte @Nullable [] content) {
        if (content == null) {
            return ABSENT;
        }
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    @Override
    public byte @Nullable [] read(String path) throws IOException {
        byte[] content = files.read(path);
        digests.put(path, digestOrAbsent(content));
        return content;
    }

    @Override
    public String name(String path) {
        return files.name(path);
    }
}

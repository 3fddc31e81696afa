package dev.capstan.maven;

import dev.capstan.capnpc.source.SourceFiles;
import java.io.IOException;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** Files, and a list of what has been read of them. */
final class RecordedFiles implements SourceFiles {
    private final String root;
    private final SourceFiles files;
    private final SortedMap<LastRun.Read, String> read;

    RecordedFiles(String root, SourceFiles files, SortedMap<LastRun.Read, String> read) {
        this.root = root;
        this.files = files;
        this.read = read;
    }

    @Override
    public byte @Nullable [] read(String path) throws IOException {
        byte[] content = files.read(path);
        read.put(new LastRun.Read(root, path), Digest.of(content));
        return content;
    }

    @Override
    public String name(String path) {
        return files.name(path);
    }
}

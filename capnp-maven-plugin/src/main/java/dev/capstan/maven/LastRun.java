package dev.capstan.maven;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a run has read and written, kept in a file for the next one. Everything that was read is listed, also what was looked for in vain: a file that
 * appears there later changes what an import means.
 *
 * @param settings what else decides about the output, line by line
 * @param read digests of files that were read, by the name of their root and their path
 * @param written digests of files that were written, by their path below the output folder
 */
record LastRun(List<String> settings, SortedMap<Read, String> read, SortedMap<String, String> written) {
    /** A file that was looked for in a tree. */
    record Read(String root, String path) implements Comparable<Read> {
        @Override
        public int compareTo(Read other) {
            int byRoot = root.compareTo(other.root);
            return byRoot != 0 ? byRoot : path.compareTo(other.path);
        }
    }

    private static final String FORMAT = "capnp-maven-plugin 1";

    /** What was kept; null if nothing was, or not in a form that is understood, so that everything has to be done again. */
    static @Nullable LastRun load(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            return null;
        }
        List<String> settings = new ArrayList<>();
        SortedMap<Read, String> read = new TreeMap<>();
        SortedMap<String, String> written = new TreeMap<>();
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (CharacterCodingException e) {
            return null;
        }
        if (lines.isEmpty() || !lines.getFirst().equals(FORMAT)) {
            return null;
        }
        try {
            for (String line : lines.subList(1, lines.size())) {
                String[] parts = line.split("\t", -1);
                if (parts.length == 2 && parts[0].equals("setting")) {
                    settings.add(parts[1].translateEscapes());
                } else if (parts.length == 4 && parts[0].equals("read")) {
                    read.put(new Read(parts[2].translateEscapes(), parts[3].translateEscapes()), parts[1]);
                } else if (parts.length == 3 && parts[0].equals("written")) {
                    written.put(parts[2].translateEscapes(), parts[1]);
                } else {
                    return null;
                }
            }
        } catch (IllegalArgumentException e) {
            return null; // An escape that there is none of.
        }
        return new LastRun(settings, read, written);
    }

    void save(Path file) throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add(FORMAT);
        settings.forEach(setting -> lines.add("setting\t" + escaped(setting)));
        read.forEach((source, digest) ->
                lines.add("read\t" + digest + "\t" + escaped(source.root) + "\t" + escaped(source.path)));
        written.forEach((path, digest) -> lines.add("written\t" + digest + "\t" + escaped(path)));
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null) {
            throw new IOException(file + " is no place for a file");
        }
        Files.createDirectories(folder);
        // A run that is cut off must not leave half a list.
        Path partial = Files.createTempFile(folder, "run", null);
        Files.write(partial, lines);
        Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Names of files may hold what separates fields and lines; {@link String#translateEscapes} is the other way. */
    private static String escaped(String text) {
        return text.replace("\\", "\\\\")
                .replace("\t", "\\t")
                .replace("\n", "\\n")
                .replace("\r", "\\r");
    }
}

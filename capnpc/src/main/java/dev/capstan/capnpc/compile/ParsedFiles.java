package dev.capstan.capnpc.compile;

import dev.capstan.capnpc.source.SourceFiles;
import dev.capstan.capnpc.syntax.Declaration;
import dev.capstan.capnpc.syntax.Ordinal;
import dev.capstan.capnpc.syntax.Parser;
import dev.capstan.capnpc.syntax.Problems;
import dev.capstan.capnpc.syntax.Source;
import dev.capstan.capnpc.syntax.Span;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds, reads and parses files, each once. An absolute path is looked for in the import roots, a relative one beside the file that names
 * it. A file that two paths lead to is one: otherwise it would collide with itself, as it declares the same ids twice.
 */
final class ParsedFiles {
    private static final String READABLE = "It must be a file that this user may read.";

    private record Place(SourceFiles root, String path) {}

    private final List<SourceFiles> roots;
    private final Problems problems;
    private final Map<Place, ParsedFile> byPlace = new HashMap<>();
    private final Map<String, List<ParsedFile>> bySimpleName = new HashMap<>();

    ParsedFiles(List<SourceFiles> roots, Problems problems) {
        this.roots = roots;
        this.problems = problems;
    }

    Problems problems() {
        return problems;
    }

    /** A file that was asked for; null after a problem. */
    @Nullable
    ParsedFile requested(SourceFiles root, String path) {
        String normal = normal(List.of(), path);
        if (normal == null) {
            problems.add(root.name(path), "The path leads out of the source folder.", "Name another source folder.");
            return null;
        }
        try {
            ParsedFile module = load(root, normal);
            if (module == null) {
                problems.add(root.name(normal), "There is no such file.", "Paths are relative to the source folder.");
            }
            return module;
        } catch (IOException e) {
            problems.add(root.name(normal), "The file cannot be read: " + reason(e) + ".", READABLE);
            return null;
        }
    }

    @Nullable
    ParsedFile imported(ParsedFile from, SourceFiles root, String path, Span span) {
        try {
            ParsedFile module = null;
            if (path.startsWith("/")) {
                String normal = normal(List.of(), path.substring(1));
                for (int i = 0; i < roots.size() && module == null && normal != null; i++) {
                    module = load(roots.get(i), normal);
                }
            } else {
                String normal = normal(folder(from.path()), path);
                module = normal == null ? null : load(root, normal);
            }
            if (module == null) {
                from.problem(span, "The imported file " + path + " is not found.", hint(path));
            }
            return module;
        } catch (IOException e) {
            from.problem(span, "The imported file " + path + " cannot be read: " + reason(e) + ".", READABLE);
            return null;
        }
    }

    byte @Nullable [] embedded(ParsedFile from, SourceFiles root, String path, Span span) {
        try {
            byte[] content = null;
            if (path.startsWith("/")) {
                String normal = normal(List.of(), path.substring(1));
                for (int i = 0; i < roots.size() && content == null && normal != null; i++) {
                    content = roots.get(i).read(normal);
                }
            } else {
                String normal = normal(folder(from.path()), path);
                content = normal == null ? null : root.read(normal);
            }
            if (content == null) {
                from.problem(span, "The embedded file " + path + " is not found.", hint(path));
            }
            return content;
        } catch (IOException e) {
            from.problem(span, "The embedded file " + path + " cannot be read: " + reason(e) + ".", READABLE);
            return null;
        }
    }

    private static String hint(String path) {
        return path.startsWith("/")
                ? "A leading '/' means one of the import folders."
                : "The path is relative to the folder of this file.";
    }

    private static String reason(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "permission is denied";
        }
        String message = e.getMessage();
        return message == null || e.getClass() != IOException.class ? e.toString() : message;
    }

    private @Nullable ParsedFile load(SourceFiles root, String path) throws IOException {
        Place place = new Place(root, path);
        ParsedFile known = byPlace.get(place);
        if (known != null) {
            return known;
        }
        byte[] content = root.read(path);
        if (content == null) {
            return null;
        }
        ParsedFile module = same(root, path, new Source(root.name(path), content), content);
        byPlace.put(place, module);
        return module;
    }

    /** The file with the same content that is known already, or a new one. */
    private ParsedFile same(SourceFiles root, String path, Source source, byte[] content) {
        String simpleName = path.substring(path.lastIndexOf('/') + 1);
        List<ParsedFile> candidates = bySimpleName.computeIfAbsent(simpleName, none -> new ArrayList<>());
        for (ParsedFile candidate : candidates) {
            if (candidate.source().hasContentOf(source)) {
                return candidate;
            }
        }
        ParsedFile module =
                new ParsedFile(this, root, path, source, withId(Parser.parse(source, problems), source, content));
        candidates.add(module);
        return module;
    }

    private Declaration withId(Declaration file, Source source, byte[] content) {
        if (file.id() != null) {
            return file;
        }
        long id = Ids.ofContent(content);
        if (problems.isEmpty(source.name())) {
            problems.add(
                    source,
                    0,
                    0,
                    "The file has no id.",
                    "Add this line: @0x%016x; it makes the ids of everything in the file unique.".formatted(id));
        }
        return new Declaration(
                file.name(),
                new Ordinal(id, file.span()),
                null,
                file.parameters(),
                file.inside(),
                file.annotations(),
                file.comment(),
                file.span(),
                file.body());
    }

    private static List<String> folder(String path) {
        List<String> parts = List.of(path.split("/", -1));
        return parts.subList(0, parts.size() - 1);
    }

    /** {@code path} seen from {@code folder}, without dots; null when it leads above the root. */
    private static @Nullable String normal(List<String> folder, String path) {
        Deque<String> parts = new ArrayDeque<>(folder);
        for (String part : path.split("/", -1)) {
            if (part.equals("..")) {
                if (parts.pollLast() == null) {
                    return null;
                }
            } else if (!part.isEmpty() && !part.equals(".")) {
                parts.addLast(part);
            }
        }
        return parts.isEmpty() ? null : String.join("/", parts);
    }
}

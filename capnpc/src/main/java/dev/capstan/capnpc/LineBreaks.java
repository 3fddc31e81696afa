package dev.capstan.capnpc;

import java.util.ArrayList;
import java.util.List;

/** Breaks lines of code that are too long where a person would break them. */
final class LineBreaks {
    private static final String INDENT = " ".repeat(8);

    private LineBreaks() {}

    /** The lines that a line becomes; all but the first are indented relative to it. A line that cannot be broken stays long. */
    static List<String> split(String line, int width) {
        if (line.contains("\n")) {
            // Broken already, but for what comes before the first break.
            List<String> lines = line.lines().toList();
            List<String> parts = new ArrayList<>(split(lines.getFirst(), width));
            lines.subList(1, lines.size()).forEach(rest -> parts.add(INDENT + rest));
            return parts;
        }
        if (line.length() <= width
                || line.startsWith("*")
                || line.startsWith(" *")
                || line.startsWith("/*")
                || line.startsWith("//")) {
            return List.of(line);
        }
        int[] depths = depths(line);
        int at = clause(line, depths);
        if (at < 0) {
            at = parenthesis(line, depths, width);
        }
        if (at < 0) {
            at = value(line, depths);
        }
        if (at < 0) {
            at = line.indexOf(" throws ");
        }
        if (at < 0) {
            at = methodName(line, depths);
        }
        if (at < 0) {
            at = bracket(line, depths, width);
        }
        if (at < 0) {
            return List.of(line);
        }
        List<String> parts = new ArrayList<>(split(line.substring(0, at).stripTrailing(), width));
        fill(line.substring(at).strip(), width - INDENT.length(), parts);
        return parts;
    }

    /** Behind the sign of an assignment. */
    private static int value(String line, int[] depths) {
        int at = line.indexOf(" = ");
        // What is left of a line that was broken there already ends with the sign.
        return at < 0 || depths[at] > 0 ? -1 : at + 2;
    }

    /** Between the type of a method or field and its name. */
    private static int methodName(String line, int[] depths) {
        int parenthesis = line.endsWith(" =") ? line.length() - 2 : line.indexOf('(');
        if (parenthesis < 0 || depths[parenthesis] > 0 || line.startsWith("return ")) {
            return -1;
        }
        int space = line.lastIndexOf(' ', parenthesis - 1);
        return space > 0 && depths[space] == 0 && line.charAt(space - 1) == '>' ? space : -1;
    }

    /** Behind the first bracket around type arguments that ends where there is no room. */
    private static int bracket(String line, int[] depths, int width) {
        for (int i = 0; i < line.length() - 1 && i < width; i++) {
            if (line.charAt(i) == '<' && depths[i + 1] > depths[i] && end(line, depths, i) >= width - 2) {
                return i + 1;
            }
        }
        return -1;
    }

    /** Where the head of a class goes on with its parents, or a method with what it throws. */
    private static int clause(String line, int[] depths) {
        if (line.contains(" class ") || line.contains(" interface ") || line.startsWith("extends ")) {
            for (String word : List.of(" extends ", " implements ")) {
                for (int at = line.indexOf(word); at >= 0; at = line.indexOf(word, at + 1)) {
                    if (depths[at] == 0) {
                        return at;
                    }
                }
            }
        }
        return -1;
    }

    /** Behind the outermost parenthesis that does not fit. */
    private static int parenthesis(String line, int[] depths, int width) {
        for (int i = 0; i < line.length() - 1 && i < width; i++) {
            if (line.charAt(i) == '('
                    && line.charAt(i + 1) != ')'
                    && depths[i + 1] > depths[i]
                    && end(line, depths, i) >= width - 2) {
                return i + 1;
            }
        }
        return -1;
    }

    private static int end(String line, int[] depths, int open) {
        int i = open + 1;
        while (i < line.length() && depths[i] > depths[open]) {
            i++;
        }
        return i;
    }

    /** Puts as many arguments on each line as fit. */
    private static void fill(String rest, int width, List<String> parts) {
        int[] depths = depths(rest);
        int start = 0;
        int lastComma = -1;
        for (int i = 0; i < rest.length(); i++) {
            if (i - start >= width && lastComma > start) {
                split(rest.substring(start, lastComma + 1), width).forEach(part -> parts.add(INDENT + part));
                start = lastComma + 2;
            }
            if (rest.charAt(i) == ',' && depths[i] == 0) {
                lastComma = i;
            }
        }
        split(rest.substring(start), width).forEach(part -> parts.add(INDENT + part));
    }

    /** For each character, how many brackets of any kind are open before it; text in quotes counts as deeper than any bracket. */
    private static int[] depths(String line) {
        int[] depths = new int[line.length()];
        int depth = 0;
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (quoted) {
                depths[i] = Integer.MAX_VALUE / 2;
                if (c == '\\') {
                    i++;
                    if (i < line.length()) {
                        depths[i] = Integer.MAX_VALUE / 2;
                    }
                } else if (c == '"') {
                    quoted = false;
                }
                continue;
            }
            boolean arrow = c == '>' && i > 0 && line.charAt(i - 1) == '-';
            if ((c == ')' || c == '>' || c == ']') && !arrow) {
                depth = Math.max(0, depth - 1);
            }
            depths[i] = depth;
            if (c == '(' || c == '<' || c == '[') {
                depth++;
            }
            quoted = c == '"';
        }
        return depths;
    }
}

package dev.capstan.capnpc;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Comments of a schema as documentation comments in Java. */
final class Comments {
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    /** What would end the tag or the comment; nothing can be escaped inside a tag. */
    private static final Pattern BREAKS_CODE = Pattern.compile("[{}@\\\\]|\\*/");

    private Comments() {}

    /** The paragraphs of a schema comment, as HTML. */
    static List<String> paragraphs(String comment) {
        List<String> paragraphs = new ArrayList<>();
        StringBuilder paragraph = new StringBuilder();
        for (String line : comment.split("\n", -1)) {
            if (line.isBlank()) {
                finish(paragraph, paragraphs);
            } else {
                paragraph.append(paragraph.isEmpty() ? "" : " ").append(line.strip());
            }
        }
        finish(paragraph, paragraphs);
        return paragraphs;
    }

    private static void finish(StringBuilder paragraph, List<String> paragraphs) {
        if (!paragraph.isEmpty()) {
            paragraphs.add(html(paragraph.toString()));
            paragraph.setLength(0);
        }
    }

    /** Text such that neither the compiler nor the documentation tool finds anything special in it. */
    private static String html(String text) {
        StringBuilder html = new StringBuilder();
        Matcher code = CODE.matcher(text);
        int from = 0;
        while (code.find()) {
            html.append(escape(text.substring(from, code.start())));
            String inside = code.group(1);
            html.append(BREAKS_CODE.matcher(inside).find() ? escape(code.group()) : "{@code " + inside + "}");
            from = code.end();
        }
        return html.append(escape(text.substring(from))).toString();
    }

    private static String escape(String text) {
        // A backslash before a u would be a Unicode escape even in a comment.
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\\", "&#92;")
                .replace("@", "&#64;")
                .replace("*/", "*&#47;");
    }

    /** The lines of a documentation comment; none when there are no paragraphs. */
    static List<String> javadoc(List<String> paragraphs, int width) {
        if (paragraphs.isEmpty()) {
            return List.of();
        }
        if (paragraphs.size() == 1 && paragraphs.getFirst().length() + "/**  */".length() <= width) {
            return List.of("/** " + paragraphs.getFirst() + " */");
        }
        List<String> lines = new ArrayList<>();
        lines.add("/**");
        boolean first = true;
        for (String paragraph : paragraphs) {
            if (!first) {
                lines.add(" *");
            }
            fill(first || paragraph.startsWith("@") ? paragraph : "<p>" + paragraph, width - 3, lines);
            first = false;
        }
        lines.add(" */");
        return lines;
    }

    private static void fill(String paragraph, int width, List<String> lines) {
        StringBuilder line = new StringBuilder();
        for (String word : paragraph.split(" +", -1)) {
            if (!line.isEmpty() && line.length() + 1 + word.length() > width) {
                lines.add(" * " + line);
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        lines.add(" * " + line);
    }
}

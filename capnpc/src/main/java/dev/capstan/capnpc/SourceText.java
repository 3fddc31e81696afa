package dev.capstan.capnpc;

import java.util.List;
import java.util.function.IntConsumer;

/** Java source text: indents, keeps blank lines in order and breaks lines that are too long. */
final class SourceText {
    private static final int WIDTH = 120;
    private static final String INDENT = "    ";

    private final String overrideAnnotation;
    private final IntConsumer written;
    private final StringBuilder text = new StringBuilder();
    private int depth;
    private boolean blankWanted;
    private boolean atStart = true;

    /**
     * @param overrideAnnotation what java.lang.Override is called in this text
     * @param written is told how many characters each line takes
     */
    SourceText(String overrideAnnotation, IntConsumer written) {
        this.overrideAnnotation = overrideAnnotation;
        this.written = written;
    }

    /** A blank line, unless a block begins or ends here. */
    SourceText blank() {
        blankWanted = !atStart;
        return this;
    }

    SourceText line(String line) {
        if (blankWanted) {
            text.append('\n');
            blankWanted = false;
        }
        atStart = false;
        written.accept(line.length() + INDENT.length() * depth);
        for (String part : LineBreaks.split(line, WIDTH - INDENT.length() * depth)) {
            text.append(INDENT.repeat(depth)).append(part).append('\n');
        }
        return this;
    }

    /** Begins a block: {@code head} and an opening brace. */
    SourceText open(String head) {
        line(head + " {");
        depth++;
        atStart = true;
        return this;
    }

    SourceText close() {
        return close("");
    }

    /** Ends a block: a closing brace and whatever follows it on the line. */
    SourceText close(String tail) {
        depth--;
        blankWanted = false;
        return line("}" + tail);
    }

    /** A method that does one thing. */
    SourceText method(String head, String statement) {
        return open(head).line(statement).close();
    }

    /** Marks the method that follows as one that the runtime declares. */
    SourceText override() {
        return line("@" + overrideAnnotation);
    }

    /** A documentation comment of the given paragraphs; none at all when there are none. */
    SourceText doc(List<String> paragraphs) {
        for (String line : Comments.javadoc(paragraphs, WIDTH - INDENT.length() * depth)) {
            line(line);
        }
        return this;
    }

    @Override
    public String toString() {
        return text.toString();
    }
}

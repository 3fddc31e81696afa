package dev.capstan.capnpc;

import dev.capstan.capnp.AnyPointer;
import dev.capstan.capnp.Data;
import dev.capstan.capnp.MessageBuilder;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Strings and messages as Java expressions. */
final class Literals {
    /** A class file holds no string of more than 65,535 bytes, and no character that is written here takes more than three. */
    private static final int LONGEST = 65_535 / 3;

    /** Four words: at most 128 columns, and the usual small numbers and texts take far less. */
    private static final int BYTES_PER_LINE = 32;

    private Literals() {}

    static String string(JavaFile file, String value) {
        List<String> parts = new ArrayList<>();
        int from = 0;
        do {
            int to = Math.min(value.length(), from + LONGEST);
            parts.add(quoted(value, from, to, false));
            from = to;
        } while (from < value.length());
        // A sum of constants would be folded into one that is too long.
        return parts.size() == 1
                ? parts.getFirst()
                : file.use("java.lang.String") + ".join(\"\", " + String.join(", ", parts) + ")";
    }

    private static String quoted(String value, int from, int to, boolean areBytes) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = from; i < to; i++) {
            char c = value.charAt(i);
            switch (c) {
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                case '"' -> quoted.append("\\\"");
                case '\\' -> quoted.append("\\\\");
                default -> {
                    if (c >= ' ' && c < 127) {
                        quoted.append(c);
                    } else if (c < ' ' || (c <= 0xff && areBytes)) {
                        boolean digitFollows = i + 1 < to && Character.isDigit(value.charAt(i + 1));
                        quoted.append('\\').append(digitFollows ? "%03o".formatted((int) c) : Integer.toOctalString(c));
                    } else {
                        quoted.append("\\u%04x".formatted((int) c));
                    }
                }
            }
        }
        return quoted.append('"').toString();
    }

    /** An expression for the root pointer of a message that holds a copy of what {@code source} points to. */
    static String message(JavaFile file, AnyPointer.Reader source) {
        return file.runtime("MessageReader") + ".constant(" + bytes(file, words(source)) + ")";
    }

    /** An expression for a string with a char for each byte. */
    static String bytes(JavaFile file, String words) {
        List<String> lines = new ArrayList<>();
        for (int from = 0; from < words.length(); from += BYTES_PER_LINE) {
            lines.add(quoted(words, from, Math.min(words.length(), from + BYTES_PER_LINE), true));
        }
        // The compiler joins what is added up here, as far as one constant may go.
        int linesPerPart = LONGEST / BYTES_PER_LINE;
        List<String> parts = new ArrayList<>();
        for (int from = 0; from < lines.size(); from += linesPerPart) {
            parts.add(String.join("\n+ ", lines.subList(from, Math.min(lines.size(), from + linesPerPart))));
        }
        String value = parts.size() == 1
                ? parts.getFirst()
                : file.use("java.lang.String") + ".join(\n\"\",\n" + String.join(",\n", parts) + ")";
        return (lines.size() == 1 ? "" : "\n") + value;
    }

    /** A message that holds nothing but {@code data}. */
    static AnyPointer.Reader ofData(Data data) {
        MessageBuilder message = new MessageBuilder();
        message.root().setAs(Data.TYPE, data);
        return message.asReader();
    }

    private static MessageBuilder copyOf(AnyPointer.Reader source, int firstSegmentWords) {
        MessageBuilder message = new MessageBuilder(firstSegmentWords);
        message.root().set(source);
        return message;
    }

    /** The one segment of that message, a character for each byte. */
    static String words(AnyPointer.Reader source) {
        MessageBuilder message = copyOf(source, MessageBuilder.DEFAULT_FIRST_SEGMENT_WORDS);
        if (message.segments().size() > 1) {
            // In one segment it takes less, since nothing points from one to another.
            message = copyOf(source, Math.toIntExact(message.sizeWords()));
        }
        StringBuilder words = new StringBuilder();
        ByteBuffer bytes = message.segments().getFirst();
        while (bytes.hasRemaining()) {
            words.append((char) (bytes.get() & 0xff));
        }
        return words.toString();
    }
}

package dev.capstan.gateway.frames;

/** A text that is built up to a limit; what is put into a full one is left out. */
public final class Text {
    private final int most;
    private final StringBuilder chars = new StringBuilder();
    private boolean full;

    Text(int most) {
        this.most = most;
    }

    boolean isFull() {
        return full;
    }

    Text put(String part) {
        if (full) {
            return this;
        }
        int room = most - chars.length();
        if (part.length() <= room) {
            chars.append(part);
        } else {
            boolean splitsPair = room > 0 && Character.isHighSurrogate(part.charAt(room - 1));
            chars.append(part, 0, splitsPair ? room - 1 : room).append("...");
            full = true;
        }
        return this;
    }

    /** A text of any length that somebody sent, {@link #plain}. It is cut first: what is left out costs nothing. */
    Text plainly(String text) {
        return put(plain(start(text)));
    }

    /** The same in double quotes. */
    Text quoted(String text) {
        return put("\"").put(plain(start(text)).replace("\"", "\\\"")).put("\"");
    }

    /** As much as there is room for at most, and one more, by which it is known to be cut. */
    private String start(String text) {
        return text.length() <= most ? text : text.substring(0, most + 1);
    }

    /** A text as JSON, in double quotes. It is well-formed UTF-16, has no line breaks, and nothing in it means something to terminals. */
    public static String json(String value) {
        StringBuilder line = new StringBuilder(value.length() + 2).append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '"', '\\' -> line.append('\\').append(c);
                case '\n' -> line.append("\\n");
                case '\r' -> line.append("\\r");
                case '\t' -> line.append("\\t");
                default -> {
                    if (isControl(c) || (Character.isSurrogate(c) && !isPaired(value, i))) {
                        line.append("\\u%04x".formatted((int) c));
                    } else {
                        line.append(c);
                    }
                }
            }
        }
        return line.append('"').toString();
    }

    private static boolean isPaired(String text, int at) {
        return Character.isHighSurrogate(text.charAt(at))
                ? at + 1 < text.length() && Character.isLowSurrogate(text.charAt(at + 1))
                : at > 0 && Character.isHighSurrogate(text.charAt(at - 1));
    }

    /** Without characters that mean something to terminals and to readers of lines. */
    public static String plain(String text) {
        StringBuilder out = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean isControl = isControl(c);
            if (isControl && out == null) {
                out = new StringBuilder(text.substring(0, i));
            }
            if (out != null) {
                out.append(
                        switch (c) {
                            case '\n' -> "\\n";
                            case '\t' -> "\\t";
                            case '\r' -> "\\r";
                            default -> isControl ? "\\u%04x".formatted((int) c) : String.valueOf(c);
                        });
            }
        }
        return out == null ? text : out.toString();
    }

    /** {@link #plain} but for ends of lines and tabs. */
    public static String plainLines(String text) {
        StringBuilder out = new StringBuilder(text.length());
        int from = 0;
        for (int i = 0; i <= text.length(); i++) {
            if (i == text.length() || text.charAt(i) == '\n' || text.charAt(i) == '\t') {
                out.append(plain(text.substring(from, i))).append(text, i, Math.min(i + 1, text.length()));
                from = i + 1;
            }
        }
        return out.toString();
    }

    /** What moves a terminal or ends a line; and what turns the direction of what follows, which could make a line look like another one. */
    private static boolean isControl(char c) {
        return Character.isISOControl(c)
                || c == '\u2028'
                || c == '\u2029'
                || (c >= '\u202a' && c <= '\u202e')
                || (c >= '\u2066' && c <= '\u2069');
    }

    @Override
    public String toString() {
        return chars.toString();
    }
}

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

    /** In double quotes; control characters are escaped, so that a peer cannot write to a terminal. */
    Text quoted(String text) {
        put("\"");
        int end = Math.min(text.length(), most + 1);
        return put(plain(text.substring(0, end)).replace("\"", "\\\"")).put("\"");
    }

    /** Without characters that mean something to terminals and to readers of lines. */
    public static String plain(String text) {
        StringBuilder out = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean isControl = Character.isISOControl(c) || c == '\u2028' || c == '\u2029' || isBidi(c);
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

    /** Characters that turn the direction of what follows could make a line look like another one. */
    private static boolean isBidi(char c) {
        return (c >= '\u202a' && c <= '\u202e') || (c >= '\u2066' && c <= '\u2069');
    }

    @Override
    public String toString() {
        return chars.toString();
    }
}

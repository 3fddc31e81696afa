package dev.capstan.capnp.json;

/** Strings as they stand in a text: Jackson has seen to the grammar, so that quotes match and each escape is one. */
final class Strings {
    private Strings() {}

    /**
     * Finds the end of the string whose opening quote is at {@code start}.
     *
     * @return the offset of the closing quote, or, if a half of a surrogate pair stands alone, its offset as {@code -1 - offset}: such text has
     *     no form in UTF-8
     */
    static int end(String text, int start) {
        int high = -1;
        int i = start + 1;
        while (true) {
            int at = i;
            char c = text.charAt(i++);
            if (c == '"') {
                return high < 0 ? at : -1 - high;
            }
            if (c == '\\') {
                c = text.charAt(i++);
                if (c == 'u') {
                    c = hex(text, i);
                    i += 4;
                }
            }
            if (high >= 0) {
                if (!Character.isLowSurrogate(c)) {
                    return -1 - high;
                }
                high = -1;
            } else if (Character.isHighSurrogate(c)) {
                high = at;
            } else if (Character.isLowSurrogate(c)) {
                return -1 - at;
            }
        }
    }

    /** Whether a half of a surrogate pair stands alone. */
    static boolean isBroken(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                if (Character.isLowSurrogate(c)
                        || i + 1 == text.length()
                        || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    return true;
                }
                i++;
            }
        }
        return false;
    }

    /** The content of the string whose opening quote is at {@code start}. */
    static String content(String text, int start) {
        int i = start + 1;
        char c = text.charAt(i);
        while (c != '"' && c != '\\') {
            c = text.charAt(++i);
        }
        if (c == '"') {
            return text.substring(start + 1, i);
        }
        StringBuilder content = new StringBuilder(end(text, start) - start);
        content.append(text, start + 1, i);
        for (c = text.charAt(i++); c != '"'; c = text.charAt(i++)) {
            if (c != '\\') {
                content.append(c);
                continue;
            }
            c = text.charAt(i++);
            switch (c) {
                case 'b' -> content.append('\b');
                case 'f' -> content.append('\f');
                case 'n' -> content.append('\n');
                case 'r' -> content.append('\r');
                case 't' -> content.append('\t');
                case 'u' -> {
                    content.append(hex(text, i));
                    i += 4;
                }
                default -> content.append(c);
            }
        }
        return content.toString();
    }

    private static char hex(String text, int at) {
        int value = 0;
        for (int i = at; i < at + 4; i++) {
            value = value << 4 | Character.digit(text.charAt(i), 16);
        }
        return (char) value;
    }
}

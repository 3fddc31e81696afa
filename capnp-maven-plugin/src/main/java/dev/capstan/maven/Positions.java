package dev.capstan.maven;

import java.nio.charset.StandardCharsets;

/** Bytes of a file as lines and columns, both counted from 1, columns in characters. */
final class Positions {
    private Positions() {}

    /** {@code line:column} of a byte; of the end for what lies behind it. */
    static String of(byte[] content, int startByte) {
        int end = Math.clamp(startByte, 0, content.length);
        int line = 1;
        int lineStart = 0;
        for (int i = 0; i < end; i++) {
            if (content[i] == '\n') {
                line++;
                lineStart = i + 1;
            }
        }
        String before = new String(content, lineStart, end - lineStart, StandardCharsets.UTF_8);
        return line + ":" + (before.codePointCount(0, before.length()) + 1);
    }
}

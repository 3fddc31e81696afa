package dev.capstan.capnpc.syntax;

import dev.capstan.capnpc.source.Problem;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The content of a file: bytes, and where its lines begin. Immutable; the array is not copied and must not change. */
public final class Source {
    /** Longest piece of a file that a problem quotes, in bytes. */
    private static final int LONGEST_QUOTE = 60;

    private final String name;
    private final byte[] bytes;
    private final int[] lineStarts;

    /** The file called {@code name} with this content; the array is not copied. */
    public Source(String name, byte[] bytes) {
        this.name = name;
        this.bytes = bytes;
        lineStarts = lineStarts(bytes);
    }

    /** The path by which the file was asked for. */
    public String name() {
        return name;
    }

    /** Size in bytes. */
    public int size() {
        return bytes.length;
    }

    /** The byte at {@code offset}, 0 to 255, or -1 past the end. */
    public int at(int offset) {
        return offset < bytes.length ? bytes[offset] & 0xff : -1;
    }

    /** The bytes in between, as Latin-1: for text that is known to be ASCII. */
    public String ascii(int start, int end) {
        return new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
    }

    /** The bytes in between, as UTF-8. */
    public String utf8(int start, int end) {
        return new String(bytes, start, end - start, StandardCharsets.UTF_8);
    }

    /** A copy of the bytes in between. */
    public byte[] copy(int start, int end) {
        return Arrays.copyOfRange(bytes, start, end);
    }

    /** Whether the other file has the same bytes. */
    public boolean hasContentOf(Source other) {
        return Arrays.equals(bytes, other.bytes);
    }

    Problem problem(int start, int end, String message, String hint) {
        int from = Math.clamp(start, 0, bytes.length);
        int found = Arrays.binarySearch(lineStarts, from);
        int line = found >= 0 ? found : -found - 2;
        String before = utf8(lineStarts[line], from);
        int column = before.codePointCount(0, before.length());
        return new Problem(name, line + 1, column + 1, quote(from, Math.min(end, bytes.length)), message, hint);
    }

    /** What stands there, up to the end of the line. */
    private String quote(int start, int end) {
        int to = start;
        while (to < end && to - start < LONGEST_QUOTE && bytes[to] != '\n' && bytes[to] != '\r') {
            to++;
        }
        StringBuilder quote = new StringBuilder();
        utf8(start, to)
                .codePoints()
                .map(c -> Character.isISOControl(c) || c == 0xfffd ? '?' : c)
                .forEach(quote::appendCodePoint);
        return quote.toString();
    }

    private static int[] lineStarts(byte[] bytes) {
        int lines = 1;
        for (byte b : bytes) {
            if (b == '\n') {
                lines++;
            }
        }
        int[] starts = new int[lines];
        int line = 1;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                starts[line++] = i + 1;
            }
        }
        return starts;
    }
}

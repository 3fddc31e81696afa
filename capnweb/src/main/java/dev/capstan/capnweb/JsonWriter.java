package dev.capstan.capnweb;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/**
 * Writes JSON as UTF-8 into an array that grows, character for character what {@code JSON.stringify} writes. Commas and brackets are up to
 * the caller. Used on one thread; to be used again after {@link #clear}.
 */
final class JsonWriter {
    private static final int LARGEST = Integer.MAX_VALUE - 8;
    private static final String HEX = "0123456789abcdef";

    /** By character: a blank if it stands for itself, the letter of its short form, or {@code u}. */
    private static final String ESCAPES =
            "uuuuuuuubtnufruu" + "u".repeat(16) + "  \"" + " ".repeat(57) + "\\" + " ".repeat(35);

    private byte[] buffer;
    private int size;

    JsonWriter(int capacity) {
        buffer = new byte[Math.max(64, capacity)];
    }

    /** Bytes written. */
    int size() {
        return size;
    }

    /** The bytes themselves, {@link #size} of them, until the next write. */
    byte[] array() {
        return buffer;
    }

    /** Forgets everything. */
    void clear() {
        size = 0;
    }

    /** Forgets what was written since there were so many bytes. */
    void truncate(int bytes) {
        if (bytes < 0 || bytes > size) {
            throw new IllegalArgumentException("There are " + size + " bytes, not " + bytes + ".");
        }
        size = bytes;
    }

    byte[] toByteArray() {
        return Arrays.copyOf(buffer, size);
    }

    /** An ASCII character as it is. */
    JsonWriter raw(char c) {
        room(1);
        buffer[size++] = (byte) c;
        return this;
    }

    /** ASCII characters as they are. */
    JsonWriter raw(String ascii) {
        int length = ascii.length();
        room(length);
        for (int i = 0; i < length; i++) {
            buffer[size + i] = (byte) ascii.charAt(i);
        }
        size += length;
        return this;
    }

    /** A string, with quotes. */
    JsonWriter string(String text) {
        int length = text.length();
        room(length + 2L);
        byte[] out = buffer;
        int at = size;
        out[at++] = '"';
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c < 0x80 && AsciiScan.isPlain((byte) c)) {
                out[at++] = (byte) c;
                continue;
            }
            size = at;
            // Six bytes for this one, one for each that follows, and the quote.
            room(6L + length - i);
            out = buffer;
            if (c < 0x80) {
                escape(c);
            } else if (!Character.isSurrogate(c)) {
                wide(c);
            } else if (Character.isHighSurrogate(c) && i + 1 < length && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
                pair(Character.toCodePoint(c, text.charAt(i)));
            } else {
                hex(c);
            }
            at = size;
        }
        out[at++] = '"';
        size = at;
        return this;
    }

    private void escape(char c) {
        char letter = ESCAPES.charAt(c);
        if (letter == 'u') {
            hex(c);
        } else {
            buffer[size++] = '\\';
            buffer[size++] = (byte) letter;
        }
    }

    private void hex(char c) {
        buffer[size++] = '\\';
        buffer[size++] = 'u';
        for (int shift = 12; shift >= 0; shift -= 4) {
            buffer[size++] = (byte) HEX.charAt((c >> shift) & 15);
        }
    }

    private void wide(char c) {
        if (c < 0x800) {
            buffer[size++] = (byte) (0xc0 | (c >> 6));
        } else {
            buffer[size++] = (byte) (0xe0 | (c >> 12));
            buffer[size++] = (byte) (0x80 | ((c >> 6) & 63));
        }
        buffer[size++] = (byte) (0x80 | (c & 63));
    }

    private void pair(int codePoint) {
        buffer[size++] = (byte) (0xf0 | (codePoint >> 18));
        buffer[size++] = (byte) (0x80 | ((codePoint >> 12) & 63));
        buffer[size++] = (byte) (0x80 | ((codePoint >> 6) & 63));
        buffer[size++] = (byte) (0x80 | (codePoint & 63));
    }

    /** An integer. */
    JsonWriter number(long n) {
        room(JsNumber.MOST_CHARACTERS);
        size = JsNumber.write(n, buffer, size);
        return this;
    }

    /** A finite number. */
    JsonWriter number(double n) {
        room(JsNumber.MOST_CHARACTERS);
        size = JsNumber.write(n, buffer, size);
        return this;
    }

    /** Bytes as base64 without padding, with quotes. */
    JsonWriter base64(byte[] bytes) {
        long letters = Base64Text.letters(bytes.length);
        room(letters + 2);
        buffer[size++] = '"';
        Base64Text.encode(bytes, buffer, size);
        size += (int) letters;
        buffer[size++] = '"';
        return this;
    }

    private void room(long bytes) {
        long needed = size + bytes;
        if (needed > buffer.length) {
            if (needed > LARGEST) {
                throw WebException.of("The message would have more than 2 GiB: send it in pieces, or as a stream.");
            }
            buffer = Arrays.copyOf(buffer, (int) Math.min(LARGEST, Math.max(needed, 2L * buffer.length)));
        }
    }

    @Override
    public String toString() {
        return new String(buffer, 0, size, UTF_8);
    }
}

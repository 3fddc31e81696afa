package dev.capstan.capnp.text;

/** The bytes of a text, and where in it something is. */
final class Source {
    private final byte[] bytes;

    Source(byte[] bytes) {
        this.bytes = bytes;
    }

    int size() {
        return bytes.length;
    }

    /** The byte at an offset, or -1 behind the end. */
    int at(int offset) {
        return offset < bytes.length ? bytes[offset] & 0xff : -1;
    }

    String ascii(int start, int end) {
        return new String(bytes, start, end - start, java.nio.charset.StandardCharsets.US_ASCII);
    }

    /** What is wrong at an offset, in two sentences: the second one is the hint. */
    TextException problem(int offset, String problem) {
        int line = 1;
        int column = 1;
        for (int i = 0; i < Math.min(offset, bytes.length); i++) {
            if (bytes[i] == '\n') {
                line++;
                column = 1;
            } else if ((bytes[i] & 0xc0) != 0x80) {
                column++;
            }
        }
        return new TextException(line, column, problem);
    }
}

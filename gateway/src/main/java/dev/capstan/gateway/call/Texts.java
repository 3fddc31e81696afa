package dev.capstan.gateway.call;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** JSON texts one after the other, as they are typed: each is there when its last bracket was read, or its line if it has none. Whether it is JSON is for others to say. */
final class Texts implements Iterator<String> {
    /** One text is held whole. */
    private static final int MOST_BYTES = 64 << 20;

    private final InputStream in;
    private @Nullable String next;

    Texts(InputStream in) {
        this.in = in;
    }

    @Override
    public boolean hasNext() {
        try {
            next = next == null ? read() : next;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return next != null;
    }

    @Override
    public String next() {
        if (!hasNext() || next == null) {
            throw new NoSuchElementException();
        }
        String text = next;
        next = null;
        return text;
    }

    private @Nullable String read() throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        int depth = 0;
        boolean isQuoted = false;
        while (true) {
            int b = in.read();
            boolean isSpace = b == ' ' || b == '\n' || b == '\r' || b == '\t';
            if (b < 0 || (isSpace && depth == 0 && !isQuoted && text.size() > 0)) {
                return text.size() == 0 ? null : text.toString(StandardCharsets.UTF_8);
            }
            if (isSpace && text.size() == 0) {
                continue;
            }
            if (text.size() == MOST_BYTES) {
                throw new IOException("a text of JSON is longer than " + MOST_BYTES + " bytes");
            }
            text.write(b);
            if (isQuoted) {
                if (b == '\\') {
                    int escaped = in.read();
                    if (escaped >= 0) {
                        text.write(escaped);
                    }
                } else if (b == '"') {
                    isQuoted = false;
                }
            } else if (b == '"') {
                isQuoted = true;
            } else if (b == '{' || b == '[') {
                depth++;
            } else if ((b == '}' || b == ']') && --depth <= 0) {
                return text.toString(StandardCharsets.UTF_8);
            }
        }
    }
}

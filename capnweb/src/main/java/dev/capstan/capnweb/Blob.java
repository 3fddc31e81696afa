package dev.capstan.capnweb;

import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Bytes with a media type, the {@code Blob} of JavaScript. A value; the bytes are shared, not copied: whoever gets them leaves them as
 * they are.
 *
 * <p>On the wire the content is a stream of its own, so it does not count against {@link Limits#messageBytes}.
 *
 * @param type media type in lower case, such as {@code text/plain}; empty if it is not known or holds anything but printable ASCII
 * @param content the bytes
 */
@SuppressWarnings("ArrayRecordComponent") // compared by content, as overridden below
public record Blob(String type, byte[] content) {
    /** Makes the type what JavaScript would make of it. */
    public Blob {
        type = type.chars().allMatch(c -> c >= 0x20 && c <= 0x7e) ? type.toLowerCase(Locale.ROOT) : "";
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Blob that && type.equals(that.type) && Arrays.equals(content, that.content);
    }

    @Override
    public int hashCode() {
        return 31 * type.hashCode() + Arrays.hashCode(content);
    }

    @Override
    public String toString() {
        return "Blob(" + type + ", " + content.length + " bytes)";
    }
}

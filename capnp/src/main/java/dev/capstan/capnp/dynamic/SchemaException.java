package dev.capstan.capnp.dynamic;

import org.jspecify.annotations.Nullable;

/**
 * A schema is malformed, contradicts what is loaded already, exceeds the loader's {@link Limits}, or was never loaded.
 *
 * <p>The text names the node and the member, says what is wrong with it and, where there is something to do about it, what. What was loaded
 * before is as it was.
 */
public final class SchemaException extends RuntimeException {
    private static final long serialVersionUID = 1;

    SchemaException(String text) {
        super(text);
    }

    SchemaException(String text, @Nullable Throwable cause) {
        super(text, cause);
    }

    /** The same trouble, with the place where it was found in front. */
    SchemaException in(String place) {
        return new SchemaException(place + ": " + getMessage(), getCause());
    }

    /** An id as schemas are written. */
    static String id(long id) {
        return "@0x" + Long.toHexString(id);
    }
}

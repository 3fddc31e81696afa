package dev.capstan.capnweb.bind;

import dev.capstan.capnweb.Blob;
import dev.capstan.capnweb.Headers;
import dev.capstan.capnweb.JsError;
import dev.capstan.capnweb.JsValue;
import dev.capstan.capnweb.TypedBytes;
import dev.capstan.capnweb.Url;
import dev.capstan.capnweb.WebRequest;
import dev.capstan.capnweb.WebResponse;
import java.math.BigInteger;
import java.net.URI;
import java.time.Instant;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Values without anything in them.
 *
 * @param expected what a tree must be, in words
 * @param typescript the type
 * @param reader gives null for a tree that is none
 * @param writer the tree
 */
record Scalar(
        String expected, String typescript, Function<Object, @Nullable Object> reader, Function<Object, Object> writer)
        implements Shape {
    /** The shape of {@code type}; null if it is no scalar. */
    static @Nullable Shape of(Class<?> type) {
        if (type.isPrimitive() || Number.class.isAssignableFrom(type) || type == Character.class) {
            Shape number = WholeNumber.of(type);
            return number != null ? number : other(type);
        }
        return other(type);
    }

    private static @Nullable Shape other(Class<?> type) {
        return switch (type.getName()) {
            case "boolean", "java.lang.Boolean" -> itself("a boolean", "boolean", Boolean.class);
            case "double", "java.lang.Double" -> new Scalar("a number", "number", Scalar::number, Function.identity());
            case "float", "java.lang.Float" ->
                new Scalar(
                        "a number that a float holds", "number", Scalar::small, value -> ((Float) value).doubleValue());
            case "char", "java.lang.Character" ->
                new Scalar(
                        "a string of one character",
                        "string",
                        tree -> tree instanceof String text && text.length() == 1 ? text.charAt(0) : null,
                        Object::toString);
            case "java.lang.String", "java.lang.CharSequence" ->
                new Scalar("a string", "string", tree -> tree instanceof String ? tree : null, Object::toString);
            case "java.math.BigInteger" -> itself("a bigint", "bigint", BigInteger.class);
            case "java.time.Instant" -> itself("a Date", "Date", Instant.class);
            case "java.net.URI" -> new Scalar("a URL", "URL", Scalar::uri, value -> url(((URI) value).toASCIIString()));
            case "dev.capstan.capnweb.Url" -> itself("a URL", "URL", Url.class);
            case "dev.capstan.capnweb.Headers" -> itself("Headers", "Headers", Headers.class);
            case "dev.capstan.capnweb.WebRequest" -> itself("a Request", "Request", WebRequest.class);
            case "dev.capstan.capnweb.WebResponse" -> itself("a Response", "Response", WebResponse.class);
            case "dev.capstan.capnweb.Blob" -> itself("a Blob", "Blob", Blob.class);
            case "dev.capstan.capnweb.TypedBytes" ->
                itself("an array buffer or a typed array", "ArrayBuffer | ArrayBufferView", TypedBytes.class);
            case "dev.capstan.capnweb.JsError" -> itself("an error", "Error", JsError.class);
            case "dev.capstan.capnweb.JsValue" -> itself("undefined", "any", JsValue.class);
            default -> null;
        };
    }

    private static Scalar itself(String expected, String typescript, Class<?> type) {
        return new Scalar(expected, typescript, tree -> type.isInstance(tree) ? tree : null, Function.identity());
    }

    private static @Nullable Object number(Object tree) {
        return switch (tree) {
            case Double n -> n;
            case Long n -> n.doubleValue();
            default -> null;
        };
    }

    private static @Nullable Object small(Object tree) {
        if (!(number(tree) instanceof Double n)) {
            return null;
        }
        float small = n.floatValue();
        return Float.isInfinite(small) && Double.isFinite(n) ? null : small;
    }

    private static @Nullable Object uri(Object tree) {
        try {
            return tree instanceof Url(String href) ? URI.create(href) : null;
        } catch (IllegalArgumentException e) {
            throw Mismatch.because("is a URL that Java's URI does not take (declare a Url): " + e.getMessage());
        }
    }

    private static Url url(String href) {
        try {
            return new Url(href);
        } catch (IllegalArgumentException e) {
            throw Mismatch.because("cannot be sent: " + e.getMessage());
        }
    }

    @Override
    public Object write(@Nullable Object value, Writing to) {
        if (value == null) {
            throw Mismatch.isNull();
        }
        return writer.apply(value);
    }

    @Override
    public Object read(@Nullable Object tree, Reading from) {
        Object value = tree == null ? null : reader.apply(tree);
        if (value == null) {
            throw Mismatch.expected(expected, tree);
        }
        return value;
    }

    @Override
    public String typescript(TypeScript out) {
        return typescript;
    }

    @Override
    public boolean isCompound() {
        return typescript.indexOf('|') >= 0;
    }
}

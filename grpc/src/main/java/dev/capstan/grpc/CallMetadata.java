package dev.capstan.grpc;

import io.grpc.Metadata;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Metadata of a call as a value: names with one or more values each, in their order. Names that end in {@code -bin} have bytes, all others text of printable ASCII. Immutable; equal by
 * content.
 */
public final class CallMetadata {
    /** No metadata. */
    public static final CallMetadata EMPTY = new CallMetadata(new Metadata());

    /** Fields of HTTP that describe a message of its own or a connection. */
    private static final Set<String> OF_HTTP = Set.of(
            "host",
            "content-type",
            "content-length",
            "te",
            "user-agent",
            "connection",
            "keep-alive",
            "proxy-connection",
            "transfer-encoding",
            "trailer",
            "upgrade",
            "http2-settings");

    private final Metadata metadata;

    private CallMetadata(Metadata metadata) {
        this.metadata = metadata;
    }

    /** What {@code metadata} holds now; null is none. */
    public static CallMetadata of(@Nullable Metadata metadata) {
        if (metadata == null || metadata.keys().isEmpty()) {
            return EMPTY;
        }
        return new CallMetadata(copy(metadata));
    }

    private static Metadata copy(Metadata from) {
        Metadata copied = new Metadata();
        copied.merge(from);
        return copied;
    }

    /** This with one more value, after those that {@code name} has. @throws IllegalArgumentException if the name is reserved, or name or value cannot travel */
    public CallMetadata with(String name, String value) {
        String low = checked(name);
        if (low.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
            throw new IllegalArgumentException("'" + name + "' has bytes, not text, since it ends in -bin");
        }
        for (int i = 0; i < value.length(); i++) {
            char each = value.charAt(i);
            if (each < ' ' || each > '~') {
                throw new IllegalArgumentException("the value of '" + name + "' has a sign at " + i
                        + " that is no printable ASCII: send it as bytes, under a name that ends in -bin");
            }
        }
        Metadata more = copy(metadata);
        more.put(text(low), value);
        return new CallMetadata(more);
    }

    /** This with one more value of bytes, which are copied. @throws IllegalArgumentException if the name is reserved or does not end in {@code -bin} */
    public CallMetadata with(String name, byte[] value) {
        String low = checked(name);
        if (!low.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
            throw new IllegalArgumentException("'" + name + "' cannot have bytes: only names that end in -bin can");
        }
        Metadata more = copy(metadata);
        more.put(bytes(low), value.clone());
        return new CallMetadata(more);
    }

    /** Whether HTTP has a field of this name, which is in lower case, for itself: it is no metadata, whoever sends it. */
    public static boolean isOfHttp(String name) {
        return OF_HTTP.contains(name);
    }

    private static String checked(String name) {
        String low = name.toLowerCase(Locale.ROOT);
        if (isOfHttp(low) || low.startsWith("grpc-") || low.startsWith(":")) {
            throw new IllegalArgumentException(
                    "'" + name + "' is reserved for HTTP or gRPC itself: choose another name");
        }
        return low;
    }

    private static Metadata.Key<String> text(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    private static Metadata.Key<byte[]> bytes(String name) {
        return Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER);
    }

    /** The names that have values, in lower case and sorted. */
    public Set<String> names() {
        return new TreeSet<>(metadata.keys());
    }

    /** The first value of a name of text. */
    public Optional<String> first(String name) {
        return all(name).stream().findFirst();
    }

    /** All values of a name of text, in their order. */
    public List<String> all(String name) {
        List<String> values = new ArrayList<>();
        Iterable<String> found = metadata.getAll(text(name.toLowerCase(Locale.ROOT)));
        if (found != null) {
            found.forEach(values::add);
        }
        return values;
    }

    /** The first value of a name that ends in {@code -bin}. */
    public Optional<byte[]> firstBytes(String name) {
        return allBytes(name).stream().findFirst();
    }

    /** All values of a name that ends in {@code -bin}, in their order. */
    public List<byte[]> allBytes(String name) {
        List<byte[]> values = new ArrayList<>();
        Iterable<byte[]> found = metadata.getAll(bytes(name.toLowerCase(Locale.ROOT)));
        if (found != null) {
            found.forEach(each -> values.add(each.clone()));
        }
        return values;
    }

    /** As grpc-java has it: a new one that the caller may change. */
    public Metadata toMetadata() {
        return copy(metadata);
    }

    private List<Object> content(String name) {
        return name.endsWith(Metadata.BINARY_HEADER_SUFFIX)
                ? allBytes(name).stream()
                        .<Object>map(each -> new String(each, StandardCharsets.ISO_8859_1))
                        .toList()
                : List.copyOf(all(name));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof CallMetadata that
                && names().equals(that.names())
                && names().stream().allMatch(name -> content(name).equals(that.content(name)));
    }

    @Override
    public int hashCode() {
        int hash = 0;
        for (String name : names()) {
            hash = Arrays.hashCode(new Object[] {hash, name, content(name)});
        }
        return hash;
    }

    /** Names alone: values may be secrets. */
    @Override
    public String toString() {
        return names().toString();
    }
}

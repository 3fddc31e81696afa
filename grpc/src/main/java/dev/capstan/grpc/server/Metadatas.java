package dev.capstan.grpc.server;

import dev.capstan.grpc.CallMetadata;
import io.grpc.Metadata;
import io.grpc.Status;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Metadata and status as header fields (gRPC over HTTP/2): pure functions. */
final class Metadatas {
    private static final Logger LOG = System.getLogger(Metadatas.class.getName());
    private static final Base64.Encoder BASE64 = Base64.getEncoder().withoutPadding();

    /** Fields by which gRPC itself describes a call. Others that begin as these do are metadata here, such as those of traces and details. */
    private static final Set<String> OF_GRPC = Set.of(
            "grpc-encoding",
            "grpc-accept-encoding",
            "grpc-timeout",
            "grpc-status",
            "grpc-message",
            "grpc-message-type");

    private Metadatas() {}

    private static boolean isReserved(String name) {
        return CallMetadata.isOfHttp(name) || OF_GRPC.contains(name);
    }

    /** Whether gRPC knows such names; HTTP has more. */
    private static boolean isName(String name) {
        return !name.equals(Metadata.BINARY_HEADER_SUFFIX)
                && name.chars()
                        .allMatch(c -> (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || "-_.".indexOf(c) >= 0);
    }

    private static boolean isText(String value) {
        return value.chars().allMatch(c -> c >= ' ' && c < 0x7f);
    }

    /** @throws io.grpc.StatusRuntimeException RESOURCE_EXHAUSTED if names and values of {@code fields} have more than {@code limit} bytes together */
    static void check(List<Map.Entry<String, String>> fields, int limit) {
        long bytes = 0;
        for (Map.Entry<String, String> field : fields) {
            bytes += field.getKey().length() + field.getValue().length();
        }
        if (bytes > limit) {
            throw Status.RESOURCE_EXHAUSTED
                    .withDescription("the metadata of the call has " + bytes + " bytes, and the limit is " + limit
                            + ": send less, or raise metadataBytes")
                    .asRuntimeException();
        }
    }

    /** What a client has sent as metadata, {@code user-agent} included; what HTTP alone knows is left out. A binary value that is no Base64 fails with INVALID_ARGUMENT. */
    static Metadata of(List<Map.Entry<String, String>> fields) {
        Metadata metadata = new Metadata();
        for (Map.Entry<String, String> field : fields) {
            String name = field.getKey().toLowerCase(Locale.ROOT);
            boolean told = name.equals("user-agent") || name.equals("grpc-accept-encoding");
            if (!isName(name) || (isReserved(name) && !told)) {
                continue;
            }
            if (name.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
                Metadata.Key<byte[]> key = Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER);
                // Several values may have been joined on their way; a comma is no sign of Base64.
                for (String each : field.getValue().split(",", -1)) {
                    metadata.put(key, decoded(name, each.strip()));
                }
            } else {
                metadata.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), field.getValue());
            }
        }
        return metadata;
    }

    private static byte[] decoded(String name, String value) {
        try {
            return Base64.getDecoder().decode(value);
        } catch (IllegalArgumentException e) {
            throw Status.INVALID_ARGUMENT
                    .withDescription("the value of " + name + " is not Base64")
                    .withCause(e)
                    .asRuntimeException();
        }
    }

    /** What {@code metadata} is as fields, in its order, after {@code fields}, which are added to. A value that no header may have, such as one of two lines, is left out: the call is to end. */
    static void add(List<Map.Entry<String, String>> fields, Metadata metadata) {
        for (String name : metadata.keys()) {
            if (isReserved(name)) {
                continue;
            }
            if (name.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
                Iterable<byte[]> values = metadata.getAll(Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER));
                if (values != null) {
                    values.forEach(value -> fields.add(Map.entry(name, BASE64.encodeToString(value))));
                }
            } else {
                Iterable<String> values = metadata.getAll(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
                if (values != null) {
                    values.forEach(value -> addText(fields, name, value));
                }
            }
        }
    }

    private static void addText(List<Map.Entry<String, String>> fields, String name, String value) {
        if (isText(value)) {
            fields.add(Map.entry(name, value));
        } else {
            LOG.log(
                    Level.WARNING,
                    "a value of " + name
                            + " is left out, since metadata is ASCII without control characters: give it a name that ends in -bin");
        }
    }

    /** How a call ends, as fields. */
    static List<Map.Entry<String, String>> trailers(Status status, Metadata metadata) {
        List<Map.Entry<String, String>> fields = new ArrayList<>();
        fields.add(Map.entry("grpc-status", Integer.toString(status.getCode().value())));
        String description = status.getDescription();
        if (description != null) {
            fields.add(Map.entry("grpc-message", percentEncoded(description)));
        }
        add(fields, metadata);
        return fields;
    }

    /** UTF-8 in the signs that a header may have; everything else as %XX. */
    static String percentEncoded(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        StringBuilder encoded = new StringBuilder(bytes.length);
        for (byte each : bytes) {
            if (each >= ' ' && each < 0x7f && each != '%') {
                encoded.append((char) each);
            } else {
                encoded.append('%')
                        .append(Character.toUpperCase(Character.forDigit((each >> 4) & 15, 16)))
                        .append(Character.toUpperCase(Character.forDigit(each & 15, 16)));
            }
        }
        return encoded.toString();
    }
}

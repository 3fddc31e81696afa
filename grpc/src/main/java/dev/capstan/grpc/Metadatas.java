package dev.capstan.grpc;

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
import org.jspecify.annotations.Nullable;

/** Metadata and status as header fields (gRPC over HTTP/2): pure functions. */
public final class Metadatas {
    private static final Logger LOG = System.getLogger(Metadatas.class.getName());
    private static final Base64.Encoder BASE64 = Base64.getEncoder().withoutPadding();

    /** Fields that belong to HTTP or to gRPC itself: no metadata, and never to be set by a handler. */
    private static final Set<String> RESERVED = Set.of(
            "host",
            "content-type",
            "content-length",
            "te",
            "grpc-encoding",
            "grpc-accept-encoding",
            "grpc-timeout",
            "grpc-status",
            "grpc-message",
            "grpc-message-type",
            "user-agent");

    /** Fields that belong to one connection of HTTP/1.1. */
    private static final Set<String> OF_THE_CONNECTION = Set.of(
            "connection",
            "keep-alive",
            "proxy-connection",
            "transfer-encoding",
            "trailer",
            "upgrade",
            "http2-settings");

    private Metadatas() {}

    /** Whether gRPC knows such names; HTTP has more. */
    private static boolean isName(String name) {
        return !name.equals(Metadata.BINARY_HEADER_SUFFIX)
                && name.chars()
                        .allMatch(c -> (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || "-_.".indexOf(c) >= 0);
    }

    private static boolean isText(String value) {
        return value.chars().allMatch(c -> c >= ' ' && c < 0x7f);
    }

    /** What the other side has sent as metadata, {@code user-agent} included; what HTTP alone knows is left out. A binary value that is no Base64 fails with INVALID_ARGUMENT. */
    public static Metadata of(List<Map.Entry<String, String>> fields) {
        Metadata metadata = new Metadata();
        for (Map.Entry<String, String> field : fields) {
            String name = field.getKey().toLowerCase(Locale.ROOT);
            if (RESERVED.contains(name) && !name.equals("user-agent") && !name.equals("grpc-accept-encoding")) {
                continue;
            }
            if (OF_THE_CONNECTION.contains(name) || !isName(name)) {
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
    public static void add(List<Map.Entry<String, String>> fields, Metadata metadata) {
        for (String name : metadata.keys()) {
            if (RESERVED.contains(name)) {
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
    public static List<Map.Entry<String, String>> trailers(Status status, Metadata metadata) {
        List<Map.Entry<String, String>> fields = new ArrayList<>();
        fields.add(Map.entry("grpc-status", Integer.toString(status.getCode().value())));
        String description = status.getDescription();
        if (description != null) {
            fields.add(Map.entry("grpc-message", percentEncoded(description)));
        }
        add(fields, metadata);
        return fields;
    }

    /** How a call has ended, by its trailers or what takes their place; null if they do not say. */
    public static @Nullable Status status(List<Map.Entry<String, String>> fields) {
        String code = null;
        String message = null;
        for (Map.Entry<String, String> field : fields) {
            if (field.getKey().equalsIgnoreCase("grpc-status")) {
                code = field.getValue();
            } else if (field.getKey().equalsIgnoreCase("grpc-message")) {
                message = field.getValue();
            }
        }
        if (code == null) {
            return null;
        }
        Status status = code.matches("[0-9]{1,3}")
                ? Status.fromCodeValue(Integer.parseInt(code))
                : Status.UNKNOWN.withDescription("the server has ended the call with a grpc-status that is no number");
        return message == null ? status : status.withDescription(percentDecoded(message));
    }

    /** As {@link #percentEncoded} has it; what is no escape stays as it is. */
    static String percentDecoded(String text) {
        byte[] signs = text.getBytes(StandardCharsets.ISO_8859_1);
        byte[] bytes = new byte[signs.length];
        int length = 0;
        for (int i = 0; i < signs.length; i++) {
            int high = i + 2 < signs.length ? Character.digit(signs[i + 1], 16) : -1;
            int low = i + 2 < signs.length ? Character.digit(signs[i + 2], 16) : -1;
            boolean escape = signs[i] == '%' && high >= 0 && low >= 0;
            bytes[length++] = escape ? (byte) (high << 4 | low) : signs[i];
            i += escape ? 2 : 0;
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
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

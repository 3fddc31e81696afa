package dev.capstan.grpc;

import dev.capstan.net.http.Headers;
import io.grpc.Metadata;
import io.grpc.Status;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Metadata and status as header fields (gRPC over HTTP/2): pure functions. */
public final class Metadatas {
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

    private static final Headers OK = Headers.of("grpc-status", "0");

    private Metadatas() {}

    private static boolean isReserved(String name) {
        return CallMetadata.isOfHttp(name) || OF_GRPC.contains(name);
    }

    /** What the name of a field means to gRPC: a key of text or of bytes, or neither, if the field is none of its metadata. */
    private record Name(Metadata.@Nullable Key<String> text, Metadata.@Nullable Key<byte[]> bytes) {
        static Name of(String written) {
            String name = written.toLowerCase(Locale.ROOT);
            boolean told = name.equals("user-agent") || name.equals("grpc-accept-encoding");
            if (!isName(name) || (isReserved(name) && !told)) {
                return new Name(null, null);
            }
            return name.endsWith(Metadata.BINARY_HEADER_SUFFIX)
                    ? new Name(null, Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER))
                    : new Name(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), null);
        }
    }

    /** Reads the fields of requests, and knows the names that it has met: their number is bounded, since clients choose them. Of one thread. */
    public static final class Reader {
        /** One that has met none yet. */
        public Reader() {}

        private static final int MOST_NAMES = 256;
        private static final int LONGEST_NAME = 64;

        private final Map<String, Name> names = new HashMap<>();

        private Name name(String written) {
            Name known = names.get(written);
            if (known == null) {
                known = Name.of(written);
                if (names.size() < MOST_NAMES && written.length() <= LONGEST_NAME) {
                    names.put(written, known);
                }
            }
            return known;
        }

        /** What a client has sent as metadata, {@code user-agent} included; what HTTP alone knows is left out. A binary value that is no Base64 fails with INVALID_ARGUMENT. */
        public Metadata read(List<Map.Entry<String, String>> fields) {
            Metadata metadata = new Metadata();
            for (Map.Entry<String, String> field : fields) {
                Name name = name(field.getKey());
                if (name.text() != null) {
                    metadata.put(name.text(), field.getValue());
                } else if (name.bytes() != null) {
                    // Several values may have been joined on their way; a comma is no sign of Base64.
                    for (String each : field.getValue().split(",", -1)) {
                        metadata.put(name.bytes(), decoded(name.bytes().name(), each.strip()));
                    }
                }
            }
            return metadata;
        }
    }

    /** As {@link Reader#read}, for one list of fields. */
    public static Metadata of(List<Map.Entry<String, String>> fields) {
        return new Reader().read(fields);
    }

    /** Whether gRPC knows such names; HTTP has more. */
    private static boolean isName(String name) {
        return !name.equals(Metadata.BINARY_HEADER_SUFFIX)
                && name.chars()
                        .allMatch(c -> (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || "-_.".indexOf(c) >= 0);
    }

    private static boolean isText(String value) {
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) < ' ' || value.charAt(i) >= 0x7f) {
                return false;
            }
        }
        return true;
    }

    /** Checks the size of what a peer has sent. @throws io.grpc.StatusRuntimeException RESOURCE_EXHAUSTED if names and values of {@code fields} have more than {@code limit} bytes together */
    public static void check(List<Map.Entry<String, String>> fields, int limit) {
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

    /** The last fields of an answer of {@code contentType}: trailers after its head, or all that there is. {@code accepted} are the encodings that its server reads. */
    public static Headers last(
            boolean headSent, String contentType, String accepted, Status status, Metadata metadata) {
        if (headSent
                && status.isOk()
                && status.getDescription() == null
                && metadata.keys().isEmpty()) {
            return OK;
        }
        List<Map.Entry<String, String>> fields = new ArrayList<>();
        if (!headSent) {
            fields.add(Map.entry("content-type", contentType));
            fields.add(Map.entry("grpc-accept-encoding", accepted));
        }
        return trailers(fields, status, metadata);
    }

    /** How a call ends, as fields after {@code fields}, which are added to. */
    private static Headers trailers(List<Map.Entry<String, String>> fields, Status status, Metadata metadata) {
        fields.add(Map.entry("grpc-status", Integer.toString(status.getCode().value())));
        String description = status.getDescription();
        if (description != null) {
            fields.add(Map.entry("grpc-message", percentEncoded(description)));
        }
        add(fields, metadata);
        return Headers.of(fields);
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

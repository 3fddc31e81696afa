package dev.capstan.net.http;

import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Header fields in their order; names compare without regard to case, and a name may occur more than once. A value.
 *
 * <p>Names are tokens and values have no line ends or other control characters, so that whoever puts a peer's text into a header cannot be made
 * to send a second header or answer.
 */
public final class Headers {
    private static final String TOKEN_SIGNS = "!#$%&'*+-.^_`|~";

    /** Fields that belong to a connection have no meaning in HTTP/2, and a server must not send them: exactly those of RFC 9113 section 8.2.2, since a request with one is malformed. */
    private static final Set<String> OF_THE_CONNECTION =
            Set.of("connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade");

    private final List<Map.Entry<String, String>> fields;
    /** Made once: those that answer call after call with the same fields keep them. */
    private volatile AsciiString @Nullable [] inHttp2;

    private Headers(List<Map.Entry<String, String>> fields) {
        this.fields = fields;
    }

    /**
     * Fields from names and values in turn; none at all without arguments.
     *
     * @throws IllegalArgumentException if a name or value cannot be sent
     */
    public static Headers of(String... namesAndValues) {
        if (namesAndValues.length % 2 != 0) {
            throw new IllegalArgumentException("headers are names and values in turn; the last name has no value");
        }
        Headers headers = new Headers(List.of());
        for (int i = 0; i < namesAndValues.length; i += 2) {
            headers = headers.with(namesAndValues[i], namesAndValues[i + 1]);
        }
        return headers;
    }

    /**
     * Fields in their order.
     *
     * @throws IllegalArgumentException if a name or value cannot be sent
     */
    public static Headers of(List<Map.Entry<String, String>> fields) {
        fields.forEach(field -> check(field.getKey(), field.getValue()));
        return new Headers(List.copyOf(fields));
    }

    /** What a codec has checked already; the list is given away. */
    static Headers checked(List<Map.Entry<String, String>> fields) {
        return new Headers(Collections.unmodifiableList(fields));
    }

    /** What a codec has checked already, copied from where it has it. */
    static Headers copied(Iterable<Map.Entry<String, String>> fields) {
        List<Map.Entry<String, String>> list = new ArrayList<>();
        for (Map.Entry<String, String> field : fields) {
            list.add(Map.entry(field.getKey(), field.getValue()));
        }
        return checked(list);
    }

    /** Whether a field of this name, in lower case, belongs to a connection of HTTP/1.1. */
    static boolean isOfTheConnection(String name) {
        return OF_THE_CONNECTION.contains(name);
    }

    /** Names, in lower case, and values in turn, without those of a connection. Not to be changed. */
    AsciiString[] inHttp2() {
        AsciiString[] made = inHttp2;
        if (made == null) {
            List<AsciiString> pairs = new ArrayList<>(2 * fields.size());
            for (Map.Entry<String, String> field : fields) {
                String name = field.getKey().toLowerCase(Locale.ROOT);
                if (!isOfTheConnection(name)) {
                    pairs.add(AsciiString.cached(name));
                    pairs.add(AsciiString.cached(field.getValue()));
                }
            }
            made = pairs.toArray(new AsciiString[0]);
            inHttp2 = made;
        }
        return made;
    }

    /**
     * These and one more.
     *
     * @throws IllegalArgumentException if the name or value cannot be sent
     */
    public Headers with(String name, String value) {
        check(name, value);
        List<Map.Entry<String, String>> more = new ArrayList<>(fields);
        more.add(Map.entry(name, value));
        return new Headers(List.copyOf(more));
    }

    private static void check(String name, String value) {
        if (!isToken(name)) {
            throw new IllegalArgumentException("a header's name is made of letters, digits and " + TOKEN_SIGNS);
        }
        if (!isText(value)) {
            throw new IllegalArgumentException("the value of header " + name
                    + " has a line end, control character or character beyond Latin-1: encode it");
        }
    }

    private static boolean isToken(String name) {
        for (int i = 0; i < name.length(); i++) {
            if (!isTokenSign(name.charAt(i))) {
                return false;
            }
        }
        return !name.isEmpty();
    }

    private static boolean isText(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c != '\t' && (c < ' ' || c == 0x7f || c > 0xff)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isTokenSign(int c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || TOKEN_SIGNS.indexOf(c) >= 0;
    }

    /** The first value of this name; null if there is none. */
    public @Nullable String first(String name) {
        for (Map.Entry<String, String> field : fields) {
            if (field.getKey().equalsIgnoreCase(name)) {
                return field.getValue();
            }
        }
        return null;
    }

    /** All values of this name, in their order. */
    public List<String> all(String name) {
        return fields.stream()
                .filter(field -> field.getKey().equalsIgnoreCase(name))
                .map(Map.Entry::getValue)
                .toList();
    }

    /** The elements of the comma-separated lists under this name, without the space around them. */
    List<String> elements(String name) {
        List<String> elements = new ArrayList<>();
        for (String value : all(name)) {
            for (String element : value.split(",", -1)) {
                if (!element.isBlank()) {
                    elements.add(element.strip());
                }
            }
        }
        return elements;
    }

    /** Whether the lists under this name have this element, without regard to case. */
    boolean lists(String name, String element) {
        return elements(name).stream().anyMatch(element::equalsIgnoreCase);
    }

    /** All fields in their order. */
    public List<Map.Entry<String, String>> fields() {
        return fields;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Headers that && fields.equals(that.fields);
    }

    @Override
    public int hashCode() {
        return fields.hashCode();
    }

    /** The names alone: values may be secrets, and this goes to logs. */
    @Override
    public String toString() {
        return fields.stream().map(Map.Entry::getKey).toList().toString();
    }
}

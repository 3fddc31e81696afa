package dev.capstan.net.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Header fields in their order; names compare without regard to case, and a name may occur more than once. A value.
 *
 * <p>Names are tokens and values have no line ends or other control characters, so that whoever puts a peer's text into a header cannot be made
 * to send a second header or answer.
 */
public final class Headers {
    private static final String TOKEN_SIGNS = "!#$%&'*+-.^_`|~";

    private final List<Map.Entry<String, String>> fields;

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

    /** What a codec has checked already. */
    static Headers checked(Iterable<Map.Entry<String, String>> fields) {
        List<Map.Entry<String, String>> list = new ArrayList<>();
        for (Map.Entry<String, String> field : fields) {
            list.add(Map.entry(field.getKey(), field.getValue()));
        }
        return new Headers(List.copyOf(list));
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
        if (name.isEmpty() || !name.chars().allMatch(Headers::isTokenSign)) {
            throw new IllegalArgumentException("a header's name is made of letters, digits and " + TOKEN_SIGNS);
        }
        if (!value.chars().allMatch(c -> c == '\t' || (c >= ' ' && c != 0x7f && c <= 0xff))) {
            throw new IllegalArgumentException("the value of header " + name
                    + " has a line end, control character or character beyond Latin-1: encode it");
        }
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

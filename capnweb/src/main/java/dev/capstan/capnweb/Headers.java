package dev.capstan.capnweb;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The header fields of a request or response, the {@code Headers} of JavaScript. A value.
 *
 * <p>They stand in the order in which JavaScript lists them (Fetch Standard, "sort and combine"): names in lower case and sorted, values of the
 * same name joined by {@code ", "}, except {@code set-cookie}.
 *
 * @param fields the fields
 */
public record Headers(List<Field> fields) {
    /** No fields. */
    public static final Headers NONE = new Headers(List.of());

    private static final String COOKIE = "set-cookie";
    private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";

    /**
     * One field.
     *
     * @param name a token of HTTP, in lower case
     * @param value the text; characters up to U+00FF, no line breaks, no blanks around
     */
    public record Field(String name, String value) {
        /** Normalizes the field, and refuses one that HTTP does not allow. */
        public Field {
            if (!isToken(name)) {
                throw new IllegalArgumentException("\"" + Tree.excerpt(name) + "\" is no name of a header field.");
            }
            name = name.toLowerCase(Locale.ROOT);
            value = trim(value);
            if (value.chars().anyMatch(c -> c == 0 || c == '\n' || c == '\r' || c > 0xff)) {
                throw new IllegalArgumentException("The header field " + Tree.excerpt(name)
                        + " holds a line break, or a character beyond U+00FF.");
            }
        }
    }

    /** Sorts and combines. */
    public Headers {
        List<Field> sorted = new ArrayList<>(fields);
        sorted.sort(Comparator.comparing(Field::name));
        List<Field> combined = new ArrayList<>(sorted.size());
        for (int i = 0; i < sorted.size(); ) {
            Field field = sorted.get(i);
            int next = field.name.equals(COOKIE) ? i + 1 : endOfName(sorted, i);
            combined.add(next == i + 1 ? field : new Field(field.name, joined(sorted.subList(i, next))));
            i = next;
        }
        fields = List.copyOf(combined);
    }

    private static int endOfName(List<Field> sorted, int from) {
        int end = from + 1;
        while (end < sorted.size() && sorted.get(end).name.equals(sorted.get(from).name)) {
            end++;
        }
        return end;
    }

    private static String joined(List<Field> same) {
        return same.stream().map(Field::value).collect(Collectors.joining(", "));
    }

    /** Fields from names and values by turns. */
    public static Headers of(String... namesAndValues) {
        if (namesAndValues.length % 2 != 0) {
            throw new IllegalArgumentException("The last name has no value: give names and values by turns.");
        }
        List<Field> fields = new ArrayList<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            fields.add(new Field(namesAndValues[i], namesAndValues[i + 1]));
        }
        return new Headers(fields);
    }

    /** The value of the field with that name, in any case; null if there is none. Of several cookies, the first. */
    public @Nullable String get(String name) {
        for (Field field : fields) {
            if (field.name.equalsIgnoreCase(name)) {
                return field.value;
            }
        }
        return null;
    }

    /** Of RFC 9110, section 5.6.2; methods are tokens, too. */
    static boolean isToken(String text) {
        return !text.isEmpty()
                && text.chars()
                        .allMatch(c -> c < 0x80 && (Character.isLetterOrDigit(c) || TOKEN_MARKS.indexOf(c) >= 0));
    }

    private static String trim(String value) {
        int from = 0;
        int to = value.length();
        while (from < to && isBlank(value.charAt(from))) {
            from++;
        }
        while (to > from && isBlank(value.charAt(to - 1))) {
            to--;
        }
        return value.substring(from, to);
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t' || c == '\n' || c == '\r';
    }
}

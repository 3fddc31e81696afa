package dev.capstan.gateway.serve;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.tomlj.TomlArray;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/**
 * A table of a configuration file, of which keys are taken one by one. What is wrong is added to the problems, and the default given; at the end {@link #close} tells of keys that nobody has asked for.
 */
final class Section implements AutoCloseable {
    private static final Pattern AMOUNT = Pattern.compile("([0-9]{1,9})\\s*([A-Za-z]+)");
    private static final Map<String, Duration> TIMES = Map.of(
            "ms",
            Duration.ofMillis(1),
            "s",
            Duration.ofSeconds(1),
            "m",
            Duration.ofMinutes(1),
            "h",
            Duration.ofHours(1));
    private static final Map<String, Integer> SIZES = Map.of("B", 1, "KiB", 1 << 10, "MiB", 1 << 20, "GiB", 1 << 30);
    /** Letters that may differ for a key to be taken for another. */
    private static final int TYPING_ERRORS = 3;

    private final @Nullable TomlTable table;
    private final String name;
    private final int line;
    private final List<Problem> problems;
    private final Set<String> known = new LinkedHashSet<>();

    private Section(@Nullable TomlTable table, String name, int line, List<Problem> problems) {
        this.table = table;
        this.name = name;
        this.line = line;
        this.problems = problems;
    }

    static Section root(TomlTable table, List<Problem> problems) {
        return new Section(table, "", 1, problems);
    }

    boolean isThere() {
        return table != null;
    }

    private String path(String key) {
        return name.isEmpty() ? key : name + "." + key;
    }

    private int line(String key) {
        TomlPosition at = table == null ? null : table.inputPositionOf(List.of(key));
        return at == null ? line : at.line();
    }

    /** Says that something is wrong with the value of a key. */
    void wrong(String key, String text) {
        problems.add(new Problem(line(key), path(key), text));
    }

    private @Nullable Object get(String key) {
        known.add(key);
        return table == null ? null : table.get(List.of(key));
    }

    private <T> @Nullable T get(String key, Class<T> type, String write) {
        Object value = get(key);
        if (value == null || type.isInstance(value)) {
            return type.cast(value);
        }
        wrong(key, "write " + write + ", not " + shown(value));
        return null;
    }

    private static String shown(Object value) {
        return switch (value) {
            case TomlTable table -> "a table";
            case TomlArray array -> "a list";
            case String text -> '"' + text + '"';
            default -> value.toString();
        };
    }

    // ---- values

    @Nullable
    String text(String key, String write) {
        String text = get(key, String.class, write);
        if (text != null && text.isBlank()) {
            wrong(key, "write " + write + ", not an empty text");
            return null;
        }
        return text;
    }

    /** A text that there has to be. */
    @Nullable
    String required(String key, String write) {
        String text = text(key, write);
        if (text == null && (table == null || !table.keySet().contains(key))) {
            problems.add(new Problem(line, path(key), "is missing: write " + key + " = " + write));
        }
        return text;
    }

    boolean flag(String key, boolean otherwise) {
        Boolean value = get(key, Boolean.class, "true or false");
        return value == null ? otherwise : value;
    }

    int number(String key, int otherwise) {
        Long value = get(key, Long.class, "a whole number such as " + otherwise);
        if (value == null) {
            return otherwise;
        }
        if (value < 1 || value > Integer.MAX_VALUE) {
            wrong(key, "write a number from 1 to " + Integer.MAX_VALUE + ", not " + value);
            return otherwise;
        }
        return Math.toIntExact(value);
    }

    /** Less than 2 GiB. */
    int bytes(String key, int otherwise) {
        String write = "a size such as \"32MiB\" (B, KiB, MiB)";
        String text = text(key, write);
        return text == null
                ? otherwise
                : amount(key, text, write, SIZES, otherwise, (unit, count) -> {
                    long bytes = count * unit;
                    if (bytes < 1 || bytes > Integer.MAX_VALUE) {
                        wrong(key, "write a size from 1 B to 2047 MiB, not \"" + text + '"');
                        return otherwise;
                    }
                    return Math.toIntExact(bytes);
                });
    }

    Duration time(String key, Duration otherwise, boolean mayBeZero) {
        String write = "a time such as \"10s\" (ms, s, m, h)";
        String text = text(key, write);
        return text == null
                ? otherwise
                : amount(key, text, write, TIMES, otherwise, (unit, count) -> {
                    if (count == 0 && !mayBeZero) {
                        wrong(key, "write a time longer than nothing, not \"" + text + '"');
                        return otherwise;
                    }
                    return unit.multipliedBy(count);
                });
    }

    private <U, T> T amount(
            String key, String text, String write, Map<String, U> units, T otherwise, BiFunction<U, Long, T> of) {
        Matcher parts = AMOUNT.matcher(text.strip());
        U unit = parts.matches() ? units.get(parts.group(2)) : null;
        if (unit == null) {
            wrong(key, "write " + write + ", not \"" + text + '"');
            return otherwise;
        }
        return of.apply(unit, Long.parseLong(parts.group(1)));
    }

    <E extends Enum<E>> E choice(String key, Class<E> type, E otherwise) {
        String write = "one of " + names(type);
        String text = text(key, write);
        E found = text == null ? null : named(text, type);
        if (text != null && found == null) {
            wrong(key, "write " + write + ", not \"" + text + '"' + meant(text, nameList(type)));
        }
        return found == null ? otherwise : found;
    }

    <E extends Enum<E>> Set<E> choices(String key, Class<E> type, Set<E> otherwise) {
        List<String> texts = texts(key, "a list of " + names(type));
        if (texts == null) {
            return otherwise;
        }
        Set<E> found = new LinkedHashSet<>();
        for (String text : texts) {
            E each = named(text, type);
            if (each == null) {
                wrong(key, "there is no \"" + text + "\"; choose from " + names(type) + meant(text, nameList(type)));
            } else {
                found.add(each);
            }
        }
        if (texts.isEmpty()) {
            wrong(key, "name at least one of " + names(type) + ", or leave the key out for all of them");
        }
        return found;
    }

    private static <E extends Enum<E>> @Nullable E named(String text, Class<E> type) {
        for (E each : type.getEnumConstants()) {
            if (lower(each).equals(text)) {
                return each;
            }
        }
        return null;
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static <E extends Enum<E>> List<String> nameList(Class<E> type) {
        List<String> names = new ArrayList<>();
        for (E each : type.getEnumConstants()) {
            names.add(lower(each));
        }
        return names;
    }

    private static <E extends Enum<E>> String names(Class<E> type) {
        return '"' + String.join("\", \"", nameList(type)) + '"';
    }

    /** Null if the key is not there, or is no list of texts. */
    @Nullable
    List<String> texts(String key, String write) {
        TomlArray array = get(key, TomlArray.class, write);
        if (array == null) {
            return null;
        }
        List<String> texts = new ArrayList<>();
        for (Object each : array.toList()) {
            if (!(each instanceof String text)) {
                wrong(key, "write " + write + "; " + shown(each) + " is no text");
                return null;
            }
            texts.add(text);
        }
        return texts;
    }

    /** A file that can be read, relative to {@code folder}. */
    @Nullable
    Path file(String key, Path folder, boolean required, String write) {
        String text = required ? required(key, write) : text(key, write);
        return text == null ? null : existing(key, folder.resolve(text), text);
    }

    private @Nullable Path existing(String key, Path file, String text) {
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            wrong(
                    key,
                    "there is no file \"" + text
                            + "\" that can be read; paths are relative to the folder of this file");
            return null;
        }
        return file;
    }

    /** A path of HTTP. */
    String place(String key, String otherwise) {
        String text = text(key, "a path such as \"" + otherwise + '"');
        return text == null || !isPlace(key, text) ? otherwise : text;
    }

    boolean isPlace(String key, String text) {
        if (!text.matches("/[A-Za-z0-9._~!$&'()+,;=:@/-]*")) {
            wrong(key, "write a path that begins with / and has no blanks, * or ?, not \"" + text + '"');
            return false;
        }
        return true;
    }

    // ---- tables

    /** A table, which is empty if it is not there. */
    Section section(String key) {
        TomlTable inner = get(key, TomlTable.class, "a table, [" + path(key) + "]");
        return new Section(inner, path(key), line(key), problems);
    }

    /** Each table of a list. */
    List<Section> sections(String key) {
        String write = "tables, each beginning with [[" + path(key) + "]]";
        TomlArray array = get(key, TomlArray.class, write);
        List<Section> all = new ArrayList<>();
        for (int at = 0; array != null && at < array.size(); at++) {
            if (array.get(at) instanceof TomlTable each) {
                all.add(new Section(
                        each,
                        path(key) + "[" + (at + 1) + "]",
                        array.inputPositionOf(at).line(),
                        problems));
            } else {
                wrong(key, "write " + write);
                break;
            }
        }
        return all;
    }

    /** Tells of keys that nobody has asked for. */
    @Override
    public void close() {
        if (table == null) {
            return;
        }
        for (String key : table.keySet()) {
            if (!known.contains(key)) {
                wrong(
                        key,
                        "there is no such key" + meant(key, known) + "; "
                                + (name.isEmpty() ? "the file" : "[" + name.replaceAll("\\[[0-9]+]$", "") + "]")
                                + " may have " + String.join(", ", known));
            }
        }
    }

    /** Which of some was probably meant, as the end of a sentence. */
    private static String meant(String text, Iterable<String> some) {
        String best = null;
        int fewest = Math.min(TYPING_ERRORS, Math.max(1, text.length() / 2)) + 1;
        for (String each : some) {
            int distance = distance(text.toLowerCase(Locale.ROOT), each);
            if (distance < fewest) {
                fewest = distance;
                best = each;
            }
        }
        return best == null ? "" : ", did you mean \"" + best + "\"?";
    }

    /** Letters to add, leave out or change that make one of the other. */
    private static int distance(String one, String other) {
        int[] row = new int[other.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int change = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[other.length()];
    }
}

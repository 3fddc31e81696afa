package dev.capstan.gateway.console;

import dev.capstan.gateway.console.ConsoleApi.LimitRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The most that was seen of what has a limit, while somebody looked; and the limits beside it. */
final class Peaks {
    /** Fields of a record as its {@code toString} has them: a record of limits says all that there is to know about itself. */
    private static final Pattern FIELD = Pattern.compile("([A-Za-z0-9]+)=(?:[A-Za-z0-9]+(\\[)|([^,\\[\\]]*))|(])");

    private final Map<String, Double> most = new HashMap<>();

    void seen(String group, Ledger.Tables tables) {
        seen(group, "questions", tables.questions());
        seen(group, "answers", tables.answers());
        seen(group, "exports", tables.exports());
        seen(group, "imports", tables.imports());
        seen(group, "queuedBytes", (double) tables.queuedBytes());
    }

    void seen(String group, String name, double value) {
        most.merge(group + "." + name, value, Math::max);
    }

    /** Each limit in {@code limits}, a record of numbers, times and records of such. */
    List<LimitRow> rows(String group, Record limits) {
        List<LimitRow> rows = new ArrayList<>();
        List<String> around = new ArrayList<>();
        Matcher fields = FIELD.matcher(limits.toString());
        while (fields.find()) {
            if (fields.group(4) != null) {
                if (!around.isEmpty()) {
                    around.removeLast();
                }
            } else if (fields.group(2) != null) {
                around.add(fields.group(1));
            } else {
                rows.add(row(group, around, fields.group(1), fields.group(3)));
            }
        }
        return rows;
    }

    private LimitRow row(String group, List<String> around, String name, String text) {
        List<String> path = new ArrayList<>(around);
        path.add(name);
        Double value = number(text);
        return new LimitRow(
                group,
                String.join(".", path),
                value == null ? time(text) : text,
                value,
                value == null ? null : most.get(group + "." + name));
    }

    private static @Nullable Double number(String text) {
        try {
            return Double.valueOf(text);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** {@code PT1M30S} as {@code 1m 30s}. */
    private static String time(String text) {
        if (!text.startsWith("PT")) {
            return text;
        }
        Duration time = Duration.parse(text);
        return time.isZero()
                ? "0 s"
                : text.substring(2)
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("([hms])", " $1 ")
                        .strip();
    }
}

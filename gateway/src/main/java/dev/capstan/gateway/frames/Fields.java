package dev.capstan.gateway.frames;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The fields of a head of HTTP, in their order. */
final class Fields {
    private final List<Map.Entry<String, String>> all = new ArrayList<>();

    void add(String name, String value) {
        all.add(Map.entry(name.toLowerCase(Locale.ROOT), value));
    }

    /** The first of a name; empty if there is none. */
    String first(String name) {
        for (Map.Entry<String, String> each : all) {
            if (each.getKey().equals(name)) {
                return each.getValue();
            }
        }
        return "";
    }

    /** Whether a list of words, such as that of Connection, holds one. */
    boolean lists(String name, String word) {
        return all.stream()
                .filter(each -> each.getKey().equals(name))
                .flatMap(each -> List.of(each.getValue().split(",", -1)).stream())
                .anyMatch(each -> each.strip().equalsIgnoreCase(word));
    }

    /** All but those that are told elsewhere, without secrets. */
    String shown(Decoding decoding, String... elsewhere) {
        Text text = new Text(decoding.limits().texts());
        String between = "";
        for (Map.Entry<String, String> each : all) {
            String name = each.getKey();
            if (name.startsWith(":") || List.of(elsewhere).contains(name) || text.isFull()) {
                continue;
            }
            String value = decoding.secrets().hides(name)
                    ? Secrets.MARK
                    : decoding.secrets().url(each.getValue());
            text.put(between).plainly(name).put(": ").plainly(value);
            between = "; ";
        }
        return text.toString();
    }
}

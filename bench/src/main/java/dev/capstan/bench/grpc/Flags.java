package dev.capstan.bench.grpc;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Arguments as runners of the official tests give them: {@code --name=value}, {@code --name value}, or {@code --name} for true. */
final class Flags {
    private final Map<String, String> values = new HashMap<>();

    Flags(List<String> known, String... arguments) {
        String name = "";
        for (String each : arguments) {
            if (each.startsWith("--")) {
                int at = each.indexOf('=');
                name = at < 0 ? each : each.substring(0, at);
                if (!known.contains(name)) {
                    throw new IllegalArgumentException("there is no argument " + name + ", only " + known);
                }
                values.put(name, at < 0 ? "true" : each.substring(at + 1));
            } else if (values.replace(name, "true", each)) {
                name = "";
            } else {
                throw new IllegalArgumentException("'" + each + "' belongs to no argument");
            }
        }
    }

    String text(String name, String otherwise) {
        return values.getOrDefault(name, otherwise);
    }

    int number(String name, int otherwise) {
        return Integer.parseInt(text(name, "" + otherwise));
    }

    boolean is(String name) {
        return Boolean.parseBoolean(text(name, "false"));
    }
}

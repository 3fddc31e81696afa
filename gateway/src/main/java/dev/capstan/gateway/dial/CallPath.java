package dev.capstan.gateway.dial;

import dev.capstan.gateway.options.InputException;
import dev.capstan.gateway.options.Literal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A way through objects and results, as in {@code getNode().node.getNext().node.depth}, {@code list[0].name} or {@code authenticate("token").profile}. A value.
 *
 * @param steps names, indexes and calls; between names there may be a slash, too
 */
public record CallPath(List<Step> steps) {
    /** Words for what JSON has no numbers for, and for nothing. */
    private static final Set<String> NUMBERS = Set.of("NaN", "Infinity", "-Infinity", "undefined");

    /** A step. */
    public sealed interface Step {
        /**
         * A name.
         *
         * @param name of a member, or of a method that is called without arguments where there is one
         */
        record Name(String name) implements Step {}

        /**
         * An element of a list.
         *
         * @param at from 0
         */
        record Index(int at) implements Step {}

        /**
         * A call.
         *
         * @param method empty if what was reached before is called itself
         */
        record Call(String method, List<@Nullable Object> arguments) implements Step {}
    }

    public CallPath {
        steps = List.copyOf(steps);
    }

    /** What {@code text} says. @throws InputException if it is no path */
    public static CallPath parse(String text) throws InputException {
        List<Step> steps = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '(') {
                int end = closing(text, at);
                List<@Nullable Object> arguments = Literal.parseAll(text.substring(at + 1, end));
                String method = !steps.isEmpty() && steps.getLast() instanceof Step.Name(String name) ? name : "";
                if (!method.isEmpty()) {
                    steps.removeLast();
                }
                steps.add(new Step.Call(method, arguments));
                at = end + 1;
            } else if (c == '[') {
                int end = text.indexOf(']', at);
                steps.add(new Step.Index(index(text, end < 0 ? "" : text.substring(at + 1, end))));
                at = end + 1;
            } else {
                int from = (c == '.' || c == '/') && at > 0 ? at + 1 : at;
                at = from;
                while (at < text.length() && "./([".indexOf(text.charAt(at)) < 0) {
                    at++;
                }
                String name = text.substring(from, at).strip();
                if (!name.matches("[\\p{L}_$][\\p{L}\\p{N}_$-]*")) {
                    throw wrong(text);
                }
                steps.add(new Step.Name(name));
            }
        }
        return new CallPath(steps);
    }

    private static int index(String text, String digits) throws InputException {
        if (!digits.matches("[0-9]{1,9}")) {
            throw wrong(text);
        }
        return Integer.parseInt(digits);
    }

    private static InputException wrong(String text) {
        return new InputException("'" + text
                + "' is no path: write names with dots between, as in getNode().node.depth or list[0].name.");
    }

    private static int closing(String text, int from) throws InputException {
        int depth = 0;
        for (int at = from; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == '"' || c == '\'') {
                at++;
                while (at < text.length() && text.charAt(at) != c) {
                    at += text.charAt(at) == '\\' ? 2 : 1;
                }
            } else if ("([{".indexOf(c) >= 0) {
                depth++;
            } else if (")]}".indexOf(c) >= 0 && --depth == 0) {
                if (c != ')') {
                    throw wrong(text);
                }
                return at;
            }
        }
        throw new InputException("'" + text.substring(from) + "' has no closing bracket.");
    }

    /** The way to what the last step is about. */
    public CallPath parent() {
        return new CallPath(steps.subList(0, Math.max(0, steps.size() - 1)));
    }

    /**
     * The method at the end, which is to be called.
     *
     * @throws InputException if there is none
     */
    public String method() throws InputException {
        if (!steps.isEmpty()) {
            if (steps.getLast() instanceof Step.Name(String name)) {
                return name;
            }
            if (steps.getLast() instanceof Step.Call(String name, List<@Nullable Object> arguments)) {
                return name;
            }
        }
        throw new InputException("There is no method to call at the end of the path.");
    }

    /** The arguments of the call at the end; null if it is a bare name. */
    @Nullable
    public List<@Nullable Object> arguments() {
        return !steps.isEmpty() && steps.getLast() instanceof Step.Call(String name, List<@Nullable Object> arguments)
                ? arguments
                : null;
    }

    /**
     * Goes this way from {@code start}, which is borrowed; the caller owns the result.
     *
     * @param variables what bare words in arguments stand for; borrowed
     */
    public Ref from(Ref start, Map<String, Ref> variables) throws InputException {
        Ref here = start;
        for (Step each : steps) {
            Ref next;
            try {
                next = switch (each) {
                    case Step.Name(String name) -> here.get(name);
                    case Step.Index(int at) -> here.get(at);
                    case Step.Call(String method, List<@Nullable Object> arguments) ->
                        here.call(method, known(arguments, variables));
                };
            } finally {
                if (here != start) {
                    here.close();
                }
            }
            here = next;
        }
        return here;
    }

    private static List<@Nullable Object> known(List<?> values, Map<String, Ref> variables) throws InputException {
        List<@Nullable Object> made = new ArrayList<>();
        for (Object each : values) {
            made.add(known(each, variables));
        }
        return made;
    }

    private static @Nullable Object known(@Nullable Object value, Map<String, Ref> variables) throws InputException {
        return switch (value) {
            case Literal.Name(String name) -> {
                if (!NUMBERS.contains(name) && !variables.containsKey(name)) {
                    throw new InputException("There is no variable '" + name + "'. Write strings with quotes.");
                }
                yield variables.containsKey(name) ? variables.get(name) : value;
            }
            case List<?> list -> known(list, variables);
            case Map<?, ?> map -> {
                Map<Object, @Nullable Object> made = new LinkedHashMap<>();
                for (Map.Entry<?, ?> each : map.entrySet()) {
                    made.put(each.getKey(), known(each.getValue(), variables));
                }
                yield made;
            }
            case null, default -> value;
        };
    }
}

package dev.capstan.gateway;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A way through objects and results, as in {@code getNode().node.getNext().node.depth}, {@code list[0].name} or {@code authenticate("token").profile}. A value.
 *
 * @param steps names, indexes and calls
 */
record CallPath(List<Step> steps) {
    /** A step. */
    sealed interface Step {
        /** @param name of a member, or of a method that is called without arguments where there is one */
        record Name(String name) implements Step {}

        /** @param at from 0 */
        record Index(int at) implements Step {}

        /**
         * A call.
         *
         * @param method empty if what was reached before is called itself
         */
        record Call(String method, List<@Nullable Object> arguments) implements Step {}
    }

    CallPath {
        steps = List.copyOf(steps);
    }

    /** @throws InputException if it is no path */
    static CallPath parse(String text) throws InputException {
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
                int from = c == '.' && at > 0 ? at + 1 : at;
                at = from;
                while (at < text.length() && ".([".indexOf(text.charAt(at)) < 0) {
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
    CallPath parent() {
        return new CallPath(steps.subList(0, Math.max(0, steps.size() - 1)));
    }

    /**
     * The method at the end, which is to be called.
     *
     * @throws InputException if there is none
     */
    String method() throws InputException {
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
    List<@Nullable Object> arguments() {
        return !steps.isEmpty() && steps.getLast() instanceof Step.Call(String name, List<@Nullable Object> arguments)
                ? arguments
                : null;
    }

    /** Goes this way from {@code start}, which is borrowed; the caller owns the result. {@code known} is what bare words in arguments stand for. */
    Ref from(Ref start, Function<Object, @Nullable Object> known) throws InputException {
        Ref here = start;
        for (Step each : steps) {
            Ref next;
            try {
                next = switch (each) {
                    case Step.Name(String name) -> here.get(name);
                    case Step.Index(int at) -> here.get(at);
                    case Step.Call(String method, List<@Nullable Object> arguments) ->
                        here.call(
                                method,
                                arguments.stream()
                                        .map(a -> a == null ? null : known.apply(a))
                                        .toList());
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
}

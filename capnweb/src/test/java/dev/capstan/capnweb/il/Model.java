package dev.capstan.capnweb.il;

import dev.capstan.capnweb.JsValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What programs mean, said as simply as can be: everything is there at once, numbers are doubles, and whatever is wrong is an exception. Capture 0 is the server's object. */
final class Model {
    static final Object API = new Object();

    /** The program fails. */
    static final class Fails extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private static final class Counter {
        private double count;
    }

    static @Nullable Object run(@Nullable Object code) {
        return new Model().eval(code, new HashMap<>());
    }

    @Nullable
    Object eval(@Nullable Object code, Map<String, @Nullable Object> names) {
        return switch (code) {
            case List<?> op -> operation((String) op.getFirst(), op, names);
            case Map<?, ?> members -> {
                Map<Object, @Nullable Object> record = new LinkedHashMap<>();
                members.forEach((name, member) -> record.put(name, eval(member, names)));
                yield record;
            }
            case Number n -> n.doubleValue();
            case null, default -> code;
        };
    }

    private @Nullable Object operation(String tag, List<?> op, Map<String, @Nullable Object> names) {
        switch (tag) {
            case "literal" -> {
                return op.get(1);
            }
            case "capture" -> {
                return API;
            }
            case "var" -> {
                return names.get(op.get(1));
            }
            case "let" -> {
                Map<String, @Nullable Object> inner = new HashMap<>(names);
                for (Object each : (List<?>) op.get(1)) {
                    List<?> pair = (List<?>) each;
                    inner.put((String) pair.get(0), eval(pair.get(1), inner));
                }
                return eval(op.get(2), inner);
            }
            case "if" -> {
                return truth(eval(op.get(1), names)) ? eval(op.get(2), names) : eval(op.get(3), names);
            }
            case "and" -> {
                return truth(eval(op.get(1), names)) && truth(eval(op.get(2), names));
            }
            case "or" -> {
                return truth(eval(op.get(1), names)) || truth(eval(op.get(2), names));
            }
            case "for" -> {
                return loop(op, names);
            }
            case "while" -> {
                return bounded(op, names);
            }
            default -> {
                List<@Nullable Object> operands = new ArrayList<>();
                for (int i = 1; i < op.size(); i++) {
                    operands.add(tag.equals("call") && i == 2 ? op.get(i) : eval(op.get(i), names));
                }
                return apply(tag, operands);
            }
        }
    }

    private List<?> loop(List<?> op, Map<String, @Nullable Object> names) {
        List<@Nullable Object> results = new ArrayList<>();
        for (Object element : list(eval(op.get(2), names))) {
            Map<String, @Nullable Object> inner = new HashMap<>(names);
            inner.put((String) op.get(1), element);
            if (op.size() < 5 || truth(eval(op.get(4), inner))) {
                results.add(eval(op.get(3), inner));
            }
        }
        return results;
    }

    private @Nullable Object bounded(List<?> op, Map<String, @Nullable Object> names) {
        Map<String, @Nullable Object> inner = new HashMap<>(names);
        List<String> own = new ArrayList<>();
        for (Object each : (List<?>) op.get(1)) {
            List<?> pair = (List<?>) each;
            own.add((String) pair.get(0));
            inner.put((String) pair.get(0), eval(pair.get(1), inner));
        }
        while (truth(eval(op.get(2), inner))) {
            List<?> next = list(eval(op.get(3), inner));
            for (int i = 0; i < own.size(); i++) {
                inner.put(own.get(i), next.get(i));
            }
        }
        return eval(op.get(4), inner);
    }

    private @Nullable Object apply(String tag, List<@Nullable Object> operands) {
        return switch (tag) {
            case "list" -> operands;
            case "do" -> operands.getLast();
            case "not" -> !truth(operands.getFirst());
            case "neg" -> -number(operands.getFirst());
            case "fail" -> throw new Fails();
            case "size" ->
                (double)
                        switch (operands.getFirst()) {
                            case List<?> list -> list.size();
                            case Map<?, ?> map -> map.size();
                            case String text -> text.length();
                            case null, default -> throw new Fails();
                        };
            case "concat" -> {
                List<@Nullable Object> all = new ArrayList<>();
                operands.forEach(each -> all.addAll(list(each)));
                yield all;
            }
            case "get" -> get(operands);
            case "call" -> call(operands);
            default -> two(tag, operands.get(0), operands.get(1));
        };
    }

    private static @Nullable Object get(List<@Nullable Object> operands) {
        Object at = operands.getFirst();
        for (Object step : operands.subList(1, operands.size())) {
            if (!(step instanceof String) && !(step instanceof Double n && n >= 0 && n == Math.rint(n))) {
                throw new Fails();
            }
            at = switch (at) {
                case Map<?, ?> map
                when step instanceof String -> map.containsKey(step) ? map.get(step) : JsValue.UNDEFINED;
                case List<?> list
                when step instanceof Double n -> n < list.size() ? list.get(n.intValue()) : JsValue.UNDEFINED;
                case Counter counter when step.equals("value") -> counter.count;
                case null -> throw new Fails();
                case JsValue none -> throw new Fails();
                default -> JsValue.UNDEFINED;
            };
        }
        return at;
    }

    private static @Nullable Object call(List<@Nullable Object> operands) {
        Object target = operands.getFirst();
        String name = (String) operands.get(1);
        if (target == API) {
            return switch (name) {
                case "echo", "soon" -> operands.get(2);
                case "count" -> new Counter();
                default -> throw new Fails();
            };
        }
        if (target instanceof Counter counter && "increment".equals(name)) {
            return ++counter.count;
        }
        throw new Fails();
    }

    private static @Nullable Object two(String tag, @Nullable Object a, @Nullable Object b) {
        if (a instanceof String m && b instanceof String n) {
            return switch (tag) {
                case "+" -> m + n;
                case "==" -> m.equals(n);
                case "!=" -> !m.equals(n);
                case "<" -> m.compareTo(n) < 0;
                case "<=" -> m.compareTo(n) <= 0;
                case ">" -> m.compareTo(n) > 0;
                case ">=" -> m.compareTo(n) >= 0;
                default -> throw new Fails();
            };
        }
        if (tag.equals("==") || tag.equals("!=")) {
            boolean nothing = a == null || b == null || a instanceof JsValue || b instanceof JsValue;
            if (!nothing && (!isScalar(a) || !isScalar(b))) {
                throw new Fails();
            }
            boolean equal = nothing
                    ? a == b
                    : a instanceof Double m && b instanceof Double n ? m.doubleValue() == n : a.equals(b);
            return equal == tag.equals("==");
        }
        double m = number(a);
        double n = number(b);
        return switch (tag) {
            case "+" -> m + n;
            case "-" -> m - n;
            case "*" -> m * n;
            case "/" -> m / n;
            case "%" -> m % n;
            case "<" -> m < n;
            case "<=" -> m <= n;
            case ">" -> m > n;
            case ">=" -> m >= n;
            default -> throw new Fails();
        };
    }

    private static boolean isScalar(Object value) {
        return value instanceof Double || value instanceof Boolean || value instanceof String;
    }

    private static boolean truth(@Nullable Object value) {
        if (value instanceof Boolean truth) {
            return truth;
        }
        throw new Fails();
    }

    private static double number(@Nullable Object value) {
        if (value instanceof Double n) {
            return n;
        }
        throw new Fails();
    }

    private static List<?> list(@Nullable Object value) {
        if (value instanceof List<?> list) {
            return list;
        }
        throw new Fails();
    }
}

package dev.capstan.capnweb;

import dev.capstan.cap.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes values from expressions: JSON where an array stands for something else unless it is the only element of another (protocol.md,
 * "Expressions").
 *
 * <p>Nothing in the tree is changed, and what needs no change is not copied: a plain object of plain values is its own value. A fault
 * is a {@link WebException} with its path; what the session was told of until then, it has to give back itself ({@link #introductions}).
 *
 * <p>As lenient as TypeScript where senders were seen to differ (operands too many, bigints in other forms, padded base64), with these
 * exceptions: what is not base64 at all is refused, and ids have to be integers.
 */
final class Decoder {
    private final Limits limits;
    private final Incoming incoming;
    private final WebTypes webTypes;

    Decoder(Limits limits, Incoming incoming) {
        this.limits = limits;
        this.incoming = incoming;
        this.webTypes = new WebTypes(this);
    }

    /** The value of one expression. */
    @Nullable
    Object value(@Nullable Object tree) {
        return value(tree, 0);
    }

    /** Tells the id of each {@code export}, {@code promise}, {@code writable} and {@code readable} in a tree, without decoding it. */
    static void introductions(@Nullable Object tree, LongConsumer consumer) {
        new Introductions(consumer).expression(tree);
    }

    @Nullable
    Object value(@Nullable Object tree, int depth) {
        if (depth >= limits.depth()) {
            throw WebException.of("values nest deeper than the limit of " + limits.depth());
        }
        return switch (tree) {
            case List<?> list ->
                list.size() == 1 && list.getFirst() instanceof List<?> literal
                        ? elements(literal, depth)
                        : special(list, depth);
            case Map<?, ?> map -> object(map, depth);
            case byte[] text -> Base64Text.text(text);
            case null, default -> tree;
        };
    }

    /** Expressions in brackets that stand for themselves: the elements of an array, the arguments of a call. */
    private List<@Nullable Object> elements(List<?> list, int depth) {
        List<@Nullable Object> changed = null;
        for (int i = 0; i < list.size(); i++) {
            Object element = list.get(i);
            Object value;
            try {
                value = value(element, depth + 1);
            } catch (WebException e) {
                throw e.in(i);
            }
            if (changed == null && value != element) {
                changed = new ArrayList<>(list.size());
                changed.addAll(list.subList(0, i));
            }
            if (changed != null) {
                changed.add(value);
            }
        }
        return changed == null ? unchanged(list) : changed;
    }

    private Map<String, @Nullable Object> object(Map<?, ?> map, int depth) {
        Map<String, @Nullable Object> changed = null;
        int position = 0;
        for (Map.Entry<?, ?> member : map.entrySet()) {
            String name = (String) member.getKey();
            Object value = member(name, member.getValue(), depth);
            boolean blocked = Tree.isBlocked(name);
            if (changed == null && (blocked || value != member.getValue())) {
                changed = firstOf(map, position);
            }
            if (blocked) {
                incoming.dropped(value);
            } else if (changed != null) {
                changed.put(name, value);
            }
            position++;
        }
        return changed == null ? unchanged(map) : changed;
    }

    @Nullable
    Object member(String name, @Nullable Object tree, int depth) {
        try {
            return value(tree, depth + 1);
        } catch (WebException e) {
            throw e.in(name);
        }
    }

    private static Map<String, @Nullable Object> firstOf(Map<?, ?> map, int count) {
        Map<String, @Nullable Object> first = LinkedHashMap.newLinkedHashMap(map.size());
        int left = count;
        for (Map.Entry<?, ?> member : map.entrySet()) {
            if (left-- == 0) {
                break;
            }
            first.put((String) member.getKey(), member.getValue());
        }
        return first;
    }

    /** The parser makes lists of anything and maps with names of anything, and nothing else. */
    @SuppressWarnings("unchecked")
    private static List<@Nullable Object> unchanged(List<?> list) {
        return (List<@Nullable Object>) list;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, @Nullable Object> unchanged(Map<?, ?> map) {
        return (Map<String, @Nullable Object>) map;
    }

    private @Nullable Object special(List<?> list, int depth) {
        if (list.isEmpty() || !(list.getFirst() instanceof String tag)) {
            throw bad(list, "an array as a value is written with another pair of brackets around it");
        }
        return switch (tag) {
            case "undefined", "inf", "-inf", "nan", "bigint", "date", "bytes" -> Scalars.value(tag, list, limits);
            case "error" -> error(list, depth);
            case "url", "headers", "request", "response" -> webTypes.value(tag, list, depth);
            case "blob" -> blob(list, depth);
            case "export" -> incoming.export(id(list));
            case "promise" -> incoming.promise(id(list));
            case "writable" -> incoming.writable(id(list));
            case "readable" -> incoming.readable(id(list));
            case "import", "pipeline" -> reference(tag, list, depth);
            case "remap" -> remap(list);
            default -> throw bad(list, "nothing begins like that");
        };
    }

    private JsError error(List<?> list, int depth) {
        String name = list.size() < 3 ? null : Tree.text(list.get(1));
        String message = list.size() < 3 ? null : Tree.text(list.get(2));
        if (name == null || message == null) {
            throw bad(list, "an error has a name and a message");
        }
        String stack = list.size() < 4 ? null : Tree.text(list.get(3));
        if (list.size() < 5) {
            return new JsError(name, message, stack, Map.of());
        }
        if (!(list.get(4) instanceof Map<?, ?> members)) {
            throw bad(list, "the properties of an error are an object");
        }
        Map<String, @Nullable Object> props = LinkedHashMap.newLinkedHashMap(members.size());
        for (Map.Entry<?, ?> member : members.entrySet()) {
            String key = (String) member.getKey();
            Object value = member(key, member.getValue(), depth);
            if (Tree.isBlocked(key) || Tree.isOfErrors(key)) {
                incoming.dropped(value);
            } else {
                props.put(key, value);
            }
        }
        return new JsError(name, message, stack, props);
    }

    private Object blob(List<?> list, int depth) {
        String type = list.size() == 3 ? Tree.text(list.get(1)) : null;
        if (type == null) {
            throw bad(list, "a blob has a type and a stream");
        }
        Object content = operand(list, 2, depth);
        if (!(content instanceof Readable)) {
            incoming.dropped(content);
            throw bad(list, "the content of a blob is a stream that is read from");
        }
        return incoming.blob(type, content);
    }

    private Object reference(String tag, List<?> list, int depth) {
        long id = id(list);
        if (list.size() > 4) {
            throw bad(list, "there is nothing behind the arguments");
        }
        Path.Names path = list.size() < 3 ? Path.Names.NONE : path(list, list.get(2));
        List<@Nullable Object> args = null;
        if (list.size() == 4) {
            if (!(list.get(3) instanceof List<?> expressions)) {
                throw bad(list, "arguments are an array");
            }
            try {
                args = elements(expressions, depth);
            } catch (WebException e) {
                throw e.in(3);
            }
        }
        return tag.equals("import") ? incoming.imported(id, path, args) : incoming.pipelined(id, path, args);
    }

    private Object remap(List<?> list) {
        if (list.size() != 5
                || !(list.get(3) instanceof List<?> captures)
                || !(list.get(4) instanceof List<?> instructions)) {
            throw bad(list, "a map has a subject, a path, captures and instructions");
        }
        long id = id(list);
        Path.Names path = path(list, list.get(2));
        for (Object capture : captures) {
            if (!(capture instanceof List<?> pair)
                    || pair.size() != 2
                    || !("import".equals(pair.get(0)) || "export".equals(pair.get(0)))
                    || Tree.integer(pair.get(1)) == null) {
                throw bad(list, Tree.excerpt(capture) + " is nothing that can be captured: imports and exports are");
            }
        }
        return incoming.remap(id, path, unchanged(captures), unchanged(instructions));
    }

    /** Numbers that are no index of an array are names of members, as for JavaScript: they are there, or they are not. */
    private static Path.Names path(List<?> list, @Nullable Object tree) {
        if (!(tree instanceof List<?> written)) {
            throw bad(list, "a path is an array");
        }
        if (written.isEmpty()) {
            return Path.Names.NONE;
        }
        List<Object> steps = new ArrayList<>(written.size());
        for (Object step : written) {
            String name = Tree.text(step);
            if (name != null) {
                steps.add(name);
            } else if (step instanceof Number n) {
                steps.add(step(n));
            } else {
                throw bad(list, "a path has names and numbers");
            }
        }
        return new Path.Names(steps);
    }

    private static Object step(Number n) {
        Long index = Tree.integer(n);
        if (index != null && index >= 0 && index <= Integer.MAX_VALUE) {
            return index.intValue();
        }
        return Scalars.text(n);
    }

    /** The value of an operand that is an expression. */
    @Nullable
    Object operand(List<?> list, int index, int depth) {
        try {
            return value(list.get(index), depth + 1);
        } catch (WebException e) {
            throw e.in(index);
        }
    }

    void dropped(@Nullable Object value) {
        incoming.dropped(value);
    }

    private static long id(List<?> list) {
        Long id = list.size() < 2 ? null : Tree.integer(list.get(1));
        if (id == null) {
            throw bad(list, "an id is an integer");
        }
        return id;
    }

    static WebException bad(List<?> list, String rule) {
        return WebException.of("unknown special value: " + Tree.excerpt(list) + ": " + rule);
    }
}

package dev.capstan.capnweb;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The JSON tree that {@link Json} makes: {@link ArrayList}, {@link LinkedHashMap}, {@link String}, {@link Long}, {@link Double},
 * {@link Boolean}, null; and {@code byte[]}, which is a string, too.
 *
 * <p>Whether {@code "AQID"} in {@code ["bytes","AQID"]} is base64 depends on what stands around it: it may just as well be the second name of
 * a path, or an element of an escaped array. So the parser, which turns it into bytes to spare the string, does that only where the bytes
 * tell exactly how they were spelled, and {@link #text} brings the string back.
 */
final class Tree {
    /**
     * Members that JavaScript's {@code Object.prototype} has, and {@code toJSON}. TypeScript peers ignore them in objects that they receive,
     * so that nobody overrides what every object has; the two sides have to agree on what an object holds.
     */
    private static final Set<String> BLOCKED = Set.of(
            "__defineGetter__",
            "__defineSetter__",
            "__lookupGetter__",
            "__lookupSetter__",
            "__proto__",
            "constructor",
            "hasOwnProperty",
            "isPrototypeOf",
            "propertyIsEnumerable",
            "toJSON",
            "toLocaleString",
            "toString",
            "valueOf");

    private static final Set<String> OF_ERRORS = Set.of("name", "message", "stack");

    private static final int EXCERPT = 60;

    private Tree() {}

    static boolean isBlocked(String name) {
        return BLOCKED.contains(name);
    }

    /** Whether errors have the member anyway, so that it is no property to be sent. */
    static boolean isOfErrors(String name) {
        return OF_ERRORS.contains(name);
    }

    /** The string that a node is; null if it is none. */
    static @Nullable String text(@Nullable Object node) {
        return switch (node) {
            case String text -> text;
            case byte[] bytes -> Base64Text.text(bytes);
            case null, default -> null;
        };
    }

    /** The integer that a node is, however it was spelled, as long as JavaScript can tell it from its neighbours; null if it is none. */
    static @Nullable Long integer(@Nullable Object node) {
        return switch (node) {
            case Long n -> n;
            case Double n when n == Math.rint(n) && Math.abs(n) <= 1L << 53 -> n.longValue();
            case null, default -> null;
        };
    }

    /** A node with all its strings, as what is no expression holds them. */
    static @Nullable Object plain(@Nullable Object node) {
        return switch (node) {
            case byte[] bytes -> Base64Text.text(bytes);
            case List<?> list -> {
                List<@Nullable Object> plain = new ArrayList<>(list.size());
                for (Object element : list) {
                    plain.add(plain(element));
                }
                yield plain;
            }
            case Map<?, ?> map -> {
                Map<String, @Nullable Object> plain = LinkedHashMap.newLinkedHashMap(map.size());
                for (Map.Entry<?, ?> member : map.entrySet()) {
                    plain.put((String) member.getKey(), plain(member.getValue()));
                }
                yield plain;
            }
            case null, default -> node;
        };
    }

    /** How many nodes a tree has. */
    static int size(@Nullable Object node) {
        int size = 1;
        if (node instanceof List<?> list) {
            for (Object element : list) {
                size += size(element);
            }
        } else if (node instanceof Map<?, ?> map) {
            for (Object element : map.values()) {
                size += size(element);
            }
        }
        return size;
    }

    /** The beginning of a node as JSON, for the text of an error. Looks at no more than it shows. */
    static String excerpt(@Nullable Object node) {
        StringBuilder out = new StringBuilder();
        excerpt(node, out);
        if (out.length() > EXCERPT) {
            out.setLength(EXCERPT);
            out.append('\u2026');
        }
        return out.toString();
    }

    /** The beginning of a text, without quotes. */
    static String excerpt(String text) {
        return text.length() > EXCERPT ? text.substring(0, EXCERPT) + "\u2026" : text;
    }

    private static void excerpt(@Nullable Object node, StringBuilder out) {
        switch (node) {
            case List<?> list -> {
                char before = '[';
                for (int i = 0; i < list.size() && out.length() <= EXCERPT; i++) {
                    excerpt(list.get(i), out.append(before));
                    before = ',';
                }
                out.append(list.isEmpty() ? "[]" : "]");
            }
            case Map<?, ?> map -> out.append(map.isEmpty() ? "{}" : "{\u2026}");
            case String text -> out.append('"').append(excerpt(text)).append('"');
            case byte[] bytes -> out.append(bytes.length).append(" bytes in base64");
            case null, default -> out.append(node);
        }
    }
}

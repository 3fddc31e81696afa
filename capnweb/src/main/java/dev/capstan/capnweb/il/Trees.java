package dev.capstan.capnweb.il;

import dev.capstan.capnweb.JsError;
import dev.capstan.capnweb.WebRequest;
import dev.capstan.capnweb.WebResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What goes through trees of values; nobody calls it for trees that are not known to be bounded. */
final class Trees {
    private Trees() {}

    /** {@code tree} with other leaves; what does not change is not copied. */
    static @Nullable Object replaced(@Nullable Object tree, UnaryOperator<@Nullable Object> leaves) {
        return switch (tree) {
            case List<?> list -> {
                List<@Nullable Object> copy = null;
                int index = 0;
                for (Object element : list) {
                    Object value = replaced(element, leaves);
                    if (copy == null && value != element) {
                        copy = new ArrayList<>(list);
                    }
                    if (copy != null) {
                        copy.set(index, value);
                    }
                    index++;
                }
                yield copy == null ? list : copy;
            }
            case Map<?, ?> map -> members(map, leaves);
            case JsError error -> {
                Map<String, @Nullable Object> props = members(error.props(), leaves);
                yield props == error.props() ? error : new JsError(error.name(), error.message(), error.stack(), props);
            }
            case null, default -> leaves.apply(tree);
        };
    }

    @SuppressWarnings("unchecked") // records have names for their members
    private static Map<String, @Nullable Object> members(Map<?, ?> map, UnaryOperator<@Nullable Object> leaves) {
        Map<String, @Nullable Object> copy = null;
        for (Map.Entry<?, ?> member : map.entrySet()) {
            Object value = replaced(member.getValue(), leaves);
            if (copy == null && value != member.getValue()) {
                copy = new LinkedHashMap<>((Map<String, @Nullable Object>) map);
            }
            if (copy != null) {
                copy.put((String) member.getKey(), value);
            }
        }
        return copy == null ? (Map<String, @Nullable Object>) map : copy;
    }

    /** Adds what has to be closed of a value that was received. */
    static void owned(@Nullable Object tree, List<AutoCloseable> found) {
        switch (tree) {
            case List<?> list -> list.forEach(each -> owned(each, found));
            case Map<?, ?> map -> map.values().forEach(each -> owned(each, found));
            case JsError error -> owned(error.props(), found);
            case WebRequest request -> owned(request.body(), found);
            case WebResponse response -> owned(response.body(), found);
            case AutoCloseable one -> found.add(one);
            case null, default -> {}
        }
    }

    static void close(List<AutoCloseable> all) {
        for (AutoCloseable each : all) {
            try {
                each.close();
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException("closing a part of a value failed", e);
            }
        }
    }
}

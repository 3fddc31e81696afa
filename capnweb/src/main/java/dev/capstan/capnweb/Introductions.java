package dev.capstan.capnweb;

import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds the ids that a tree introduces, negative ones as all are and those of pipes, where a {@link Decoder} would find them and nowhere else: {@code ["export",-1]} in an escaped
 * array is a text and a number. Overlooks whatever is wrong.
 */
final class Introductions {
    private final LongConsumer consumer;

    Introductions(LongConsumer consumer) {
        this.consumer = consumer;
    }

    void expression(@Nullable Object tree) {
        if (tree instanceof Map<?, ?> map) {
            map.values().forEach(this::expression);
        } else if (tree instanceof List<?> list && !list.isEmpty()) {
            if (list.size() == 1 && list.getFirst() instanceof List<?> literal) {
                literal.forEach(this::expression);
            } else if (list.getFirst() instanceof String tag) {
                special(tag, list);
            }
        }
    }

    private void special(String tag, List<?> list) {
        switch (tag) {
            case "export", "promise", "writable", "readable" -> {
                Long id = Tree.integer(operand(list, 1));
                if (id != null) {
                    consumer.accept(id);
                }
            }
            case "import", "pipeline" -> {
                if (operand(list, 3) instanceof List<?> arguments) {
                    arguments.forEach(this::expression);
                }
            }
            case "remap" -> {
                if (operand(list, 3) instanceof List<?> captures) {
                    captures.forEach(this::expression);
                }
            }
            case "error" -> {
                if (operand(list, 4) instanceof Map<?, ?> props) {
                    expression(props);
                }
            }
            case "request" -> {
                if (operand(list, 2) instanceof Map<?, ?> init) {
                    expression(init.get("body"));
                }
            }
            case "response" -> expression(operand(list, 1));
            case "blob" -> expression(operand(list, 2));
            default -> {
                // Nothing else holds expressions.
            }
        }
    }

    private static @Nullable Object operand(List<?> list, int index) {
        return index < list.size() ? list.get(index) : null;
    }
}

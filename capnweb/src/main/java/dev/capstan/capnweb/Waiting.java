package dev.capstan.capnweb;

import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Values with parts that are not there yet: when all are, each takes its place. */
final class Waiting {
    private Waiting() {}

    /** Whether a part of {@code value} is a {@link PromisedValue}. */
    static boolean isIn(@Nullable Object value) {
        return switch (value) {
            case PromisedValue deferred -> true;
            case List<?> list -> isInAny(list);
            case Map<?, ?> map -> !map.isEmpty() && isInAny(map.values());
            case JsError error -> isIn(error.props());
            case null, default -> false;
        };
    }

    private static boolean isInAny(Iterable<?> values) {
        for (Object each : values) {
            if (isIn(each)) {
                return true;
            }
        }
        return false;
    }

    /**
     * The value when all of it is there, parts of parts too. Takes ownership; fails, and closes the rest, if a part fails.
     *
     * @param most of how many values it may be made then; a part counts as often as it is there
     */
    static Promise<WebPayload> of(Loop loop, @Nullable Object value, int most) {
        Promise<WebPayload> parts = parts(value, most);
        Completer<WebPayload> whole = new Completer<>(loop);
        Promise.Cancelable[] wait = {parts::cancel};
        whole.onAwaited(() -> wait[0] = parts.listen(loop, (payload, failure) -> {
            if (payload == null) {
                whole.fail(failure == null ? Failure.failed("no value") : failure);
            } else if (isIn(payload.value())) {
                whole.follow(of(loop, payload.take(), most));
            } else {
                whole.complete(payload);
            }
        }));
        whole.onCancel(() -> wait[0].cancel());
        return whole.promise();
    }

    private static Promise<WebPayload> parts(@Nullable Object value, int most) {
        List<PromisedValue> parts = new ArrayList<>();
        visit(value, parts::add);
        List<Promise<PromisedValue.Settled>> promises = new ArrayList<>();
        for (PromisedValue part : parts) {
            promises.add(part.value());
        }
        Rest rest = new Rest(value);
        return Promise.all(promises)
                .convert(settled -> {
                    IdentityHashMap<PromisedValue, PromisedValue.Settled> values = new IdentityHashMap<>();
                    for (int i = 0; i < parts.size(); i++) {
                        values.put(parts.get(i), settled.get(i));
                    }
                    checkSize(rest.value, settled, most);
                    parts.forEach(PromisedValue::close);
                    return WebPayload.holding(rest.take(values));
                })
                .attach(rest);
    }

    /** Results in results in results are short messages, and may be more than fits into memory. */
    private static void checkSize(@Nullable Object rest, List<PromisedValue.Settled> parts, int most) {
        long size = Values.size(rest, most + (long) parts.size()) - parts.size();
        for (PromisedValue.Settled part : parts) {
            if (size <= most) {
                size += Values.size(part.value(), most - size);
            }
        }
        if (size > most) {
            parts.forEach(PromisedValue.Settled::close);
            throw Failure.overloaded("a value with the results that it names is made of more than " + most
                    + " values (Limits.values): name less of them at a time");
        }
    }

    /** What is closed when the value does not come about. */
    private static final class Rest implements AutoCloseable {
        private @Nullable Object value;

        Rest(@Nullable Object value) {
            this.value = value;
        }

        @Nullable
        Object take(IdentityHashMap<PromisedValue, PromisedValue.Settled> values) {
            Object whole = replaced(value, values);
            value = null;
            return whole;
        }

        @Override
        public void close() {
            Object left = value;
            value = null;
            Values.close(Values.owned(left));
        }
    }

    /** Shows {@code found} each part that is not there yet. */
    static void visit(@Nullable Object value, Consumer<PromisedValue> found) {
        switch (value) {
            case PromisedValue deferred -> found.accept(deferred);
            case List<?> list -> list.forEach(element -> visit(element, found));
            case Map<?, ?> map -> map.values().forEach(element -> visit(element, found));
            case JsError error -> visit(error.props(), found);
            case null, default -> {}
        }
    }

    private static @Nullable Object replaced(
            @Nullable Object value, IdentityHashMap<PromisedValue, PromisedValue.Settled> values) {
        return switch (value) {
            case PromisedValue deferred -> {
                PromisedValue.Settled settled = values.get(deferred);
                if (settled == null) {
                    throw new AssertionError("a part of the value was not waited for");
                }
                yield settled.value();
            }
            case List<?> list -> {
                List<@Nullable Object> copy = new ArrayList<>(list.size());
                list.forEach(element -> copy.add(replaced(element, values)));
                yield copy;
            }
            case Map<?, ?> map -> replacedAll(map, values);
            case JsError error ->
                new JsError(error.name(), error.message(), error.stack(), replacedAll(error.props(), values));
            case null, default -> value;
        };
    }

    private static Map<String, @Nullable Object> replacedAll(
            Map<?, ?> map, IdentityHashMap<PromisedValue, PromisedValue.Settled> values) {
        Map<String, @Nullable Object> copy = LinkedHashMap.newLinkedHashMap(map.size());
        map.forEach((key, element) -> copy.put((String) key, replaced(element, values)));
        return copy;
    }
}

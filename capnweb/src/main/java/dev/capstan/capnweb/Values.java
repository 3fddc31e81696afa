package dev.capstan.capnweb;

import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Passage;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Going through trees of values: to what they own, to shared copies of them, and to what lies at a path. */
final class Values {
    /** More than any message may nest, and little enough for the stack. */
    private static final int MAX_DEPTH = 1000;

    /** More than a value can nest whose parts were let in, each by itself: beyond this it contains itself. */
    private static final int ENDLESS_DEPTH = 2 * MAX_DEPTH;

    private Values() {}

    /** What must be closed of a value, each as often as it is there; if the value is refused, all of that is closed. */
    static List<AutoCloseable> owned(@Nullable Object value) {
        if (!isContainer(value)) {
            return value instanceof AutoCloseable one ? List.of(one) : List.of();
        }
        List<AutoCloseable> found = new ArrayList<>(0);
        int deepest = collect(value, found, 0);
        if (deepest > MAX_DEPTH) {
            close(found);
            throw WebException.of("The value nests more than " + MAX_DEPTH
                    + " levels deep, or contains itself; send what is inside by itself.");
        }
        return found.isEmpty() ? List.of() : found;
    }

    /** How many values a value is made of, itself among them, each as often as it is there; something greater than {@code most} if there are more. */
    static long size(@Nullable Object value, long most) {
        return switch (value) {
            case List<?> list -> sizeOfAll(list, most);
            case Map<?, ?> map -> sizeOfAll(map.values(), most);
            case JsError error -> sizeOfAll(error.props().values(), most);
            case WebRequest request -> 1 + size(request.body(), most - 1);
            case WebResponse response -> 1 + size(response.body(), most - 1);
            case null, default -> 1;
        };
    }

    private static long sizeOfAll(Iterable<?> values, long most) {
        long size = 1;
        for (Object each : values) {
            if (size > most) {
                break;
            }
            size += size(each, most - size);
        }
        return size;
    }

    private static boolean isContainer(@Nullable Object value) {
        return value instanceof List
                || value instanceof Map
                || value instanceof JsError
                || value instanceof WebRequest
                || value instanceof WebResponse;
    }

    /** Returns how deep the value nests; or more than it may, before all was found, if it contains itself. */
    private static int collect(@Nullable Object value, List<AutoCloseable> found, int depth) {
        if (depth > ENDLESS_DEPTH) {
            return depth;
        }
        return switch (value) {
            case List<?> list -> collectAll(list, found, depth);
            case Map<?, ?> map -> collectAll(map.values(), found, depth);
            case JsError error -> collectAll(error.props().values(), found, depth + 1);
            case WebRequest request -> collect(request.body(), found, depth + 1);
            case WebResponse response -> collect(response.body(), found, depth + 1);
            case AutoCloseable one -> {
                found.add(one);
                yield depth;
            }
            case null, default -> depth;
        };
    }

    private static int collectAll(Iterable<?> values, List<AutoCloseable> found, int depth) {
        int deepest = depth;
        for (Object each : values) {
            deepest = Math.max(deepest, collect(each, found, depth + 1));
            if (deepest > ENDLESS_DEPTH) {
                break;
            }
        }
        return deepest;
    }

    static void close(List<AutoCloseable> all) {
        if (all.isEmpty()) {
            return;
        }
        for (AutoCloseable each : all) {
            try {
                each.close();
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException("closing a part of a payload failed", e);
            }
        }
    }

    /** The same value with references of its own. What does not change is not copied. */
    static @Nullable Object share(@Nullable Object value) {
        return share(value, UnaryOperator.identity());
    }

    /** As {@link #share(Object)}, with what {@code passing} makes of each capability in its place; it takes ownership, and gives it. Streams pass as {@link Passage} says. */
    static @Nullable Object share(@Nullable Object value, UnaryOperator<Cap> passing) {
        return switch (value) {
            case List<?> list -> {
                List<@Nullable Object> copy = null;
                int index = 0;
                for (Object element : list) {
                    Object shared = share(element, passing);
                    if (copy == null && shared != element) {
                        copy = new ArrayList<>(list);
                    }
                    if (copy != null) {
                        copy.set(index, shared);
                    }
                    index++;
                }
                yield copy == null ? list : copy;
            }
            case Map<?, ?> map -> shareAll(map, passing);
            case JsError error -> {
                Map<String, @Nullable Object> props = shareAll(error.props(), passing);
                yield props == error.props() ? error : new JsError(error.name(), error.message(), error.stack(), props);
            }
            case Cap cap -> passing.apply(cap.share());
            case PromisedValue(Cap cap) -> new PromisedValue(passing.apply(cap.share()));
            case Readable stream ->
                passing instanceof Passage passage ? PassedSource.of(stream, passage) : stream.share();
            case Writable stream ->
                passing instanceof Passage passage ? PassedSink.of(stream, passage) : stream.share();
            case WebRequest request -> {
                Object body = share(request.body(), passing);
                yield body == request.body()
                        ? request
                        : new WebRequest(request.url(), request.method(), request.headers(), body, request.init());
            }
            case WebResponse response -> {
                Object body = share(response.body(), passing);
                yield body == response.body()
                        ? response
                        : new WebResponse(
                                response.status(), response.statusText(), response.headers(), body, response.init());
            }
            case null, default -> value;
        };
    }

    @SuppressWarnings("unchecked") // objects have names for their members
    private static Map<String, @Nullable Object> shareAll(Map<?, ?> map, UnaryOperator<Cap> passing) {
        Map<String, @Nullable Object> copy = null;
        for (Map.Entry<?, ?> member : map.entrySet()) {
            Object shared = share(member.getValue(), passing);
            if (copy == null && shared != member.getValue()) {
                copy = new LinkedHashMap<>((Map<String, @Nullable Object>) map);
            }
            if (copy != null) {
                copy.put((String) member.getKey(), shared);
            }
        }
        return copy == null ? (Map<String, @Nullable Object>) map : copy;
    }

    /** What calls and paths go on to at {@code value}; null if that is a value of its own. Borrowed. */
    static @Nullable Cap leadingOn(@Nullable Object value) {
        return switch (value) {
            case Cap cap -> cap;
            case PromisedValue promised -> promised.cap();
            case null, default -> null;
        };
    }

    /** About as many bytes as a value takes in memory, streams and objects apart. */
    static int weight(@Nullable Object value) {
        return (int) Math.min(bytes(value), Integer.MAX_VALUE / 2);
    }

    private static long bytes(@Nullable Object value) {
        long bytes = 16;
        switch (value) {
            case List<?> list -> {
                for (Object element : list) {
                    bytes += bytes(element);
                }
            }
            case Map<?, ?> map -> {
                for (Map.Entry<?, ?> member : map.entrySet()) {
                    bytes += bytes(member.getKey()) + bytes(member.getValue());
                }
            }
            case String text -> bytes += text.length();
            case byte[] content -> bytes += content.length;
            case TypedBytes typed -> bytes += typed.bytes().length;
            case Blob blob -> bytes += blob.type().length() + blob.content().length;
            case BigInteger integer -> bytes += integer.bitLength() / 8;
            case Url url -> bytes += url.href().length();
            case Headers headers -> {
                for (Headers.Field field : headers.fields()) {
                    bytes += bytes(field.name()) + bytes(field.value());
                }
            }
            case JsError error ->
                bytes += bytes(error.name()) + bytes(error.message()) + bytes(error.stack()) + bytes(error.props());
            case WebRequest request ->
                bytes += bytes(request.url())
                        + bytes(request.method())
                        + bytes(request.headers())
                        + bytes(request.body())
                        + bytes(request.init());
            case WebResponse response ->
                bytes += bytes(response.statusText())
                        + bytes(response.headers())
                        + bytes(response.body())
                        + bytes(response.init());
            case null, default -> {}
        }
        return bytes;
    }

    /** What lies one step further; undefined if there is nothing. Nothing is inherited: only what was put there is found. */
    static @Nullable Object step(@Nullable Object from, Object step) {
        return switch (from) {
            case Map<?, ?> map
            when step instanceof String name ->
                !Tree.isBlocked(name) && map.containsKey(name) ? map.get(name) : JsValue.UNDEFINED;
            case List<?> list
            when step instanceof Integer index -> index < list.size() ? list.get(index) : JsValue.UNDEFINED;
            case JsValue undefined when undefined == JsValue.UNDEFINED -> throw nothingIn("undefined", step);
            case null -> throw nothingIn("null", step);
            default -> JsValue.UNDEFINED;
        };
    }

    private static Failure nothingIn(String what, Object step) {
        return Errors.type("Cannot read properties of " + what + " (reading '" + step + "')");
    }
}

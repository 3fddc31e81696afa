package dev.capstan.capnweb;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import dev.capstan.cap.LocalCap;
import dev.capstan.cap.Path;
import dev.capstan.cap.QueuedCap;
import dev.capstan.cap.Target;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Trees of values as programs have them, with stubs and functions in them, and as payloads have them, with capabilities. */
final class StubValues {
    private static final int MAX_DEPTH = 1000;

    private StubValues() {}

    /** A stub that was passed to a call, until the loop sends it: a reference of the call's own. */
    private record Held(StubState state, Path.Names place) implements AutoCloseable {
        @Override
        public void close() {
            state.close();
        }
    }

    /**
     * A copy of what a program passes to a call on {@code loop}, which holds references of its own to the stubs and capabilities in it. On any thread;
     * {@link #sent} makes a payload's content of it.
     *
     * @throws WebException if it cannot be passed; nothing is kept of it then
     */
    static @Nullable Object outgoing(Loop loop, @Nullable Object tree) {
        List<AutoCloseable> kept = new ArrayList<>(0);
        try {
            return replaced(
                    tree,
                    leaf -> {
                        Object copy = outgoingLeaf(loop, leaf);
                        kept.addAll(Values.owned(copy));
                        return copy;
                    },
                    true,
                    0);
        } catch (RuntimeException e) {
            Values.close(kept);
            throw e;
        }
    }

    private static @Nullable Object outgoingLeaf(Loop loop, @Nullable Object leaf) {
        return switch (leaf) {
            case Stub stub -> {
                if (!(stub.root() instanceof StubOwner owner)) {
                    throw WebException.of("a value inside of map() exists only there; return it from the function");
                }
                if (stub.loop() != loop) {
                    throw WebException.of("a stub of one loop cannot be passed to a call on another loop");
                }
                yield new Held(owner.share(), stub.place());
            }
            case Target target -> new LocalCap(loop, target);
            case Function<?, ?> function -> new LocalCap(loop, WebTarget.of(function));
            case Promise<?> promise -> promised(loop, promise);
            // As a peer would receive them.
            case Integer n -> n.longValue();
            case Short n -> n.longValue();
            case Byte n -> n.longValue();
            case Float n -> n.doubleValue();
            case null, default -> Values.share(leaf);
        };
    }

    /** A value that this process will know later; consumes {@code promise}, and what is in its value. */
    private static PromisedValue promised(Loop loop, Promise<?> promise) {
        return new PromisedValue(QueuedCap.of(loop, promise.then(value -> Promise.of(leadingTo(given(loop, value))))));
    }

    /** As {@link #outgoing}, of a value that is handed over: the stubs and capabilities in it are closed. */
    static @Nullable Object given(Loop loop, @Nullable Object value) {
        Object content = outgoing(loop, value);
        stubs(value, Stub::close);
        caps(value, Cap::close);
        return content;
    }

    /** What {@link #outgoing} made, as something to call and look into. On the loop's thread; consumes it. */
    static Cap leadingTo(@Nullable Object outgoing) {
        Object content = sentValue(outgoing);
        return switch (content) {
            case Cap object -> object;
            case PromisedValue later -> later.cap();
            case null, default -> new ValueCap(WebPayload.holding(content), Path.Names.NONE);
        };
    }

    /** What {@link #outgoing} made, as the content of a payload. On the loop's thread; consumes it. */
    @SuppressWarnings("unchecked") // a list stays a list
    static List<@Nullable Object> sent(List<@Nullable Object> outgoing) {
        return (List<@Nullable Object>) Objects.requireNonNull(sentValue(outgoing));
    }

    static @Nullable Object sentValue(@Nullable Object outgoing) {
        return replaced(
                outgoing,
                leaf -> {
                    if (leaf instanceof Held(StubState state, Path.Names place)) {
                        try {
                            return state.passedOn(place);
                        } finally {
                            state.close();
                        }
                    }
                    return leaf;
                },
                false,
                0);
    }

    /** The content of a payload, which is borrowed, with stubs of the receiver's own for the capabilities in it, and its own references to the streams. */
    static @Nullable Object received(Loop loop, @Nullable Leftovers leftovers, @Nullable Object tree) {
        return replaced(
                tree,
                leaf -> leaf instanceof Cap cap ? Stub.of(loop, cap.share(), leftovers) : Values.share(leaf),
                false,
                0);
    }

    /** Tells each stub in {@code tree}. */
    static void stubs(@Nullable Object tree, Consumer<Stub> consumer) {
        each(tree, Stub.class, consumer);
    }

    /** Tells each capability in {@code tree}. */
    static void caps(@Nullable Object tree, Consumer<Cap> consumer) {
        each(tree, Cap.class, consumer);
    }

    private static <T> void each(@Nullable Object tree, Class<T> kind, Consumer<T> consumer) {
        Object same = replaced(
                tree,
                leaf -> {
                    if (kind.isInstance(leaf)) {
                        consumer.accept(kind.cast(leaf));
                    }
                    return leaf;
                },
                false,
                0);
        if (same != tree && !(tree instanceof Object[])) {
            throw new AssertionError("looking at a tree has changed it");
        }
    }

    /** {@code tree} with other leaves; what does not change is not copied unless {@code copies} says so. */
    static @Nullable Object replaced(
            @Nullable Object tree, UnaryOperator<@Nullable Object> leaves, boolean copies, int depth) {
        if (depth > MAX_DEPTH) {
            throw WebException.of("The value nests more than " + MAX_DEPTH
                    + " levels deep, or contains itself; send what is inside by itself.");
        }
        return switch (tree) {
            case List<?> list -> list(list, leaves, copies, depth);
            case Object[] array -> list(Arrays.asList(array), leaves, true, depth);
            case Map<?, ?> map -> map(map, leaves, copies, depth);
            case JsError error -> {
                Map<String, @Nullable Object> props = map(error.props(), leaves, copies, depth);
                yield props == error.props() ? error : new JsError(error.name(), error.message(), error.stack(), props);
            }
            case null, default -> leaves.apply(tree);
        };
    }

    @SuppressWarnings("unchecked") // lists hold anything
    private static List<@Nullable Object> list(
            List<?> list, UnaryOperator<@Nullable Object> leaves, boolean copies, int depth) {
        List<@Nullable Object> changed = copies ? new ArrayList<>(list.size()) : null;
        int index = 0;
        for (Object element : list) {
            Object value = replaced(element, leaves, copies, depth + 1);
            if (changed == null && value != element) {
                changed = new ArrayList<>(list.size());
                changed.addAll(list.subList(0, index));
            }
            if (changed != null) {
                changed.add(value);
            }
            index++;
        }
        return changed == null ? (List<@Nullable Object>) list : changed;
    }

    @SuppressWarnings("unchecked") // maps hold anything under names
    private static Map<String, @Nullable Object> map(
            Map<?, ?> map, UnaryOperator<@Nullable Object> leaves, boolean copies, int depth) {
        Map<String, @Nullable Object> copy = LinkedHashMap.newLinkedHashMap(map.size());
        boolean changed = copies;
        for (Map.Entry<?, ?> member : map.entrySet()) {
            if (!(member.getKey() instanceof String name)) {
                throw WebException.of("an object has names for its members, not " + member.getKey());
            }
            Object value = replaced(member.getValue(), leaves, copies, depth + 1);
            changed |= value != member.getValue();
            copy.put(name, value);
        }
        return changed ? copy : (Map<String, @Nullable Object>) map;
    }
}

package dev.capstan.capnweb;

import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.QueuedCap;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Promises that wait for themselves. Whoever makes a promise that has to wait for others says so here ({@link QueuedCap#waitsFor}); when the peer says what a promise of its own is, which
 * is the only way to close a circle, what that waits for is followed.
 *
 * <p>What an object of the program waits for is not known, so a circle through a method that runs is not seen. Nor is one that is found only after {@value #MOST_STEPS} steps: it would cost
 * more to look for it than to keep it, as the table of imports is limited and ends with the session.
 */
final class Circles {
    private static final int MOST_STEPS = 10_000;

    private Circles() {}

    /** What the result of a call waits for: the target, and the promises among the arguments. */
    static List<Cap> operands(Cap target, @Nullable List<?> arguments) {
        boolean pending = isPending(target);
        if (!pending && !Waiting.isIn(arguments)) {
            return List.of();
        }
        List<Cap> others = new ArrayList<>(2);
        if (pending) {
            others.add(target);
        }
        Waiting.visit(arguments, part -> others.add(part.cap()));
        return others;
    }

    /** {@code result} is known no sooner than {@code others}, which it borrows. */
    static void waits(Cap result, List<Cap> others) {
        if (!others.isEmpty() && result.innermost() instanceof QueuedCap promise) {
            promise.waitsFor(others);
        }
    }

    private static boolean isPending(Cap cap) {
        Cap inner = cap.innermost();
        return inner instanceof QueuedCap || inner instanceof PipelineCap;
    }

    /** What a value that stands for a promise of the peer waits for: its parts, and itself if it is a reference. */
    static List<Cap> of(@Nullable Object value) {
        List<Cap> others = new ArrayList<>(1);
        if (value instanceof Cap reference) {
            others.add(reference);
        }
        Waiting.visit(value, part -> others.add(part.cap()));
        return others;
    }

    /**
     * A promise is to wait for {@code others}.
     *
     * @throws Failure if one of them is that {@code promise}, or waits for it
     */
    static void check(List<Cap> others, Predicate<Cap> promise) {
        if (reach(others, promise)) {
            throw Failure.failed("This promise waits for itself: it was resolved to what cannot be there before it.");
        }
    }

    private static boolean reach(List<Cap> from, Predicate<Cap> promise) {
        ArrayDeque<Object> left = new ArrayDeque<>(from);
        Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        for (int steps = 0; steps < MOST_STEPS && !left.isEmpty(); steps++) {
            Object next = left.pop();
            Object at = next instanceof Cap cap ? cap.innermost() : next;
            if (at instanceof Cap cap && promise.test(cap)) {
                return true;
            }
            switch (at) {
                case QueuedCap cap when seen.add(cap) -> cap.waitedFor().forEach(left::push);
                case PipelineCap cap
                when seen.add(cap) -> cap.question().waitedFor().forEach(left::push);
                case ValueCap cap when !cap.isPlain() && seen.add(cap) -> left.push(new Parts(cap.value()));
                case Parts parts -> push(parts.value(), left);
                default -> {}
            }
        }
        return false;
    }

    /** A value inside of which there may be promises. */
    private record Parts(@Nullable Object value) {}

    private static void push(@Nullable Object value, ArrayDeque<Object> left) {
        switch (value) {
            case PromisedValue part -> left.push(part.cap());
            case List<?> list when list.size() <= MOST_STEPS -> list.forEach(element -> pushHolder(element, left));
            case Map<?, ?> map
            when map.size() <= MOST_STEPS -> map.values().forEach(element -> pushHolder(element, left));
            case JsError error -> error.props().values().forEach(element -> pushHolder(element, left));
            case null, default -> {}
        }
    }

    private static void pushHolder(@Nullable Object value, ArrayDeque<Object> left) {
        if (value instanceof PromisedValue
                || value instanceof List<?>
                || value instanceof Map<?, ?>
                || value instanceof JsError) {
            left.push(new Parts(value));
        }
    }
}

package dev.capstan.capnweb;

import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.QueuedCap;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Promises that wait for themselves. Whoever makes a promise that has to wait for others says so here ({@link QueuedCap#waitsFor}); when the peer says what a promise of its own is, which
 * is the only way to close a circle, what that waits for is followed.
 *
 * <p>What an object of the program waits for is not known, so a circle through a method that runs is not seen. Nor is one that is too long for what the session has saved: each message of the peer pays
 * for {@value #STEPS_A_MESSAGE} steps of a search, and {@value #MOST_SAVED} are saved at most, so that however it lays its promises out, it pays for what following them costs. A
 * circle that was not found is kept, which harms nobody: the tables are limited and end with the session.
 */
final class Circles {
    static final int STEPS_A_MESSAGE = 100;
    static final int MOST_SAVED = 10_000;

    private int saved = MOST_SAVED;
    private long steps;

    /** The peer has sent a message. */
    void paid() {
        saved = Math.min(saved + STEPS_A_MESSAGE, MOST_SAVED);
    }

    /** Steps that all searches of the session have taken. */
    long steps() {
        return steps;
    }

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
    void check(List<Cap> others, Predicate<Cap> promise) {
        if (reach(others, promise)) {
            throw Failure.failed("This promise waits for itself: it was resolved to what cannot be there before it.");
        }
    }

    /** Whether {@code promise} is found before what was paid for is used up. */
    private boolean reach(List<Cap> from, Predicate<Cap> promise) {
        Search search = new Search();
        search.addAll(from);
        Set<Cap> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Object at = search.next(); at != null; at = search.next()) {
            Cap nearer = null;
            if (at instanceof Cap cap) {
                if (promise.test(cap)) {
                    return true;
                }
                nearer = cap.resolved();
            }
            if (nearer != null) {
                search.add(nearer);
                continue;
            }
            switch (at) {
                case QueuedCap cap when seen.add(cap) -> search.addAll(cap.waitedFor());
                case PipelineCap cap
                when seen.add(cap) -> search.addAll(cap.question().waitedFor());
                case ValueCap cap when !cap.isPlain() && seen.add(cap) -> search.add(new Parts(cap.value()));
                case Parts parts -> search.addParts(parts.value());
                default -> {}
            }
        }
        return false;
    }

    /** A value inside of which there may be promises. */
    private record Parts(@Nullable Object value) {}

    /** What is still to be looked at. Whatever is added is a step. */
    private final class Search {
        private final ArrayDeque<Object> left = new ArrayDeque<>();

        /** Null if nothing is left, or nothing more was paid for. */
        @Nullable
        Object next() {
            return saved == 0 ? null : left.poll();
        }

        void add(Object next) {
            if (saved > 0) {
                saved--;
                steps++;
                left.push(next);
            }
        }

        void addAll(Collection<?> all) {
            for (Iterator<?> each = all.iterator(); saved > 0 && each.hasNext(); ) {
                add(each.next());
            }
        }

        void addParts(@Nullable Object value) {
            switch (value) {
                case PromisedValue part -> add(part.cap());
                case List<?> list -> addHolders(list);
                case Map<?, ?> map -> addHolders(map.values());
                case JsError error -> addHolders(error.props().values());
                case null, default -> {}
            }
        }

        private void addHolders(Collection<?> values) {
            for (Iterator<?> each = values.iterator(); saved > 0 && each.hasNext(); ) {
                add(new Parts(each.next()));
            }
        }
    }
}

package dev.capstan.async;

import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A promise with any number of consumers: each {@link #branch} is a promise of the same result.
 *
 * <p>The source is pulled when the first branch is consumed. It is cancelled when the fork is closed and no branch is left; a branch keeps
 * the source alive after the fork was closed. Branches share one result object.
 */
public final class Fork<T> implements AutoCloseable {
    private final @Nullable Loop loop;
    private final boolean user;
    private @Nullable Node source;
    private @Nullable Event pull;
    private final Set<Branch> waiting = new LinkedHashSet<>();
    private boolean settled;
    private @Nullable Object result;
    private int branches;
    private boolean closed;

    Fork(Node source) {
        this.source = source;
        this.loop = source.loop;
        this.user = source.user;
    }

    /** Another promise of the result; may be called until {@link #close}. */
    public Promise<T> branch() {
        if (closed) {
            throw new IllegalStateException("the fork is closed: take branches before closing it");
        }
        branches++;
        return new Promise<>(new Branch());
    }

    /** Whether the result is there. */
    public boolean isSettled() {
        return settled;
    }

    /** No more branches will be taken; cancels the source if none is left. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            cancelIfUnused();
        }
    }

    private void start(Loop on) {
        Node from = source;
        if (pull == null && from != null) {
            Event event = new Pull(on);
            pull = event;
            from.consume(event);
        }
    }

    private void cancelIfUnused() {
        Node from = source;
        if (closed && branches == 0 && from != null) {
            source = null;
            if (pull != null) {
                pull.disarm();
            }
            from.cancel();
        }
    }

    private final class Pull extends Event {
        Pull(Loop on) {
            super(on, user);
        }

        @Override
        protected void fire() {
            Node from = source;
            source = null;
            if (from == null) {
                return;
            }
            result = from.get();
            settled = true;
            for (Branch branch : waiting) {
                if (branch.consumer != null) {
                    branch.consumer.armDepthFirst();
                }
            }
            waiting.clear();
        }
    }

    private final class Branch extends Node {
        private @Nullable Event consumer;

        Branch() {
            super(Fork.this.loop, false);
        }

        @Override
        void onReady(Event event) {
            consumer = event;
            if (settled) {
                event.armBreadthFirst();
            } else {
                waiting.add(this);
                start(event.loop);
            }
        }

        @Override
        @Nullable
        Object get() {
            branches--;
            return result;
        }

        @Override
        void cancel() {
            branches--;
            waiting.remove(this);
            consumer = null;
            cancelIfUnused();
        }
    }
}

package dev.capstan.async;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Several stages at once: all values in order or the first failure ({@code ALL}), or whichever settles first ({@code RACE}). */
final class JoinNode extends Node {
    enum Mode {
        ALL,
        RACE
    }

    private final Mode mode;
    private final List<Node> nodes;
    /** Null until this node is consumed; an entry is null once its result has been pulled or given up. */
    private @Nullable Part @Nullable [] parts;

    private final @Nullable Object[] results;
    private @Nullable Event consumer;
    private int left;
    private @Nullable Object outcome;

    JoinNode(Mode mode, List<Node> nodes) {
        super(loopOf(nodes), nodes.stream().anyMatch(n -> n.user));
        this.mode = mode;
        this.nodes = nodes;
        this.results = new Object[nodes.size()];
        this.left = nodes.size();
    }

    private static @Nullable Loop loopOf(List<Node> nodes) {
        for (Node node : nodes) {
            if (node.loop != null) {
                return node.loop;
            }
        }
        return null;
    }

    @Override
    void onReady(Event event) {
        consumer = event;
        @Nullable Part[] all = new Part[nodes.size()];
        parts = all;
        if (all.length == 0) {
            outcome = new ArrayList<>();
            // Breadth first as for every promise that is ready already: it must not starve the others.
            event.armBreadthFirst();
            return;
        }
        for (int i = 0; i < all.length; i++) {
            all[i] = new Part(event.loop, nodes.get(i), i);
        }
        for (Part part : all) {
            if (part != null) {
                part.begin();
            }
        }
    }

    private final class Part extends Event {
        final Node node;
        private final int index;
        /** Why the node could not be consumed. */
        private @Nullable Broken refused;

        Part(Loop loop, Node node, int index) {
            super(loop, node.user);
            this.node = node;
            this.index = index;
        }

        void begin() {
            try {
                node.consume(this);
            } catch (IllegalStateException e) {
                refused = new Broken(e);
                armBreadthFirst();
            }
        }

        @Override
        protected void fire() {
            if (parts != null) {
                parts[index] = null;
            }
            Object result = refused != null ? refused : node.get();
            results[index] = result;
            left--;
            if (consumer == null) {
                dispose(result); // Cancelled by the very function that was pulled.
                return;
            }
            if (mode == Mode.RACE || result instanceof Broken) {
                results[index] = null;
                finish(result);
                cancelParts();
            } else if (left == 0) {
                List<@Nullable Object> values = new ArrayList<>(results.length);
                for (Object value : results) {
                    values.add(value);
                }
                finish(values);
            }
        }
    }

    private void finish(@Nullable Object result) {
        outcome = result;
        if (consumer != null) {
            consumer.armDepthFirst();
        }
    }

    private void cancelParts() {
        @Nullable Part[] losers = parts;
        parts = new Part[results.length];
        Canceling canceling = new Canceling();
        for (Part part : losers == null ? new Part[0] : losers) {
            if (part != null) {
                part.disarm();
                if (part.refused == null) {
                    canceling.cancel(part.node::cancel);
                }
            }
        }
        for (int i = 0; i < results.length; i++) {
            Object unwanted = results[i];
            results[i] = null;
            canceling.cancel(() -> dispose(unwanted));
        }
        canceling.rethrow();
    }

    @Override
    @Nullable
    Object get() {
        return outcome;
    }

    @Override
    void cancel() {
        if (parts == null) {
            Canceling canceling = new Canceling();
            nodes.forEach(node -> canceling.cancel(node::cancel));
            canceling.rethrow();
            return;
        }
        consumer = null;
        cancelParts();
        if (mode == Mode.RACE) {
            dispose(outcome);
        }
    }
}

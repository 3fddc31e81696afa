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
    private final List<Node> parts;
    private final @Nullable Object[] results;
    private final List<Part> pending = new ArrayList<>();
    private @Nullable Event consumer;
    private int left;
    private boolean done;
    private @Nullable Object outcome;

    JoinNode(Mode mode, List<Node> parts) {
        super(loopOf(parts), parts.stream().anyMatch(n -> n.user));
        this.mode = mode;
        this.parts = parts;
        this.results = new Object[parts.size()];
        this.left = parts.size();
    }

    private static @Nullable Loop loopOf(List<Node> parts) {
        for (Node part : parts) {
            if (part.loop != null) {
                return part.loop;
            }
        }
        return null;
    }

    @Override
    void onReady(Event event) {
        consumer = event;
        if (parts.isEmpty()) {
            finish(new ArrayList<>());
            return;
        }
        for (int i = 0; i < parts.size(); i++) {
            pending.add(new Part(event.loop, parts.get(i), i));
        }
        for (Part part : List.copyOf(pending)) {
            part.node.onReady(part);
        }
    }

    private final class Part extends Event {
        final Node node;
        private final int index;

        Part(Loop loop, Node node, int index) {
            super(loop, node.user);
            this.node = node;
            this.index = index;
        }

        @Override
        protected void fire() {
            pending.remove(this);
            Object result = node.get();
            results[index] = result;
            left--;
            if (mode == Mode.RACE || result instanceof Broken) {
                cancelPending();
                finish(result);
            } else if (left == 0) {
                List<@Nullable Object> values = new ArrayList<>(results.length);
                for (Object value : results) {
                    values.add(value);
                }
                finish(values);
            }
        }

        void giveUp() {
            disarm();
            node.cancel();
        }
    }

    private void finish(@Nullable Object result) {
        done = true;
        outcome = result;
        if (consumer != null) {
            consumer.armDepthFirst();
        }
    }

    private void cancelPending() {
        List<Part> losers = List.copyOf(pending);
        pending.clear();
        losers.forEach(Part::giveUp);
    }

    @Override
    @Nullable
    Object get() {
        return outcome;
    }

    @Override
    void cancel() {
        if (consumer == null) {
            parts.forEach(Node::cancel);
            return;
        }
        consumer = null;
        if (!done) {
            cancelPending();
        }
    }
}

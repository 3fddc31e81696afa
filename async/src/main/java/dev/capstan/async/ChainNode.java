package dev.capstan.async;

import org.jspecify.annotations.Nullable;

/** Waits for a stage whose value is itself a promise, then becomes that promise. */
final class ChainNode extends Node {
    private @Nullable Node inner;
    private @Nullable Node outer;
    private @Nullable Step step;
    private @Nullable Object failed;

    ChainNode(Node outer) {
        super(outer.loop, true);
        this.outer = outer;
    }

    @Override
    void onReady(Event event) {
        Node from = outer;
        if (from == null) {
            throw new AssertionError("consumed twice");
        }
        Step waiting = new Step(event);
        step = waiting;
        from.onReady(waiting);
    }

    /** Fires when the outer stage has the inner promise. */
    private final class Step extends Event {
        private final Event consumer;

        Step(Event consumer) {
            super(consumer.loop, true);
            this.consumer = consumer;
        }

        @Override
        protected void fire() {
            Node from = outer;
            if (from == null) {
                return;
            }
            Object result = from.get();
            outer = null;
            step = null;
            if (result instanceof Promise<?> promise) {
                try {
                    Node node = promise.take();
                    inner = node;
                    node.onReady(consumer);
                    return;
                } catch (RuntimeException e) {
                    inner = null;
                    failed = new Broken(e);
                }
            } else if (result instanceof Broken) {
                failed = result;
            } else {
                failed = new Broken(
                        new NullPointerException(
                                "a function given to then() returned null: return Promise.done(), or use map() for plain values"));
            }
            consumer.armDepthFirst();
        }
    }

    @Override
    @Nullable
    Object get() {
        Node node = inner;
        inner = null;
        return node != null ? node.get() : failed;
    }

    @Override
    void cancel() {
        Step waiting = step;
        step = null;
        if (waiting != null) {
            waiting.disarm();
        }
        Node from = outer;
        outer = null;
        if (from != null) {
            from.cancel();
        }
        Node node = inner;
        inner = null;
        if (node != null) {
            node.cancel();
        }
    }
}

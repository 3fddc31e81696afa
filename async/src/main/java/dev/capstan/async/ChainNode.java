package dev.capstan.async;

import org.jspecify.annotations.Nullable;

/**
 * Waits for a stage whose value is itself a promise, then becomes that promise.
 *
 * <p>If that promise is again a chain that nobody has pulled, its stages are taken over instead of being nested: an endless loop written as
 * {@code then(() -> again())} needs constant memory and constant stack.
 */
final class ChainNode extends Node {
    private @Nullable Node inner;
    private @Nullable Node outer;
    private @Nullable Step step;
    private @Nullable Object failed;
    private boolean canceled;

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
            // Forgotten before it is pulled: what it runs may cancel this very chain.
            outer = null;
            Object result = from.get();
            if (canceled) {
                if (result instanceof Promise<?> unwanted) {
                    unwanted.cancel();
                }
                return;
            }
            if (result instanceof Promise<?> promise) {
                try {
                    follow(promise.take());
                    return;
                } catch (RuntimeException e) {
                    inner = null;
                    outer = null;
                    failed = new Broken(e);
                }
            } else if (result instanceof Broken) {
                failed = result;
            } else {
                failed = new Broken(
                        new NullPointerException(
                                "a function given to then() returned null: return Promise.done(), or use map() for plain values"));
            }
            step = null;
            consumer.armDepthFirst();
        }

        private void follow(Node node) {
            if (node instanceof ChainNode chain && chain.outer != null) {
                Node taken = chain.outer;
                outer = taken;
                taken.consume(this);
            } else {
                inner = node;
                step = null;
                node.consume(consumer);
            }
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
        canceled = true;
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

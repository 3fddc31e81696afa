package dev.capstan.async;

import org.jspecify.annotations.Nullable;

/** Pulls the stage above as soon as it is ready, whether or not somebody waits, and keeps the result. */
final class EagerNode extends Node {
    private @Nullable Node above;
    private final Event pull;
    private @Nullable Event consumer;
    private boolean settled;
    private boolean canceled;
    private @Nullable Object result;

    EagerNode(Loop loop, Node above) {
        super(loop, false);
        this.above = above;
        this.pull = new Pull(loop, above.user);
        if (loop.inLoop()) {
            above.consume(pull);
        } else {
            loop.post(() -> {
                if (this.above != null) {
                    above.consume(pull);
                }
            });
        }
    }

    boolean isSettled() {
        return settled;
    }

    private final class Pull extends Event {
        Pull(Loop loop, boolean guarded) {
            super(loop, guarded);
        }

        @Override
        protected void fire() {
            Node from = above;
            above = null;
            if (from != null) {
                result = from.get();
                settled = true;
                if (canceled) {
                    dispose(result); // By a function of this very chain.
                } else if (consumer != null) {
                    consumer.armDepthFirst();
                }
            }
        }
    }

    @Override
    void onReady(Event event) {
        consumer = event;
        if (settled) {
            event.armBreadthFirst();
        }
    }

    @Override
    @Nullable
    Object get() {
        return result;
    }

    @Override
    void cancel() {
        consumer = null;
        canceled = true;
        Node from = above;
        above = null;
        if (from != null) {
            pull.disarm();
            from.cancel();
        } else {
            dispose(result);
        }
    }
}

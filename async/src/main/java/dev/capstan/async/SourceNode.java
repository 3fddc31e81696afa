package dev.capstan.async;

import org.jspecify.annotations.Nullable;

/** The head of a chain whose result somebody will supply: see {@link Completer}. */
final class SourceNode extends Node {
    private static final Object PENDING = new Object();
    private static final Object CANCELED = new Object();

    private @Nullable Object result = PENDING;
    private @Nullable Event consumer;
    private @Nullable Runnable onCancel;

    SourceNode(Loop loop) {
        super(loop, false);
    }

    boolean isPending() {
        return result == PENDING;
    }

    void settle(@Nullable Object value) {
        if (result != PENDING) {
            return;
        }
        result = value;
        onCancel = null;
        if (consumer != null) {
            consumer.armDepthFirst();
        }
    }

    void onCancel(Runnable action) {
        if (result == CANCELED) {
            action.run();
        } else if (result == PENDING) {
            Runnable earlier = onCancel;
            onCancel = earlier == null
                    ? action
                    : () -> {
                        try {
                            action.run();
                        } finally {
                            earlier.run();
                        }
                    };
        }
    }

    @Override
    void onReady(Event event) {
        consumer = event;
        if (result != PENDING) {
            event.armBreadthFirst();
        }
    }

    @Override
    @Nullable
    Object get() {
        consumer = null;
        return result;
    }

    @Override
    void cancel() {
        consumer = null;
        if (result != PENDING) {
            return;
        }
        result = CANCELED;
        Runnable action = onCancel;
        onCancel = null;
        if (action != null) {
            action.run();
        }
    }
}

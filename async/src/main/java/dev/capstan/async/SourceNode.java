package dev.capstan.async;

import org.jspecify.annotations.Nullable;

/** The head of a chain whose result somebody will supply: see {@link Completer}. */
final class SourceNode extends Node {
    private enum State {
        PENDING,
        SETTLED,
        CANCELED
    }

    private State state = State.PENDING;
    private @Nullable Object result;
    private @Nullable Event consumer;
    private @Nullable Runnable onCancel;
    private @Nullable Runnable onAwaited;

    SourceNode(Loop loop) {
        super(loop, false);
    }

    boolean isPending() {
        return state == State.PENDING;
    }

    void settle(@Nullable Object value) {
        if (state == State.CANCELED) {
            dispose(value);
        }
        if (state != State.PENDING) {
            return;
        }
        state = State.SETTLED;
        result = value;
        onCancel = null;
        if (consumer != null) {
            consumer.armDepthFirst();
        }
    }

    void onCancel(Runnable action) {
        if (state == State.CANCELED) {
            action.run();
        } else if (state == State.PENDING) {
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

    void onAwaited(Runnable action) {
        if (consumer != null) {
            action.run();
        } else {
            onAwaited = action;
        }
    }

    @Override
    void onReady(Event event) {
        consumer = event;
        if (state != State.PENDING) {
            event.armBreadthFirst();
        }
        Runnable awaited = onAwaited;
        onAwaited = null;
        if (awaited != null) {
            awaited.run();
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
        State before = state;
        state = State.CANCELED;
        if (before != State.PENDING) {
            dispose(result);
            return;
        }
        Runnable action = onCancel;
        onCancel = null;
        if (action != null) {
            action.run();
        }
    }
}

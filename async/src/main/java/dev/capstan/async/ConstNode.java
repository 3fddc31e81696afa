package dev.capstan.async;

import org.jspecify.annotations.Nullable;

/** A result that is there already. */
final class ConstNode extends Node {
    private final @Nullable Object result;

    ConstNode(@Nullable Object result) {
        super(null, false);
        this.result = result;
    }

    @Override
    void onReady(Event event) {
        // Breadth first: waiting for ready promises again and again must not starve the others.
        event.armBreadthFirst();
    }

    @Override
    @Nullable
    Object get() {
        return result;
    }

    @Override
    void cancel() {
        dispose(result);
    }
}

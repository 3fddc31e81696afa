package dev.capstan.async;

import org.jspecify.annotations.Nullable;

/** Settles when its consumer's event gets its turn in one of the loop's queues. */
final class PauseNode extends Node {
    enum When {
        BREADTH_FIRST,
        LAST,
        WOULD_SLEEP
    }

    private final When when;

    PauseNode(Loop loop, When when) {
        super(loop, false);
        this.when = when;
    }

    @Override
    void onReady(Event event) {
        switch (when) {
            case BREADTH_FIRST -> event.armBreadthFirst();
            case LAST -> event.armLast();
            case WOULD_SLEEP -> event.armWouldSleep();
        }
    }

    @Override
    @Nullable
    Object get() {
        return null;
    }

    @Override
    void cancel() {}
}

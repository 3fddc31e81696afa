package dev.capstan.grpc.server;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.List;

/** Something that happens once. Thread-safe; listeners are run outside the monitor. */
final class Signal {
    @GuardedBy("this")
    private final List<Runnable> listeners = new ArrayList<>();

    @GuardedBy("this")
    private boolean given;

    synchronized boolean isGiven() {
        return given;
    }

    /** Runs {@code action} when it is given, on that thread, or now if it has been. */
    void on(Runnable action) {
        synchronized (this) {
            if (!given) {
                listeners.add(action);
                return;
            }
        }
        action.run();
    }

    void give() {
        List<Runnable> told;
        synchronized (this) {
            given = true;
            told = List.copyOf(listeners);
            listeners.clear();
        }
        told.forEach(Runnable::run);
    }
}

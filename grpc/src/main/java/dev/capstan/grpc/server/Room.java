package dev.capstan.grpc.server;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.capstan.grpc.Limits;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/** Places for the blocking handlers of a service, of which each connection has a share. Thread-safe. */
final class Room {
    private final Limits.Blocking limits;

    @GuardedBy("this")
    private final IdentityHashMap<Object, Integer> ofConnections = new IdentityHashMap<>();

    @GuardedBy("this")
    private int taken;

    Room(Limits.Blocking limits) {
        this.limits = limits;
    }

    /** Takes a place for a call of {@code connection}; null if it has one, which is to be {@linkplain #leave left}, else why not. */
    @Nullable
    StatusRuntimeException enter(Object connection) {
        String full;
        synchronized (this) {
            int its = ofConnections.getOrDefault(connection, 0);
            if (taken < limits.calls() && its < limits.callsOfConnection()) {
                taken++;
                ofConnections.put(connection, its + 1);
                return null;
            }
            full = taken < limits.calls()
                    ? "this connection has " + its
                            + " calls in blocking handlers of this service, which is its share: end some, use another connection, or raise Limits.Blocking.callsOfConnection"
                    : "this service has " + taken
                            + " calls in blocking handlers, which is its limit: try later, or raise Limits.Blocking.calls";
        }
        return Status.RESOURCE_EXHAUSTED.withDescription(full).asRuntimeException();
    }

    synchronized void leave(Object connection) {
        taken--;
        ofConnections.computeIfPresent(connection, (same, its) -> its == 1 ? null : Integer.valueOf(its - 1));
    }

    /** Connections that have a place. */
    synchronized int connections() {
        return ofConnections.size();
    }
}

package dev.capstan.net.http;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Connections of a client that have answered and wait for the next request to the same server. Those that wait too long close themselves. */
final class KeptConnections {
    /** For each server; what is more is closed. Programs that ask more at a time connect more often. */
    private static final int MOST = 16;

    private final Duration idleTime;
    private final Map<String, ArrayDeque<ClientExchange>> idle = new HashMap<>();

    KeptConnections(Duration idleTime) {
        this.idleTime = idleTime;
    }

    Duration idleTime() {
        return idleTime;
    }

    /** The one that was used last, which is the least likely to be closed by the server just now; null if there is none. */
    @Nullable
    ClientExchange take(String server) {
        ArrayDeque<ClientExchange> waiting = idle.get(server);
        ClientExchange last = waiting == null ? null : waiting.pollLast();
        if (waiting != null && waiting.isEmpty()) {
            idle.remove(server);
        }
        return last;
    }

    void add(ClientExchange exchange) {
        ArrayDeque<ClientExchange> waiting = idle.computeIfAbsent(exchange.server(), server -> new ArrayDeque<>(2));
        waiting.addLast(exchange);
        if (waiting.size() > MOST) {
            waiting.getFirst().drop();
        }
    }

    void remove(ClientExchange exchange) {
        ArrayDeque<ClientExchange> waiting = idle.get(exchange.server());
        if (waiting != null && waiting.remove(exchange) && waiting.isEmpty()) {
            idle.remove(exchange.server());
        }
    }
}

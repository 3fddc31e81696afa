package dev.capstan.gateway.watch;

import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.ObservedSession;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;

/**
 * What the sessions that are there hold, summed up for each wire and tagged with {@code rpc.system.name}: the gauges {@code capstan.sessions}, {@code capstan.questions}, {@code capstan.answers}, {@code
 * capstan.imports}, {@code capstan.exports}, {@code capstan.embargoes}, {@code capstan.queued} and {@code capstan.streams.in.flight} (bytes), and the counters {@code capstan.sent} and {@code
 * capstan.received} (bytes).
 *
 * <p>A session is looked at on its own loop alone; so the sums are those of the last {@link #refresh}. Thread-safe.
 */
final class SessionGauges {
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final MeterRegistry registry;
    private final Map<String, OfWire> wires = new ConcurrentHashMap<>();

    /** What is known of one wire. */
    private static final class OfWire {
        final Map<ObservedSession, ObservedSession.Counts> sessions = new ConcurrentHashMap<>();
        private long sentByOver;
        private long receivedByOver;

        synchronized void over(ObservedSession session, ObservedSession.Counts last) {
            if (sessions.remove(session) != null) {
                sentByOver += last.sentBytes();
                receivedByOver += last.receivedBytes();
            }
        }

        double sum(ToDoubleFunction<ObservedSession.Counts> part) {
            return sessions.values().stream().mapToDouble(part).sum();
        }

        synchronized double sent() {
            return sentByOver + sum(ObservedSession.Counts::sentBytes);
        }

        synchronized double received() {
            return receivedByOver + sum(ObservedSession.Counts::receivedBytes);
        }
    }

    SessionGauges(MeterRegistry registry) {
        this.registry = registry;
    }

    /** On the session's loop. */
    void began(ObservedSession session) {
        wires.computeIfAbsent(session.wire(), this::registered).sessions.put(session, session.counts());
    }

    /** On the session's loop. */
    void ended(ObservedSession session) {
        OfWire wire = wires.get(session.wire());
        if (wire != null) {
            wire.over(session, session.counts());
        }
    }

    private OfWire registered(String name) {
        OfWire wire = new OfWire();
        gauge(name, wire, "capstan.sessions", "sessions", all -> all.sessions.size());
        gauge(name, wire, "capstan.questions", "calls", all -> all.sum(ObservedSession.Counts::questions));
        gauge(name, wire, "capstan.answers", "calls", all -> all.sum(ObservedSession.Counts::answers));
        gauge(name, wire, "capstan.imports", "capabilities", all -> all.sum(ObservedSession.Counts::imports));
        gauge(name, wire, "capstan.exports", "capabilities", all -> all.sum(ObservedSession.Counts::exports));
        gauge(name, wire, "capstan.embargoes", "paths", all -> all.sum(ObservedSession.Counts::embargoes));
        gauge(name, wire, "capstan.queued", "bytes", all -> all.sum(ObservedSession.Counts::queuedBytes));
        gauge(name, wire, "capstan.streams.in.flight", "bytes", all -> all.sum(ObservedSession.Counts::inFlightBytes));
        FunctionCounter.builder("capstan.sent", wire, OfWire::sent)
                .baseUnit("bytes")
                .tag("rpc.system.name", name)
                .register(registry);
        FunctionCounter.builder("capstan.received", wire, OfWire::received)
                .baseUnit("bytes")
                .tag("rpc.system.name", name)
                .register(registry);
        return wire;
    }

    private void gauge(String name, OfWire wire, String meter, String unit, ToDoubleFunction<OfWire> value) {
        Gauge.builder(meter, wire, value)
                .baseUnit(unit)
                .tag("rpc.system.name", name)
                .register(registry);
    }

    /** Asks each loop about its sessions; settles on {@code loop}, whose thread this is called on, when all have answered or a second is over. */
    Promise<Void> refresh(Loop loop) {
        Map<Loop, Set<ObservedSession>> byLoop = new HashMap<>();
        for (OfWire wire : wires.values()) {
            wire.sessions
                    .keySet()
                    .forEach(session -> byLoop.computeIfAbsent(session.loop(), home -> new HashSet<>())
                            .add(session));
        }
        List<Promise<Void>> answers = new ArrayList<>();
        byLoop.forEach((home, sessions) -> {
            if (home.inLoop()) {
                look(sessions);
                return;
            }
            Completer<Void> answered = new Completer<>(loop);
            answers.add(answered.promise());
            home.post(() -> {
                look(sessions);
                loop.post(() -> answered.complete(Promise.nothing()));
            });
        });
        if (answers.isEmpty()) {
            return Promise.done();
        }
        return loop.timer()
                .timeout(PATIENCE, Promise.all(answers))
                .convert(all -> Promise.nothing())
                .recover(late -> Promise.done());
    }

    private void look(Set<ObservedSession> sessions) {
        for (ObservedSession session : sessions) {
            OfWire wire = wires.get(session.wire());
            if (wire != null) {
                wire.sessions.computeIfPresent(session, (same, before) -> session.counts());
            }
        }
    }
}

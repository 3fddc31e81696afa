package dev.capstan.gateway.console;

import dev.capstan.async.Timer;
import dev.capstan.cap.Failure;
import dev.capstan.cap.ObservedSession;
import dev.capstan.gateway.console.ConsoleApi.CallRow;
import dev.capstan.gateway.console.ConsoleApi.Calls;
import dev.capstan.gateway.console.ConsoleApi.CapabilityRow;
import dev.capstan.gateway.console.ConsoleApi.Overview;
import dev.capstan.gateway.console.ConsoleApi.Point;
import dev.capstan.gateway.console.ConsoleApi.SessionRow;
import dev.capstan.gateway.console.ConsoleApi.Wire;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is known of sessions and calls, on one loop's thread. Of calls the last {@link #CALLS} are kept, of their durations the counts that {@link Traffic} has: what it holds grows with the
 * sessions that are open, and with nothing else.
 */
final class Ledger {
    /** Calls that can be looked at. */
    static final int CALLS = 400;
    /** Capabilities that are shown, and sessions: those that are oldest. */
    static final int SHOWN = 500;
    /** Characters of a name or a reason that are kept: both may come from peers. */
    static final int LONGEST_TEXT = 200;

    private static final double NANOS_PER_MILLI = 1e6;
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final int QUANTILE_SECONDS = 10;

    private final Timer timer;
    private final long startNanos;
    private final Traffic traffic = new Traffic();
    private final Map<String, WireLine> wires = new TreeMap<>();
    private final Map<Long, SessionLine> sessions = new LinkedHashMap<>();
    private final Deque<CallLine> calls = new ArrayDeque<>(CALLS);
    private final Peaks peaks = new Peaks();
    private long lastSession;
    private long lastCall;
    private long ended;
    private long failed;
    private int inFlight;

    /** What a session says of itself. */
    interface Session {
        /** What is counted: asked for each second, so it must not look at what the tables hold. */
        Tables tables();

        /** What the tables hold, in no order: the oldest that there are, at least {@code most} if there are so many. */
        List<Held> oldest(int most);

        /** Ends it. */
        void cut();
    }

    /** Sizes of a session's tables. */
    record Tables(int questions, int answers, int exports, int imports, long queuedBytes, long window) {}

    /** Something that one side holds of the other. */
    record Held(boolean exported, long id, String type, long references, Duration age) {}

    private static final class WireLine {
        final Traffic traffic = new Traffic();
        int sessions;
        int inFlight;
        long ended;
        long failed;
    }

    Ledger(Timer timer) {
        this.timer = timer;
        this.startNanos = timer.nanoTime();
    }

    private long second() {
        return (timer.nanoTime() - startNanos) / NANOS_PER_SECOND;
    }

    private double millis() {
        return (timer.nanoTime() - startNanos) / NANOS_PER_MILLI;
    }

    private static String cut(String text) {
        return text.length() > LONGEST_TEXT ? text.substring(0, LONGEST_TEXT) + "\u2026" : text;
    }

    // ---- what happens

    /** A session has begun. */
    SessionLine began(String wire, String peer, boolean incoming, Session session) {
        SessionLine line = new SessionLine(wire, cut(peer), incoming, session);
        sessions.put(line.id, line);
        return line;
    }

    final class SessionLine {
        private final long id = ++lastSession;
        private final double began = millis();
        private final String wire;
        private final String peer;
        private final boolean incoming;
        private final Session session;
        private final WireLine all;
        private long ended;
        private long failed;

        private SessionLine(String wire, String peer, boolean incoming, Session session) {
            this.wire = wire;
            this.peer = peer;
            this.incoming = incoming;
            this.session = session;
            this.all = wires.computeIfAbsent(wire, name -> new WireLine());
            all.sessions++;
        }

        /** A call has begun; {@code parent} is the one in whose result it was made, if that is not there yet. */
        CallLine began(boolean callIncoming, String method, @Nullable CallLine parent) {
            CallLine line = new CallLine(this, callIncoming, cut(method), parent == null ? 0 : parent.id);
            if (calls.size() == CALLS) {
                calls.removeFirst();
            }
            calls.addLast(line);
            inFlight++;
            all.inFlight++;
            return line;
        }

        private CapabilityRow row(Held held) {
            return new CapabilityRow(
                    id,
                    wire,
                    peer,
                    held.exported(),
                    held.id(),
                    cut(held.type()),
                    held.references(),
                    held.age().toNanos() / NANOS_PER_MILLI);
        }

        /** It is over. */
        void ended() {
            if (sessions.remove(id) != null) {
                all.sessions--;
            }
        }
    }

    final class CallLine {
        private final long id = ++lastCall;
        private final long beganNanos = timer.nanoTime();
        private final double began = millis();
        private final SessionLine session;
        private final boolean incoming;
        private final String method;
        private final long parent;
        private @Nullable Double ended;
        private String failure = "";

        private CallLine(SessionLine session, boolean incoming, String method, long parent) {
            this.session = session;
            this.incoming = incoming;
            this.method = method;
            this.parent = parent;
        }

        /** It is over; only the first time counts. */
        void ended(@Nullable Failure why) {
            if (ended != null) {
                return;
            }
            ended = millis();
            boolean isFailure = why != null;
            if (why != null) {
                failure = cut(why.kind() + ": " + why.reason());
                session.failed++;
                session.all.failed++;
                failed++;
            }
            session.ended++;
            session.all.ended++;
            session.all.inFlight--;
            inFlight--;
            Ledger.this.ended++;
            long took = timer.nanoTime() - beganNanos;
            traffic.ended(second(), took, isFailure);
            session.all.traffic.ended(second(), took, isFailure);
        }

        private CallRow row() {
            return new CallRow(id, parent, session.id, session.wire, incoming, method, began, ended, failure);
        }
    }

    // ---- what is shown

    Overview overview() {
        int held = 0;
        long queued = 0;
        for (SessionLine each : sessions.values()) {
            Tables tables = each.session.tables();
            peaks.seen(each.wire, tables);
            held += tables.exports() + tables.imports();
            queued += tables.queuedBytes();
        }
        long over = Math.max(0, second() - 1);
        List<Wire> rows = new ArrayList<>();
        wires.forEach((name, wire) -> {
            peaks.seen(name, "sessions", wire.sessions);
            rows.add(new Wire(
                    name,
                    wire.sessions,
                    wire.inFlight,
                    wire.ended,
                    wire.failed,
                    wire.traffic.point(over, QUANTILE_SECONDS)));
        });
        return new Overview(
                over, millis(), sessions.size(), inFlight, held, queued, ended, failed, traffic.point(over, 1), rows);
    }

    List<Point> history() {
        return traffic.history(Math.max(0, second() - 1));
    }

    Peaks peaks() {
        return peaks;
    }

    /** Those that began first. */
    List<SessionRow> sessions() {
        double now = millis();
        return sessions.values().stream()
                .limit(SHOWN)
                .map(each -> {
                    Tables tables = each.session.tables();
                    return new SessionRow(
                            each.id,
                            each.wire,
                            each.peer,
                            each.incoming,
                            now - each.began,
                            each.ended,
                            each.failed,
                            tables.questions(),
                            tables.answers(),
                            tables.exports(),
                            tables.imports(),
                            tables.queuedBytes(),
                            tables.window());
                })
                .toList();
    }

    /** The oldest first. */
    List<CapabilityRow> capabilities() {
        record Entry(SessionLine of, Held held) {}
        Iterable<Entry> all = () -> sessions.values().stream()
                .flatMap(each -> each.session.oldest(SHOWN).stream().map(held -> new Entry(each, held)))
                .iterator();
        return ObservedSession.Held.oldest(all, SHOWN, entry -> entry.held.age().toNanos()).stream()
                .map(entry -> entry.of.row(entry.held))
                .toList();
    }

    Calls calls() {
        return new Calls(millis(), calls.stream().map(CallLine::row).toList());
    }

    boolean cut(long session) {
        SessionLine line = sessions.get(session);
        if (line == null) {
            return false;
        }
        line.session.cut();
        return true;
    }
}

package dev.capstan.gateway.console;

import dev.capstan.async.Loop;
import dev.capstan.cap.CallWatch;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Method;
import dev.capstan.cap.ObservedCall;
import dev.capstan.cap.ObservedSession;
import dev.capstan.cap.Observer;
import dev.capstan.cap.SessionWatch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Writes into a {@link Ledger} what is told of sessions. Those of other loops are written down a moment later, on the ledger's own; what is told of one loop stays in its order. */
final class Watching implements Observer {
    /** Capabilities of one session that are looked at, in either direction; more would take time from the loop. */
    private static final int MOST_HELD = 200;
    /** Calls of one session that others may hang below. */
    private static final int MOST_REMEMBERED = 64;

    private static final double NANOS_PER_MILLI = 1e6;

    private final Loop loop;
    private final Ledger ledger;
    private final Function<Method.Ordinal, @Nullable String> names;

    Watching(Loop loop, Ledger ledger, Function<Method.Ordinal, @Nullable String> names) {
        this.loop = loop;
        this.ledger = ledger;
        this.names = names;
    }

    @Override
    public SessionWatch began(ObservedSession session) {
        Watched watched = new Watched(session);
        boolean incoming = session.origin().opened() != ObservedSession.Side.HERE;
        run(() -> watched.line = ledger.began(session.wire(), session.origin().peer(), incoming, watched));
        return watched;
    }

    private void run(Runnable task) {
        if (loop.inLoop()) {
            task.run();
        } else {
            loop.post(task);
        }
    }

    private String name(Method method) {
        return switch (method) {
            case Method.Ordinal ordinal -> {
                String name = names.apply(ordinal);
                yield name != null ? name : String.format("0x%x.%d", ordinal.interfaceId(), ordinal.methodId());
            }
            case Method.Member member -> {
                String path = member.path().toString();
                yield member.reads() ? "get " + path : path.isEmpty() ? "(call)" : path;
            }
        };
    }

    private final class Watched implements SessionWatch, Ledger.Session {
        private final ObservedSession session;
        private Ledger.@Nullable SessionLine line;
        /** The last calls by what their wire calls them; also those that have ended here, since a peer may have called in their results before it knew. */
        private final Map<Key, Ledger.CallLine> latest = new LinkedHashMap<>();

        private volatile Ledger.Tables last = new Ledger.Tables(0, 0, 0, 0, 0, 0, List.of());

        private record Key(ObservedCall.Direction direction, long id) {}

        Watched(ObservedSession session) {
            this.session = session;
        }

        @Override
        public CallWatch began(ObservedCall call) {
            Key key = new Key(call.direction(), call.id());
            OneCall one = new OneCall();
            run(() -> {
                Ledger.SessionLine of = line;
                if (of != null) {
                    boolean incoming = call.direction() == ObservedCall.Direction.INCOMING;
                    Ledger.CallLine parent = latest.get(new Key(call.direction(), call.parent()));
                    Ledger.CallLine made = of.began(incoming, name(call.method()), parent);
                    one.line = made;
                    remember(key, made);
                }
            });
            return one;
        }

        /** Takes the place of what was called so before. */
        private void remember(Key key, Ledger.CallLine call) {
            latest.remove(key);
            latest.put(key, call);
            if (latest.size() > MOST_REMEMBERED) {
                latest.remove(latest.keySet().iterator().next());
            }
        }

        @Override
        public void ended(Failure cause) {
            run(() -> {
                Ledger.SessionLine of = line;
                if (of != null) {
                    of.ended();
                }
            });
        }

        private final class OneCall implements CallWatch {
            private Ledger.@Nullable CallLine line;

            @Override
            public void ended(@Nullable Failure failure, long bytes) {
                over(failure);
            }

            @Override
            public void cancelled() {
                over(Failure.failed("given up by the caller"));
            }

            private void over(@Nullable Failure failure) {
                run(() -> {
                    Ledger.CallLine of = line;
                    if (of != null) {
                        of.ended(failure);
                    }
                });
            }
        }

        // ---- for the ledger

        @Override
        public Ledger.Tables tables() {
            if (session.loop() == loop) {
                return read();
            }
            session.loop().post(() -> last = read());
            return last;
        }

        private Ledger.Tables read() {
            ObservedSession.Counts counts = session.counts();
            List<Ledger.Held> held = new ArrayList<>();
            session.exports(MOST_HELD).forEach(each -> held.add(held(true, each)));
            session.imports(MOST_HELD).forEach(each -> held.add(held(false, each)));
            return new Ledger.Tables(
                    counts.questions(),
                    counts.answers(),
                    counts.exports(),
                    counts.imports(),
                    Math.max(counts.queuedBytes(), counts.inFlightBytes()),
                    counts.windowBytes(),
                    held);
        }

        private static Ledger.Held held(boolean exported, ObservedSession.Held held) {
            String what = held.what();
            return new Ledger.Held(
                    exported,
                    held.id(),
                    what.substring(what.lastIndexOf('.') + 1),
                    held.references(),
                    held.age().toNanos() / NANOS_PER_MILLI);
        }

        @Override
        public void cut() {
            session.close(Failure.disconnected("the connection was cut in the console"));
        }
    }
}

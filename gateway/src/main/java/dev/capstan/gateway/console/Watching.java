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
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Writes into a {@link Ledger} what is told of sessions. Those of other loops are written down a moment later, on the ledger's own; what is told of one loop stays in its order. */
final class Watching implements Observer {
    /** Calls of one session that others may hang below. */
    private static final int MOST_REMEMBERED = 64;

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

    /** What was read last of a session, which is looked at on its own loop alone: of another one a second look gives what the first has asked for. */
    private final class Seen<T> {
        private T last;
        private boolean asked;

        Seen(T first) {
            this.last = first;
        }

        T latest(Loop home, Supplier<T> read) {
            if (home == loop) {
                return read.get();
            }
            // However many look, one answer is on its way.
            if (!asked) {
                asked = true;
                home.post(() -> {
                    T now = read.get();
                    loop.post(() -> {
                        last = now;
                        asked = false;
                    });
                });
            }
            return last;
        }
    }

    private final class Watched implements SessionWatch, Ledger.Session {
        private final ObservedSession session;
        private Ledger.@Nullable SessionLine line;
        /** The last calls by what their wire calls them; also those that have ended here, since a peer may have called in their results before it knew. */
        private final Map<Key, Ledger.CallLine> latest = new LinkedHashMap<>();

        private final Seen<Ledger.Tables> tables = new Seen<>(new Ledger.Tables(0, 0, 0, 0, 0, 0));
        private final Seen<List<Ledger.Held>> held = new Seen<>(List.of());

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
            return tables.latest(session.loop(), this::counted);
        }

        @Override
        public List<Ledger.Held> oldest(int most) {
            return held.latest(session.loop(), () -> held(most));
        }

        private Ledger.Tables counted() {
            ObservedSession.Counts counts = session.counts();
            return new Ledger.Tables(
                    counts.questions(),
                    counts.answers(),
                    counts.exports(),
                    counts.imports(),
                    Math.max(counts.queuedBytes(), counts.inFlightBytes()),
                    counts.windowBytes());
        }

        private List<Ledger.Held> held(int most) {
            List<Ledger.Held> all = new ArrayList<>();
            session.exports(most).forEach(each -> all.add(held(true, each)));
            session.imports(most).forEach(each -> all.add(held(false, each)));
            return all;
        }

        private static Ledger.Held held(boolean exported, ObservedSession.Held held) {
            String what = held.what();
            return new Ledger.Held(
                    exported, held.id(), what.substring(what.lastIndexOf('.') + 1), held.references(), held.age());
        }

        @Override
        public void cut() {
            session.close(Failure.disconnected("the connection was cut in the console"));
        }
    }
}

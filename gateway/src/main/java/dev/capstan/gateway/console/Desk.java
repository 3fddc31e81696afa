package dev.capstan.gateway.console;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.QueuedCap;
import dev.capstan.capnweb.bind.Remotes;
import dev.capstan.gateway.console.Console.Served;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Lets pages in, and answers those that it has let in. */
final class Desk implements Entrance {
    private static final Duration PERIOD = Duration.ofSeconds(1);

    private final Loop loop;
    private final Ledger ledger;
    private final Tokens tokens;
    private final Map<String, Served> served;
    private final Map<String, Record> limits;

    Desk(Loop loop, Ledger ledger, Tokens tokens, Map<String, Served> served, Map<String, Record> limits) {
        this.loop = loop;
        this.ledger = ledger;
        this.tokens = tokens;
        this.served = served;
        this.limits = limits;
    }

    @Override
    public ConsoleApi authenticate(String token) {
        String session = tokens.admit(token);
        if (session == null) {
            throw Failure.failed(
                    "This token is wrong: its link was used already, or is of a program that has ended. Use the link that the"
                            + " program has printed last, or its token of console.token, or ask a console that is open for another link.");
        }
        return new Admitted(session);
    }

    /** What a page has whose token was right. */
    private final class Admitted implements ConsoleApi {
        private final String session;

        Admitted(String session) {
            this.session = session;
        }

        @Override
        public String sessionToken() {
            return session;
        }

        @Override
        public String invitationToken() {
            return tokens.invite();
        }

        @Override
        public Watch watch(Consumer<Overview> listener) {
            return new Telling(Remotes.dup(listener));
        }

        @Override
        public List<Point> history() {
            return ledger.history();
        }

        @Override
        public List<SessionRow> sessions() {
            return ledger.sessions();
        }

        @Override
        public List<CapabilityRow> capabilities() {
            return ledger.capabilities();
        }

        @Override
        public Calls calls() {
            return ledger.calls();
        }

        @Override
        public List<LimitRow> limits() {
            return limits.entrySet().stream()
                    .flatMap(each -> ledger.peaks().rows(each.getKey(), each.getValue()).stream())
                    .toList();
        }

        @Override
        public List<Description.Service> services() {
            return served.values().stream().map(Served::description).toList();
        }

        @Override
        public Cap service(String name) {
            Served found = served.get(name);
            if (found == null) {
                throw Failure.failed("nothing is served under the name " + name + ": services() tells the names");
            }
            return QueuedCap.of(loop, found.object().get());
        }

        @Override
        public boolean kill(long id) {
            return ledger.cut(id);
        }
    }

    /** Tells a page each second what goes on. */
    private final class Telling implements ConsoleApi.Watch {
        private final Consumer<ConsoleApi.Overview> listener;
        private Promise.@Nullable Cancelable alarm;

        Telling(Consumer<ConsoleApi.Overview> listener) {
            this.listener = listener;
            tell();
        }

        private void tell() {
            listener.accept(ledger.overview());
            alarm = loop.timer().after(PERIOD).listen(loop, (rung, failure) -> {
                if (failure == null) {
                    tell();
                }
            });
        }

        @Override
        public void close() {
            Promise.Cancelable next = alarm;
            alarm = null;
            if (next != null) {
                next.cancel();
                Remotes.close(listener);
            }
        }
    }
}

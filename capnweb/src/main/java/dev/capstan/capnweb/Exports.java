package dev.capstan.capnweb;

import dev.capstan.async.Promise;
import dev.capstan.cap.Call;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.ObservedSession.Held;
import dev.capstan.cap.Payload;
import dev.capstan.cap.QueuedCap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the peer can name of ours: the main object, what we introduced under negative ids, and the results of its calls under positive ones.
 *
 * <p>Invariant: each introduction gets a fresh id, whether or not the peer knows the object already, since peers exist that release an id once however often it was
 * introduced; {@code references} is therefore one until the peer releases it. {@code nextPushed} is one more than the pushes, streams and pipes that have
 * come.
 */
final class Exports {
    static final long MAIN = 0;

    private final Session session;
    private final Map<Long, Export> table = new HashMap<>();
    private long nextIntroduced = -1;
    private long nextPushed = 1;
    /** Results that the peer waits for, and promises that it is told unasked. */
    private int awaited;

    private Runnable onNoneAwaited = () -> {};
    /** Calls of the peer that objects are busy with, also if it has released their results. */
    private int running;
    /** Entries that are results of calls of the peer, or streams that it writes. */
    private int results;

    /** What is told of pushes that are too many; made once, since there may be very many. */
    private @Nullable Failure full;

    Exports(Session session, @Nullable Cap main) {
        this.session = session;
        if (main != null) {
            table.put(MAIN, new Export(MAIN, main));
        }
    }

    private static final class Export {
        final long id;
        /** Owned. */
        final Cap cap;

        /** The results of a call, until somebody waits for them: a pipeline may be known before. */
        @Nullable
        Promise<Payload> results;

        /** The peer is told the value when it is there. */
        boolean pulled;
        /** The peer does not want to hear of it any more. */
        boolean released;

        Promise.@Nullable Cancelable telling;

        /** What the peer has pushed for it, if somebody observes that. */
        Observed.@Nullable Push push;

        /** When it was given to the peer; 0 if nobody observes the session. */
        long sinceNanos;

        Export(long id, Cap cap) {
            this.id = id;
            this.cap = cap;
        }

        /** What it turned out to be, as its receiver's own. */
        Promise<PromisedValue.Settled> value() {
            Promise<Payload> known = results;
            results = null;
            return known == null
                    ? new PromisedValue(cap).value()
                    : known.convert(payload ->
                            new PromisedValue.Settled(WebPayload.of(payload).take()));
        }
    }

    int size() {
        return table.size();
    }

    /** How many entries are results of calls of the peer, or streams that it writes. */
    int results() {
        return results;
    }

    /** The oldest {@code most} entries that are objects of ours, for an observer. */
    List<Held> held(int most, Observed observed) {
        long nowNanos = observed.nanoTime();
        Iterable<Export> objects = () ->
                table.values().stream().filter(export -> export.id <= MAIN).iterator();
        return Held.oldest(objects, most, export -> nowNanos - observed.since(export.sinceNanos)).stream()
                .map(export -> new Held(
                        export.id,
                        1,
                        Held.what(export.cap),
                        Duration.ofNanos(nowNanos - observed.since(export.sinceNanos))))
                .toList();
    }

    /** What the peer calls {@code id}; borrowed. */
    Cap get(long id) {
        Export export = table.get(id);
        if (export == null) {
            throw WebException.ofProtocol(
                    id == MAIN ? "This connection has no main object." : "no such entry on exports table: " + id);
        }
        return export.cap;
    }

    /** What the peer calls {@code id}, borrowed; null if nothing. */
    @Nullable
    Cap find(long id) {
        Export export = table.get(id);
        return export == null ? null : export.cap;
    }

    // ---- introductions

    /** Introduces an object or a promise under an id of its own; keeps a reference to it. */
    long introduce(Cap cap) {
        if (table.size() >= session.limits.exports()) {
            throw Failure.overloaded("the peer holds " + table.size()
                    + " of our objects and results already: let it release some, or raise Limits.exports");
        }
        long id = nextIntroduced--;
        Export export = new Export(id, cap.share());
        if (session.observed != null) {
            export.sinceNanos = session.observed.nanoTime();
        }
        table.put(id, export);
        return id;
    }

    /** A message with introductions was not sent after all: the ids from {@code first} downwards are given to nobody. */
    void takeBack(long first) {
        while (nextIntroduced < first) {
            nextIntroduced++;
            Export export = table.remove(nextIntroduced);
            if (export != null) {
                drop(export);
            }
        }
    }

    long nextIntroduced() {
        return nextIntroduced;
    }

    /** The promise under {@code id} is told as soon as it is known. */
    void tellWhenKnown(long id) {
        Export export = table.get(id);
        if (export != null) {
            export.pulled = true;
            tell(export);
        }
    }

    // ---- calls of the peer

    /**
     * Why nothing can be pushed now; null if it can. What is pushed all the same is refused under its id, which takes room, too.
     *
     * @throws Failure if even those are too many
     */
    @Nullable
    Failure full() {
        int most = session.limits.exports();
        if (Math.max(table.size(), running) < most) {
            return null;
        }
        Failure known = full;
        if (known == null) {
            known = Failure.overloaded("you hold " + most
                    + " objects and results of this peer already, or have as many calls running, which is its limit (Limits.exports):"
                    + " release some, or wait");
            full = known;
        }
        if (table.size() >= 2L * most) {
            throw known;
        }
        return known;
    }

    /** A call by the peer of what it calls {@code target} in {@code push}, which counts until the work is over. */
    Call runs(Call call, long target, Observed.@Nullable Push push) {
        running++;
        Call counted = new Redirected(call, call.method(), () -> running--);
        return push == null ? counted : push.made(counted, target);
    }

    /** The id of what the peer pushes now. */
    long nextPushed() {
        return nextPushed++;
    }

    /** What the peer has pushed. Takes ownership of {@code result}. */
    void pushed(long id, Pushed result) {
        results++;
        table.put(id, result.export(id));
    }

    /**
     * What an expression stands for.
     *
     * @param cap leads to its value
     * @param results of the call that it is; null if it is none
     * @param push as its observer sees it; null if nobody observes
     */
    record Pushed(Cap cap, @Nullable Promise<Payload> results, Observed.@Nullable Push push) {
        Pushed(Cap cap, @Nullable Promise<Payload> results) {
            this(cap, results, null);
        }

        Pushed as(Observed.@Nullable Push observed) {
            return observed == null ? this : new Pushed(cap, results, observed);
        }

        /** What it stands for, for somebody who does not wait for the results. */
        Cap leave() {
            if (results != null) {
                results.cancel();
            }
            return cap;
        }

        private Export export(long id) {
            Export export = new Export(id, cap);
            export.results = results;
            export.push = push;
            return export;
        }
    }

    /** The peer waits for the value. */
    void pull(long id) {
        Export export = table.get(id);
        if (export == null) {
            throw WebException.ofProtocol("no such export ID: " + id);
        }
        if (!export.pulled) {
            export.pulled = true;
            tell(export);
        }
    }

    private void tell(Export export) {
        awaited++;
        if (export.push != null) {
            export.push.awaited();
        }
        export.telling = export.value().listen(session.loop, (settled, failure) -> {
            export.telling = null;
            try (settled) {
                if (export.released) {
                    return;
                }
                Failure wrong = null;
                long before = session.outbox.bytesSent();
                if (settled == null) {
                    wrong = Failure.of(failure == null ? Failure.failed("no value") : failure);
                    session.outbox.reject(export.id, wrong);
                } else {
                    session.outbox.resolve(export.id, settled.value());
                }
                if (export.push != null) {
                    export.push.told(wrong, session.outbox.bytesSent() - before);
                }
            } finally {
                told();
            }
        });
    }

    private void told() {
        if (--awaited == 0) {
            onNoneAwaited.run();
        }
    }

    /** How many results and promises the peer has still to be told. */
    int awaited() {
        return awaited;
    }

    /** Runs {@code action} whenever the peer has been told everything that it waits for. */
    void onNoneAwaited(Runnable action) {
        onNoneAwaited = action;
    }

    /** Nothing more will come from the peer: what it writes to is at its end. */
    void heardAll(Failure cause) {
        for (Export export : List.copyOf(table.values())) {
            if (export.cap instanceof IncomingStream stream) {
                stream.heardAll(cause);
            }
        }
    }

    /** The peer is told {@code cause} instead of everything that it waits for. */
    void rejectAwaited(Failure cause) {
        for (Export export : List.copyOf(table.values())) {
            Promise.Cancelable telling = export.telling;
            if (telling != null) {
                export.telling = null;
                telling.cancel();
                session.outbox.reject(export.id, cause);
                if (export.push != null) {
                    export.push.told(cause, 0);
                }
                told();
            }
        }
    }

    /** Does what the peer pushed, tells the result and forgets it. Takes ownership of {@code result}. */
    void streamed(long id, Pushed result) {
        Export export = result.export(id);
        export.pulled = true;
        results++;
        table.put(id, export);
        awaited++;
        if (export.push != null) {
            export.push.awaited();
        }
        export.telling = export.value().listen(session.loop, (settled, failure) -> {
            export.telling = null;
            Failure wrong = null;
            if (settled != null) {
                settled.close();
                session.outbox.resolve(id, JsValue.UNDEFINED);
            } else {
                wrong = Failure.of(failure == null ? Failure.failed("no value") : failure);
                session.outbox.reject(id, wrong);
            }
            if (export.push != null) {
                export.push.told(wrong, 0);
            }
            if (table.remove(id, export)) {
                results--;
                drop(export);
            }
            told();
        });
    }

    /** The peer gives back {@code count} references. */
    void release(long id, long count) {
        Export export = table.get(id);
        if (export == null) {
            throw WebException.ofProtocol("no such export ID: " + id);
        }
        if (count > 1) {
            throw WebException.ofProtocol("refcount would go negative: 1 < " + count);
        }
        if (count < 0) {
            throw WebException.ofProtocol("a release gives back references, not " + count);
        }
        if (count == 1) {
            table.remove(id);
            if (id > 0) {
                results--;
                dropOnceBegun(export);
            } else {
                drop(export);
            }
        }
    }

    /**
     * Who calls and does not want to know the result, or is gone, still wants the call: it begins in its slot before it can be cancelled. One that waits for an argument, or for what another
     * call returns, is given up if that is not there by the end of the turn.
     */
    private void dropOnceBegun(Export export) {
        export.released = true;
        boolean waits = export.cap.innermost() instanceof QueuedCap promise
                && !promise.waitedFor().isEmpty();
        Promise<Void> begun = waits ? session.loop.atLast() : session.loop.pause();
        begun.listen(session.loop, (ignored, failure) -> drop(export));
    }

    private void drop(Export export) {
        if (export.push != null) {
            export.push.dropped();
        }
        Promise.Cancelable telling = export.telling;
        export.telling = null;
        if (telling != null) {
            telling.cancel();
            told();
        }
        if (export.results != null) {
            export.results.cancel();
        }
        export.cap.close();
    }

    void disconnected() {
        List<Export> all = new ArrayList<>(table.values());
        table.clear();
        results = 0;
        for (Export export : all) {
            if (export.id > 0) {
                dropOnceBegun(export);
            } else {
                drop(export);
            }
        }
    }
}

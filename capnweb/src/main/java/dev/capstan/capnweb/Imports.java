package dev.capstan.capnweb;

import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.ObservedSession.Held;
import dev.capstan.cap.QueuedCap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the peer has introduced to us: its main object, and objects and promises under negative ids.
 *
 * <p>Invariant: {@code introductions} of an entry is how often it was introduced since it was made, and one Release gives them all back when the last
 * reference to it is closed. The main object is introduced by the session itself, and is not counted.
 */
final class Imports {
    static final long MAIN = 0;

    private final Session session;
    private final Map<Long, Entry> table = new HashMap<>();

    Imports(Session session) {
        this.session = session;
        table.put(MAIN, new Entry(new ImportCap(session, MAIN), null, now()));
    }

    private static final class Entry {
        final @Nullable ImportCap cap;
        final @Nullable QueuedCap promise;
        long introductions = 1;
        final long sinceNanos;

        Entry(@Nullable ImportCap cap, @Nullable QueuedCap promise, long sinceNanos) {
            this.sinceNanos = sinceNanos;
            this.cap = cap;
            this.promise = promise;
        }
    }

    /** When an entry is made; 0 if nobody observes the session. */
    private long now() {
        Observed observed = session.observed;
        return observed == null ? 0 : observed.nanoTime();
    }

    int size() {
        return table.size();
    }

    /** The oldest {@code most} entries, for an observer. */
    List<Held> held(int most, Observed observed) {
        long nowNanos = observed.nanoTime();
        return Held.oldest(table.entrySet(), most, entry -> nowNanos - observed.since(entry.getValue().sinceNanos))
                .stream()
                .map(entry -> new Held(
                        entry.getKey(),
                        entry.getValue().introductions,
                        entry.getValue().promise == null ? "object" : "promise",
                        Duration.ofNanos(nowNanos - observed.since(entry.getValue().sinceNanos))))
                .toList();
    }

    /** The peer's main object; the caller owns the reference. */
    Cap main() {
        Entry entry = table.get(MAIN);
        if (entry == null || entry.cap == null || !entry.cap.tryShare()) {
            throw Failure.disconnected("the session has ended, or its main object was released");
        }
        return entry.cap;
    }

    /** The peer introduces an object; the caller owns the reference. */
    Cap object(long id) {
        Entry known = table.get(id);
        if (known != null && known.cap != null && known.cap.tryShare()) {
            known.introductions++;
            return known.cap;
        }
        if (known != null && known.cap != null) {
            // Its last reference was closed on another thread, and that is still to be heard of here.
            ImportCap cap = new ImportCap(session, id);
            Entry again = new Entry(cap, null, known.sinceNanos);
            again.introductions = known.introductions + 1;
            table.put(id, again);
            return cap;
        }
        ImportCap cap = new ImportCap(session, introduced(id, known));
        table.put(id, new Entry(cap, null, now()));
        return cap;
    }

    /** The peer introduces something that it will tell later; the caller owns the reference. */
    Cap promise(long id) {
        introduced(id, table.get(id));
        QueuedCap[] cap = new QueuedCap[1];
        cap[0] = new QueuedCap(session.loop, () -> unused(id));
        table.put(id, new Entry(null, cap[0], now()));
        return cap[0];
    }

    private long introduced(long id, @Nullable Entry known) {
        if (id >= 0 || known != null) {
            throw WebException.ofProtocol("The id " + id
                    + (known != null
                            ? " was introduced before, and is not released"
                            : " is none that the sender may choose: its own are negative")
                    + ".");
        }
        if (table.size() >= session.limits.imports()) {
            throw WebException.ofProtocol("The peer has introduced " + table.size()
                    + " objects that are still held here, which is the limit (Limits.imports).");
        }
        return id;
    }

    /** The promise that the peer has introduced as {@code id}, borrowed; null if there is none. */
    @Nullable
    QueuedCap unknown(long id) {
        Entry entry = table.get(id);
        return entry == null ? null : entry.promise;
    }

    /** The peer tells what a promise is. Takes ownership of {@code value}. Answers whether there is such a promise. */
    boolean resolve(long id, WebPayload value) {
        Entry entry = table.get(id);
        if (entry == null || entry.promise == null) {
            return false;
        }
        giveBack(id, entry);
        try (value) {
            entry.promise.resolve(value.cap(dev.capstan.cap.Path.Names.NONE));
        }
        return true;
    }

    /** The peer tells that a promise has failed. Answers whether there is such a promise. */
    boolean reject(long id, Failure failure) {
        Entry entry = table.get(id);
        if (entry == null || entry.promise == null) {
            return false;
        }
        giveBack(id, entry);
        entry.promise.fail(failure);
        return true;
    }

    /** What the peer has promised and not told will not be told any more. */
    void heardAll(Failure cause) {
        for (Long id : List.copyOf(table.keySet())) {
            reject(id, cause);
        }
    }

    private void unused(long id) {
        Entry entry = table.get(id);
        if (entry != null) {
            giveBack(id, entry);
        }
    }

    /** The last reference was closed. */
    void released(ImportCap cap) {
        Entry entry = table.get(cap.id());
        if (entry != null && entry.cap == cap) {
            giveBack(cap.id(), entry);
        }
    }

    private void giveBack(long id, Entry entry) {
        table.remove(id);
        if (id != MAIN) {
            session.outbox.release(id, entry.introductions);
        }
    }

    void disconnected(Failure cause) {
        List<Entry> all = new ArrayList<>(table.values());
        table.clear();
        for (Entry entry : all) {
            if (entry.promise != null) {
                entry.promise.fail(cause);
            }
        }
    }
}

package dev.capstan.capnp.rpc;

import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.ObservedSession.Held;
import dev.capstan.capnp.rpc.protocol.Release;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The capabilities of the peer that we hold.
 *
 * <p>Invariant: {@code remoteReferences} of an entry is the number of descriptors received for it since the entry was made; when our last reference
 * is closed, or was forgotten and collected, one Release gives them all back and the entry goes. The table itself refers weakly to what it made, so
 * that forgetting is noticed.
 */
final class Imports {
    private final Connection connection;
    private final Map<Integer, Import> table = new HashMap<>();
    private final ReferenceQueue<ImportCap> forgotten = new ReferenceQueue<>();

    Imports(Connection connection) {
        this.connection = connection;
    }

    private static final class Import extends WeakReference<ImportCap> {
        final int id;
        long remoteReferences;
        /** When the peer has given it to us; 0 if nobody observes the connection. */
        long sinceNanos;
        /** If the peer exported a promise: the reference that users hold. */
        @Nullable
        WeakReference<PromisedCap> promise;

        Import(ImportCap cap, ReferenceQueue<ImportCap> queue) {
            super(cap, queue);
            this.id = cap.importId();
        }
    }

    /** A descriptor names an export of the peer. The caller owns the reference. */
    Cap receive(int id, boolean isPromise) {
        Import entry = table.get(id);
        ImportCap cap = entry == null ? null : entry.get();
        boolean fresh = cap == null || !cap.tryShare();
        if (fresh) {
            if (table.size() >= connection.limits.imports()) {
                throw connection.protocolError("the peer has given us " + table.size()
                        + " capabilities that are still held, which is the limit (Limits.imports)");
            }
            cap = new ImportCap(connection, id);
            Import next = new Import(cap, forgotten);
            if (entry != null) {
                // Collected, or closed on another thread and about to be released: what it counted goes on with the new
                // one.
                next.remoteReferences = entry.remoteReferences;
                next.sinceNanos = entry.sinceNanos;
                entry.clear();
            } else if (connection.observed != null) {
                next.sinceNanos = connection.observed.nanoTime();
            }
            entry = next;
            table.put(id, entry);
        }
        if (entry == null || cap == null) {
            throw new AssertionError("an import has neither entry nor capability");
        }
        entry.remoteReferences++;
        if (!isPromise) {
            return cap;
        }
        PromisedCap known = entry.promise == null ? null : entry.promise.get();
        if (known != null && known.tryShare()) {
            cap.close();
            return known;
        }
        ImportCap initial = cap;
        PromisedCap promised = new PromisedCap(initial, initial::close);
        entry.promise = new WeakReference<>(promised);
        return promised;
    }

    /** The promise that a Resolve names; null if nobody here holds it any more. */
    @Nullable
    PromisedCap promise(int id) {
        Import entry = table.get(id);
        if (entry == null) {
            return null;
        }
        if (entry.promise == null) {
            throw connection.protocolError("Got 'Resolve' for a non-promise import.");
        }
        PromisedCap cap = entry.promise.get();
        return cap == null || cap.isReleased() ? null : cap;
    }

    /** Our last reference was closed. */
    void released(ImportCap cap) {
        Import entry = table.get(cap.importId());
        if (entry != null && entry.refersTo(cap)) {
            entry.clear();
            giveBack(entry);
        }
    }

    /** Gives back what users forgot to close. */
    void collect() {
        for (Reference<? extends ImportCap> next = forgotten.poll(); next != null; next = forgotten.poll()) {
            if (next instanceof Import entry && table.get(entry.id) == entry) {
                giveBack(entry);
            }
        }
    }

    private void giveBack(Import entry) {
        table.remove(entry.id);
        long count = entry.remoteReferences - (connection.faults.contains(Fault.RELEASE_ONE_TOO_FEW) ? 1 : 0);
        if (connection.isUp() && count > 0) {
            OutgoingMessage message = new OutgoingMessage(0);
            Release.Builder release = message.root().initRelease();
            release.setId(Integer.toUnsignedLong(entry.id));
            release.setReferenceCount(count);
            message.send(connection);
        }
    }

    int size() {
        return table.size();
    }

    /** The oldest {@code most} entries, for an observer. */
    List<Held> held(int most, long nowNanos) {
        return Held.oldest(table.values(), most, entry -> nowNanos - entry.sinceNanos).stream()
                .map(entry -> new Held(
                        Integer.toUnsignedLong(entry.id),
                        entry.remoteReferences,
                        entry.promise == null ? "object" : "promise",
                        Duration.ofNanos(nowNanos - entry.sinceNanos)))
                .toList();
    }

    void disconnected(Failure cause) {
        List<Import> all = new ArrayList<>(table.values());
        table.clear();
        for (Import entry : all) {
            PromisedCap promise = entry.promise == null ? null : entry.promise.get();
            if (promise != null && !promise.isReleased() && !promise.isResolved()) {
                promise.fail(cause);
            }
        }
    }
}

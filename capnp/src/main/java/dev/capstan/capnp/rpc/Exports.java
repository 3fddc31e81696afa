package dev.capstan.capnp.rpc;

import dev.capstan.async.Promise;
import dev.capstan.cap.BrokenCap;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.ObservedSession.Held;
import dev.capstan.capnp.CapTable;
import dev.capstan.capnp.StructList;
import dev.capstan.capnp.rpc.protocol.CapDescriptor;
import dev.capstan.capnp.rpc.protocol.Payload;
import dev.capstan.capnp.rpc.protocol.Resolve;
import java.time.Duration;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The capabilities of ours that the peer holds.
 *
 * <p>Invariant: {@code references} of an entry is the number of descriptors sent for it less the references that the peer has released; at zero the
 * entry goes. A capability has at most one entry that names it as itself ({@code canonical}); an entry that was exported as a promise keeps its id
 * when the promise resolves, and from then on leads where the Resolve said, and no further: the peer relies on that when it reflects calls.
 */
final class Exports {
    static final int[] NONE = {};

    private final Connection connection;
    private final Ids<Export> table = new Ids<>();
    private final IdentityHashMap<Cap, Export> byCap = new IdentityHashMap<>();
    /** What the peer believes the capability described last to be; borrowed. */
    private @Nullable Cap lastDescribed;

    Exports(Connection connection) {
        this.connection = connection;
    }

    private static final class Export {
        final int id;
        int references;
        /** Owned. */
        Cap cap;

        boolean canonical = true;
        /** When it was given to the peer first; 0 if nobody observes the connection. */
        long sinceNanos;

        Promise.@Nullable Cancelable resolving;

        Export(int id, Cap cap) {
            this.id = id;
            this.cap = cap;
        }
    }

    /** The capability under {@code id}, borrowed; null if there is none. */
    @Nullable
    Cap get(int id) {
        Export export = table.get(id);
        return export == null ? null : export.cap;
    }

    int size() {
        return table.size();
    }

    /** The oldest {@code most} entries, for an observer. */
    List<Held> held(int most, long nowNanos) {
        return Held.oldest(table.entries(), most, export -> nowNanos - export.sinceNanos).stream()
                .map(export -> new Held(
                        Integer.toUnsignedLong(export.id),
                        export.references,
                        Held.what(export.cap),
                        Duration.ofNanos(nowNanos - export.sinceNanos)))
                .toList();
    }

    /**
     * Describes every capability of a payload.
     *
     * @param described if not null, gets for each capability that leads elsewhere what the peer will believe it to be
     * @return the ids that got a reference
     */
    int[] describeAll(CapTable caps, Payload.Builder payload, @Nullable IdentityHashMap<Cap, Cap> described) {
        int count = caps.size();
        if (count == 0) {
            return NONE;
        }
        StructList.Builder<CapDescriptor.Builder> descriptors = payload.initCapTable(count);
        int[] ids = new int[count];
        int used = 0;
        try {
            for (int i = 0; i < count; i++) {
                Cap cap = caps.get(i);
                if (cap == null) {
                    continue;
                }
                int exported = describe(cap.innermost(), descriptors.get(i));
                if (exported >= 0) {
                    ids[used++] = exported;
                }
                Cap known = lastDescribed;
                if (described != null && known != null && known != cap) {
                    described.put(cap, known);
                }
            }
        } catch (RuntimeException e) {
            release(Arrays.copyOf(ids, used));
            throw e;
        }
        return Arrays.copyOf(ids, used);
    }

    /** Describes a capability that is not resolved further; returns the id that got a reference, or -1 if the peer hosts it itself. */
    private int describe(Cap inner, CapDescriptor.Builder descriptor) {
        if (inner instanceof RemoteCap remote && remote.connection == connection) {
            lastDescribed = remote.describe(descriptor);
            return -1;
        }
        lastDescribed = inner;
        if (inner instanceof BrokenCap broken && broken.isNull()) {
            descriptor.setNone();
            return -1;
        }
        Export export = byCap.get(inner);
        if (export == null || connection.faults.contains(Fault.EXPORT_NOT_SHARED)) {
            if (table.size() >= connection.limits.exports()) {
                throw Failure.overloaded("the peer holds " + table.size()
                        + " of our capabilities already: release some, or raise Limits.exports");
            }
            export = table.add(id -> new Export(id, inner.share()));
            byCap.put(inner, export);
            if (connection.observed != null) {
                export.sinceNanos = connection.observed.nanoTime();
            }
            watch(export, inner.resolution());
        }
        export.references++;
        if (export.resolving != null) {
            descriptor.setSenderPromise(Integer.toUnsignedLong(export.id));
        } else {
            descriptor.setSenderHosted(Integer.toUnsignedLong(export.id));
        }
        return export.id;
    }

    /** If the entry is a promise, arranges for the Resolve. */
    private void watch(Export export, @Nullable Promise<Cap> resolution) {
        if (resolution == null) {
            return;
        }
        export.resolving = () -> {};
        export.resolving = resolution.listen(connection.loop, (cap, failure) -> {
            if (table.get(export.id) != export) {
                if (cap != null) {
                    cap.close();
                }
            } else if (cap != null) {
                resolved(export, cap);
            } else {
                rejected(export, Failure.of(failure == null ? Failure.failed("never resolved") : failure));
            }
        });
    }

    /** Takes ownership of {@code resolution}. */
    private void resolved(Export export, Cap resolution) {
        Cap inner = resolution.innermost().share();
        resolution.close();
        if (export.canonical) {
            byCap.remove(export.cap, export);
        }
        Cap before = export.cap;
        export.cap = inner;
        export.canonical = false;
        export.resolving = null;
        before.close();
        if (!(inner instanceof RemoteCap) && !byCap.containsKey(inner)) {
            Promise<Cap> next = inner.resolution();
            if (next != null) {
                // Still a promise, and one the peer does not know: the entry stands for it from now on, without a word.
                byCap.put(inner, export);
                export.canonical = true;
                watch(export, next);
                return;
            }
        }
        if (!connection.isUp() || connection.faults.contains(Fault.NO_RESOLVE)) {
            return;
        }
        OutgoingMessage message = new OutgoingMessage(8);
        Resolve.Builder resolve = message.root().initResolve();
        resolve.setPromiseId(Integer.toUnsignedLong(export.id));
        CapDescriptor.Builder descriptor = resolve.initCap();
        try {
            describe(inner, descriptor);
        } catch (Failure full) {
            rejected(export, full);
            return;
        }
        message.send(connection);
        Cap known = lastDescribed;
        if (known != null && known != inner && table.get(export.id) == export) {
            // What the peer was told is the way that a promise takes now. Later calls to this entry must follow it,
            // even when the promise
            // itself resolves further.
            export.cap = known.share();
            inner.close();
        }
    }

    private void rejected(Export export, Failure failure) {
        export.resolving = null;
        if (!connection.isUp()) {
            return;
        }
        OutgoingMessage message = new OutgoingMessage(connection.traces.sizeWords(failure));
        Resolve.Builder resolve = message.root().initResolve();
        resolve.setPromiseId(Integer.toUnsignedLong(export.id));
        connection.traces.write(failure, resolve.initException());
        message.send(connection);
    }

    /** The peer gives back {@code count} references. */
    void release(int id, long count) {
        Export export = table.get(id);
        if (export == null) {
            throw connection.protocolError("Tried to release invalid export ID.");
        }
        if (count > export.references) {
            throw connection.protocolError("Tried to drop export's refcount below zero.");
        }
        export.references -= (int) count;
        if (export.references == 0) {
            table.remove(id);
            drop(export);
        }
    }

    /** Gives back one reference of each. */
    void release(int[] ids) {
        for (int id : ids) {
            release(id, 1);
        }
    }

    private void drop(Export export) {
        if (export.canonical) {
            byCap.remove(export.cap, export);
        }
        Promise.Cancelable resolving = export.resolving;
        export.resolving = null;
        if (resolving != null) {
            resolving.cancel();
        }
        export.cap.close();
    }

    void disconnected() {
        table.drain(this::drop);
        byCap.clear();
    }
}

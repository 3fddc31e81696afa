package dev.capstan.capnp.rpc;

import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Path;
import dev.capstan.cap.Pipeline;
import dev.capstan.cap.QueuedCap;
import dev.capstan.capnp.CapnpPayload;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The places in one answer that messages of the peer are addressed to. Most calls have none. All messages to one place are calls on one reference: they
 * keep their order whatever becomes of it.
 */
final class Places {
    private final Connection connection;
    /** Where messages went before there were results, and where later ones begin; each owned. */
    private final Map<Path, Cap> used = new HashMap<>(0);

    /** What was sent as results, while the peer may still address places in it; owned. */
    private @Nullable CapnpPayload results;

    private final Map<Path, Cap> inResults = new HashMap<>(0);
    /** Where capabilities of the results lead, of those that were described as something else than themselves; owned once they are {@link #sent}. */
    private final IdentityHashMap<Cap, Cap> described = new IdentityHashMap<>(0);

    Places(Connection connection) {
        this.connection = connection;
    }

    /** What a message to this place is meant for; the caller owns it. */
    Cap at(Path path, Pipeline pipeline) {
        Cap original = used.get(path);
        if (original == null) {
            connection.answers.placeUsed();
            original = pipeline.cap(path);
            used.put(path, original);
        }
        CapnpPayload sent = results;
        if (sent == null) {
            return original.share();
        }
        Cap way = inResults.get(path);
        if (way == null) {
            way = asReturned(original, sent.cap(path));
            inResults.put(path, way);
        }
        return way.share();
    }

    /**
     * A place in results that were sent. It leads where the Return said and no further, since the peer relies on that when it reflects calls; but only
     * once {@code original}, which earlier calls have used, leads there too. Takes ownership of {@code sent}.
     */
    private Cap asReturned(Cap original, Cap sent) {
        Cap said = described.getOrDefault(sent, sent).share();
        sent.close();
        return original.leadsTo(sent)
                ? said
                : QueuedCap.of(
                        connection.loop, whenItLeadsTo(original.share(), sent).convert(done -> said));
    }

    /** Takes ownership of {@code from}. */
    private static Promise<Void> whenItLeadsTo(Cap from, Cap target) {
        if (from.leadsTo(target)) {
            from.close();
            return Promise.done();
        }
        Promise<Cap> next = from.innermost().resolution();
        from.close();
        return next == null ? Promise.done() : next.then(cap -> whenItLeadsTo(cap, target));
    }

    /** To be filled in with what the results are described as, before they are {@link #sent} or were {@link #notSent}. */
    IdentityHashMap<Cap, Cap> described() {
        return described;
    }

    /** Takes ownership of {@code content}, the results that went out. */
    void sent(CapnpPayload content) {
        described.values().forEach(Cap::share);
        results = content;
    }

    /** The results did not go out. */
    void notSent() {
        described.clear();
    }

    /** No message will be addressed to this answer any more. */
    void close() {
        connection.answers.placesForgotten(used.size());
        used.values().forEach(Cap::close);
        used.clear();
        inResults.values().forEach(Cap::close);
        inResults.clear();
        CapnpPayload sent = results;
        results = null;
        if (sent != null) {
            described.values().forEach(Cap::close);
            described.clear();
            sent.close();
        }
    }
}

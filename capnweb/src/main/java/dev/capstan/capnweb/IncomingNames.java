package dev.capstan.capnweb;

import dev.capstan.async.Promise;
import dev.capstan.cap.Answer;
import dev.capstan.cap.BrokenCap;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Path;
import dev.capstan.cap.Payload;
import dev.capstan.cap.QueuedCap;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the peer means: its expressions as entries of our tables, and as calls on them. */
final class IncomingNames implements Incoming {
    private final Session session;
    /** What the message that is being read has introduced so far. */
    private final Set<Long> introduced = new HashSet<>();

    /** What was made for the message that is being read and is in no call's arguments yet. */
    private final IdentityHashMap<AutoCloseable, Integer> made = new IdentityHashMap<>();

    /** The results of the call that was made last. */
    private @Nullable Promise<Payload> lastResults;

    IncomingNames(Session session) {
        this.session = session;
    }

    /** What an expression stands for, which the caller owns; something broken if it cannot be understood. */
    Exports.Pushed result(@Nullable Object tree) {
        introduced.clear();
        made.clear();
        lastResults = null;
        try {
            Object value = session.decoder().value(tree);
            Promise<Payload> results = lastResults;
            lastResults = null;
            return switch (value) {
                case PromisedValue(Cap cap) -> new Exports.Pushed(cap, results);
                case Cap cap -> new Exports.Pushed(cap, results);
                case null, default -> {
                    if (results != null) {
                        results.cancel();
                    }
                    yield new Exports.Pushed(whole(value), null);
                }
            };
        } catch (WebException | Failure e) {
            releaseAll(tree);
            return new Exports.Pushed(new BrokenCap(Errors.failure(e)), null);
        }
    }

    /** A value of the peer when all of it is known; fails if it cannot be understood. */
    Promise<WebPayload> value(@Nullable Object tree) {
        introduced.clear();
        made.clear();
        try {
            Object value = session.decoder().value(tree);
            dropLastResults();
            return complete(value);
        } catch (WebException | Failure e) {
            releaseAll(tree);
            return Promise.failed(Errors.failure(e));
        }
    }

    private Cap whole(@Nullable Object value) {
        if (!Waiting.isIn(value)) {
            return new ValueCap(WebPayload.holding(value), Path.Names.NONE);
        }
        return QueuedCap.of(session.loop, complete(value).convert(payload -> new ValueCap(payload, Path.Names.NONE)));
    }

    /** Takes ownership of {@code value}. */
    private static Promise<WebPayload> complete(@Nullable Object value) {
        return Waiting.isIn(value) ? Waiting.of(value) : Promise.of(WebPayload.holding(value));
    }

    private void dropLastResults() {
        Promise<Payload> results = lastResults;
        lastResults = null;
        if (results != null) {
            results.cancel();
        }
    }

    /** A message is refused: what it introduces goes back, so that its sender need not keep it for ever. */
    private void releaseAll(@Nullable Object tree) {
        dropLastResults();
        made.forEach((each, references) -> Values.close(Collections.nCopies(references, each)));
        made.clear();
        Decoder.introductions(tree, id -> {
            if (id > 0) {
                // Not the sender's to choose: the readable end of a pipe, if anything.
                session.pipes.refuse(id);
            } else if (id < 0 && introduced.add(id)) {
                session.sendRelease(id, 1);
            }
        });
    }

    @Override
    public Cap export(long id) {
        Cap cap = session.imports.object(id);
        introduced.add(id);
        made.merge(cap, 1, Integer::sum);
        return cap;
    }

    @Override
    public Object promise(long id) {
        PromisedValue promise = new PromisedValue(session.imports.promise(id));
        introduced.add(id);
        made.merge(promise, 1, Integer::sum);
        return promise;
    }

    @Override
    public Cap imported(long id, Path.Names path, @Nullable List<@Nullable Object> args) {
        Cap cap = reference(id, path, args);
        made.merge(cap, 1, Integer::sum);
        return cap;
    }

    @Override
    public Object pipelined(long id, Path.Names path, @Nullable List<@Nullable Object> args) {
        PromisedValue promise = new PromisedValue(reference(id, path, args));
        made.merge(promise, 1, Integer::sum);
        return promise;
    }

    private Cap reference(long id, Path.Names path, @Nullable List<@Nullable Object> args) {
        Cap root = session.exports.get(id);
        if (path.isEmpty() && args == null) {
            return root.share();
        }
        takenOver(Values.owned(args));
        Answer answer = Delivery.call(session.loop, root, path, args);
        Cap result = answer.pipeline().cap(Path.Names.NONE);
        answer.pipeline().close();
        // Of a whole expression it is the last call that is pulled; those inside it are arguments.
        dropLastResults();
        lastResults = answer.results();
        return result;
    }

    @Override
    public Writable writable(long id) {
        Cap cap = session.imports.object(id);
        introduced.add(id);
        Writable stream = new Writable(new OutgoingStream(session, id, cap));
        made.merge(stream, 1, Integer::sum);
        return stream;
    }

    @Override
    public Readable readable(long id) {
        Readable stream = session.pipes.fetch(id);
        made.merge(stream, 1, Integer::sum);
        return stream;
    }

    @Override
    public Object remap(
            long id, Path.Names path, List<@Nullable Object> captures, List<@Nullable Object> instructions) {
        throw WebException.of("Maps are not taken by this version.");
    }

    @Override
    public PromisedValue blob(String type, Object content) {
        Readable stream = (Readable) content;
        takenOver(List.of(stream));
        PromisedValue blob = session.pipes.blob(type, stream);
        made.merge(blob, 1, Integer::sum);
        return blob;
    }

    @Override
    public void dropped(@Nullable Object value) {
        List<AutoCloseable> all = Values.owned(value);
        takenOver(all);
        Values.close(all);
    }

    /** These have another owner now. */
    private void takenOver(List<AutoCloseable> all) {
        all.forEach(each -> made.computeIfPresent(each, (same, references) -> references == 1 ? null : references - 1));
    }
}

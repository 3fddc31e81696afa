package dev.capstan.capnweb;

import dev.capstan.async.Promise;
import dev.capstan.cap.Answer;
import dev.capstan.cap.BrokenCap;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Hints;
import dev.capstan.cap.Path;
import dev.capstan.cap.Payload;
import dev.capstan.cap.QueuedCap;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What the peer means: its expressions as entries of our tables, and as calls on them. */
final class IncomingNames implements Incoming {
    private final Session session;
    /** What the message that is being read has introduced so far. */
    private final Set<Long> introduced = new HashSet<>();

    /** What was made for the message that is being read and is in no call's arguments yet. */
    private final Made made = new Made();

    /** Of the message that is being read; made when it has a map. */
    private @Nullable Mapping mapping;

    /** The results of the call that was made last. */
    private @Nullable Promise<Payload> lastResults;

    IncomingNames(Session session) {
        this.session = session;
    }

    /** What an expression stands for, which the caller owns; something broken if it cannot be understood. */
    Exports.Pushed result(@Nullable Object tree) {
        introduced.clear();
        made.clear();
        mapping = null;
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
            Failure failure = Errors.failure(e);
            if (session.observed != null) {
                session.observed.refused(failure);
            }
            return new Exports.Pushed(new BrokenCap(failure), null);
        }
    }

    /** A value of the peer when all of it is known; fails if it cannot be understood. */
    Promise<WebPayload> value(@Nullable Object tree) {
        return value(tree, others -> {});
    }

    /**
     * As {@link #value(Object)}.
     *
     * @param waiting is told what the value, or what it leads to, waits for, if it is not known now; it may refuse that with a {@link Failure}
     */
    Promise<WebPayload> value(@Nullable Object tree, Consumer<List<Cap>> waiting) {
        introduced.clear();
        made.clear();
        mapping = null;
        try {
            Object value = session.decoder().value(tree);
            dropLastResults();
            boolean waits = Waiting.isIn(value);
            if (waits || value instanceof Cap) {
                waiting.accept(Circles.of(value));
            }
            return waits
                    ? Waiting.of(session.loop, value, session.limits.values())
                    : Promise.of(WebPayload.holding(value));
        } catch (WebException | Failure e) {
            releaseAll(tree);
            return Promise.failed(Errors.failure(e));
        }
    }

    private Cap whole(@Nullable Object value) {
        if (!Waiting.isIn(value)) {
            return new ValueCap(WebPayload.holding(value), Path.Names.NONE);
        }
        List<Cap> parts = Circles.of(value);
        Promise<WebPayload> complete = Waiting.of(session.loop, value, session.limits.values());
        Cap whole = QueuedCap.of(session.loop, complete.convert(payload -> new ValueCap(payload, Path.Names.NONE)));
        Circles.waits(whole, parts);
        return whole;
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
        made.close();
        Decoder.introductions(tree, id -> {
            if (id > 0) {
                // Not the sender's to choose: the readable end of a pipe, if anything.
                session.pipes.refuse(id);
            } else if (id < 0 && introduced.add(id)) {
                session.outbox.release(id, 1);
            }
        });
    }

    @Override
    public Cap export(long id) {
        Cap cap = session.imports.object(id);
        introduced.add(id);
        return made.add(cap);
    }

    @Override
    public Object promise(long id) {
        PromisedValue promise = new PromisedValue(session.imports.promise(id));
        introduced.add(id);
        return made.add(promise);
    }

    @Override
    public Cap imported(long id, Path.Names path, @Nullable List<@Nullable Object> args) {
        Cap cap = reference(id, path, args);
        return made.add(cap);
    }

    @Override
    public Object pipelined(long id, Path.Names path, @Nullable List<@Nullable Object> args) {
        PromisedValue promise = new PromisedValue(reference(id, path, args));
        return made.add(promise);
    }

    private Cap reference(long id, Path.Names path, @Nullable List<@Nullable Object> args) {
        Cap root = session.exports.get(id);
        if (path.isEmpty() && args == null) {
            return root.share();
        }
        made.takenOver(Values.owned(args));
        // It may be that nothing of them is left after the call.
        List<Cap> parts = Circles.operands(root, args);
        Observed.Push push = session.observed == null ? null : session.observed.push();
        Answer answer = Delivery.call(
                session.loop,
                root,
                path,
                args,
                session.limits.values(),
                Hints.NONE,
                call -> session.exports.runs(call, id, push));
        Cap result = answer.pipeline().cap(Path.Names.NONE);
        answer.pipeline().close();
        Circles.waits(result, parts);
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
        return made.add(stream);
    }

    @Override
    public Readable readable(long id) {
        Readable stream = session.pipes.fetch(id);
        return made.add(stream);
    }

    @Override
    public Object remap(
            long id, Path.Names path, List<@Nullable Object> captures, List<@Nullable Object> instructions) {
        List<Cap> captured = new ArrayList<>(captures.size());
        MapProgram program = new MapProgram(captured, instructions);
        Cap subject = session.exports.get(id);
        try {
            for (Object capture : captures) {
                List<?> pair = (List<?>) Objects.requireNonNull(capture);
                captured.add(captured("import".equals(pair.get(0)), MapRun.name(pair)));
            }
        } catch (WebException e) {
            program.close();
            throw e;
        }
        Mapping all = mapping;
        if (all == null) {
            all = Mapping.of(session.loop, session.limits);
            mapping = all;
        }
        Exports.Pushed mapped = all.map(subject, path, program);
        dropLastResults();
        lastResults = mapped.results();
        return made.add(new PromisedValue(mapped.cap()));
    }

    private Cap captured(boolean isOurs, long id) {
        if (isOurs) {
            return session.exports.get(id).share();
        }
        Cap cap = session.imports.object(id);
        introduced.add(id);
        return cap;
    }

    @Override
    public PromisedValue blob(String type, Object content) {
        Readable stream = (Readable) content;
        made.takenOver(List.of(stream));
        return made.add(session.pipes.blob(type, stream));
    }

    @Override
    public void dropped(@Nullable Object value) {
        List<AutoCloseable> all = Values.owned(value);
        made.takenOver(all);
        Values.close(all);
    }
}

package dev.capstan.capnweb;

import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Answer;
import dev.capstan.cap.BrokenCap;
import dev.capstan.cap.CallWatch;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Hints;
import dev.capstan.cap.Path;
import dev.capstan.cap.Payload;
import dev.capstan.cap.Pipeline;
import dev.capstan.cap.QueuedCap;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What stubs lead to: an object, a value of this process, or the result of a call, which is asked for when somebody waits for it and not before.
 *
 * <p>Counted, on any thread; everything else happens on the loop's thread, in the order in which a thread asked for it. A state made on another thread
 * leads to a queue until its call was sent.
 */
final class StubState {
    private static final Logger LOG = System.getLogger(StubState.class.getName());

    private final Loop loop;
    private final @Nullable Leftovers leftovers;
    /** On the loop's thread; broken once a call was given up. */
    private Cap cap;

    private final Kind kind;
    /** Of what does not lead over a session. */
    private @Nullable RareWarning ownLosses;

    /** Over which calls leave, if that is known on any thread. */
    private final @Nullable Session session;

    private final @Nullable Duration within;
    private final AtomicInteger references = new AtomicInteger(1);
    private Promise.Cancelable alarm = () -> {};

    private @Nullable Pipeline pipeline;
    /** Of a call, until somebody waits for them. */
    private @Nullable Promise<Payload> results;

    private Promise.@Nullable Cancelable pulling;
    private @Nullable WebPayload payload;
    private @Nullable Failure failure;
    private List<Completer<Object>> waiting = new ArrayList<>(0);
    private final List<BrokenWatch> watches = new ArrayList<>(0);
    private @Nullable Map<Path.Names, Cap> places;

    private enum Kind {
        /** An object. */
        OBJECT,
        /** The result of a call. */
        RESULT,
        /** A value that this process has made, or will. */
        HELD
    }

    private StubState(
            Loop loop,
            @Nullable Leftovers leftovers,
            Cap cap,
            Kind kind,
            @Nullable Duration within,
            @Nullable Session session) {
        this.session = cap instanceof RemoteCap remote ? remote.session : session;
        this.within = within;
        this.loop = loop;
        this.leftovers = leftovers;
        this.cap = cap;
        this.kind = kind;
    }

    /** Takes ownership of {@code cap}. */
    static StubState of(Loop loop, @Nullable Leftovers leftovers, Cap cap) {
        return new StubState(loop, leftovers, cap, Kind.OBJECT, null, null);
    }

    /** Of a value as {@link StubValues#outgoing} made it, which is consumed. */
    static StubState holding(Loop loop, @Nullable Object outgoing) {
        if (outgoing instanceof Cap object) {
            return of(loop, null, object);
        }
        if (loop.inLoop()) {
            return new StubState(loop, null, StubValues.leadingTo(outgoing), Kind.HELD, null, null);
        }
        QueuedCap queue = new QueuedCap(loop);
        loop.post(() -> queue.resolve(StubValues.leadingTo(outgoing)));
        return new StubState(loop, null, queue, Kind.HELD, null, null);
    }

    Loop loop() {
        return loop;
    }

    @Nullable
    Leftovers leftovers() {
        return leftovers;
    }

    boolean isResult() {
        return kind != Kind.OBJECT;
    }

    // ---- any thread

    boolean tryShare() {
        return references.getAndUpdate(count -> count == 0 ? 0 : count + 1) > 0;
    }

    void close() {
        if (references.decrementAndGet() == 0) {
            onLoop(this::released);
        }
    }

    /** A reference was dropped without close: what runs is not cancelled. */
    void forgotten() {
        onLoop(() -> {
            if (references.get() == 1 && results != null) {
                value(new Completer<>(loop));
            }
            close();
        });
    }

    private void onLoop(Runnable work) {
        if (loop.inLoop()) {
            work.run();
        } else {
            loop.post(work);
        }
    }

    /**
     * Calls what lies at {@code path}, or reads it.
     *
     * @param arguments as {@link StubValues#outgoing} made them, which are consumed; null to read
     * @param longest how long the result is waited for; null for as long as it takes
     */
    StubState call(Path.Names path, @Nullable List<@Nullable Object> arguments, @Nullable Duration longest) {
        if (loop.inLoop()) {
            Answer answer = send(path, arguments, Hints.NONE);
            StubState result = new StubState(
                    loop, leftovers, answer.pipeline().cap(Path.Names.NONE), Kind.RESULT, longest, session);
            result.began(answer.results(), answer.pipeline());
            return result;
        }
        QueuedCap queue = new QueuedCap(loop);
        StubState result = new StubState(loop, leftovers, queue, Kind.RESULT, longest, session);
        // Both are used until the call was sent.
        references.incrementAndGet();
        result.references.incrementAndGet();
        Supplier<CallWatch.Running> around = around();
        loop.post(() -> {
            Answer answer;
            try (CallWatch.Running _ = around == null ? CallWatch.Running.NOTHING : around.get()) {
                answer = send(path, arguments, Hints.NONE);
            }
            queue.resolve(answer.pipeline().cap(Path.Names.NONE));
            result.began(answer.results(), answer.pipeline());
            result.close();
            close();
        });
        return result;
    }

    /**
     * Calls what lies at {@code path}, and nobody waits for it.
     *
     * @param arguments as {@link StubValues#outgoing} made them, which are consumed
     * @param longest how long the call may take before it is given up; null for as long as it takes
     * @param name what the log says when the call fails
     */
    void tell(Path.Names path, List<@Nullable Object> arguments, @Nullable Duration longest, String name) {
        references.incrementAndGet();
        onLoop(() -> {
            RareWarning losses = losses();
            Answer answer = send(path, arguments, Hints.EXPENDABLE);
            answer.pipeline().close();
            Promise<Payload> ended = answer.results();
            (longest == null ? ended : loop.timer().timeout(longest, ended)).listen(loop, (content, cause) -> {
                if (content != null) {
                    content.close();
                } else if (cause instanceof Failure known && known.kind() == Failure.Kind.DISCONNECTED) {
                    LOG.log(Level.DEBUG, "a call of " + name + " failed", cause);
                } else {
                    losses.warn("a call of " + name + ", for which nobody waits, has failed", cause);
                }
            });
            close();
        });
    }

    /** What surrounds a call that is made now on this thread, which is not the loop's. */
    private @Nullable Supplier<CallWatch.Running> around() {
        Observed observed = session == null ? null : session.observed;
        return observed == null ? null : observed.around();
    }

    /** Where calls that failed are logged: one place for all of a session. */
    private RareWarning losses() {
        if (cap.innermost() instanceof RemoteCap remote) {
            return remote.session.losses;
        }
        RareWarning known = ownLosses;
        if (known == null) {
            known = new RareWarning(loop, LOG);
            ownLosses = known;
        }
        return known;
    }

    /** Maps what lies at {@code place}. Takes ownership of the captures. */
    StubState map(Path.Names place, MapRecorder.Recording recording, @Nullable Duration longest) {
        if (loop.inLoop()) {
            Exports.Pushed mapped = mapped(place, recording);
            StubState result = new StubState(loop, leftovers, mapped.cap(), Kind.RESULT, longest, session);
            result.began(mapped.results(), null);
            return result;
        }
        QueuedCap queue = new QueuedCap(loop);
        StubState result = new StubState(loop, leftovers, queue, Kind.RESULT, longest, session);
        references.incrementAndGet();
        result.references.incrementAndGet();
        loop.post(() -> {
            Exports.Pushed mapped = mapped(place, recording);
            queue.resolve(mapped.cap());
            result.began(mapped.results(), null);
            result.close();
            close();
        });
        return result;
    }

    /** What lies at {@code place}, as its receiver's own; asked for at once. */
    Promise<Object> value(Path.Names place, @Nullable Duration longest) {
        Completer<Object> completer = new Completer<>(loop);
        references.incrementAndGet();
        onLoop(() -> {
            if (place.isEmpty()) {
                value(completer);
            } else {
                StubState read = call(place, null, longest);
                read.value(completer);
                read.close();
            }
            close();
        });
        return completer.promise();
    }

    Promise<Void> onBroken(Path.Names place) {
        Completer<Void> completer = new Completer<>(loop);
        references.incrementAndGet();
        onLoop(() -> {
            watch(place, completer);
            close();
        });
        return completer.promise();
    }

    // ---- on the loop

    private Answer send(Path.Names path, @Nullable List<@Nullable Object> arguments, Hints hints) {
        try {
            List<@Nullable Object> content = arguments == null ? null : StubValues.sent(arguments);
            return Delivery.send(loop, cap, path, content, Limits.DEFAULT.values(), hints);
        } catch (WebException | Failure e) {
            return Answer.broken(Errors.failure(e));
        }
    }

    private Exports.Pushed mapped(Path.Names place, MapRecorder.Recording recording) {
        List<Cap> captures = new ArrayList<>(recording.captures().size());
        for (StubState captured : recording.captures()) {
            captures.add(captured.cap.share());
            captured.close();
        }
        return Mapping.of(loop, Limits.DEFAULT).map(cap, place, new MapProgram(captures, recording.instructions()));
    }

    private void began(@Nullable Promise<Payload> answer, @Nullable Pipeline inside) {
        // What a map of this process has made is a value that nobody else sends.
        results = answer != null
                ? answer
                : new PromisedValue(cap).value().convert(settled -> WebPayload.holding(settled.value()));
        pipeline = inside;
    }

    /** What lies at {@code place}, to be passed on before it is known, or as the object that it is; the caller owns it. */
    Object passedOn(Path.Names place) {
        if (place.isEmpty()) {
            return isResult() ? new PromisedValue(cap.share()) : cap.share();
        }
        return new PromisedValue(place(place).share());
    }

    /** What lies at {@code place}; borrowed. */
    Cap place(Path.Names place) {
        if (place.isEmpty()) {
            return cap;
        }
        Map<Path.Names, Cap> known = places;
        if (known == null) {
            known = new HashMap<>(4);
            places = known;
        }
        return known.computeIfAbsent(place, path -> {
            Pipeline inside = pipeline;
            return inside != null ? inside.cap(path) : new PropertyCap(cap.share(), path);
        });
    }

    private void value(Completer<Object> completer) {
        WebPayload known = payload;
        Failure failed = failure;
        if (kind != Kind.RESULT) {
            completer.follow(new PromisedValue(cap).value().then(settled -> {
                try (WebPayload content = WebPayload.holding(settled.value())) {
                    return received(content);
                }
            }));
        } else if (failed != null) {
            completer.fail(failed);
        } else if (known != null) {
            completer.follow(received(known));
        } else {
            await(completer);
        }
    }

    /** Whoever waits uses what it waits for, also when all stubs are closed. */
    private void await(Completer<Object> completer) {
        references.incrementAndGet();
        waiting.add(completer);
        completer.onCancel(() -> {
            if (waiting.remove(completer)) {
                close();
            }
        });
        Promise<Payload> asked = results;
        results = null;
        if (asked != null) {
            pulling = asked.listen(loop, this::settled);
            if (within != null) {
                alarm = loop.timer().after(within).listen(loop, (rung, cause) -> tooLate(within));
            }
        }
    }

    /** Nobody waits any longer: the call is given up, and what leads into its result leads nowhere. */
    private void tooLate(Duration time) {
        Failure cause = Failure.overloaded(
                "there was no answer within " + time + "; whether the call has happened is not known");
        Promise.Cancelable pulled = pulling;
        Pipeline inside = pipeline;
        Map<Path.Names, Cap> known = places;
        Cap before = cap;
        cap = new BrokenCap(cause);
        pipeline = Pipeline.broken(cause);
        places = null;
        if (pulled != null) {
            pulled.cancel();
        }
        if (inside != null) {
            inside.close();
        }
        if (known != null) {
            known.values().forEach(Cap::close);
        }
        before.close();
        settled(null, cause);
    }

    private void settled(@Nullable Payload content, @Nullable Throwable cause) {
        pulling = null;
        alarm.cancel();
        try {
            payload = content == null ? null : WebPayload.of(content);
            failure = content == null ? Failure.of(cause == null ? Failure.failed("no result") : cause) : null;
        } catch (Failure e) {
            failure = e;
            if (content != null) {
                content.close();
            }
        }
        List<Completer<Object>> all = waiting;
        waiting = new ArrayList<>(0);
        for (Completer<Object> each : all) {
            value(each);
        }
        for (int i = 0; i < all.size(); i++) {
            close();
        }
    }

    /** The value when all of it is there, with stubs for what can be called. Borrows {@code content}. */
    private Promise<Object> received(WebPayload content) {
        Object tree = content.value();
        // Stubs are made when the value is taken: who gives it up before gives up a payload, which is closed.
        Promise<WebPayload> whole = Waiting.isIn(tree)
                ? Waiting.of(loop, Values.share(tree), Limits.DEFAULT.values())
                : Promise.of(content.share());
        return whole.convert(payload -> {
            try (payload) {
                return received(payload.value());
            }
        });
    }

    /** Promises are not declared to hold null, but hold it; as a value it is one like any other. */
    @SuppressWarnings("NullAway")
    private Object received(@Nullable Object tree) {
        return StubValues.received(loop, leftovers, tree);
    }

    private void watch(Path.Names place, Completer<Void> completer) {
        BrokenWatch watch = new BrokenWatch(loop, completer);
        watches.add(watch);
        completer.onCancel(watch::close);
        watch.begin(place(place));
    }

    private void released() {
        if (results != null) {
            results.cancel();
            results = null;
        }
        alarm.cancel();
        if (pulling != null) {
            pulling.cancel();
        }
        if (payload != null) {
            payload.close();
        }
        if (pipeline != null) {
            pipeline.close();
        }
        if (places != null) {
            places.values().forEach(Cap::close);
        }
        cap.close();
        watches.forEach(BrokenWatch::close);
    }

    @Override
    public String toString() {
        return switch (kind) {
            case OBJECT -> cap.toString();
            case RESULT -> "result of a call";
            case HELD -> "value of this process";
        };
    }
}

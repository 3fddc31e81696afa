package dev.capstan.capnweb.il;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Path;
import dev.capstan.capnweb.JsValue;
import dev.capstan.capnweb.Stub;
import dev.capstan.capnweb.WebPeer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The calls of one program, and all that they give.
 *
 * <p>A call does not hold the program up. It is sent when what it is made on and its arguments are there; if they will come from the peer that is called, it goes ahead to that peer. Every result is
 * asked for, so that the program ends when all that it began has ended, and a call that fails, fails it.
 *
 * <p>Whatever is received lives until the program ends; it is closed once, then, whether it succeeds or not. What calls receive was counted before: a list that holds a result many times must
 * not become large behind our back.
 */
final class Calls {
    /** Bound while a program makes a call: no call begins in that frame, so that who hears of one there hears of that of a program. */
    private static final ScopedValue<Boolean> MAKING = ScopedValue.newInstance();

    /** Who has to know. */
    interface Owner {
        /** A call has ended. */
        void ended();

        void failed(Failure failure);
    }

    private final Loop loop;
    private final Spending spending;
    private final Owner owner;
    private final List<Later> laters = new ArrayList<>();
    private final List<AutoCloseable> owned = new ArrayList<>();
    private final ArrayDeque<Runnable> ready = new ArrayDeque<>();
    private boolean running;
    private boolean over;
    private int outstanding;

    Calls(Loop loop, Spending spending, Owner owner) {
        this.loop = loop;
        this.spending = spending;
        this.owner = owner;
    }

    /** Whether the caller's frame is that of a call by a program. */
    static boolean isMaking() {
        return MAKING.isBound();
    }

    /** A call that was not sent. */
    private static final class Pending {
        final Later result;
        final @Nullable List<@Nullable Object> arguments;
        /** Parts of the arguments that were not there, each as often as it is in them. */
        final List<Later> missing = new ArrayList<>(0);

        @Nullable
        Object target;

        Path.Names path;

        Pending(Later result, @Nullable Object target, Path.Names path, @Nullable List<@Nullable Object> arguments) {
            this.result = result;
            this.target = target;
            this.path = path;
            this.arguments = arguments;
        }
    }

    /**
     * As far as a path leads in what is known here.
     *
     * @param at a value if {@code rest} is empty; or a {@link Stub} or {@link Later}
     */
    record Reached(@Nullable Object at, Path.Names rest) {}

    boolean hasRoom() {
        return outstanding < spending.budget().outstanding();
    }

    /** Whether everything that began has ended. */
    boolean areOver() {
        return outstanding == 0;
    }

    /** {@code all} are closed when the program ends. */
    void owns(AutoCloseable one) {
        owned.add(one);
    }

    // ---- looking into values

    static Reached reach(@Nullable Object from, Path.Names path) {
        Object at = from;
        List<Object> steps = path.steps();
        int next = 0;
        while (true) {
            // What was called over a result before goes on being called over it: so calls keep their order.
            if (at instanceof Later later
                    && later.isKnown()
                    && !(later.value() instanceof Stub && later.stub() != null)) {
                at = later.value();
            }
            if (at instanceof Later || at instanceof Stub || next == steps.size()) {
                return new Reached(at, path.from(next));
            }
            at = step(at, steps.get(next));
            next++;
        }
    }

    /** Only what was put there is found: nothing is inherited. */
    private static @Nullable Object step(@Nullable Object from, Object step) {
        if (from == null || from == JsValue.UNDEFINED) {
            throw Wrong.type(Operator.kind(from) + " has nothing in it, nor '" + Wrong.excerpt(step.toString()) + "'");
        }
        if (from instanceof Map<?, ?> map && step instanceof String name) {
            return map.containsKey(name) ? map.get(name) : JsValue.UNDEFINED;
        }
        if (from instanceof List<?> list && step instanceof Integer index) {
            return index < list.size() ? list.get(index) : JsValue.UNDEFINED;
        }
        return JsValue.UNDEFINED;
    }

    // ---- calls

    /**
     * Calls what lies at {@code path} in {@code target}.
     *
     * @param arguments null to read
     */
    Later begin(@Nullable Object target, Path.Names path, @Nullable List<@Nullable Object> arguments, Place place) {
        spending.call();
        Pending call = new Pending(new Later(place), target, path, arguments);
        if (arguments != null) {
            spending.whole(arguments, call.missing::add);
        }
        laters.add(call.result);
        outstanding++;
        advance(call);
        return call.result;
    }

    /** Sends it, or waits for what it needs. */
    private void advance(Pending call) {
        Reached reached = reach(call.target, call.path);
        if (reached.at() instanceof Later later && !later.isKnown() && peer(later) == null) {
            whenKnown(later, call);
            return;
        }
        call.target = reached.at();
        call.path = reached.rest();
        Object peer = peer(reached.at());
        while (!call.missing.isEmpty()) {
            Later part = call.missing.getLast();
            if (part.isKnown()) {
                spending.whole(part.value(), none -> {});
            } else if (peer == null || peer != peer(part)) {
                whenKnown(part, call);
                return;
            }
            call.missing.removeLast();
        }
        send(call);
    }

    private void whenKnown(Later needed, Pending call) {
        needed.whenKnown(() -> {
            try {
                advance(call);
            } catch (Wrong e) {
                owner.failed(e.at(call.result.place()));
            }
        });
    }

    /** The session over which a stub, or what is to come, leads; null if it lives here, or cannot be told. */
    private static @Nullable Object peer(@Nullable Object at) {
        Stub stub = stub(at);
        return stub != null && stub.cap().innermost().brand() instanceof WebPeer peer ? peer : null;
    }

    private static @Nullable Stub stub(@Nullable Object at) {
        return switch (at) {
            case Stub stub -> stub;
            case Later later -> later.stub();
            case null, default -> null;
        };
    }

    private void send(Pending call) {
        if (call.arguments == null && call.path.isEmpty()) {
            ended();
            become(call.result, call.target instanceof Later later ? later.value() : call.target);
            return;
        }
        Stub target = stub(call.target);
        if (target == null) {
            throw Wrong.type(
                    call.path.isEmpty()
                            ? Operator.kind(call.target) + " is not a function"
                            : "'" + call.path + "' is not a function");
        }
        Stub result = call.arguments == null ? place(target, call.path) : called(target, call.path, call.arguments);
        call.result.sentAs(result);
        Promise<Object> value = ScopedValue.where(MAKING, true).call(result::value);
        call.result.asking = value.listen(loop, (content, failure) -> ended(call.result, content, failure));
    }

    private static Stub place(Stub target, Path.Names path) {
        Stub at = target;
        for (Object step : path.steps()) {
            at = step instanceof Integer index ? at.get(index) : at.get(step.toString());
        }
        return at;
    }

    private static Stub called(Stub target, Path.Names path, List<@Nullable Object> arguments) {
        List<?> whole = (List<?>) Objects.requireNonNull(settled(arguments));
        return ScopedValue.where(MAKING, true).call(() -> target.callAt(path, whole));
    }

    /** A value with what has come in its places; what has not is a stub. */
    static @Nullable Object settled(@Nullable Object tree) {
        return Trees.replaced(
                tree, leaf -> leaf instanceof Later later ? (later.isKnown() ? later.value() : later.stub()) : leaf);
    }

    // ---- what they give

    private void ended(Later result, @Nullable Object content, @Nullable Throwable failure) {
        result.asking = null;
        if (failure != null) {
            owner.failed(Failure.of(failure));
            return;
        }
        Trees.owned(content, owned);
        if (over) {
            close();
            return;
        }
        try {
            spending.whole(content, none -> {});
        } catch (Wrong e) {
            owner.failed(e.at(result.place()));
            return;
        }
        ended();
        become(result, content);
        owner.ended();
    }

    private void ended() {
        outstanding--;
    }

    /** Runs what waited for it; not in one another's frames, so that a long chain needs no deep stack. */
    private void become(Later result, @Nullable Object content) {
        ready.addAll(result.becomes(content));
        if (running) {
            return;
        }
        running = true;
        while (!over) {
            Runnable next = ready.poll();
            if (next == null) {
                break;
            }
            next.run();
        }
        running = false;
    }

    /** The program has ended: calls that run are given up, and everything that it had is closed. */
    void close() {
        over = true;
        ready.clear();
        laters.forEach(Later::close);
        laters.clear();
        List<AutoCloseable> all = List.copyOf(owned);
        owned.clear();
        Trees.close(all);
    }
}

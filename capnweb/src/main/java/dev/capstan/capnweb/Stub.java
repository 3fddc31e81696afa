package dev.capstan.capnweb;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Something that can be called by names, without an interface: an object of a peer or of this process, the result of a call that need not be there yet, or a
 * place inside of either.
 *
 * <p><b>Pipelining.</b> {@link #call} sends at once and returns the result as a stub, which can be called, looked into and passed on before it is there:
 * {@code api.call("authenticate", token).get("profile").call("name").value()} takes one round trip. {@link #get} sends nothing. A result is asked for by {@link #value}
 * alone; one that was not asked for never crosses the network.
 *
 * <p><b>Values</b> are trees: null, Boolean, Long, Double, String, List, Map with String keys, {@link JsValue}, BigInteger, Instant, byte[], {@link TypedBytes}, {@link
 * Url}, {@link Headers}, {@link WebRequest}, {@link WebResponse}, {@link Blob}, {@link JsError}, {@link Readable}, {@link Writable}, and stubs for what can be called. Arguments may hold
 * other numbers and arrays, too, and {@link dev.capstan.cap.Target}s and {@link java.util.function.Function}s, which the peer can call, and {@link Promise}s, which the peer waits for and whose values are handed over. A stub that is the result of a call, or a place, goes as the value
 * that it will be; the receiver gets that. Do not change a tree that was received.
 *
 * <p><b>Ownership.</b> A stub from {@link #of}, {@link #holding}, {@link #call}, {@link #apply}, {@link #map} or {@link #dup}, and one that was received, owns a reference and is closed by whoever has it; arguments are
 * borrowed. Closing the result of a call that nobody has asked for, nor waits for, gives the call up. A place has nothing of its own: it is usable while the stub is open that it was
 * taken from, and closing it closes nothing. What a program forgets to close is released some time if the stub was made with {@link Leftovers}, as are all that come from it.
 *
 * <p><b>Threads.</b> Any. Calls of one thread arrive in the order in which it made them; on other threads than the loop's they are handed to the loop.
 *
 * <p><b>Errors.</b> A call that fails fails its {@link #value} with a {@link dev.capstan.cap.Failure}, and what was called on it. A closed stub throws {@link IllegalStateException}, and an
 * argument that cannot be sent fails the call, or throws {@link WebException} if it contains itself.
 */
public final class Stub implements AutoCloseable {
    private final StubRoot root;
    private final Path.Names place;
    private final Loop loop;
    private final boolean owns;
    /** How long results are waited for; null for as long as they take. */
    private final @Nullable Duration within;

    private Stub(StubRoot root, Path.Names place, Loop loop, boolean owns, @Nullable Duration within) {
        this.within = within;
        this.root = root;
        this.place = place;
        this.loop = loop;
        this.owns = owns;
    }

    /** Stands for a value inside of a map. */
    Stub(MapVariable variable, Loop loop) {
        this(variable, Path.Names.NONE, loop, false, null);
    }

    /** A stub of {@code cap}, which is used on {@code loop}; takes ownership. Forgetting to close it, or what comes from it, leaks until its session ends. */
    public static Stub of(Loop loop, Cap cap) {
        return of(loop, cap, null);
    }

    /** A stub of {@code cap}, which is used on {@code loop}; takes ownership. {@code leftovers} look after what is not closed. */
    public static Stub of(Loop loop, Cap cap, @Nullable Leftovers leftovers) {
        return owner(StubState.of(loop, leftovers, cap), null);
    }

    /**
     * A stub of a value of this process: an object of functions under names, a {@link dev.capstan.cap.Target}, a {@link java.util.function.Function}, any tree, or a {@link Promise} of
     * one, which need not be there yet. What lies in it is called and read by its path; calls made before it is there are made, in order, when it is.
     *
     * <p>Takes ownership of the stubs and capabilities in {@code value}, and in the value of the promise, which it consumes; closing the stub closes them. A stub by itself gives what it
     * leads to and stays lazy: nothing is asked for before {@link #value} is. A place of a stub stays usable, having nothing of its own.
     *
     * @throws WebException if the value contains itself, or something that cannot be passed on
     */
    public static Stub holding(Loop loop, @Nullable Object value) {
        return owner(StubState.holding(loop, StubValues.given(loop, value)), null);
    }

    private static Stub owner(StubState state, @Nullable Duration within) {
        return new Stub(new StubOwner(state), Path.Names.NONE, state.loop(), true, within);
    }

    StubRoot root() {
        return root;
    }

    Path.Names place() {
        return place;
    }

    /** The loop on which this is used. */
    public Loop loop() {
        return loop;
    }

    /** Whether this is an object, and not a value that is on its way. */
    boolean isObject() {
        return place.isEmpty()
                && root instanceof StubOwner owner
                && !owner.state().isResult();
    }

    /** What this leads to; borrowed: it lives as long as the stub. On the loop's thread. */
    public Cap cap() {
        return owner().state().place(place);
    }

    /** The member of that name. */
    public Stub get(String name) {
        return get(Path.Names.of(name));
    }

    /** The element at {@code index}, from 0. */
    public Stub get(int index) {
        return get(new Path.Names(List.of(index)));
    }

    private Stub get(Path.Names further) {
        return new Stub(root, place.then(further), loop, false, within);
    }

    /**
     * The same, but nobody waits for longer than {@code longest} for the result of a call that is made through it, nor of those that are made through its results: the call fails as {@link
     * dev.capstan.cap.Failure.Kind#OVERLOADED} then, and is given up, as is what was called on it. The time runs from the moment on that somebody asks for the result. As a place, it has
     * nothing of its own.
     *
     * @param longest more than nothing
     */
    public Stub within(Duration longest) {
        if (!longest.isPositive()) {
            throw new IllegalArgumentException("a call takes time, not " + longest);
        }
        return new Stub(root, place, loop, false, longest);
    }

    /** Calls the method of that name. */
    public Stub call(String name, @Nullable Object... arguments) {
        return callAt(Path.Names.of(name), Arrays.asList(arguments));
    }

    /** Calls this itself, as functions are called. */
    public Stub apply(@Nullable Object... arguments) {
        return callAt(Path.Names.NONE, Arrays.asList(arguments));
    }

    /** Calls what lies at {@code path} below this; the caller owns the result. */
    @SuppressWarnings("unchecked") // a copy of a list is a list
    public Stub callAt(Path.Names path, List<? extends @Nullable Object> arguments) {
        MapRecorder recorder = MapRecorder.current();
        if (recorder != null) {
            return recorder.call(this, path, arguments);
        }
        StubState state = owner().share();
        try {
            List<@Nullable Object> copy = (List<@Nullable Object>) StubValues.outgoing(loop, arguments);
            return owner(state.call(place.then(path), copy, within), within);
        } finally {
            state.close();
        }
    }

    /**
     * Calls what lies at {@code path} below this, and nobody waits for it: the result is ignored, and a failure logged, once a minute at most for each session with the number of those left
     * out. While more waits to be written than {@link Limits#queuedBytes}, such calls fail and are lost, so that a peer that does not read holds no more than that.
     *
     * @param name what the log calls it
     */
    @SuppressWarnings("unchecked") // a copy of a list is a list
    public void tellAt(Path.Names path, List<? extends @Nullable Object> arguments, String name) {
        if (MapRecorder.current() != null) {
            throw new IllegalStateException("nothing can be told inside of map(): call, and return the result");
        }
        StubState state = owner().share();
        try {
            List<@Nullable Object> copy = (List<@Nullable Object>) StubValues.outgoing(loop, arguments);
            state.tell(place.then(path), Objects.requireNonNull(copy), within, name);
        } finally {
            state.close();
        }
    }

    /**
     * Does at the other end what {@code each} does here with a stub that stands for an element: for each element of the array that this is, once if it is anything else, not at all for null
     * and undefined. The result is the array of results, or the one result; the caller owns it. All of it takes one round trip: {@code api.call("users").map(user -> api.call("photo", user.get("id")))}.
     *
     * <p>The function runs once, now, and is recorded; it must do nothing but call, look into and map stubs, and return a tree of them and of other values. It cannot wait, nor pass objects or functions that it makes; stubs that
     * were made before can be used, and are handed to the peer. Typed stubs can be used in it, too.
     *
     * @throws WebException if something is used inside that cannot be sent
     */
    public Stub map(Function<Stub, ? extends @Nullable Object> each) {
        MapRecorder recorder = MapRecorder.current();
        if (recorder != null) {
            return recorder.map(this, each);
        }
        StubState state = owner().share();
        try {
            return owner(state.map(place, MapRecorder.record(loop, each), within), within);
        } finally {
            state.close();
        }
    }

    /**
     * Asks for what this stands for: the result of the call, the content of the place; if that can be called, a stub of it. It is asked for now, whether or not anybody waits for the
     * promise, and once however often this is called. Whoever receives it closes the stubs and streams in it. The null of JavaScript is null here, which the type of promises does not tell.
     */
    public Promise<Object> value() {
        if (MapRecorder.current() != null) {
            throw new IllegalStateException(
                    "nothing can be waited for inside of map(): return the stub, or pass it to a call");
        }
        StubState state = owner().share();
        try {
            return state.value(place, within);
        } finally {
            state.close();
        }
    }

    /** Fails with the reason when this does not lead anywhere any more; settles when the stub was closed before. Asks for nothing. */
    public Promise<Void> onBroken() {
        StubState state = owner().share();
        try {
            return state.onBroken(place);
        } finally {
            state.close();
        }
    }

    /** Another reference to the same; the caller owns it. That of a place keeps alone what the place is in. */
    public Stub dup() {
        return root instanceof MapVariable ? this : new Stub(new StubOwner(owner().share()), place, loop, true, within);
    }

    private StubOwner owner() {
        if (root instanceof StubOwner owner) {
            return owner;
        }
        throw new IllegalStateException(
                "a value inside of map() exists only when the map runs: return it from the function instead");
    }

    /** Gives this reference back; does nothing the second time, and for a place. */
    @Override
    public void close() {
        if (owns) {
            root.close();
        }
    }

    @Override
    public String toString() {
        return "stub of " + root + (place.isEmpty() ? "" : " at " + place);
    }
}

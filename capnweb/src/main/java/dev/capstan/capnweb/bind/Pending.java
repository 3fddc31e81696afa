package dev.capstan.capnweb.bind;

import dev.capstan.async.Completer;
import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import dev.capstan.capnweb.Stub;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A value on its way: the result of a call that may be passed on, or looked into, before it is there. Passing it to another call of the same peer takes no round trip: the peer
 * puts the value in its place.
 *
 * <p>A method that returns one is called without waiting; a parameter of this type takes one, or {@link #of} a value. To the method that is called it is always the value.
 *
 * <p>It owns a reference until {@link #close}; one that was made by {@link #get} belongs to the one it was taken from. A result that nobody asks for never crosses the network. Any thread.
 *
 * @param <T> type of the value
 */
public final class Pending<T> implements AutoCloseable {
    private final @Nullable Binder binder;
    private final @Nullable Shape shape;
    private final @Nullable Stub stub;
    private final @Nullable Object here;
    /** What it may fail with. */
    private final List<Declared> declared;
    /** What it is called in the text of an error. */
    private final String title;

    /** What {@code operation} gives; takes ownership of {@code stub}. */
    Pending(Binder binder, Operation operation, Stub stub) {
        this(binder, operation.result(), operation.declared(), operation.title(), stub);
    }

    /** Takes ownership of {@code stub}. */
    private Pending(Binder binder, Shape shape, List<Declared> declared, String title, Stub stub) {
        this.binder = binder;
        this.shape = shape;
        this.declared = declared;
        this.title = title;
        this.stub = stub;
        this.here = null;
    }

    private Pending(@Nullable Object here) {
        this.binder = null;
        this.shape = null;
        this.stub = null;
        this.here = here;
        this.declared = List.of();
        this.title = "the value";
    }

    /** A value that is there. */
    public static <T> Pending<T> of(T value) {
        return new Pending<>(value);
    }

    /**
     * Does for each element at the peer what {@code each} does here with a value that stands for one; the list of the results, which the caller owns. It takes one round trip:
     *
     * <pre>{@code
     * Pending<List<Profile>> profiles = Pending.map(api.friends(), friend -> api.profile(friend.get("id", String.class)));
     * }</pre>
     *
     * <p>The function runs once, now, and is written down, as that of {@link Stub#map}: it may call methods that return a {@link Pending} or a remote interface, look into values with {@link #get} and {@link
     * #reference}, and map further lists; it cannot wait, nor pass objects and functions that it makes. Null and undefined are mapped to themselves, if the list may be that.
     *
     * @throws IllegalStateException if the list is there: loop over it
     * @throws IllegalArgumentException if the function returns a value that is there, which is the same for each element
     */
    public static <E, R> Pending<List<R>> map(
            Pending<? extends @Nullable List<E>> list, Function<? super Pending<E>, Pending<R>> each) {
        Binder binder = list.binder;
        Stub stub = list.stub;
        if (binder == null || stub == null) {
            throw known();
        }
        boolean nullable = list.shape instanceof NullableShape;
        if (!((list.shape instanceof NullableShape(Shape present) ? present : list.shape)
                instanceof SequenceShape sequence)) {
            throw new AssertionError("a list has the shape of one");
        }
        AtomicReference<@Nullable Shape> result = new AtomicReference<>();
        List<Declared> declared = new ArrayList<>(list.declared);
        Stub mapped = stub.map(element -> {
            Pending<R> one = each.apply(new Pending<>(binder, sequence.element(), List.of(), "the element", element));
            if (one.shape == null || one.stub == null) {
                throw new IllegalArgumentException(
                        "the function of a map returns what a call or a place in a value gives, not " + one
                                + ", which is there");
            }
            result.set(one.shape);
            declared.addAll(one.declared);
            return one.stub;
        });
        Shape all = SequenceShape.list(Objects.requireNonNull(result.get()));
        return new Pending<>(binder, nullable ? new NullableShape(all) : all, List.copyOf(declared), "the map", mapped);
    }

    static Pending<?> here(@Nullable Object value) {
        return new Pending<>(value);
    }

    /** The tree that goes to a peer. */
    @Nullable
    Object write(Shape content, Writing to) {
        return stub == null ? content.write(here, to) : to.reference(stub);
    }

    /**
     * The member of that name, as it will be. Asks for nothing.
     *
     * @throws IllegalStateException if the value is there: take the member from it
     * @throws IllegalArgumentException if the value is a record without such a member
     */
    public <U> Pending<U> get(String name, Class<U> type) {
        if (binder == null || stub == null) {
            throw known();
        }
        checkMember(name);
        return new Pending<>(binder, binder.shape(type), declared, name, stub.get(name));
    }

    /**
     * The object at the member of that name, which can be called before it is there; usable while this is open.
     *
     * @param type a remote or functional interface
     * @throws IllegalStateException if the value is there: take the member from it
     * @throws IllegalArgumentException if the value is a record without such a member
     */
    public <U> U reference(String name, Class<U> type) {
        if (binder == null || stub == null) {
            throw known();
        }
        checkMember(name);
        return type.cast(new TypedStub(binder, binder.face(type), stub.get(name), true).proxy());
    }

    private void checkMember(String name) {
        Shape present = shape instanceof NullableShape(Shape inside) ? inside : shape;
        if (present instanceof RecordShape known && !known.memberNames().contains(name)) {
            throw new IllegalArgumentException(known.raw().getSimpleName() + " has no member '" + name + "' but "
                    + String.join(", ", known.memberNames()));
        }
    }

    private static IllegalStateException known() {
        return new IllegalStateException("this value is there already: take what is inside from await()");
    }

    /** The value, when it is there. Asks for it. Fails with what the method declares that promised it, as a {@link Failure} with anything else. */
    @SuppressWarnings({"unchecked", "NullAway"}) // the shape was made from T; promises hold null where it allows that
    public Promise<T> promise() {
        Binder known = binder;
        Shape content = shape;
        Stub from = stub;
        if (known == null || content == null || from == null) {
            return Promise.of((T) here);
        }
        Promise<T> value = asked(from).map(tree -> (T) TypedStub.read(known, title, content, from, tree));
        return Declared.among(declared, value);
    }

    /**
     * The value; on the loop asked for now. Elsewhere it is asked for when somebody waits for the promise: several that are waited for together are asked for in one turn then, and so
     * leave in one batch.
     */
    private static Promise<Object> asked(Stub from) {
        if (from.loop().inLoop()) {
            return from.value();
        }
        Completer<Object> value = new Completer<>(from.loop());
        Stub kept = from.dup();
        if (kept == from) {
            // Inside of map(), where nothing can be waited for: it says so.
            return from.value();
        }
        value.onAwaited(() -> {
            try (kept) {
                value.follow(kept.value());
            }
        });
        value.onCancel(kept::close);
        return value.promise();
    }

    /**
     * Waits for the value; asks for it. As {@link Promise#await}: an unchecked exception that the method declares is thrown as itself, a checked one as the cause of a {@link
     * java.util.concurrent.CompletionException}.
     */
    public T await() {
        return promise().await();
    }

    /** Gives the value up if nobody has asked for it. */
    @Override
    public void close() {
        if (stub != null) {
            stub.close();
        }
    }

    @Override
    public String toString() {
        return stub == null ? "Pending[" + here + "]" : "Pending[" + stub + "]";
    }
}

package dev.capstan.async;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A result that will be there later, on a {@link Loop}.
 *
 * <p><b>One consumer.</b> Whatever takes the result ({@link #then}, {@link #map}, {@link #await}, {@link #all}, ...) consumes the promise;
 * using it again throws {@link IllegalStateException}. {@link #fork} makes a result available to many.
 *
 * <p><b>Lazy.</b> A chain runs when its end is consumed: by {@link #await}, {@link #toCompletionStage}, {@link #detach}, {@link #eager}, a
 * {@link TaskSet}, or by returning it from a handler. A chain that nobody consumes does not run its functions.
 *
 * <p><b>Cancelling</b> the end of a chain reaches its source before {@link #cancel} returns; a result that was there already is closed if
 * it is {@link AutoCloseable}. Dropping a promise does nothing.
 *
 * <p><b>Threads.</b> Functions run on the loop of the source, as user code: never while a fiber of that vat runs. Building a chain is
 * possible on any thread; so are {@link #await}, {@link #toCompletionStage} and {@link #detach}, which hand the chain to the loop. The other
 * methods that consume belong to the loop's thread.
 *
 * @param <T> type of the result; {@code Void} where there is none
 */
public class Promise<T> {
    private @Nullable Node node;

    /** A function that may throw whatever it likes: what it throws fails the promise. */
    @FunctionalInterface
    public interface Work<A, B> {
        /** Does the work. */
        B apply(A input) throws Throwable;
    }

    /** Told how a promise settled. */
    @FunctionalInterface
    public interface Listener<T> {
        /** {@code failure} is null if and only if the promise has a value. */
        void settled(@Nullable T value, @Nullable Throwable failure);
    }

    /** Something that can be given up. */
    @FunctionalInterface
    public interface Cancelable {
        /** Gives up; does nothing when it is over already. */
        void cancel();
    }

    Promise(Node node) {
        this.node = node;
    }

    /** Takes over {@code source}, which is consumed: for subclasses that add something to a promise. */
    protected Promise(Promise<T> source) {
        this.node = source.take();
    }

    /** A promise that has {@code value} already. */
    public static <T> Promise<T> of(T value) {
        return new Promise<>(new ConstNode(value));
    }

    /** A promise that is done already. */
    public static Promise<Void> done() {
        return new Promise<>(new ConstNode(null));
    }

    /** The only value of a {@code Promise<Void>}. */
    public static Void nothing() {
        return cast(null);
    }

    /** A promise that has failed already. */
    public static <T> Promise<T> failed(Throwable cause) {
        return new Promise<>(new ConstNode(new Node.Broken(cause)));
    }

    /** Continues with the promise that {@code next} returns. A failure goes past {@code next}. */
    public <U> Promise<U> then(Work<? super T, ? extends Promise<? extends U>> next) {
        return new Promise<>(new ChainNode(new TransformNode(take(), true, cast(next), null)));
    }

    /** Continues with the value that {@code function} returns. A failure goes past {@code function}. */
    public <U> Promise<U> map(Work<? super T, ? extends U> function) {
        return new Promise<>(new TransformNode(take(), true, cast(function), null));
    }

    /** As {@link #map}, for protocol code: runs also while a fiber holds the permit, so {@code function} must not touch user state. */
    public <U> Promise<U> convert(Work<? super T, ? extends U> function) {
        return new Promise<>(new TransformNode(take(), false, cast(function), null));
    }

    /** Continues with one of two promises, after a value or after a failure. */
    public <U> Promise<U> handle(
            Work<? super T, ? extends Promise<? extends U>> onValue,
            Work<? super Throwable, ? extends Promise<? extends U>> onFailure) {
        return new Promise<>(new ChainNode(new TransformNode(take(), true, cast(onValue), cast(onFailure))));
    }

    /** Replaces a failure by the promise that {@code onFailure} returns; a value goes past it. */
    public Promise<T> recover(Work<? super Throwable, ? extends Promise<? extends T>> onFailure) {
        return handle(Promise::of, onFailure);
    }

    /** Makes the result available to many consumers. */
    public Fork<T> fork() {
        return new Fork<>(take());
    }

    /** All values in order, or the first failure, upon which the others are cancelled. Consumes {@code promises}. */
    public static <T> Promise<List<T>> all(Collection<? extends Promise<? extends T>> promises) {
        return new Promise<>(new JoinNode(JoinNode.Mode.ALL, takeAll(promises)));
    }

    /** Whichever settles first, with value or failure; the others are cancelled. Consumes {@code promises}. */
    public static <T> Promise<T> race(Collection<? extends Promise<? extends T>> promises) {
        if (promises.isEmpty()) {
            throw new IllegalArgumentException("a race needs at least one promise");
        }
        return new Promise<>(new JoinNode(JoinNode.Mode.RACE, takeAll(promises)));
    }

    /** Closes {@code resource} when the result has been taken or the promise was cancelled. Takes ownership of it. */
    public Promise<T> attach(AutoCloseable resource) {
        return new Promise<>(new AttachNode(take(), resource));
    }

    /** Runs the chain now, whether or not somebody waits for the result. */
    public Promise<T> eager() {
        Node source = take();
        return new Promise<>(new EagerNode(loopFor(source), source));
    }

    /** Runs the chain for its effects; a failure goes to {@code onFailure}, as user code. Callable from any thread. */
    public void detach(Consumer<? super Throwable> onFailure) {
        Node source = take();
        Loop loop = loopFor(source);
        new Tail<>(loop, true, source, (value, failure) -> {
                    if (failure != null) {
                        onFailure.accept(failure);
                    }
                })
                .beginFromAnyThread();
    }

    /**
     * Tells {@code listener}, on the loop's thread, how the promise settled. This is the way in which protocol code consumes promises: the
     * listener runs even while a fiber holds the permit, unless the chain itself contains user code.
     */
    public Cancelable listen(Loop loop, Listener<? super T> listener) {
        Node source = take();
        Tail<T> tail = new Tail<>(loop, source.user, source, listener);
        tail.begin();
        return tail;
    }

    /** Gives the result up: everything up to the source is cancelled before this returns. Consumes the promise; does nothing if it is consumed. */
    public void cancel() {
        Node source = node;
        node = null;
        if (source == null) {
            return;
        }
        Loop loop = source.loop;
        if (loop == null || loop.inLoop()) {
            source.cancel();
        } else {
            loop.post(source::cancel);
        }
    }

    /**
     * Waits for the result: a fiber gives the permit up meanwhile, any other thread just blocks.
     *
     * @throws RuntimeException what the promise failed with; a checked exception comes wrapped in a {@link java.util.concurrent.CompletionException}
     * @throws CanceledException if the waiting fiber is cancelled, the waiting thread interrupted, or the loop stopped
     * @throws IllegalStateException on the loop's own thread inside a turn
     */
    public T await() {
        Node source = required();
        if (isDone()) {
            return cast(take().get());
        }
        Fiber<?> fiber = Fiber.current();
        Loop loop = source.loop != null ? source.loop : Loop.current();
        if (loop == null) {
            // Constants and functions only: nothing to wait for, any loop will do.
            return new Loop(new ParkPort()).await(this);
        }
        if (loop.inLoop()) {
            return loop.await(this);
        }
        return new Await<>(loop, this).block(fiber);
    }

    /**
     * The result as a {@link CompletionStage}, completed on the loop's thread as user code. Cancelling its future cancels the promise; stopping
     * the loop fails it with {@link CanceledException}.
     */
    public CompletionStage<T> toCompletionStage() {
        Node source = take();
        Loop loop = loopFor(source);
        CompletableFuture<T> future = new CompletableFuture<>();
        Tail<T> tail = new Tail<>(loop, true, source, (value, failure) -> {
            if (failure != null) {
                future.completeExceptionally(failure);
            } else {
                future.complete(value);
            }
        });
        Loop.Outside waiting = () -> {
            tail.cancel();
            future.completeExceptionally(Loop.stoppedWhileWaiting());
        };
        Runnable begin = () -> {
            if (!future.isDone()) {
                loop.outside.add(waiting);
                tail.begin();
            }
        };
        if (loop.inLoop()) {
            begin.run();
        } else if (!loop.tryPost(begin)) {
            future.completeExceptionally(Loop.stoppedWhileWaiting());
        }
        CompletionStage<T> stage = future;
        stage.whenComplete((value, failure) -> {
            boolean canceled = future.isCancelled();
            Runnable forget = () -> {
                loop.outside.remove(waiting);
                if (canceled) {
                    tail.cancel();
                }
            };
            if (loop.inLoop()) {
                forget.run();
            } else {
                loop.post(forget);
            }
        });
        return stage;
    }

    /** Whether the promise was consumed: it cannot be used any more. */
    public final boolean isConsumed() {
        return node == null;
    }

    /** Whether this promise was made from a value, so that it is done without any turn. Lets a caller skip the wait. */
    public final boolean isDone() {
        return node instanceof ConstNode constant && !(constant.get() instanceof Node.Broken);
    }

    /** Makes sure that settling is seen by {@link #isSettled}, without consuming. */
    void watch(Loop loop) {
        Node source = required();
        if (!(source instanceof EagerNode)) {
            node = null; // Also if the next line throws.
            node = new EagerNode(loop, source);
        }
    }

    boolean isSettled() {
        return node instanceof EagerNode eager && eager.isSettled();
    }

    final Node take() {
        Node source = required();
        node = null;
        return source;
    }

    private Node required() {
        Node source = node;
        if (source == null) {
            throw new IllegalStateException(
                    "this promise was consumed or cancelled before: fork() it to use its result twice");
        }
        return source;
    }

    private static List<Node> takeAll(Collection<? extends Promise<?>> promises) {
        List<Node> nodes = new ArrayList<>(promises.size());
        for (Promise<?> promise : promises) {
            nodes.add(promise.take());
        }
        return nodes;
    }

    private static Loop loopFor(Node source) {
        Loop loop = source.loop != null ? source.loop : Loop.current();
        if (loop == null) {
            throw new IllegalStateException(
                    "this promise was made from constants outside any loop, so nothing can run it:"
                            + " start the chain with loop.pause() or loop.later()");
        }
        return loop;
    }

    @SuppressWarnings({"unchecked", "NullAway", "TypeParameterUnusedInFormals"
    }) // Nodes carry results untyped; Promise's own signatures keep the types right.
    static <R> R cast(@Nullable Object value) {
        return (R) value;
    }

    /** The consumer at the end of a chain. */
    private static final class Tail<T> extends Event implements Cancelable {
        private @Nullable Node source;
        private final Listener<? super T> listener;
        private boolean canceled;

        Tail(Loop loop, boolean guarded, Node source, Listener<? super T> listener) {
            super(loop, guarded);
            this.source = source;
            this.listener = listener;
        }

        void begin() {
            Node from = source;
            if (from != null) {
                from.consume(this);
            }
        }

        void beginFromAnyThread() {
            if (loop.inLoop()) {
                begin();
            } else {
                loop.post(this::begin);
            }
        }

        @Override
        protected void fire() {
            Node from = source;
            source = null;
            if (from == null) {
                return;
            }
            Object result = from.get();
            if (canceled) {
                Node.dispose(result); // By a function of this very chain.
                return;
            }
            if (result instanceof Node.Broken(Throwable cause)) {
                listener.settled(null, cause);
            } else {
                listener.settled(Promise.<T>cast(result), null);
            }
        }

        @Override
        public void cancel() {
            Node from = source;
            source = null;
            canceled = true;
            if (from != null) {
                disarm();
                from.cancel();
            }
        }
    }
}

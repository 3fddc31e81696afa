package dev.capstan.async;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The one thread of a vat: a queue of events over an {@link EventPort}.
 *
 * <p><b>An iteration</b> lets the port handle ready I/O (which arms events and nothing more), takes what other threads have posted, fires
 * due timers, and then runs one <em>turn</em>: events are fired until none is left (or {@link Limits#turnEvents} have been), and every
 * stream that became dirty is flushed exactly once. So a thousand calls that were posted together leave in one write, and a single call
 * leaves without delay.
 *
 * <p><b>Order inside a turn</b>: continuations run depth first, new work breadth first, then what asked to be last; what waits for the loop
 * to sleep runs when all else is done. Nothing ever begins inside the frame that asked for it.
 *
 * <p><b>Threads.</b> Promises, timers and events belong to the loop's thread. {@link #post}, {@link #execute}, {@link #fetch} and
 * {@link #stop} may be called from any thread; posts of one sender run in the order in which they were sent.
 *
 * <p>A loop is driven either by {@link #run} (until {@link #stop}) or, by a thread that has other things to do, with {@link #await} and
 * {@link #poll}.
 */
public final class Loop implements Executor {
    private static final Logger LOG = System.getLogger(Loop.class.getName());
    /** Set while a thread drives a loop; lets promises that were made from constants find the loop that consumes them. */
    private static final ThreadLocal<@Nullable Loop> CURRENT = new ThreadLocal<>();

    final EventQueue ready = new EventQueue(this);
    final EventQueue last = new EventQueue(this);
    final EventQueue wouldSleep = new EventQueue(this);
    final EventPort port;
    final Limits limits;
    final Timer timer;
    final Permit permit;

    private final AtomicReference<@Nullable Post> posts = new AtomicReference<>();
    private final List<TurnEnd> dirty = new ArrayList<>();
    private volatile boolean sleeping;
    private volatile boolean stopping;
    private volatile boolean stopped;
    private volatile @Nullable Thread thread;
    /** In simulation one thread owns the loop for good, also between drives. */
    private final boolean bound;

    private boolean inTurn;

    /** Something that has work to do once at the end of the turn, such as a connection with queued messages. */
    @FunctionalInterface
    public interface TurnEnd {
        /** Called once for each {@link Loop#atTurnEnd} series, on the loop's thread. */
        void turnEnded();
    }

    private static final class Post {
        final Runnable task;

        @Nullable
        Post next;

        Post(Runnable task) {
            this.task = task;
        }
    }

    /** A loop over {@code port}, with default limits. */
    public Loop(EventPort port) {
        this(port, Limits.DEFAULT);
    }

    /** A loop over {@code port}; the loop closes the port when it stops. */
    public Loop(EventPort port, Limits limits) {
        this(port, limits, null);
    }

    Loop(EventPort port, Limits limits, @Nullable Thread owner) {
        this.port = port;
        this.limits = limits;
        this.thread = owner;
        this.bound = owner != null;
        this.timer = new Timer(this);
        this.permit = new Permit(this);
    }

    /** The loop that the calling thread drives, or whose fiber it is; null for any other thread. */
    public static @Nullable Loop current() {
        Loop driven = CURRENT.get();
        if (driven != null) {
            return driven;
        }
        Fiber<?> fiber = Fiber.current();
        return fiber == null ? null : fiber.loop();
    }

    /** The clock and alarm of this loop. */
    public Timer timer() {
        return timer;
    }

    /** Whether the calling thread is the one that drives this loop now. */
    public boolean inLoop() {
        return Thread.currentThread() == thread;
    }

    /** Whether the loop has stopped; posts are no longer run. */
    public boolean isStopped() {
        return stopped;
    }

    // ---- from any thread

    /** Runs {@code task} on the loop as protocol code: fibers do not hold it up. FIFO for each sender. Dropped once the loop has stopped. */
    public void post(Runnable task) {
        Post post = new Post(task);
        Post head;
        do {
            head = posts.get();
            post.next = head;
        } while (!posts.compareAndSet(head, post));
        if (head == null && sleeping) {
            port.wake();
        }
    }

    /** Runs {@code task} on the loop as user code: it waits while a fiber holds the permit. FIFO for each sender. */
    @Override
    public void execute(Runnable task) {
        post(() -> new UserTask(this, task).armBreadthFirst());
    }

    /** Runs {@code work} on the loop as user code and gives its result to the calling thread's own use, through a promise of this loop. */
    public <T> Promise<T> fetch(Callable<? extends Promise<T>> work) {
        Completer<T> completer = new Completer<>(this);
        execute(() -> {
            Promise<T> promise;
            try {
                promise = work.call();
            } catch (Exception e) {
                completer.fail(e);
                return;
            }
            completer.follow(promise);
        });
        return completer.promise();
    }

    /** Asks the loop to stop after the current turn; fibers are cancelled and have unwound before {@link #run} returns. */
    public void stop() {
        stopping = true;
        port.wake();
    }

    // ---- on the loop's thread

    /** A promise that runs {@code work} in its own turn slot, after everything that is queued now. Lazy as every promise. */
    public <T> Promise<T> later(Callable<? extends Promise<T>> work) {
        return pause().then(ignored -> work.call());
    }

    /** Settles after everything that is queued when it is consumed. */
    public Promise<Void> pause() {
        return new Promise<>(new PauseNode(this, PauseNode.When.BREADTH_FIRST));
    }

    /** Settles when the turn has nothing else to do. */
    public Promise<Void> atLast() {
        return new Promise<>(new PauseNode(this, PauseNode.When.LAST));
    }

    /** Settles when the loop is about to sleep. */
    public Promise<Void> whenIdle() {
        return new Promise<>(new PauseNode(this, PauseNode.When.WOULD_SLEEP));
    }

    /** Calls {@code work} once at the end of this turn, after the events and before the loop may sleep. Call it once for each change from clean to dirty. */
    public void atTurnEnd(TurnEnd work) {
        dirty.add(work);
    }

    /** Starts {@code body} on a virtual thread as a fiber of this loop; see {@link Fiber}. */
    public <T> Promise<T> fiber(Callable<T> body) {
        return new Fiber<>(this, body).start();
    }

    /** Runs CPU-heavy or foreign blocking work on a virtual thread of its own, outside the permit. */
    public <T> Promise<T> offload(Callable<T> work) {
        Completer<T> completer = new Completer<>(this);
        Thread runner = Thread.ofVirtual().name("offload").start(() -> {
            try {
                completer.complete(work.call());
            } catch (Throwable e) {
                completer.fail(e);
            }
        });
        completer.onCancel(runner::interrupt);
        return completer.promise();
    }

    /** Drives the loop on the calling thread until {@link #stop}, then cancels what fibers are left, waits for them and closes the port. */
    public void run() {
        enter();
        try {
            while (!stopping) {
                iterate(Long.MAX_VALUE);
            }
            permit.cancelAll();
            while (permit.hasFibers()) {
                iterate(Long.MAX_VALUE);
            }
            drain();
        } finally {
            stopped = true;
            leave();
            port.close();
        }
    }

    /**
     * Drives the loop on the calling thread until {@code promise} has settled, and gives its result.
     *
     * @throws IllegalStateException inside a turn, where waiting would wait for itself
     */
    public <T> T await(Promise<T> promise) {
        requireOutsideTurn();
        enter();
        try {
            Await<T> await = new Await<>(this, promise);
            await.begin();
            while (!await.settled()) {
                iterate(Long.MAX_VALUE);
            }
            return await.result();
        } finally {
            leave();
        }
    }

    /** Drives the loop on the calling thread until nothing is runnable; never sleeps. Tells whether {@code promise}, which stays usable, has settled. */
    public boolean poll(Promise<?> promise) {
        requireOutsideTurn();
        enter();
        try {
            promise.watch(this);
            drain();
            return promise.isSettled();
        } finally {
            leave();
        }
    }

    /** Drives the loop on the calling thread until nothing is runnable; never sleeps. */
    public void poll() {
        requireOutsideTurn();
        enter();
        try {
            drain();
        } finally {
            leave();
        }
    }

    // ---- inside

    private void drain() {
        do {
            iterate(0);
        } while (isRunnable());
    }

    boolean isRunnable() {
        return !ready.isEmpty() || !last.isEmpty() || !wouldSleep.isEmpty() || posts.get() != null || timer.isDue();
    }

    /** One iteration; sleeps at most {@code maxWaitNanos}, and not at all while something is runnable. */
    void iterate(long maxWaitNanos) {
        long wait = 0;
        if (ready.isEmpty() && last.isEmpty() && wouldSleep.isEmpty()) {
            wait = Math.min(maxWaitNanos, timer.nanosToNext());
        }
        if (wait > 0) {
            sleeping = true;
            if (posts.get() != null || stopping && !permit.hasFibers()) {
                wait = 0;
            }
        }
        try {
            port.poll(wait);
        } finally {
            sleeping = false;
        }
        turn();
    }

    /** Fires what is due; {@link Permit} calls it too while it stands still for a fiber in lockstep. */
    private void turn() {
        inTurn = true;
        try {
            takePosts();
            timer.armDue();
            int left = limits.turnEvents();
            while (left-- > 0) {
                Event event = next();
                if (event == null) {
                    break;
                }
                fire(event);
            }
            flush();
        } finally {
            inTurn = false;
        }
    }

    private @Nullable Event next() {
        Event event = ready.poll();
        if (event == null) {
            event = last.poll();
        }
        if (event == null && posts.get() == null) {
            event = wouldSleep.poll();
        }
        return event;
    }

    private void fire(Event event) {
        if (event.guarded && permit.isTaken()) {
            permit.enqueue(event);
            return;
        }
        run(event);
    }

    static void run(Event event) {
        try {
            event.fire();
        } catch (Throwable e) {
            LOG.log(
                    Level.ERROR,
                    "an event of the loop threw; this is a bug in "
                            + event.getClass().getName(),
                    e);
        }
    }

    /** Runs what other threads have posted, oldest first. */
    void takePosts() {
        Post newest = posts.getAndSet(null);
        Post oldest = null;
        while (newest != null) {
            Post older = newest.next;
            newest.next = oldest;
            oldest = newest;
            newest = older;
        }
        while (oldest != null) {
            try {
                oldest.task.run();
            } catch (Throwable e) {
                LOG.log(
                        Level.ERROR,
                        "a posted task threw; this is a bug in "
                                + oldest.task.getClass().getName(),
                        e);
            }
            oldest = oldest.next;
        }
    }

    private void flush() {
        for (int i = 0; i < dirty.size(); i++) {
            try {
                dirty.get(i).turnEnded();
            } catch (Throwable e) {
                LOG.log(
                        Level.ERROR,
                        "work at the end of a turn threw; this is a bug in "
                                + dirty.get(i).getClass().getName(),
                        e);
            }
        }
        dirty.clear();
    }

    private void requireOutsideTurn() {
        if (inTurn && inLoop()) {
            throw new IllegalStateException(
                    "cannot wait inside a turn of the loop: return a promise, or make the handler a blocking one (a fiber)");
        }
    }

    private void enter() {
        Thread owner = thread;
        if (owner != null && owner != Thread.currentThread()) {
            throw new IllegalStateException("the loop is driven by thread " + owner.getName() + " already");
        }
        thread = Thread.currentThread();
        CURRENT.set(this);
    }

    private void leave() {
        if (!bound) {
            thread = null;
        }
        CURRENT.remove();
    }

    private static final class UserTask extends Event {
        private final Runnable task;

        UserTask(Loop loop, Runnable task) {
            super(loop, true);
            this.task = task;
        }

        @Override
        protected void fire() {
            task.run();
        }
    }
}

package dev.capstan.async;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The one thread of a vat: a queue of events over an {@link EventPort}.
 *
 * <p><b>An iteration</b> lets the port handle ready I/O (which arms events and nothing more), takes what other threads have posted, fires
 * due timers, and then runs one <em>turn</em>: events are fired until none is left (or {@link Limits#turnEvents} have been), and every
 * stream that became dirty is flushed exactly once. So a thousand calls that were posted together leave in one write, and a single call
 * leaves without delay. All that is dirty writes first; then streams hand over what they have, those that the turn's events made dirty before those that input did. While more is queued than one turn may do, the port is left alone
 * for up to 16 turns.
 *
 * <p><b>Order inside a turn</b>: continuations run depth first, new work breadth first, then what asked to be last (the latest first); what
 * waits for the loop to sleep runs when all else is done and looking for I/O has brought nothing. Nothing ever begins inside the frame that asked for it.
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

    /** Who waits for a promise of this loop without being driven by it: must be told when the loop stops. */
    final Set<Outside> outside = new LinkedHashSet<>();

    private final Inbox inbox;
    private final AtomicInteger offloads = new AtomicInteger();
    private final TurnEnds dirty = new TurnEnds();
    private int turnsWithoutInput;
    private boolean stopping;
    private boolean closing;
    private volatile boolean stopped;
    private final AtomicReference<@Nullable Thread> thread;
    /** In simulation one thread owns the loop for good, also between drives. */
    private final boolean bound;

    private boolean inIteration;

    /** Something that has work to do once at the end of the turn, such as a connection with queued messages. */
    @FunctionalInterface
    public interface TurnEnd {
        /** Called once for each {@link Loop#atTurnEnd} series, on the loop's thread. */
        void turnEnded();
    }

    /** Somebody who waits and is not driven by this loop. */
    interface Outside {
        /** The loop will not settle anything any more; called on its thread. */
        void loopStopped();
    }

    /** Turns that a stopping loop still runs after its fibers have unwound, for what they have left to say; bounds endless work. */
    private static final int LAST_TURNS = 100;
    /** Turns in a row that look at no input because more is queued than each may do. */
    private static final int MOST_TURNS_WITHOUT_INPUT = 16;

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
        this.inbox = new Inbox(port);
        this.limits = limits;
        this.thread = new AtomicReference<>(owner);
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
        return Thread.currentThread().equals(thread.get());
    }

    /** Whether the calling thread runs a turn of this loop: nothing can be waited for there. */
    public boolean inTurn() {
        return inLoop() && inIteration;
    }

    /** Whether the loop has stopped; posts are no longer run. */
    public boolean isStopped() {
        return stopped;
    }

    // ---- from any thread

    /** Runs {@code task} on the loop as protocol code: fibers do not hold it up. FIFO for each sender. Dropped once the loop has stopped. */
    public void post(Runnable task) {
        tryPost(task);
    }

    /** As {@link #post}; false if the loop has stopped. */
    boolean tryPost(Runnable task) {
        return inbox.add(task);
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
            try {
                completer.follow(work.call());
            } catch (Throwable e) {
                completer.fail(e);
            }
        });
        return completer.promise();
    }

    /**
     * Asks the loop to stop after what was posted before. Fibers are cancelled and have unwound before {@link #run} returns; threads that still
     * wait for a promise of this loop then see {@link CanceledException}.
     */
    public void stop() {
        post(() -> stopping = true);
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

    /**
     * Runs {@code task} as user code for protocol code that cannot wait: before this returns, or when its turn for the permit comes if a
     * fiber holds that now, or if others wait for it. What throws later than this returns is logged.
     */
    public void guard(Runnable task) {
        if (permit.isTaken()) {
            permit.enqueue(new UserTask(this, task));
        } else {
            task.run();
        }
    }

    /** Calls {@code work} once at the end of this turn, after the events and before the loop may sleep. Call it once for each change from clean to dirty. */
    public void atTurnEnd(TurnEnd work) {
        dirty.add(work);
    }

    /** As {@link #atTurnEnd}, for a stream that hands bytes to the system: after all work of the former kind, which may still write to it. */
    public void handOverAtTurnEnd(TurnEnd work) {
        dirty.addStream(work);
    }

    /** Starts {@code body} on a virtual thread as a fiber of this loop; see {@link Fiber}. */
    public <T> Promise<T> fiber(Callable<T> body) {
        return new Fiber<>(this, body).start();
    }

    /** Runs CPU-heavy or foreign blocking work on a virtual thread of its own, outside the permit. */
    public <T> Promise<T> offload(Callable<T> work) {
        Completer<T> completer = new Completer<>(this);
        Promise<T> promise = completer.promise();
        Thread runner = Thread.ofVirtual().name("offload").unstarted(() -> {
            try {
                completer.complete(work.call());
            } catch (Throwable e) {
                completer.fail(e);
            } finally {
                offloads.decrementAndGet();
            }
        });
        completer.onCancel(runner::interrupt);
        offloads.incrementAndGet();
        runner.start();
        return promise;
    }

    /**
     * Drives the loop on the calling thread until {@link #stop}, then cancels what fibers are left, waits for them and closes the port.
     * Interrupting the thread does nothing: it cannot tell who meant what by it.
     */
    public void run() {
        Loop before = enter();
        try {
            while (!stopping) {
                iterate(Long.MAX_VALUE);
                clearInterrupt();
            }
            closing = true;
            permit.cancelAll();
            while (permit.hasFibers()) {
                iterate(Long.MAX_VALUE);
                clearInterrupt();
            }
            tellOutside();
            for (int left = LAST_TURNS; left > 0 && isRunnable(); left--) {
                iterate(0);
            }
        } finally {
            stopped = true;
            inbox.close();
            tellOutside();
            for (int left = LAST_TURNS; left > 0 && !dirty.isEmpty(); left--) {
                dirty.flush();
            }
            leave(before);
            port.close();
        }
    }

    private void tellOutside() {
        for (Outside waiting : List.copyOf(outside)) {
            outside.remove(waiting);
            waiting.loopStopped();
        }
    }

    /** An interrupted thread would no longer sleep in {@link EventPort#poll}. */
    private static void clearInterrupt() {
        if (Thread.interrupted()) {
            LOG.log(Level.DEBUG, "the thread of a loop was interrupted: use stop() to end it");
        }
    }

    static CanceledException stoppedWhileWaiting() {
        return new CanceledException("the loop has stopped");
    }

    /** The loop stops: no new fibers. */
    boolean isClosing() {
        return closing;
    }

    /**
     * Drives the loop on the calling thread until {@code promise} has settled, and gives its result.
     *
     * @throws IllegalStateException inside a turn, where waiting would wait for itself
     * @throws CanceledException if the thread is interrupted or {@link #stop} called meanwhile; the promise is cancelled then
     */
    public <T> T await(Promise<T> promise) {
        Loop before = enter();
        boolean interrupted = false;
        try {
            Await<T> await = new Await<>(this, promise);
            await.begin();
            while (!await.settled()) {
                iterate(Long.MAX_VALUE);
                if (Thread.interrupted()) {
                    interrupted = true;
                    await.cancelWait("the waiting thread was interrupted");
                } else if (stopping) {
                    await.cancelWait("the loop was asked to stop");
                }
            }
            return await.result();
        } finally {
            leave(before);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Drives the loop on the calling thread until nothing is runnable; never sleeps. Tells whether {@code promise}, which stays usable, has settled. */
    public boolean poll(Promise<?> promise) {
        Loop before = enter();
        try {
            promise.watch(this);
            drain();
            return promise.isSettled();
        } finally {
            leave(before);
        }
    }

    /** Drives the loop on the calling thread until nothing is runnable; never sleeps. */
    public void poll() {
        Loop before = enter();
        try {
            drain();
        } finally {
            leave(before);
        }
    }

    // ---- inside

    private void drain() {
        do {
            iterate(0);
        } while (isRunnable());
    }

    boolean isRunnable() {
        return hasWork() || !inbox.isEmpty() || timer.isDue();
    }

    private boolean hasWork() {
        return !ready.isEmpty() || !last.isEmpty() || !wouldSleep.isEmpty() || !dirty.isEmpty();
    }

    /** Whether another thread works for this loop and does not wait for it in turn: simulated time must not run ahead of it. */
    boolean awaitsOutside() {
        return offloads.get() > outside.size() || permit.awaitsElsewhere();
    }

    /** One iteration; sleeps at most {@code maxWaitNanos}, and not at all while something is runnable. */
    void iterate(long maxWaitNanos) {
        long wait = hasWork() ? 0 : Math.min(maxWaitNanos, timer.nanosToNext());
        inIteration = true;
        try {
            takeInput(wait);
            dirty.inputTaken();
            turn();
        } finally {
            inIteration = false;
        }
    }

    /**
     * Input waits while more is queued than a turn may do: else many peers together bring more in each turn than that, and what they gave back, which stands behind what they ask for, piles up without end. But it does not
     * wait for long, for what is queued may go on for ever.
     */
    private void takeInput(long maxWaitNanos) {
        if (ready.size() > limits.turnEvents() && turnsWithoutInput < MOST_TURNS_WITHOUT_INPUT) {
            turnsWithoutInput++;
            return;
        }
        turnsWithoutInput = 0;
        inbox.poll(maxWaitNanos);
    }

    private void turn() {
        inbox.run();
        timer.armDue();
        if (ready.isEmpty() && last.isEmpty()) {
            // Nothing to do, and the port was asked a moment ago: this is where the loop would sleep.
            Event idle = wouldSleep.poll();
            if (idle != null) {
                fire(idle);
            }
        }
        for (int left = limits.turnEvents(); left > 0; left--) {
            Event event = ready.poll();
            if (event == null) {
                event = last.poll();
            }
            if (event == null) {
                break;
            }
            fire(event);
        }
        dirty.flush();
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

    /** Takes the loop for the calling thread; gives the loop that the thread drove until now, for {@link #leave}. */
    private @Nullable Loop enter() {
        Thread self = Thread.currentThread();
        Thread owner = thread.get();
        if (self.equals(owner) ? inIteration || !bound : owner != null || !thread.compareAndSet(null, self)) {
            throw new IllegalStateException(
                    self.equals(owner)
                            ? "cannot wait inside a turn of the loop: return a promise, or wait in a fiber (a server object whose style() is BLOCKING runs in one)"
                            : "the loop is driven by another thread already: use Promise.await() here");
        }
        if (stopped) {
            if (!bound) {
                thread.set(null);
            }
            throw new IllegalStateException("the loop has stopped");
        }
        Loop before = CURRENT.get();
        CURRENT.set(this);
        return before;
    }

    private void leave(@Nullable Loop before) {
        if (!bound) {
            thread.set(null);
        }
        if (before == null) {
            CURRENT.remove();
        } else {
            CURRENT.set(before);
        }
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

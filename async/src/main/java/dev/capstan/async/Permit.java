package dev.capstan.async;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The right to run user code of a vat: one holder at a time, first come, first served.
 *
 * <p>Owned by the loop's thread; fibers reach it by posting. While a fiber holds it, guarded events queue here; the loop itself never waits
 * (except in lockstep, where it stands still until the fiber gives the permit back, so that a simulation depends on its seed alone).
 */
final class Permit {
    private static final Logger LOG = System.getLogger(Permit.class.getName());

    private final Loop loop;
    /** Guarded events and fibers, in order of arrival. */
    private final ArrayDeque<Object> queue = new ArrayDeque<>();

    private final Set<Fiber<?>> fibers = new LinkedHashSet<>();
    private @Nullable Fiber<?> holder;
    private final Event drain;
    private long grantedAt;
    private boolean watching;

    Permit(Loop loop) {
        this.loop = loop;
        this.drain = new Event(loop) {
            @Override
            protected void fire() {
                grantNext();
            }
        };
    }

    boolean isTaken() {
        return holder != null || !queue.isEmpty();
    }

    /** Whether a fiber runs user code now. */
    boolean isHeld() {
        return holder != null;
    }

    boolean hasFibers() {
        return !fibers.isEmpty();
    }

    /** Whether a fiber waits for another loop. */
    boolean awaitsElsewhere() {
        return fibers.stream().anyMatch(Fiber::waitsElsewhere);
    }

    boolean isWatching() {
        return watching;
    }

    void enqueue(Event event) {
        event.inPermitQueue = true;
        queue.add(event);
        grantSoon();
    }

    void forget(Event event) {
        event.inPermitQueue = false;
        queue.remove(event);
    }

    void enter(Fiber<?> fiber) {
        fibers.add(fiber);
    }

    void exit(Fiber<?> fiber) {
        fibers.remove(fiber);
    }

    /** Queues {@code fiber} for the permit; {@link Fiber#granted} is called when its turn has come. */
    void acquire(Fiber<?> fiber) {
        queue.add(fiber);
        grantSoon();
    }

    boolean withdraw(Fiber<?> fiber) {
        return queue.remove(fiber);
    }

    void release(Fiber<?> fiber) {
        if (holder == fiber) {
            holder = null;
            grantSoon();
        }
    }

    void cancelAll() {
        for (Fiber<?> fiber : List.copyOf(fibers).reversed()) {
            fiber.cancel("the loop is stopping");
        }
    }

    private void grantSoon() {
        if (holder == null && !queue.isEmpty()) {
            drain.armDepthFirst();
        }
    }

    private void grantNext() {
        while (holder == null) {
            Object next = queue.poll();
            if (next == null) {
                return;
            }
            if (next instanceof Event event) {
                event.inPermitQueue = false;
                Loop.run(event);
            } else if (next instanceof Fiber<?> fiber) {
                holder = fiber;
                grantedAt = loop.port.nanoTime();
                watch();
                fiber.granted();
                if (loop.port.lockstep()) {
                    standStill(fiber);
                }
            }
        }
    }

    private void standStill(Fiber<?> fiber) {
        // Counted, not timed: the clock of a loop in lockstep stands still as well.
        int patience = 5000;
        while (!fiber.hasYielded()) {
            LockSupport.parkNanos(this, 1_000_000);
            if (--patience == 0) {
                LOG.log(
                        Level.WARNING,
                        "fiber {0} blocks the simulation: it waits for something other than a promise's await()",
                        fiber.name());
            }
        }
    }

    /** One timer, armed while a fiber holds the permit, reports a holder that does not come back. */
    private void watch() {
        if (watching || loop.port.lockstep()) {
            return;
        }
        watching = true;
        loop.timer.after(loop.limits.permitHold()).listen(loop, (ignored, failure) -> {
            watching = false;
            Fiber<?> fiber = holder;
            if (fiber == null) {
                return;
            }
            long heldNanos = loop.port.nanoTime() - grantedAt;
            if (heldNanos >= loop.limits.permitHold().toNanos()) {
                LOG.log(
                        Level.WARNING,
                        "fiber {0} has held its vat for {1} ms without awaiting: move long or blocking work to offload()",
                        fiber.name(),
                        heldNanos / 1_000_000);
            }
            watch();
        });
    }
}

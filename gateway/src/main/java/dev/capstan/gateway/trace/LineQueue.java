package dev.capstan.gateway.trace;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongFunction;
import java.util.function.Supplier;

/**
 * Lines of an output that may be read slowly, or by nobody: whoever has a line never waits. A thread writes them, which there is only while there are lines. What comes while {@link #MOST} or {@link #MOST_CHARACTERS} wait already is left out, and a line in
 * its place says how many were.
 *
 * <p>Thread-safe.
 */
public final class LineQueue {
    /** Lines that wait at most. */
    static final int MOST = 10_000;

    /** Characters that wait at most, as far as they are told. */
    static final long MOST_CHARACTERS = 16L << 20;

    /** Without a line for so long, the thread ends. */
    private static final Duration IDLE = Duration.ofSeconds(5);

    /** What the last lines may take. */
    private static final Duration LAST = Duration.ofSeconds(10);

    private final PrintWriter out;
    private final LongFunction<String> missing;
    private final Runnable onBroken;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private Queue<Supplier<String>> waiting = new ArrayDeque<>();
    private long characters;
    private long left;
    private boolean isRunning;
    private boolean isWriting;
    private boolean isBroken;

    /**
     * Lines of {@code out}.
     *
     * @param missing the line that says how many were left out
     * @param onBroken told once, on any thread, that nobody reads any more, as when the output goes to head
     */
    LineQueue(PrintWriter out, LongFunction<String> missing, Runnable onBroken) {
        this.out = out;
        this.missing = missing;
        this.onBroken = onBroken;
    }

    /** Frames, or what is said of them, where nobody has to know that the reader has gone. */
    public static LineQueue of(PrintWriter out, String things) {
        return new LineQueue(
                out, count -> count + " " + things + " not shown: they came faster than they were read", () -> {});
    }

    /** As {@link #put(int, Supplier)}, for a short line. */
    public void put(Supplier<String> line) {
        put(0, line);
    }

    /** Writes the line as soon as those before it are written. {@code line} makes it, on another thread, and keeps about {@code size} characters until then. */
    public void put(int size, Supplier<String> line) {
        lock.lock();
        try {
            if (isBroken) {
                return;
            }
            if (waiting.size() >= MOST || characters + size > MOST_CHARACTERS) {
                left++;
                return;
            }
            waiting.add(line);
            characters += size;
            changed.signalAll();
            if (!isRunning) {
                isRunning = true;
                Thread.ofPlatform().daemon().name("capstan-lines").start(this::run);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Returns when all that was put is written, or after {@link #LAST}: then nobody reads. */
    void finish() throws InterruptedException {
        lock.lock();
        try {
            long nanos = LAST.toNanos();
            while (nanos > 0 && !isBroken && (isWriting || !waiting.isEmpty())) {
                nanos = changed.awaitNanos(nanos);
            }
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        List<String> lines = new ArrayList<>();
        try {
            while (next(lines)) {
                lines.forEach(out::println);
                lines.clear();
                if (out.checkError()) {
                    broke();
                    return;
                }
            }
        } catch (RuntimeException | Error e) {
            broke();
            throw e;
        }
    }

    /** Waits for lines; false if there are none for long. */
    private boolean next(List<String> lines) {
        Queue<Supplier<String>> taken;
        long skipped;
        lock.lock();
        try {
            isWriting = false;
            changed.signalAll();
            long nanos = IDLE.toNanos();
            while (waiting.isEmpty() && nanos > 0) {
                nanos = changed.awaitNanos(nanos);
            }
            if (waiting.isEmpty()) {
                isRunning = false;
                return false;
            }
            taken = waiting;
            waiting = new ArrayDeque<>();
            characters = 0;
            skipped = left;
            left = 0;
            isWriting = true;
        } catch (InterruptedException e) {
            isRunning = false;
            return false;
        } finally {
            lock.unlock();
        }
        taken.forEach(each -> lines.add(each.get()));
        if (skipped > 0) {
            lines.add(missing.apply(skipped));
        }
        return true;
    }

    private void broke() {
        lock.lock();
        try {
            isBroken = true;
            isWriting = false;
            isRunning = false;
            waiting.clear();
            characters = 0;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        onBroken.run();
    }
}

package dev.capstan.gateway.bench;

import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import dev.capstan.gateway.call.Progress;
import dev.capstan.gateway.dial.Ref;
import dev.capstan.grpc.GrpcFailure;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Makes calls and measures how long each takes. With a rate each has a time at which it is to begin, whether or not others have ended, and is measured from then on: a server that stops for a while is charged with all
 * calls that would have been made meanwhile. Without one, as many as told are always under way. On the loop's thread.
 */
final class Load {
    private static final int MOST_REASONS = 20;
    private static final int WINDOWS = 60;

    private final Loop loop;
    private final List<Ref.Shot> targets;
    private final Plan plan;
    private final Progress progress;
    private final Completer<Void> ended;
    private final Histogram latencies = histogram();
    private final List<Histogram> windows;
    private final Map<String, Integer> failures = new TreeMap<>();
    private long began;
    private long started;
    private long finished;
    private int underWay;
    private boolean isFiring;
    private boolean isWaiting;

    /**
     * What is to be done.
     *
     * @param calls how many; {@link Long#MAX_VALUE} if time decides
     * @param longest after which no more begin; null if the number decides
     * @param atOnce how many may be under way
     * @param perSecond 0 for as many as there can be
     */
    record Plan(long calls, @Nullable Duration longest, int atOnce, double perSecond) {
        /** When a call is to begin, in nanoseconds from the beginning. */
        long due(long number) {
            return perSecond == 0 ? 0 : (long) (number * 1e9 / perSecond);
        }
    }

    /** @param targets one for each connection, which take turns */
    Load(Loop loop, List<Ref.Shot> targets, Plan plan, Progress progress) {
        this.loop = loop;
        this.targets = targets;
        this.plan = plan;
        this.progress = progress;
        this.ended = new Completer<>(loop);
        this.windows = new java.util.ArrayList<>();
    }

    private static Histogram histogram() {
        Histogram made = new Histogram(3);
        made.setAutoResize(true);
        return made;
    }

    /** Done when the last call has ended. */
    Promise<Void> run() {
        began = loop.timer().nanoTime();
        Promise<Void> end = ended.promise();
        fire();
        return end;
    }

    private long elapsed() {
        return loop.timer().nanoTime() - began;
    }

    private boolean isOver() {
        return started >= plan.calls()
                || (plan.longest() != null && elapsed() >= plan.longest().toNanos());
    }

    private void fire() {
        if (isFiring) {
            return; // A call that ends at once is no reason to go deeper.
        }
        isFiring = true;
        while (underWay < plan.atOnce() && !isOver() && plan.due(started) <= elapsed()) {
            begin();
        }
        isFiring = false;
        if (isOver()) {
            if (underWay == 0) {
                progress.done();
                finished = elapsed();
                ended.complete(Promise.nothing());
            }
        } else if (underWay < plan.atOnce() && !isWaiting) {
            isWaiting = true;
            Duration wait = Duration.ofNanos(Math.max(0, plan.due(started) - elapsed()));
            loop.timer().after(wait).listen(loop, (done, failure) -> {
                isWaiting = false;
                fire();
            });
        }
    }

    private void begin() {
        long number = started++;
        long from = plan.perSecond() == 0 ? elapsed() : plan.due(number);
        underWay++;
        targets.get((int) (number % targets.size())).fire().listen(loop, (done, failure) -> {
            underWay--;
            if (failure == null) {
                record(from);
            } else {
                String reason = reason(failure);
                failures.merge(
                        failures.size() < MOST_REASONS || failures.containsKey(reason) ? reason : "other",
                        1,
                        Integer::sum);
            }
            progress.to(latencies.getTotalCount());
            fire();
        });
    }

    private static String reason(Throwable failure) {
        return failure instanceof GrpcFailure told
                ? told.code() + ": " + told.reason()
                : Failure.of(failure).reason();
    }

    private void record(long from) {
        long now = elapsed();
        latencies.recordValue(Math.max(1, now - from));
        int second = (int) (now / 1_000_000_000L);
        while (windows.size() <= second && windows.size() < WINDOWS) {
            windows.add(histogram());
        }
        if (second < windows.size()) {
            windows.get(second).recordValue(Math.max(1, now - from));
        }
    }

    /** In nanoseconds; without the calls that failed. */
    Histogram latencies() {
        return latencies;
    }

    /** The same, by the second in which calls ended; of the first minute. */
    List<Histogram> seconds() {
        return windows;
    }

    /** How many calls failed, by their reason. */
    Map<String, Integer> failures() {
        return failures;
    }

    /** From the first call to the last answer, in nanoseconds. */
    long nanos() {
        return finished;
    }
}

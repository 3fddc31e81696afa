package dev.capstan.capnweb;

import dev.capstan.async.Loop;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A warning that strangers can cause as often as they like: it is logged once a minute at most, and tells how often it was left out since. On the loop's thread. */
final class RareWarning {
    private static final long PAUSE_NANOS = Duration.ofMinutes(1).toNanos();

    private final Loop loop;
    private final Logger log;
    private boolean begun;
    private long loggedAt;
    private long leftOut;

    RareWarning(Loop loop, Logger log) {
        this.loop = loop;
        this.log = log;
    }

    void warn(String text, @Nullable Throwable cause) {
        long now = loop.timer().nanoTime();
        if (begun && now - loggedAt < PAUSE_NANOS) {
            leftOut++;
            return;
        }
        String whole = leftOut == 0 ? text : text + " (and " + leftOut + " more since the last of these lines)";
        begun = true;
        loggedAt = now;
        leftOut = 0;
        log.log(Level.WARNING, whole, cause);
    }
}

package dev.capstan.net.webtransport;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import java.time.Duration;

/** One deadline at a time. */
final class Alarm {
    private final Loop loop;
    private final Runnable action;
    private Promise.Cancelable waiting = () -> {};

    Alarm(Loop loop, Runnable action) {
        this.loop = loop;
        this.action = action;
    }

    /** Runs the action {@code delay} from now, and not when it was to run before. */
    void set(Duration delay) {
        waiting.cancel();
        waiting = loop.timer().after(delay).listen(loop, (done, failure) -> action.run());
    }

    void cancel() {
        waiting.cancel();
    }
}

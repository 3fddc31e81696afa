package dev.capstan.capnweb.resume;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import java.time.Duration;

/** Rings once, and not again until it is set. */
final class Alarm {
    private final Loop loop;
    private Promise.Cancelable waiting = () -> {};
    private boolean set;

    Alarm(Loop loop) {
        this.loop = loop;
    }

    boolean isSet() {
        return set;
    }

    /** Runs {@code action} {@code delay} from now, and nothing of what was asked for before. */
    void set(Duration delay, Runnable action) {
        cancel();
        set = true;
        waiting = loop.timer().after(delay).listen(loop, (rung, failure) -> {
            set = false;
            action.run();
        });
    }

    void cancel() {
        set = false;
        waiting.cancel();
    }
}

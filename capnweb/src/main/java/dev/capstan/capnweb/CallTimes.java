package dev.capstan.capnweb;

import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Gives up calls of ours whose results do not come in time.
 *
 * <p>All wait equally long, so the first that was asked for is the first whose time is over, and one alarm does for all. It is left set when nobody waits any more: setting one for each call would cost
 * more than that it rings once in vain.
 */
final class CallTimes {
    private final Session session;
    private final Duration time;
    /** When the time is over of each that is waited for, the first first. */
    private final Map<Question, Long> waiting = new LinkedHashMap<>();

    private Promise.Cancelable alarm = () -> {};
    private boolean set;

    CallTimes(Session session, Duration time) {
        this.session = session;
        this.time = time;
    }

    /** Somebody waits for the result from now on. */
    void asked(Question question) {
        waiting.put(question, session.loop.timer().nanoTime() + time.toNanos());
        if (!set) {
            set(time);
        }
    }

    /** It has come, or nobody waits any more. */
    void over(Question question) {
        waiting.remove(question);
    }

    void close() {
        waiting.clear();
        alarm.cancel();
    }

    private void set(Duration after) {
        set = true;
        alarm = session.loop.timer().after(after).listen(session.loop, (rung, failure) -> rang());
    }

    private void rang() {
        set = false;
        long now = session.loop.timer().nanoTime();
        while (!waiting.isEmpty()) {
            Iterator<Map.Entry<Question, Long>> all = waiting.entrySet().iterator();
            Map.Entry<Question, Long> first = all.next();
            long left = first.getValue() - now;
            if (left > 0) {
                set(Duration.ofNanos(left));
                return;
            }
            Question late = first.getKey();
            all.remove();
            late.fail(Failure.overloaded("there was no answer within " + time
                    + " (Options.callTime); whether the call has happened is not known"));
        }
    }
}

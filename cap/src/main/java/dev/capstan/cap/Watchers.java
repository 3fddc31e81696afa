package dev.capstan.cap;

import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Those who wait to learn what a reference turns out to be: what {@link Cap#resolution} of a reference gives that is not resolved yet. Whoever waits uses the
 * reference: it is kept until the wait is over.
 *
 * <p>Belongs to the reference and is used on its loop's thread.
 */
public final class Watchers {
    private final Loop loop;
    private final Cap watched;
    private List<Completer<Cap>> waiting = new ArrayList<>(0);

    /** Nobody waits yet to learn what {@code watched}, a reference of {@code loop}, is. */
    public Watchers(Loop loop, Cap watched) {
        this.loop = loop;
        this.watched = watched;
    }

    /** One more. */
    public Completer<Cap> add() {
        watched.share();
        Completer<Cap> watcher = new Completer<>(loop);
        waiting.add(watcher);
        watcher.onCancel(() -> {
            if (waiting.remove(watcher)) {
                watched.close();
            }
        });
        return watcher;
    }

    /** Each gets a reference to {@code target}, which is borrowed, or {@code failure} if there is one. */
    public void tell(Cap target, @Nullable Failure failure) {
        List<Completer<Cap>> all = waiting;
        waiting = new ArrayList<>(0);
        for (Completer<Cap> watcher : all) {
            if (failure != null) {
                watcher.fail(failure);
            } else {
                watcher.complete(target.share());
            }
            watched.close();
        }
    }
}

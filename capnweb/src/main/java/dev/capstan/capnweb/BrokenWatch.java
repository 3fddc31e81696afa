package dev.capstan.capnweb;

import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.BrokenCap;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Waits until a reference breaks, without asking for anything that nobody has asked for. On the loop's thread. */
final class BrokenWatch implements AutoCloseable {
    private final Loop loop;
    private final Completer<Void> completer;
    private final List<Promise.Cancelable> waits = new ArrayList<>(2);

    /** Fails {@code completer} with the reason, or completes it when this is closed. */
    BrokenWatch(Loop loop, Completer<Void> completer) {
        this.loop = loop;
        this.completer = completer;
    }

    /** Borrows {@code cap}. */
    void begin(Cap cap) {
        Cap inner = cap.innermost();
        switch (inner) {
            case BrokenCap broken -> completer.fail(broken.failure());
            case RemoteCap remote -> {
                Session session = remote.session;
                waits.add(session.onDisconnect().listen(loop, (ignored, failure) -> {
                    Failure down = session.down();
                    broken(down == null ? Failure.disconnected("the session has ended") : down);
                }));
                if (remote instanceof PipelineCap place) {
                    follow(place.arrival());
                }
            }
            // To ask what lies there would be a call.
            case PropertyCap place -> begin(place.object());
            default -> follow(inner.resolution());
        }
    }

    private void follow(@Nullable Promise<Cap> next) {
        if (next != null) {
            waits.add(next.listen(loop, (cap, failure) -> {
                if (cap != null) {
                    try (cap) {
                        begin(cap);
                    }
                } else if (failure != null) {
                    broken(failure);
                }
            }));
        }
    }

    private void broken(Throwable cause) {
        completer.fail(cause);
        close();
    }

    @Override
    public void close() {
        List<Promise.Cancelable> all = List.copyOf(waits);
        waits.clear();
        all.forEach(Promise.Cancelable::cancel);
        completer.complete(Promise.nothing());
    }
}

package dev.capstan.capnweb;

import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Payload;
import org.jspecify.annotations.Nullable;

/**
 * The result of a map for whoever asks for it. What the calls of a program answer at once is known at the end of the turn: it is worth waiting for that long, since each promise in a
 * result costs two messages.
 */
final class MapResults {
    private final Loop loop;
    private final Cap cap;
    private final Completer<Payload> completer;
    private Promise.@Nullable Cancelable waiting;
    private @Nullable WebPayload known;

    private MapResults(Loop loop, Cap cap) {
        this.loop = loop;
        this.cap = cap;
        this.completer = new Completer<>(loop);
    }

    /** The value of {@code cap}, which is borrowed. */
    static Promise<Payload> of(Loop loop, Cap cap) {
        MapResults results = new MapResults(loop, cap.share());
        results.completer.onAwaited(results::ask);
        results.completer.onCancel(results::close);
        return results.completer.promise();
    }

    private void ask() {
        waiting = new PromisedValue(cap).value().listen(loop, this::settled);
    }

    private void settled(PromisedValue.@Nullable Settled settled, @Nullable Throwable failure) {
        waiting = null;
        if (settled == null) {
            completer.fail(failure == null ? Failure.failed("no value") : failure);
            close();
            return;
        }
        known = WebPayload.holding(settled.value());
        if (Waiting.isIn(settled.value())) {
            waiting = loop.atLast().listen(loop, (ignored, failed) -> tell());
        } else {
            tell();
        }
    }

    private void tell() {
        waiting = null;
        if (known != null) {
            completer.complete(known.share());
        }
        close();
    }

    private void close() {
        if (waiting != null) {
            waiting.cancel();
        }
        if (known != null) {
            known.close();
        }
        cap.close();
    }
}

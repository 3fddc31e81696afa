package dev.capstan.capnp;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Answer;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Path;
import dev.capstan.cap.Payload;
import dev.capstan.cap.QueuedCap;
import org.jspecify.annotations.Nullable;

/** What stands behind a generated answer. Generated code passes it on and does nothing else with it. */
public final class AnswerState {
    private final @Nullable Loop loop;
    private final Answer answer;
    private volatile @Nullable Payload results;
    private boolean closed;

    AnswerState(@Nullable Loop loop, Answer answer) {
        this.loop = loop;
        this.answer = answer;
    }

    <R extends StructReader> Promise<R> typed(StructType<?, R> type) {
        return answer.results().convert(payload -> {
            results = payload;
            return CapnpPayload.of(payload).reader().as(type);
        });
    }

    /** The capability at {@code path}; the caller owns it. Callable from any thread. */
    Cap cap(Path path) {
        Loop home = loop;
        if (home == null || home.inLoop()) {
            if (closed) {
                throw new IllegalStateException(
                        "this answer was closed (then(), map() and handle() close it when they are done):"
                                + " take the capabilities that you need before");
            }
            return answer.pipeline().cap(path);
        }
        QueuedCap cap = new QueuedCap(home);
        home.post(() -> cap.resolve(answer.pipeline().cap(path)));
        return cap;
    }

    /** Gives the results and the pipeline back. Callable from any thread. */
    void close() {
        Loop home = loop;
        if (home == null || home.inLoop()) {
            closeHere();
        } else {
            home.post(this::closeHere);
        }
    }

    private void closeHere() {
        if (!closed) {
            closed = true;
            Payload payload = results;
            results = null;
            if (payload != null) {
                payload.close();
            }
            answer.pipeline().close();
        }
    }
}

package dev.capstan.testkit;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Answer;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Path;
import dev.capstan.cap.QueuedCap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** What a call gives back: results and what is in them before they are there. */
final class Reply implements AutoCloseable {
    private final Scene scene;
    private final Loop loop;
    private final Answer answer;
    private @Nullable Outcome<Result> outcome;
    private final AtomicBoolean resultsDropped = new AtomicBoolean();
    private final AtomicBoolean pipelineDropped = new AtomicBoolean();

    /** Takes ownership of {@code answer}. */
    Reply(Scene scene, Loop loop, Answer answer) {
        this.scene = scene;
        this.loop = loop;
        this.answer = answer;
    }

    /** Looks at the results from now on. */
    Outcome<Result> watch() {
        Outcome<Result> known = outcome;
        if (known == null) {
            known = scene.watch(loop, answer.results().convert(payload -> scene.result(loop, payload)));
            outcome = known;
        }
        return known;
    }

    /** Waits for the results. */
    Result get() {
        return watch().get();
    }

    /** Waits for the results and gives their number. */
    long number() {
        try (Result result = get()) {
            return result.number();
        }
    }

    /** Waits for the failure. */
    Failure failure() {
        return watch().failure();
    }

    /** Waits for the results, in a handler that blocks; gives the pipeline up. */
    Result await() {
        Result result =
                answer.results().convert(payload -> scene.result(loop, payload)).await();
        dropPipeline();
        return result;
    }

    /** Goes on with the results, in a handler; gives all up afterwards. */
    <U> Promise<U> then(Promise.Work<? super Result, ? extends Promise<? extends U>> next) {
        return answer.results()
                .convert(payload -> scene.result(loop, payload))
                .<U>then(result -> next.apply(result).<U>map(value -> value).attach(result))
                .attach(this::dropPipeline);
    }

    /** The capability with this index, before the results are there. */
    Stub cap(int index) {
        Path path = scene.way.path(index);
        if (loop.inLoop()) {
            return scene.stub(loop, answer.pipeline().cap(path));
        }
        QueuedCap cap = new QueuedCap(loop);
        loop.post(() -> cap.resolve(answer.pipeline().cap(path)));
        return scene.stub(loop, cap);
    }

    /** Gives the results up; what was or will be taken from the pipeline stays good. */
    void dropResults() {
        if (resultsDropped.compareAndSet(false, true)) {
            Outcome<Result> known = outcome;
            if (known != null) {
                known.cancel();
            } else {
                answer.results().cancel();
            }
        }
    }

    /** Gives the pipeline up; what was taken from it stays good. */
    void dropPipeline() {
        if (pipelineDropped.compareAndSet(false, true)) {
            Scene.run(loop, answer.pipeline()::close);
        }
    }

    /** Gives both up. */
    @Override
    public void close() {
        dropResults();
        dropPipeline();
    }
}

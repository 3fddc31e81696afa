package dev.capstan.cap;

import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import org.jspecify.annotations.Nullable;

/** An answer handed out before the call was made: it becomes the real one with {@link #link}. May be made on any thread; linked on the loop's. */
public final class DeferredAnswer {
    private final Completer<Payload> results;
    private final QueuedPipeline pipeline;
    private final Answer answer;
    private @Nullable Answer linked;
    private Runnable onUnused = () -> {};
    private boolean resultsUnused;
    private boolean pipelineUnused;

    /** An answer of {@code loop} that is pending. */
    public DeferredAnswer(Loop loop) {
        results = new Completer<>(loop);
        pipeline = new QueuedPipeline(loop, () -> {
            pipelineUnused = true;
            checkUnused();
        });
        results.onCancel(() -> {
            resultsUnused = true;
            checkUnused();
        });
        answer = new Answer(results.promise(), pipeline);
    }

    /** What the caller gets. */
    public Answer answer() {
        return answer;
    }

    /** {@code action} runs if nobody is interested any more before {@link #link}. */
    public void onUnused(Runnable action) {
        onUnused = action;
    }

    /** Becomes {@code actual}; takes ownership. */
    public void link(Answer actual) {
        linked = actual;
        if (resultsUnused) {
            actual.results().cancel();
        } else {
            results.follow(actual.results());
        }
        pipeline.resolve(actual.pipeline());
    }

    private void checkUnused() {
        if (resultsUnused && pipelineUnused && linked == null) {
            onUnused.run();
        }
    }

    /** The promise of the results, for callers that wrap it. */
    public Promise<Payload> promise() {
        return answer.results();
    }
}

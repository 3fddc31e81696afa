package dev.capstan.cap;

import dev.capstan.async.Completer;
import dev.capstan.async.Event;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import org.jspecify.annotations.Nullable;

/**
 * An answer handed out before the call was made: it becomes the real one with {@link #link}. May be made on any thread; linked on the loop's.
 *
 * <p>Calls may be queued on the answers of queued calls, as long a chain as a peer likes. What happens to one answer therefore reaches the next
 * in a slot of the loop's own, never in the same frame.
 */
public final class DeferredAnswer {
    private final Completer<Payload> results;
    private final QueuedPipeline pipeline;
    private final Answer answer;
    private final Next next;
    private @Nullable Answer linked;
    private Runnable onUnused = () -> {};
    private boolean resultsUnused;
    private boolean following;
    private boolean pipelineUnused;

    /** An answer of {@code loop} that is pending. */
    public DeferredAnswer(Loop loop) {
        results = new Completer<>(loop);
        pipeline = new QueuedPipeline(loop, () -> {
            pipelineUnused = true;
            checkUnused();
        });
        results.onCancel(this::giveUpResults);
        answer = new Answer(results.promise(), pipeline);
        next = new Next(loop);
    }

    /** Hands on what has happened: the pipeline of the call that was made, or that it need not be made. */
    private final class Next extends Event {
        Next(Loop loop) {
            super(loop);
        }

        void arm() {
            armDepthFirst();
        }

        void drop() {
            disarm();
        }

        @Override
        protected void fire() {
            Answer actual = linked;
            if (actual != null) {
                pipeline.resolve(actual.pipeline());
            } else {
                onUnused.run();
            }
        }
    }

    /** What the caller gets. */
    public Answer answer() {
        return answer;
    }

    /** {@code action} runs if nobody is interested any more before {@link #link}. */
    public void onUnused(Runnable action) {
        onUnused = action;
    }

    /** Becomes {@code actual}; takes ownership. Its results are not asked for before somebody waits for them. */
    public void link(Answer actual) {
        linked = actual;
        if (pipeline.isAwaited()) {
            // Before the results: who waits for both hears of the pipeline first.
            next.arm();
        } else {
            next.drop();
            pipeline.resolve(actual.pipeline());
        }
        if (resultsUnused) {
            actual.results().cancel();
        } else {
            results.onAwaited(() -> {
                following = true;
                results.follow(actual.results());
            });
        }
    }

    private void giveUpResults() {
        resultsUnused = true;
        Answer actual = linked;
        if (actual == null) {
            checkUnused();
        } else if (!following) {
            actual.results().cancel();
        }
    }

    private void checkUnused() {
        if (resultsUnused && pipelineUnused && linked == null) {
            next.arm();
        }
    }

    /** The promise of the results, for callers that wrap it. */
    public Promise<Payload> promise() {
        return answer.results();
    }
}

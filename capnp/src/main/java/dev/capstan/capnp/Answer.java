package dev.capstan.capnp;

import dev.capstan.async.Promise;

/**
 * What a typed call gives back: the promise of its results and, through the methods that generated subclasses add, the capabilities in them
 * before they are there.
 *
 * <p><b>Ownership.</b> The receiver owns it. {@link #close} gives the results up; if they are not there yet, and nothing taken from the
 * pipeline is in use, the call is cancelled. {@link #then}, {@link #map} and {@link #handle} take the whole answer over and close it when their
 * function is done; after {@link #await} closing is the caller's job. Results are plain memory: only the capabilities in them need this, and
 * what was taken out of them is owned by whoever took it.
 *
 * <p>Forgetting an answer cancels nothing. May be used from any thread.
 *
 * @param <R> reader of the results
 */
public class Answer<R extends StructReader> extends Promise<R> implements AutoCloseable {
    private final AnswerState state;

    /** For generated code. */
    protected Answer(AnswerState state, StructType<?, R> results) {
        super(state.typed(results));
        this.state = state;
    }

    /** The result's root, for generated pipelines. */
    protected final PipelineHandle pipeline() {
        return new PipelineHandle(state);
    }

    @Override
    public <U> Promise<U> then(Work<? super R, ? extends Promise<? extends U>> next) {
        return super.<U>then(next).attach(state::close);
    }

    @Override
    public <U> Promise<U> map(Work<? super R, ? extends U> function) {
        return super.<U>map(function).attach(state::close);
    }

    @Override
    public <U> Promise<U> handle(
            Work<? super R, ? extends Promise<? extends U>> onValue,
            Work<? super Throwable, ? extends Promise<? extends U>> onFailure) {
        return super.<U>handle(onValue, onFailure).attach(state::close);
    }

    @Override
    public void cancel() {
        close();
    }

    @Override
    public void close() {
        super.cancel();
        state.close();
    }
}

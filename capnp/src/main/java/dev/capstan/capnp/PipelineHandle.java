package dev.capstan.capnp;

import dev.capstan.cap.Cap;
import dev.capstan.cap.Path;

/** A place inside a result that is not there yet; what generated pipelines are made of. An immutable value, usable from any thread. */
public final class PipelineHandle {
    private final AnswerState state;
    private final Path.Pointers path;

    PipelineHandle(AnswerState state) {
        this(state, new Path.Pointers());
    }

    private PipelineHandle(AnswerState state, Path.Pointers path) {
        this.state = state;
        this.path = path;
    }

    /** The pointer with this index in the struct at this place. */
    public PipelineHandle pointer(int index) {
        return new PipelineHandle(state, path.then(index));
    }

    /** The capability at this place; the caller owns it. */
    public Cap cap() {
        return state.cap(path);
    }
}

package dev.capstan.cap;

import dev.capstan.async.Loop;

/** The pipeline of a call that has failed. */
public final class BrokenPipeline implements Pipeline {
    private final Loop loop;
    private final Failure failure;

    /** Every capability in it fails with {@code failure}. */
    public BrokenPipeline(Loop loop, Failure failure) {
        this.loop = loop;
        this.failure = failure;
    }

    @Override
    public Cap cap(Path path) {
        return new BrokenCap(loop, failure);
    }

    @Override
    public Pipeline share() {
        return this;
    }

    @Override
    public void close() {}
}

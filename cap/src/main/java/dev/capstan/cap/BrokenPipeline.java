package dev.capstan.cap;

/** The pipeline of a call that has failed. */
final class BrokenPipeline implements Pipeline {
    private final Failure failure;

    /** Every capability in it fails with {@code failure}. */
    BrokenPipeline(Failure failure) {
        this.failure = failure;
    }

    @Override
    public Cap cap(Path path) {
        return new BrokenCap(failure);
    }

    @Override
    public Pipeline share() {
        return this;
    }

    @Override
    public void close() {}
}

package dev.capstan.cap;

/** The inside of a result that is not there yet. Belongs to its loop's thread. The owner closes it. */
public interface Pipeline extends AutoCloseable {
    /**
     * The capability that will be at {@code path}; the caller owns it. Calls on it keep their order, go ahead to where the result is being
     * made if the wire can do that, and fail if there turns out to be none.
     */
    Cap cap(Path path);

    /** Another reference to this pipeline; the caller owns it. */
    Pipeline share();

    /** The pipeline of a call that has failed: every capability in it fails with {@code failure}. */
    static Pipeline broken(Failure failure) {
        return new BrokenPipeline(failure);
    }

    /** The pipeline of a call whose results are {@code payload}; takes ownership, and closes them when it is closed for the last time. */
    static Pipeline of(Payload payload) {
        return new PayloadPipeline(payload);
    }

    /** Gives this reference back. */
    @Override
    void close();
}

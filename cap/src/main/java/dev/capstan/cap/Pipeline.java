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

    /** Gives this reference back. */
    @Override
    void close();
}

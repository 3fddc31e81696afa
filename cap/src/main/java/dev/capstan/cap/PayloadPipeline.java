package dev.capstan.cap;

/** The pipeline of a call whose results are there; keeps a reference to them until it is closed for the last time. */
final class PayloadPipeline implements Pipeline {
    private final Payload payload;
    private int references = 1;

    /** Takes ownership of {@code payload}. */
    PayloadPipeline(Payload payload) {
        this.payload = payload;
    }

    @Override
    public Cap cap(Path path) {
        return payload.cap(path);
    }

    @Override
    public Pipeline share() {
        references++;
        return this;
    }

    @Override
    public void close() {
        if (--references == 0) {
            payload.close();
        }
    }
}

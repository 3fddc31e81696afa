package dev.capstan.grpc.server;

import io.grpc.Context;

/**
 * Whether the server of a call has been asked to end, so that streams without an end of their own can find one. A handler finds it in its context: {@code Draining.of(Context.current())}, or
 * as part of its {@link ServerContext}. Thread-safe.
 */
public final class Draining {
    static final Context.Key<Draining> KEY = Context.key("dev.capstan.grpc.draining");

    private final Signal begun = new Signal();

    Draining() {}

    /**
     * That of the call that {@code context} belongs to.
     *
     * @throws IllegalArgumentException if it belongs to no call of a {@link GrpcServer}
     */
    public static Draining of(Context context) {
        Draining draining = KEY.get(context);
        if (draining == null) {
            throw new IllegalArgumentException(
                    "this context belongs to no call of a GrpcServer: ask with the context that the handler was started in");
        }
        return draining;
    }

    /** Whether it has begun. */
    public boolean hasBegun() {
        return begun.isGiven();
    }

    /** Runs {@code action} when it begins, on the loop's thread, or now if it has begun. */
    public void onBegin(Runnable action) {
        begun.on(action);
    }

    void begin() {
        begun.give();
    }
}

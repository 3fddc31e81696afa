package dev.capstan.grpc.server;

import dev.capstan.async.Loop;
import dev.capstan.grpc.Limits;
import java.util.Optional;

/**
 * Where typed handlers run. Asynchronous ones run on a loop, and must not block. Blocking ones run on a virtual thread each, beside one another; or, if that is wanted, as fibers of the loop,
 * of which one runs at a time until it awaits a promise or a message, so that what they share needs no locks.
 *
 * @param loop of asynchronous handlers, fibers and promises; empty for that of the server, which only a {@link GrpcServer} has
 * @param limits how many blocking handlers of a service may run at a time
 * @param asFibers whether blocking handlers are fibers
 */
public record Handling(Optional<Loop> loop, Limits.Blocking limits, boolean asFibers) {
    /** On the loop of the {@link GrpcServer} that serves. */
    public static Handling byServer() {
        return new Handling(Optional.empty(), Limits.Blocking.DEFAULT, false);
    }

    /** On {@code loop}, whichever server it is that serves, grpc-java's included. */
    public static Handling on(Loop loop) {
        return new Handling(Optional.of(loop), Limits.Blocking.DEFAULT, false);
    }

    /** This with other bounds for blocking handlers. */
    public Handling limits(Limits.Blocking bounds) {
        return new Handling(loop, bounds, asFibers);
    }

    /** This with blocking handlers as fibers. They are cancelled where they await, never interrupted; whatever else they block on holds up the loop's handlers. */
    public Handling fibers() {
        return new Handling(loop, limits, true);
    }

    /** The loop for a call that begins on this thread. */
    Loop loopHere() {
        Loop here = loop.isPresent() ? loop.get() : Loop.current();
        if (here == null) {
            throw new IllegalStateException(
                    "this server has no loop to run handlers on: bind them with Handling.on(loop)");
        }
        return here;
    }
}

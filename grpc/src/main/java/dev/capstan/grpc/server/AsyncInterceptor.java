package dev.capstan.grpc.server;

import dev.capstan.async.Promise;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerCall;

/** Decides whether calls reach their handlers, and may take its time for that: an interceptor that has to ask somebody else. Nothing of a call is read meanwhile. */
@FunctionalInterface
public interface AsyncInterceptor {
    /**
     * What the handler of {@code call} is to run in: {@link Context#current}, or one made of it that holds more. If the promise fails, so does the call, and its client is told what it would
     * be told of a handler that has failed so; the handler never begins. If the call ends before, the promise is cancelled. On the server's loop: it must not block.
     *
     * @param call says what is called and by whom; it is not to be answered
     * @param headers what the client has sent; changes are seen by the handler
     */
    Promise<Context> decide(ServerCall<?, ?> call, Metadata headers);
}

package dev.capstan.grpc.server;

import dev.capstan.async.CanceledException;
import dev.capstan.cap.Failure;
import dev.capstan.grpc.GrpcFailure;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** What the client is told of what a handler has thrown: a status is meant for it, anything else is for the log alone. */
final class ToldFailures {
    private static final Logger LOG = System.getLogger(ToldFailures.class.getName());

    private ToldFailures() {}

    /**
     * How a call ends.
     *
     * @param status never OK
     * @param trailers with the typed details, if there are any; the receiver's own
     */
    record Told(Status status, Metadata trailers) {}

    static Told of(MethodDescriptor<?, ?> method, Throwable thrown) {
        Told told = switch (thrown) {
            case StatusRuntimeException e -> new Told(e.getStatus(), copy(e.getTrailers()));
            case StatusException e -> new Told(e.getStatus(), copy(e.getTrailers()));
            case Failure e -> of(method, GrpcFailure.of(e));
            case CompletionException e when e.getCause() != null -> of(method, e.getCause());
            case ExecutionException e when e.getCause() != null -> of(method, e.getCause());
            case CanceledException e ->
                new Told(
                        Status.CANCELLED
                                .withDescription("the handler of " + method.getFullMethodName() + " was cancelled")
                                .withCause(e),
                        new Metadata());
            default -> unmeant(method, thrown);
        };
        // A handler that throws OK has not ended well: there would be an answer else.
        return told.status().isOk() ? unmeant(method, thrown) : told;
    }

    private static Told unmeant(MethodDescriptor<?, ?> method, Throwable thrown) {
        LOG.log(Level.WARNING, () -> "the handler of " + method.getFullMethodName() + " threw", thrown);
        return new Told(
                Status.UNKNOWN.withDescription("the handler of " + method.getFullMethodName() + " failed"),
                new Metadata());
    }

    private static Metadata copy(@Nullable Metadata from) {
        Metadata copied = new Metadata();
        if (from != null) {
            copied.merge(from);
        }
        return copied;
    }
}

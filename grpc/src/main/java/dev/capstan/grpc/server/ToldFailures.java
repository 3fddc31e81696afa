package dev.capstan.grpc.server;

import com.google.protobuf.Any;
import com.google.rpc.DebugInfo;
import dev.capstan.async.CanceledException;
import dev.capstan.cap.Failure;
import dev.capstan.grpc.GrpcFailure;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
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
            case GrpcFailure e when !e.method().isEmpty() -> ofOther(e);
            case StatusRuntimeException e -> new Told(e.getStatus(), copy(e.getTrailers()));
            case StatusException e -> new Told(e.getStatus(), copy(e.getTrailers()));
            case Failure e -> ofOther(GrpcFailure.of(e));
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

    /**
     * A call that the handler has made, over this wire or another, has failed, and so has it: code, reason and details are passed on. Trailers were for the handler, and traces tell of a
     * server that this client has nothing to do with.
     */
    private static Told ofOther(GrpcFailure e) {
        com.google.rpc.Status.Builder status =
                com.google.rpc.Status.newBuilder().setCode(e.code().value()).setMessage(e.reason());
        for (Any detail : e.details()) {
            if (!detail.is(DebugInfo.class)) {
                status.addDetails(detail);
            }
        }
        Metadata trailers = status.getDetailsCount() == 0
                ? null
                : StatusProto.toStatusRuntimeException(status.build()).getTrailers();
        return new Told(e.getStatus(), copy(trailers));
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

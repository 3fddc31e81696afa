package dev.capstan.grpc;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.capstan.cap.Failure;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a call failed: its status, trailers and typed details, and where that was. Immutable but for what grpc-java's own accessors give away.
 *
 * <p>It is a {@link StatusRuntimeException}, so code for grpc-java understands it, and a handler that throws it tells its own client the same status and details; of one that a call of its own has failed with, neither trailers nor traces. Towards the other wires
 * {@link #toFailure} and {@link #of} translate by the house's table; a round trip loses nothing but trailers that are no details.
 */
public final class GrpcFailure extends StatusRuntimeException {
    private static final long serialVersionUID = 1;

    /** Id of the detail of a {@link Failure} that holds a {@code google.rpc.Status}: code, message and details as the server had them. */
    public static final long DETAIL = FailureTable.DETAIL;

    private final String method;
    private final transient @Nullable SocketAddress peer;
    private final int attempts;
    private final String state;

    /**
     * A failure of a call.
     *
     * @param method service and method; empty if no call has begun
     * @param peer who was called; null if no connection was made
     * @param attempts how often the call was sent, retries and hedges included; zero if never
     * @param state how far it had come, in words
     */
    public GrpcFailure(
            Status status,
            @Nullable Metadata trailers,
            String method,
            @Nullable SocketAddress peer,
            int attempts,
            String state) {
        super(status, trailers == null ? new Metadata() : trailers);
        this.method = method;
        this.peer = peer;
        this.attempts = attempts;
        this.state = state;
    }

    /** What another wire calls a failure, as gRPC has it. */
    public static GrpcFailure of(Failure failure) {
        com.google.rpc.Status told = FailureTable.status(failure);
        StatusRuntimeException as = StatusProto.toStatusRuntimeException(told);
        return new GrpcFailure(as.getStatus().withCause(failure), as.getTrailers(), "", null, 0, "");
    }

    /** This as the other wires have it. */
    public Failure toFailure() {
        return FailureTable.failure(rpcStatus(), this);
    }

    /** The code. Never OK. */
    public Status.Code code() {
        return getStatus().getCode();
    }

    /** What the server said, without what this side adds in {@link #getMessage}; empty if nothing. */
    public String reason() {
        String description = getStatus().getDescription();
        return description == null ? "" : description;
    }

    /** What came after the messages. */
    public CallMetadata trailers() {
        return CallMetadata.of(getTrailers());
    }

    private com.google.rpc.Status rpcStatus() {
        com.google.rpc.Status sent = StatusProto.fromStatusAndTrailers(getStatus(), getTrailers());
        // What the trailers say in the details must not contradict the status itself.
        return sent.getCode() == code().value()
                ? sent
                : sent.toBuilder().setCode(code().value()).setMessage(reason()).build();
    }

    /** The typed details, in their order; none if there are none or they cannot be read. */
    public List<Any> details() {
        return new ArrayList<>(rpcStatus().getDetailsList());
    }

    /** The first detail of {@code type}. */
    public <T extends Message> Optional<T> detail(Class<T> type) {
        for (Any each : details()) {
            if (each.is(type)) {
                try {
                    return Optional.of(each.unpack(type));
                } catch (InvalidProtocolBufferException e) {
                    throw new IllegalArgumentException("the detail " + each.getTypeUrl() + " cannot be read", e);
                }
            }
        }
        return Optional.empty();
    }

    /** Service and method; empty if it failed outside of any call. */
    public String method() {
        return method;
    }

    /** Who was called. */
    public Optional<SocketAddress> peer() {
        return Optional.ofNullable(peer);
    }

    /** How often the call was sent, retries and hedges included. */
    public int attempts() {
        return attempts;
    }

    /** How far the call had come, in words. */
    public String state() {
        return state;
    }

    @Override
    public String getMessage() {
        String what = code() + (reason().isEmpty() ? "" : ": " + reason()) + rootCause();
        if (method.isEmpty()) {
            return what;
        }
        return what + " [" + method + (peer == null ? ", no connection" : " at " + peer) + ", " + attempts
                + (attempts == 1 ? " attempt" : " attempts") + (state.isEmpty() ? "" : ", " + state) + "]";
    }

    /** What lies at the bottom of it on this side, such as a certificate that is not trusted, where the reason does not say so. */
    private String rootCause() {
        Throwable root = getCause();
        for (int depth = 0; root != null && root.getCause() != null && depth < 20; depth++) {
            root = root.getCause();
        }
        String text = root == null ? null : root.getMessage();
        return text == null || root instanceof Failure || reason().contains(text) ? "" : ": " + text;
    }
}

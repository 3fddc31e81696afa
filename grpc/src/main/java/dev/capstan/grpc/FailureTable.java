package dev.capstan.grpc;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.DebugInfo;
import dev.capstan.cap.Failure;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The house's table of failures, for gRPC: pure functions. What gRPC has no place for travels as typed details, and the other way round. */
final class FailureTable {
    static final long DETAIL = 0xd0c4_71be_93a6_2f57L;

    /** Before the id, in hexadecimal, of a detail that only the other wires understand. */
    private static final String FOREIGN = "type.capstan.dev/failure-detail/";

    private FailureTable() {}

    static Failure.Kind kind(Status.Code code) {
        return switch (code) {
            case RESOURCE_EXHAUSTED, DEADLINE_EXCEEDED -> Failure.Kind.OVERLOADED;
            case UNAVAILABLE -> Failure.Kind.DISCONNECTED;
            case UNIMPLEMENTED -> Failure.Kind.UNIMPLEMENTED;
            case OK,
                    CANCELLED,
                    UNKNOWN,
                    INVALID_ARGUMENT,
                    NOT_FOUND,
                    ALREADY_EXISTS,
                    PERMISSION_DENIED,
                    FAILED_PRECONDITION,
                    ABORTED,
                    OUT_OF_RANGE,
                    INTERNAL,
                    DATA_LOSS,
                    UNAUTHENTICATED -> Failure.Kind.FAILED;
        };
    }

    private static Status.Code plain(Failure.Kind kind) {
        return switch (kind) {
            case FAILED -> Status.Code.INTERNAL;
            case OVERLOADED -> Status.Code.RESOURCE_EXHAUSTED;
            case DISCONNECTED -> Status.Code.UNAVAILABLE;
            case UNIMPLEMENTED -> Status.Code.UNIMPLEMENTED;
        };
    }

    /** {@code cause} is where it happened on this side. */
    static Failure failure(com.google.rpc.Status status, Throwable cause) {
        Status.Code code = Status.fromCodeValue(status.getCode()).getCode();
        Failure.Kind kind = kind(code);
        List<Failure.Detail> details = new ArrayList<>();
        List<Any> own = new ArrayList<>();
        String trace = null;
        for (Any each : status.getDetailsList()) {
            String url = each.getTypeUrl();
            String debug = trace == null ? debug(each) : null;
            if (debug != null) {
                trace = debug;
            } else if (url.startsWith(FOREIGN) && isId(url.substring(FOREIGN.length()))) {
                details.add(new Failure.Detail(
                        Long.parseUnsignedLong(url.substring(FOREIGN.length()), 16),
                        each.getValue().toByteArray()));
            } else {
                own.add(each);
            }
        }
        if (code != plain(kind) || !own.isEmpty() || status.getMessage().isEmpty()) {
            details.addFirst(new Failure.Detail(
                    DETAIL,
                    status.toBuilder().clearDetails().addAllDetails(own).build().toByteArray()));
        }
        Failure failure =
                Failure.remote(kind, status.getMessage().isEmpty() ? code.name() : status.getMessage(), details, trace);
        failure.addSuppressed(cause);
        return failure;
    }

    private static @Nullable String debug(Any detail) {
        try {
            return detail.is(DebugInfo.class) && detail.unpack(DebugInfo.class).getStackEntriesCount() == 0
                    ? detail.unpack(DebugInfo.class).getDetail()
                    : null;
        } catch (InvalidProtocolBufferException e) {
            return null; // It stays among the details, as it is.
        }
    }

    private static boolean isId(String text) {
        return text.length() <= 16 && !text.isEmpty() && text.chars().allMatch(each -> Character.digit(each, 16) >= 0);
    }

    static com.google.rpc.Status status(Failure failure) {
        com.google.rpc.Status.Builder told = com.google.rpc.Status.newBuilder()
                .setCode(code(failure).value())
                .setMessage(failure.reason());
        for (Failure.Detail each : failure.details()) {
            if (each.id() != DETAIL) {
                told.addDetails(Any.newBuilder()
                        .setTypeUrl(FOREIGN + Long.toHexString(each.id()))
                        .setValue(ByteString.copyFrom(each.data())));
            }
        }
        com.google.rpc.Status origin = origin(failure);
        if (origin != null) {
            told.addAllDetails(origin.getDetailsList());
            if (kind(Status.fromCodeValue(origin.getCode()).getCode()) == failure.kind() && origin.getCode() != 0) {
                told.setCode(origin.getCode()).setMessage(origin.getMessage());
            }
        }
        if (failure.trace() != null) {
            told.addDetails(
                    Any.pack(DebugInfo.newBuilder().setDetail(failure.trace()).build()));
        }
        return told.build();
    }

    private static Status.Code code(Failure failure) {
        Throwable cause = failure.getCause();
        if (failure.kind() == Failure.Kind.OVERLOADED && cause instanceof TimeoutException) {
            return Status.Code.DEADLINE_EXCEEDED;
        }
        if (failure.kind() == Failure.Kind.FAILED && cause instanceof CancellationException) {
            return Status.Code.CANCELLED;
        }
        return plain(failure.kind());
    }

    private static com.google.rpc.@Nullable Status origin(Failure failure) {
        byte[] data = failure.detail(DETAIL).orElse(null);
        try {
            return data == null ? null : com.google.rpc.Status.parseFrom(data);
        } catch (InvalidProtocolBufferException e) {
            return null; // A peer may send anything under this id; kind and reason still hold.
        }
    }
}

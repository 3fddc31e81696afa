package dev.capstan.gateway.grpc;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import dev.capstan.cap.Failure;
import dev.capstan.capnweb.JsError;
import dev.capstan.gateway.translate.Limits;
import dev.capstan.gateway.translate.Place;
import dev.capstan.grpc.GrpcFailure;
import dev.capstan.grpc.services.DescriptorPool;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Messages and failures of gRPC as values, and back, in one dialect. Belongs to the thread of its bridge. */
final class Codec {
    private static final String CODE = "code";

    private final Dialect dialect;
    private final DescriptorPool types;
    private final Limits limits;
    private final Members members = new Members();

    Codec(Dialect dialect, DescriptorPool types, Limits limits) {
        this.dialect = dialect;
        this.types = types;
        this.limits = limits;
    }

    Limits limits() {
        return limits;
    }

    /** {@code method} is what the failure names if the value does not fit. */
    DynamicMessage message(String method, Descriptor type, @Nullable Object value) {
        return new ToMessage(new Place(limits, method), dialect, types, members).message(type, value);
    }

    @Nullable
    Object value(String method, Message message) {
        return new FromMessage(new Place(limits, method), dialect, types).value(message);
    }

    /** As {@link #value}, for a stream, which has no null among its chunks. */
    Object item(String method, Message message) {
        Object value = value(method, message);
        if (value == null) {
            throw Failure.failed(method + ": null cannot be sent as part of a stream: wrap it in a message");
        }
        return value;
    }

    /** What a call of gRPC has failed with, for who has called: to JavaScript, the code is a property besides. */
    Failure failure(Throwable thrown) {
        if (!(thrown instanceof GrpcFailure rpc)) {
            return Failure.of(thrown);
        }
        Failure failure = rpc.toFailure();
        if (!dialect.isJavaScript()) {
            return failure;
        }
        JsError plain = JsError.of(failure);
        Map<String, @Nullable Object> props = new LinkedHashMap<>(plain.props());
        props.putIfAbsent(CODE, rpc.code().name());
        return new JsError(plain.name(), plain.message(), plain.stack(), props).failure();
    }

    /** What an object has failed with that gRPC calls. An error of JavaScript whose property {@code code} is one of gRPC's means that. */
    Throwable status(Throwable thrown) {
        Failure failure = Failure.of(thrown);
        if (dialect.isJavaScript()
                && failure.detail(GrpcFailure.DETAIL).isEmpty()
                && JsError.of(failure).props().get(CODE) instanceof String name) {
            return Arrays.stream(Status.Code.values())
                    .filter(each -> each.name().equals(name) && each != Status.Code.OK)
                    .<Throwable>map(code -> new StatusRuntimeException(
                            code.toStatus().withDescription(failure.reason()).withCause(failure), null))
                    .findFirst()
                    .orElse(failure);
        }
        return failure;
    }
}

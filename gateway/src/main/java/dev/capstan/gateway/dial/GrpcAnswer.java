package dev.capstan.gateway.dial;

import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.DynamicMessage;
import dev.capstan.gateway.options.InputException;
import dev.capstan.gateway.options.Literal;
import dev.capstan.grpc.client.GrpcCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The answers of a call of gRPC, or a place in the only one. Nothing goes ahead: there are no objects in messages. */
final class GrpcAnswer implements Ref {
    private final GrpcRemote remote;
    private final MethodDescriptor method;
    private final GrpcCall<DynamicMessage, DynamicMessage> call;
    /** Read so far; shared with places. */
    private final List<String> lines;

    private final List<Object> path;

    GrpcAnswer(GrpcRemote remote, MethodDescriptor method, GrpcCall<DynamicMessage, DynamicMessage> call) {
        this(remote, method, call, new ArrayList<>(), List.of());
    }

    private GrpcAnswer(
            GrpcRemote remote,
            MethodDescriptor method,
            GrpcCall<DynamicMessage, DynamicMessage> call,
            List<String> lines,
            List<Object> path) {
        this.remote = remote;
        this.method = method;
        this.call = call;
        this.lines = lines;
        this.path = path;
    }

    @Override
    public Ref get(Object step) throws InputException {
        value();
        List<Object> further = new ArrayList<>(path);
        further.add(step);
        return new GrpcAnswer(remote, method, call, lines, further);
    }

    @Override
    public Ref call(String name, List<? extends @Nullable Object> arguments) throws InputException {
        throw noMethods();
    }

    @Override
    public Shot aim(String name, List<? extends @Nullable Object> arguments) throws InputException {
        throw noMethods();
    }

    private InputException noMethods() {
        return new InputException(method.getOutputType().getFullName() + " is a message: there are no methods in it.");
    }

    @Override
    public void print(Consumer<String> out) throws InputException {
        if (!method.isServerStreaming() || !path.isEmpty()) {
            out.accept(Literal.json(value()));
            return;
        }
        remote.tally().waited();
        for (DynamicMessage next = call.read(); next != null; next = call.read()) {
            out.accept(remote.json().line(next));
        }
    }

    @Override
    public @Nullable Object value() throws InputException {
        if (lines.isEmpty()) {
            remote.tally().waited();
            if (method.isServerStreaming()) {
                for (DynamicMessage next = call.read(); next != null; next = call.read()) {
                    lines.add(remote.json().line(next));
                }
            } else {
                lines.add(remote.json().line(call.one()));
            }
        }
        Object value = method.isServerStreaming()
                ? Literal.parse("[" + String.join(",", lines) + "]")
                : Literal.parse(lines.getFirst());
        for (Object each : path) {
            value = switch (value) {
                case Map<?, ?> map when map.containsKey(each) -> map.get(each);
                case List<?> list when each instanceof Integer at && at < list.size() -> list.get(at);
                case null, default ->
                    throw new InputException(
                            "There is no '" + each + "' in the answer of " + method.getFullName() + ".");
            };
        }
        return value;
    }

    @Override
    public boolean isObject() {
        return false;
    }

    /** The fields of an answer. */
    List<String> fields() {
        return method.getOutputType().getFields().stream()
                .map(field -> field.getJsonName())
                .toList();
    }

    @Override
    public String kind() {
        return method.getOutputType().getFullName();
    }

    @Override
    public void close() {
        if (path.isEmpty()) {
            call.close();
        }
    }
}

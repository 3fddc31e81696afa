package dev.capstan.gateway.dial;

import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.DynamicMessage;
import dev.capstan.async.Completer;
import dev.capstan.async.Promise;
import dev.capstan.gateway.options.InputException;
import dev.capstan.grpc.client.GrpcCall;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.protobuf.ProtoUtils;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The beginning of the name of a method. */
final class GrpcRef implements Ref {
    private final GrpcRemote remote;
    private final String name;

    GrpcRef(GrpcRemote remote, String name) {
        this.remote = remote;
        this.name = name;
    }

    @Override
    public Ref get(Object step) {
        return new GrpcRef(remote, name.isEmpty() ? step.toString() : name + "." + step);
    }

    private MethodDescriptor method(String method) throws InputException {
        return remote.method(name.isEmpty() ? method : name + "." + method);
    }

    private GrpcCall<DynamicMessage, DynamicMessage> begin(MethodDescriptor method) {
        remote.tally().called();
        return remote.client().call(onTheWire(method), remote.settings());
    }

    private static io.grpc.MethodDescriptor<DynamicMessage, DynamicMessage> onTheWire(MethodDescriptor method) {
        MethodType type = method.isClientStreaming()
                ? method.isServerStreaming() ? MethodType.BIDI_STREAMING : MethodType.CLIENT_STREAMING
                : method.isServerStreaming() ? MethodType.SERVER_STREAMING : MethodType.UNARY;
        return io.grpc.MethodDescriptor.<DynamicMessage, DynamicMessage>newBuilder()
                .setType(type)
                .setFullMethodName(io.grpc.MethodDescriptor.generateFullMethodName(
                        method.getService().getFullName(), method.getName()))
                .setRequestMarshaller(ProtoUtils.marshaller(DynamicMessage.getDefaultInstance(method.getInputType())))
                .setResponseMarshaller(ProtoUtils.marshaller(DynamicMessage.getDefaultInstance(method.getOutputType())))
                .build();
    }

    @Override
    public Ref call(String method, List<? extends @Nullable Object> arguments) throws InputException {
        MethodDescriptor found = method(method);
        DynamicMessage message = remote.json().message(found.getInputType(), arguments);
        GrpcCall<DynamicMessage, DynamicMessage> call = begin(found);
        call.write(message);
        call.end();
        return new GrpcAnswer(remote, found, call);
    }

    @Override
    public Shot aim(String method, List<? extends @Nullable Object> arguments) throws InputException {
        MethodDescriptor found = method(method);
        if (found.isClientStreaming() || found.isServerStreaming()) {
            throw new InputException(
                    found.getFullName() + " is a stream, and calls with one message and one answer are measured.");
        }
        DynamicMessage message = remote.json().message(found.getInputType(), arguments);
        var wire = onTheWire(found);
        return () -> remote.client().ask(wire, message, remote.settings()).map(answer -> Promise.nothing());
    }

    @Override
    public void callEach(String method, Iterator<List<@Nullable Object>> messages, Consumer<String> out)
            throws InputException {
        MethodDescriptor found = method(method);
        if (!found.isClientStreaming()) {
            Ref.super.callEach(method, messages, out);
            return;
        }
        try (GrpcCall<DynamicMessage, DynamicMessage> call = begin(found)) {
            Completer<Void> ended = new Completer<>(remote.loop());
            Promise<Void> end = ended.promise();
            call.answers().subscribe(new Lines(out, ended));
            boolean goes = true;
            while (goes && messages.hasNext()) {
                goes = call.write(remote.json().message(found.getInputType(), messages.next()));
            }
            call.end();
            remote.tally().waited();
            end.await();
        }
    }

    /** Prints answers as they come, one after the other. */
    private final class Lines implements Flow.Subscriber<DynamicMessage> {
        private final Consumer<String> out;
        private final Completer<Void> ended;
        private Flow.@Nullable Subscription subscription;

        Lines(Consumer<String> out, Completer<Void> ended) {
            this.out = out;
            this.ended = ended;
        }

        @Override
        public void onSubscribe(Flow.Subscription begun) {
            subscription = begun;
            begun.request(1);
        }

        @Override
        public void onNext(DynamicMessage message) {
            out.accept(remote.json().line(message));
            Flow.Subscription asked = subscription;
            if (asked != null) {
                asked.request(1);
            }
        }

        @Override
        public void onError(Throwable failure) {
            ended.fail(failure);
        }

        @Override
        public void onComplete() {
            ended.complete(Promise.nothing());
        }
    }

    @Override
    public @Nullable Object value() throws InputException {
        remote.method(name);
        throw new InputException(name + " is a method: call it, " + name + "({})");
    }

    @Override
    public boolean isObject() {
        return true;
    }

    @Override
    public String kind() {
        return name.isEmpty() ? "the server" : name;
    }

    @Override
    public void close() {
        // A name holds nothing.
    }
}

package dev.capstan.gateway.grpc;

import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.DynamicMessage;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Answer;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Hints;
import dev.capstan.cap.Membrane;
import dev.capstan.cap.Method;
import dev.capstan.cap.Path;
import dev.capstan.cap.Request;
import dev.capstan.capnweb.Readable;
import dev.capstan.capnweb.WebFormat;
import dev.capstan.capnweb.WebPayload;
import dev.capstan.gateway.translate.JavaScript;
import dev.capstan.grpc.ServiceSchema;
import dev.capstan.grpc.server.Handling;
import dev.capstan.grpc.server.ServerContext;
import dev.capstan.grpc.server.ServiceBinding;
import io.grpc.MethodDescriptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A service of gRPC in front of an object that is called by names. */
final class Front {
    private final Loop loop;
    private final Codec codec;
    private final Supplier<Promise<Cap>> object;
    private final boolean hasOptions;
    private final Visitors visitors;

    /**
     * A front on {@code loop}.
     *
     * @param object gives the object for each call, which owns it
     * @param hasOptions whether metadata and time limits go with the message, as a second argument
     * @param visitors whose borders the object passes
     */
    Front(Loop loop, Codec codec, Supplier<Promise<Cap>> object, boolean hasOptions, Visitors visitors) {
        this.loop = loop;
        this.codec = codec;
        this.object = object;
        this.hasOptions = hasOptions;
        this.visitors = visitors;
    }

    ServerServiceDefinition of(ServiceDescriptor service) {
        List<Rpc> all = Rpc.all(service);
        ServiceBinding binding = new ServiceBinding(
                ServiceSchema.of(service.getFile(), service.getName())
                        .descriptor(all.stream().map(Rpc::descriptor).toArray(MethodDescriptor<?, ?>[]::new)),
                Handling.on(loop));
        for (Rpc rpc : all) {
            MethodDescriptor<DynamicMessage, DynamicMessage> method = rpc.descriptor();
            switch (method.getType()) {
                case UNARY -> binding.unary(method, request -> one(border(), rpc, value(rpc, request)));
                case SERVER_STREAMING ->
                    binding.serverStreaming(method, request -> many(border(), rpc, value(rpc, request)));
                case CLIENT_STREAMING ->
                    binding.clientStreaming(method, requests -> one(border(), rpc, stream(rpc, requests)));
                case BIDI_STREAMING ->
                    binding.bidiStreaming(method, requests -> many(border(), rpc, stream(rpc, requests)));
                case UNKNOWN -> throw new IllegalArgumentException(method + " has no shape");
            }
        }
        return ServerInterceptors.intercept(binding.build(), visitors);
    }

    private @Nullable Object value(Rpc rpc, DynamicMessage request) {
        return codec.value(rpc.name(), request);
    }

    private Readable stream(Rpc rpc, Flow.Publisher<DynamicMessage> requests) {
        return Readable.of(loop, new Converted<>(requests, each -> codec.item(rpc.name(), each), failure -> failure));
    }

    /** That of the client which calls; asked for before anything is made that it would have to pass. */
    private Membrane border() {
        return visitors.border(ServerContext.current());
    }

    private Promise<DynamicMessage> one(Membrane border, Rpc rpc, @Nullable Object first) {
        return called(border, rpc, first, value -> codec.message(rpc.name(), rpc.answer(), value))
                .recover(failure -> Promise.failed(codec.status(failure)));
    }

    private Flow.Publisher<DynamicMessage> many(Membrane border, Rpc rpc, @Nullable Object first) {
        Published<DynamicMessage> answers = new Published<>(
                loop,
                called(border, rpc, first, value -> answers(rpc, value)),
                chunk -> codec.message(rpc.name(), rpc.answer(), chunk));
        return new Converted<>(answers, message -> message, codec::status);
    }

    private Readable answers(Rpc rpc, @Nullable Object value) {
        return switch (value) {
            case Readable stream -> stream.share();
            case List<?> all -> Readable.of(loop, new ArrayList<>(all));
            case null, default ->
                throw Failure.failed(rpc.name() + " has given " + JavaScript.describe(value)
                        + ", and a ReadableStream of messages is due, or an array of them");
        };
    }

    /** Calls the method through a border; {@code conversion} borrows what it gives. Takes ownership of a stream. */
    <T> Promise<T> called(Membrane border, Rpc rpc, @Nullable Object first, Function<@Nullable Object, T> conversion) {
        Promise<T> result;
        try {
            Object options = hasOptions ? CallOptions.of(ServerContext.current()) : null;
            result = object.get()
                    .then(cap -> call(border.outward(cap), rpc, first, options))
                    .then(payload -> whole(payload, conversion));
        } catch (RuntimeException e) {
            result = Promise.failed(e);
        }
        return first instanceof Readable stream ? result.attach(stream) : result;
    }

    /** Takes ownership of the object. */
    private static Promise<WebPayload> call(Cap object, Rpc rpc, @Nullable Object first, @Nullable Object options) {
        List<@Nullable Object> arguments = new ArrayList<>(2);
        try (object) {
            Request request = object.request(
                    new Method.Member(Path.Names.of(rpc.name()), false), WebFormat.INSTANCE, 0, Hints.NO_PIPELINING);
            try {
                WebPayload params = WebPayload.of(request.params());
                arguments.add(first instanceof Readable stream ? stream.share() : first);
                if (options != null) {
                    arguments.add(options);
                }
                params.set(arguments);
            } catch (RuntimeException e) {
                request.close();
                throw e;
            }
            Answer answer = request.send();
            answer.pipeline().close();
            return answer.results().convert(WebPayload::of);
        }
    }

    private <T> Promise<T> whole(WebPayload payload, Function<@Nullable Object, T> conversion) {
        Promise<WebPayload> all =
                payload.isWhole() ? Promise.of(payload) : payload.whole(loop).attach(payload);
        return all.convert(value -> {
            try (value) {
                return conversion.apply(value.value());
            }
        });
    }
}

package dev.capstan.grpc.server;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.grpc.Messages;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Makes a service of grpc-java out of typed handlers, for generated code: one method after the other, each in the style and shape that it has. The result serves on a {@link GrpcServer} and
 * on grpc-java's own servers. Not thread-safe.
 */
public final class ServiceBinding {
    private final ServerServiceDefinition.Builder service;
    private final Handling how;
    private final Room blocking;

    /** No method is bound yet. */
    public ServiceBinding(ServiceDescriptor service, Handling how) {
        this.service = ServerServiceDefinition.builder(service);
        this.how = how;
        this.blocking = new Room(how.limits());
    }

    /** One call that has begun, in either style. */
    private interface Beginning<Q, S> {
        ServerCall.Listener<Q> begin(
                ServerCall<Q, S> call, Loop loop, Context around, ServerContext context, Reply<S> reply);
    }

    private <Q, S> ServiceBinding add(MethodDescriptor<Q, S> method, Beginning<Q, S> beginning) {
        service.addMethod(method, (call, metadata) -> begin(call, metadata, beginning));
        return this;
    }

    private <Q, S> ServerCall.Listener<Q> begin(ServerCall<Q, S> call, Metadata metadata, Beginning<Q, S> beginning) {
        Context outer = Context.current();
        Reply<S> reply = new Reply<>(call);
        ServerContext context = new ServerContext(call, metadata, reply, outer);
        return beginning.begin(call, how.loopHere(), outer.withValue(ServerContext.KEY, context), context, reply);
    }

    private <Q, S> ServiceBinding async(MethodDescriptor<Q, S> method, Consumer<AsyncCall<Q, S>> body) {
        return add(method, (call, loop, around, context, reply) -> {
            AsyncCall<Q, S> begun = new AsyncCall<>(call, loop, around, context, reply);
            begun.begin(body);
            return begun;
        });
    }

    private <Q, S> ServiceBinding blocking(MethodDescriptor<Q, S> method, BlockingCall.Body<Q, S> body) {
        return add(method, (call, loop, around, context, reply) -> {
            BlockingCall<Q, S> begun =
                    new BlockingCall<>(call, loop, around, context, reply, body, blocking, how.asFibers());
            begun.begin();
            return begun;
        });
    }

    /** A method with one message each way. */
    public <Q, S> ServiceBinding unary(MethodDescriptor<Q, S> method, Function<Q, Promise<S>> handler) {
        return async(method, call -> call.onRequest(request -> call.answer(handler.apply(request))));
    }

    /** A method with a stream of answers. */
    public <Q, S> ServiceBinding serverStreaming(
            MethodDescriptor<Q, S> method, Function<Q, ? extends Flow.Publisher<? extends S>> handler) {
        return async(method, call -> call.onRequest(request -> call.answers(handler.apply(request))));
    }

    /** A method with a stream of requests. */
    public <Q, S> ServiceBinding clientStreaming(
            MethodDescriptor<Q, S> method, Function<Flow.Publisher<Q>, Promise<S>> handler) {
        return async(method, call -> call.answer(handler.apply(call.requests())));
    }

    /** A method with streams both ways. */
    public <Q, S> ServiceBinding bidiStreaming(
            MethodDescriptor<Q, S> method, Function<Flow.Publisher<Q>, ? extends Flow.Publisher<? extends S>> handler) {
        return async(method, call -> call.answers(handler.apply(call.requests())));
    }

    /** As {@link #unary}, blocking. */
    public <Q, S> ServiceBinding blockingUnary(MethodDescriptor<Q, S> method, Function<Q, S> handler) {
        return blocking(method, call -> call.write(handler.apply(call.one())));
    }

    /** As {@link #serverStreaming}, blocking. */
    public <Q, S> ServiceBinding blockingServerStreaming(
            MethodDescriptor<Q, S> method, Function<Q, ? extends Messages<? extends S>> handler) {
        return blocking(method, call -> call.writeAll(handler.apply(call.one())));
    }

    /** As {@link #clientStreaming}, blocking. */
    public <Q, S> ServiceBinding blockingClientStreaming(
            MethodDescriptor<Q, S> method, Function<Messages<Q>, S> handler) {
        return blocking(method, call -> call.write(handler.apply(call)));
    }

    /** As {@link #bidiStreaming}, blocking. */
    public <Q, S> ServiceBinding blockingBidiStreaming(
            MethodDescriptor<Q, S> method, Function<Messages<Q>, ? extends Messages<? extends S>> handler) {
        return blocking(method, call -> call.writeAll(handler.apply(call)));
    }

    /** The service, when all its methods are bound. */
    public ServerServiceDefinition build() {
        return service.build();
    }
}

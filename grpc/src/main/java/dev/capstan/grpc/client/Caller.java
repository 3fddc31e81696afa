package dev.capstan.grpc.client;

import dev.capstan.async.CanceledException;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.grpc.Messages;
import io.grpc.MethodDescriptor;
import java.util.concurrent.Callable;
import java.util.concurrent.Flow;

/**
 * Makes calls as generated clients want them: the four shapes in two styles, all with the same settings. May be used from any thread.
 *
 * <p><b>Asynchronous.</b> What gives a promise has begun; what gives a publisher begins a call for each subscriber, when that subscribes. Cancelling either cancels the call.
 *
 * <p><b>Blocking</b>, on virtual threads and in fibers; see {@link GrpcCall}. Requests that stream are closed when the call needs no more of them.
 */
public final class Caller {
    private final GrpcClient client;
    private final CallSettings settings;

    /** Calls of {@code client}, which it does not own. */
    public Caller(GrpcClient client, CallSettings settings) {
        this.client = client;
        this.settings = settings;
    }

    private <Q, S> GrpcCall<Q, S> begin(MethodDescriptor<Q, S> method) {
        return client.call(method, settings);
    }

    private <Q, S> GrpcCall<Q, S> begin(MethodDescriptor<Q, S> method, Q request) {
        GrpcCall<Q, S> call = begin(method);
        call.sendNow(request);
        call.end();
        return call;
    }

    // ---- asynchronous

    /** One message each way. */
    public <Q, S> Promise<S> unary(MethodDescriptor<Q, S> method, Q request) {
        return begin(method, request).answer();
    }

    /** One message, and a stream of answers. */
    public <Q, S> Flow.Publisher<S> serverStreaming(MethodDescriptor<Q, S> method, Q request) {
        return subscriber -> begin(method, request).answers().subscribe(subscriber);
    }

    /** A stream of messages, and one answer. */
    public <Q, S> Promise<S> clientStreaming(MethodDescriptor<Q, S> method, Flow.Publisher<? extends Q> requests) {
        GrpcCall<Q, S> call = begin(method);
        requests.subscribe(call.requests());
        return call.answer();
    }

    /** Streams both ways. */
    public <Q, S> Flow.Publisher<S> bidiStreaming(MethodDescriptor<Q, S> method, Flow.Publisher<? extends Q> requests) {
        return subscriber -> {
            GrpcCall<Q, S> call = begin(method);
            call.answers().subscribe(subscriber);
            requests.subscribe(call.requests());
        };
    }

    // ---- blocking

    /** One message each way, waiting for the answer. */
    public <Q, S> S blockingUnary(MethodDescriptor<Q, S> method, Q request) {
        return client.one(method, request, settings);
    }

    /** One message, and a stream of answers. */
    public <Q, S> Messages<S> blockingServerStreaming(MethodDescriptor<Q, S> method, Q request) {
        return begin(method, request);
    }

    /** A stream of messages, sent by the calling thread, and one answer. */
    public <Q, S> S blockingClientStreaming(MethodDescriptor<Q, S> method, Messages<? extends Q> requests) {
        try (GrpcCall<Q, S> call = begin(method)) {
            send(requests, call);
            return call.one();
        }
    }

    /** Streams both ways: requests are sent by a fiber if a fiber calls, else by a virtual thread of their own. */
    public <Q, S> Messages<S> blockingBidiStreaming(MethodDescriptor<Q, S> method, Messages<? extends Q> requests) {
        GrpcCall<Q, S> call = begin(method);
        Callable<Void> sending = () -> {
            send(requests, call);
            return Promise.nothing();
        };
        Loop fibers = Loop.current();
        Promise<Void> sent =
                fibers != null ? fibers.fiber(sending) : client.loop().offload(sending);
        call.inbound().watch(() -> {
            if (call.inbound().end() != null) {
                sent.cancel();
            }
        });
        return call;
    }

    /** Sends all of {@code requests}, and closes them. A call that ends before them needs no more; requests that fail cancel it. */
    private static <Q> void send(Messages<? extends Q> requests, GrpcCall<Q, ?> call) {
        try (requests) {
            requests.writeTo(message -> {
                if (!call.write(message)) {
                    throw new CanceledException("the server has ended the call and reads no more requests");
                }
            });
            call.end();
        } catch (Throwable e) {
            if (call.inbound().end() == null) {
                call.fail("its requests have failed", e);
            }
        }
    }
}

package dev.capstan.gateway.grpc;

import com.google.protobuf.DynamicMessage;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.capnweb.Readable;
import dev.capstan.grpc.client.CallSettings;
import dev.capstan.grpc.client.Caller;
import dev.capstan.grpc.client.GrpcCall;
import dev.capstan.grpc.client.GrpcClient;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** Calls of a gRPC server whose messages are trees of values. Each begins at once, and is cancelled when nobody wants its answers any more. */
final class Calls {
    private final Loop loop;
    private final GrpcClient client;
    private final Codec codec;

    Calls(Loop loop, GrpcClient client, Codec codec) {
        this.loop = loop;
        this.client = client;
        this.codec = codec;
    }

    /** One message each way. */
    Promise<Object> unary(Rpc rpc, @Nullable Object request, CallOptions options) {
        DynamicMessage message = message(rpc, request);
        if (!options.isWhole()) {
            return value(rpc, client.ask(rpc.descriptor(), message, options.settings()), null);
        }
        GrpcCall<DynamicMessage, DynamicMessage> call = client.call(rpc.descriptor(), options.settings());
        // The first goes out at once.
        call.write(message);
        call.end();
        return value(rpc, call.answer(), call);
    }

    /** A stream, which this shares, and one answer. */
    Promise<Object> clientStreaming(Rpc rpc, Readable requests, CallOptions options) {
        GrpcCall<DynamicMessage, DynamicMessage> call = client.call(rpc.descriptor(), options.settings());
        Requests sent = new Requests(rpc, requests);
        sent.subscribe(call.requests());
        return value(
                rpc,
                call.answer().recover(failure -> Promise.failed(sent.cause(failure))),
                options.isWhole() ? call : null);
    }

    /** One message and a stream, which the caller owns. */
    Readable serverStreaming(Rpc rpc, @Nullable Object request, CallSettings settings) {
        return begun(new Converted<>(
                new Caller(client, settings).serverStreaming(rpc.descriptor(), message(rpc, request)),
                answer -> codec.item(rpc.name(), answer),
                codec::failure));
    }

    /** Two streams: shares one, and the caller owns the other. */
    Readable bidiStreaming(Rpc rpc, Readable requests, CallSettings settings) {
        Requests sent = new Requests(rpc, requests);
        return begun(new Converted<>(
                new Caller(client, settings).bidiStreaming(rpc.descriptor(), sent),
                answer -> codec.item(rpc.name(), answer),
                failure -> codec.failure(sent.cause(failure))));
    }

    /** A call begins with the first read: this is it, and what it reads stays in the stream. */
    private Readable begun(Flow.Publisher<?> answers) {
        Readable stream = Readable.of(loop, answers);
        stream.read().cancel();
        return stream;
    }

    private DynamicMessage message(Rpc rpc, @Nullable Object value) {
        return codec.message(rpc.name(), rpc.request(), value);
    }

    @SuppressWarnings("NullAway") // null is a value of google.protobuf.Value
    private Promise<Object> value(Rpc rpc, Promise<DynamicMessage> answer, @Nullable GrpcCall<?, ?> whole) {
        return answer.<Object>then(message -> {
                    Object value = codec.value(rpc.name(), message);
                    return whole == null ? Promise.of(value) : whole(whole, value);
                })
                .recover(failure -> Promise.failed(codec.failure(failure)));
    }

    /** The answer of a call that has ended, with the metadata around it. */
    private static Promise<Object> whole(GrpcCall<?, ?> call, @Nullable Object value) {
        return call.whenEnded().map(trailers -> {
            Map<String, @Nullable Object> all = new LinkedHashMap<>();
            all.put("result", value);
            all.put("headers", CallOptions.values(call.context().in()));
            all.put("trailers", CallOptions.values(trailers));
            return all;
        });
    }

    /** The chunks of a stream as requests. What is wrong with them is why their call fails. */
    private final class Requests implements Flow.Publisher<DynamicMessage> {
        private final Published<DynamicMessage> messages;
        private @Nullable Throwable wrong;

        Requests(Rpc rpc, Readable stream) {
            this.messages = new Published<>(
                    loop, Promise.of(stream.share()), chunk -> codec.message(rpc.name(), rpc.request(), chunk));
        }

        Throwable cause(Throwable failure) {
            return wrong == null ? failure : wrong;
        }

        @Override
        public void subscribe(Flow.Subscriber<? super DynamicMessage> subscriber) {
            new Converted<>(messages, message -> message, failure -> {
                        wrong = failure;
                        return failure;
                    })
                    .subscribe(subscriber);
        }
    }
}

package dev.capstan.grpc.telemetry;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.HexFormat;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What ties the log lines of one request together across servers, whether it is traced or not. Taken from the metadata of a call, or made; found by the handler in grpc-java's context;
 * told in the headers of the answer; and carried on to the calls that the handler makes. Since they are logged and passed on, an id of more than 128 characters, or with others than
 * visible ASCII, is replaced.
 *
 * @param requestId {@code x-request-id}
 * @param correlationId {@code x-correlation-id}; the request's own id where nobody has set one
 */
public record CorrelationIds(String requestId, String correlationId) {
    private static final int MAX_LENGTH = 128;

    private static final Metadata.Key<String> REQUEST =
            Metadata.Key.of("x-request-id", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> CORRELATION =
            Metadata.Key.of("x-correlation-id", Metadata.ASCII_STRING_MARSHALLER);
    private static final Context.Key<CorrelationIds> KEY = Context.key("dev.capstan.grpc.correlation");
    private static final int ID_BYTES = 16;

    /**
     * Takes ids, makes them and carries them on. What a caller has set in a call's own metadata comes first.
     *
     * @param random draws ids; thread-safe, such as a {@link java.security.SecureRandom}
     */
    public static Telemetry telemetry(RandomGenerator random) {
        return new Telemetry(new OfClient(random), new OfServer(random));
    }

    /** Those of the call that {@code context} belongs to; none if no {@link #telemetry} has seen it. */
    public static Optional<CorrelationIds> of(Context context) {
        return Optional.ofNullable(KEY.get(context));
    }

    /** What {@code headers} say, then what {@code around} says, then a new one. */
    private static CorrelationIds of(Metadata headers, @Nullable CorrelationIds around, RandomGenerator random) {
        String request = id(headers.get(REQUEST));
        if (request == null) {
            request = around == null ? made(random) : around.requestId;
        }
        String correlation = id(headers.get(CORRELATION));
        if (correlation == null) {
            correlation = around == null ? request : around.correlationId;
        }
        return new CorrelationIds(request, correlation);
    }

    private static @Nullable String id(@Nullable String said) {
        return said != null
                        && !said.isEmpty()
                        && said.length() <= MAX_LENGTH
                        && said.chars().allMatch(each -> each > ' ' && each <= '~')
                ? said
                : null;
    }

    private static String made(RandomGenerator random) {
        byte[] bytes = new byte[ID_BYTES];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private void into(Metadata metadata) {
        metadata.discardAll(REQUEST);
        metadata.put(REQUEST, requestId);
        metadata.discardAll(CORRELATION);
        metadata.put(CORRELATION, correlationId);
    }

    private record OfClient(RandomGenerator random) implements ClientInterceptor {
        @Override
        public <Q, S> ClientCall<Q, S> interceptCall(MethodDescriptor<Q, S> method, CallOptions options, Channel next) {
            CorrelationIds around = KEY.get();
            return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
                @Override
                public void start(Listener<S> listener, Metadata headers) {
                    of(headers, around, random).into(headers);
                    super.start(listener, headers);
                }
            };
        }
    }

    private record OfServer(RandomGenerator random) implements ServerInterceptor {
        @Override
        public <Q, S> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, S> call, Metadata headers, ServerCallHandler<Q, S> next) {
            CorrelationIds ids = of(headers, null, random);
            ServerCall<Q, S> answering = new SimpleForwardingServerCall<>(call) {
                private boolean told;

                @Override
                public void sendHeaders(Metadata sent) {
                    told = true;
                    ids.into(sent);
                    super.sendHeaders(sent);
                }

                @Override
                public void close(Status status, Metadata trailers) {
                    if (!told) {
                        ids.into(trailers); // They are all the headers that this answer has.
                    }
                    super.close(status, trailers);
                }
            };
            return Contexts.interceptCall(Context.current().withValue(KEY, ids), answering, headers, next);
        }
    }
}

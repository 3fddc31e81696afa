package dev.capstan.grpc.telemetry;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

/** Counts calls and measures them. Thread-safe. */
interface Meters {
    /** A call of {@code method} has begun. */
    Watch begin(MethodDescriptor<?, ?> method);

    /** Tells these of a client's calls. */
    default ClientInterceptor client() {
        return new ClientInterceptor() {
            @Override
            public <Q, S> ClientCall<Q, S> interceptCall(
                    MethodDescriptor<Q, S> method, CallOptions options, Channel next) {
                return Watched.client(headers -> begin(method), next.newCall(method, options));
            }
        };
    }

    /** Tells these of a server's calls. */
    default ServerInterceptor server() {
        return new ServerInterceptor() {
            @Override
            public <Q, S> ServerCall.Listener<Q> interceptCall(
                    ServerCall<Q, S> call, Metadata headers, ServerCallHandler<Q, S> next) {
                return Watched.server(begin(call.getMethodDescriptor()), call, headers, next);
            }
        };
    }
}

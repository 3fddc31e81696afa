package dev.capstan.grpc.client;

import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import org.jspecify.annotations.Nullable;

/** Gives each call what its client has and itself has not. */
final class Defaults implements ClientInterceptor {
    private final @Nullable CallCredentials credentials;
    private final @Nullable String compression;
    private final int outboundMessageBytes;

    Defaults(@Nullable CallCredentials credentials, @Nullable String compression, int outboundMessageBytes) {
        this.credentials = credentials;
        this.compression = compression;
        this.outboundMessageBytes = outboundMessageBytes;
    }

    /** {@code options} with what they lack. */
    CallOptions added(CallOptions options) {
        CallOptions more = options;
        if (credentials != null && options.getCredentials() == null) {
            more = more.withCallCredentials(credentials);
        }
        if (compression != null && options.getCompressor() == null) {
            more = more.withCompression(compression);
        }
        if (options.getMaxOutboundMessageSize() == null) {
            more = more.withMaxOutboundMessageSize(outboundMessageBytes);
        }
        return more;
    }

    @Override
    public <Q, S> ClientCall<Q, S> interceptCall(MethodDescriptor<Q, S> method, CallOptions options, Channel next) {
        return next.newCall(method, added(options));
    }
}

package dev.capstan.grpc.interop;

import dev.capstan.async.Address;
import dev.capstan.grpc.CallMetadata;
import dev.capstan.grpc.Limits;
import dev.capstan.grpc.client.CallSettings;
import dev.capstan.grpc.client.GrpcCall;
import dev.capstan.grpc.client.GrpcClient;
import dev.capstan.net.NetLoop;
import dev.capstan.testprotos.Caller;
import dev.capstan.testprotos.InteropCases;
import io.grpc.ChannelCredentials;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Our client. */
record GrpcCaller(GrpcClient client) implements Caller {
    /** The cases with our client, which connects to {@code port} of 127.0.0.1, with TLS if there are certificates. */
    static InteropCases cases(NetLoop net, int port, @Nullable TestCertificates certificates, int iterations)
            throws IOException {
        ChannelCredentials tls = certificates == null ? null : certificates.client();
        return new InteropCases(
                witness -> {
                    GrpcClient.Builder client = GrpcClient.on(net)
                            .to(new Address.Tcp("127.0.0.1", port))
                            .limits(Limits.DEFAULT.withInboundMessageBytes(Serving.MESSAGE_BYTES))
                            .intercept(witness);
                    if (tls == null) {
                        client.plaintext();
                    } else {
                        client.tls(tls).authority(TestCertificates.HOST);
                    }
                    return new GrpcCaller(client.build());
                },
                iterations);
    }

    @Override
    public <Q, S> Talk<Q, S> begin(MethodDescriptor<Q, S> method, Settings settings) {
        CallSettings own = CallSettings.DEFAULT.within(settings.deadline()).with(CallMetadata.of(settings.metadata()));
        return new Spoken<>(client.call(method, settings.gzip() ? own.compressed("gzip") : own));
    }

    @Override
    public void close() {
        client.drain(Duration.ZERO).await();
    }

    private record Spoken<Q, S>(GrpcCall<Q, S> call) implements Talk<Q, S> {
        @Override
        public void compress(boolean enabled) {
            call.compress(enabled);
        }

        @Override
        public void write(Q message) {
            call.write(message);
        }

        @Override
        public void end() {
            call.end();
        }

        @Override
        public @Nullable S read() {
            return call.read();
        }

        @Override
        public Metadata headers() {
            return call.headers().toMetadata();
        }

        @Override
        public Metadata trailers() {
            return call.trailers().toMetadata();
        }

        @Override
        public void cancel() {
            call.cancel("the case says so");
        }
    }
}

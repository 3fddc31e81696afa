package dev.capstan.gateway.listen;

import dev.capstan.async.Address;
import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import dev.capstan.gateway.options.ExitException;
import dev.capstan.gateway.options.WireUrl;
import dev.capstan.grpc.GrpcFailure;
import dev.capstan.grpc.Limits;
import dev.capstan.grpc.client.CallSettings;
import dev.capstan.grpc.client.GrpcClient;
import dev.capstan.grpc.services.DescriptorPool;
import dev.capstan.grpc.services.ReflectionClient;
import dev.capstan.net.NetLoop;
import io.grpc.ChannelCredentials;
import io.grpc.Status;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The gRPC server behind a gateway: its client, which connects again by itself and is closed with this, and what it tells of its services. Used from any thread. */
final class GrpcUpstream implements AutoCloseable {
    /** The server's own answer to its first question, and no more: nobody waits for a server that is not there. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final WireUrl to;
    private final GrpcClient client;
    private final ReflectionClient reflection;

    GrpcUpstream(Site site, WireUrl to, ChannelCredentials credentials, @Nullable String serverName) {
        NetLoop net = site.net();
        this.to = to;
        GrpcClient.Builder builder = GrpcClient.on(net);
        switch (to.address()) {
            case Address.Tcp(String host, int port) -> builder.dns(host, port);
            case Address.Unix socket -> builder.to(socket);
        }
        site.calls().forEach(builder::intercept);
        if (serverName != null) {
            builder.authority(serverName);
        }
        this.client = (to.tls() ? builder.tls(credentials) : builder.plaintext()).build();
        this.reflection = new ReflectionClient(
                net.loop(), client, CallSettings.DEFAULT.within(PATIENCE), Limits.Reflection.DEFAULT);
    }

    GrpcClient client() {
        return client;
    }

    @Override
    public void close() {
        client.close();
    }

    /** The server's schemas; fails if it is not there, or does not tell them. {@code how} is how they are named otherwise. */
    Promise<DescriptorPool> schemas(String how) {
        return told(reflection.schemas(), failure -> {
            throw failure.code() == Status.Code.UNIMPLEMENTED
                    ? new ExitException(
                            ExitException.SCHEMA,
                            "the gRPC server at " + to + " does not tell its schemas (reflection is off). Name them: "
                                    + how + ", as protoc --descriptor_set_out=FILE --include_imports writes them.")
                    : missing(failure);
        });
    }

    /** Fails if the server is not there. */
    Promise<Boolean> isThere() {
        return told(reflection.services().map(names -> true), failure -> {
            if (failure.code() == Status.Code.UNIMPLEMENTED) {
                return true; // It has answered.
            }
            throw missing(failure);
        });
    }

    private Failure missing(GrpcFailure failure) {
        Failure reason = failure.toFailure();
        return new Failure(reason.kind(), "no gRPC server at " + to + ": " + failure.getMessage());
    }

    private static <T> Promise<T> told(Promise<T> promise, Function<GrpcFailure, T> otherwise) {
        return promise.recover(failure ->
                failure instanceof GrpcFailure rpc ? Promise.of(otherwise.apply(rpc)) : Promise.failed(failure));
    }
}

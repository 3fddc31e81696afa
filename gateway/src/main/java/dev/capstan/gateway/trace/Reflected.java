package dev.capstan.gateway.trace;

import dev.capstan.async.Address;
import dev.capstan.gateway.options.ExitException;
import dev.capstan.gateway.options.InputException;
import dev.capstan.gateway.options.TlsOption;
import dev.capstan.gateway.options.WireUrl;
import dev.capstan.grpc.GrpcFailure;
import dev.capstan.grpc.Limits;
import dev.capstan.grpc.client.CallSettings;
import dev.capstan.grpc.client.GrpcClient;
import dev.capstan.grpc.services.DescriptorPool;
import dev.capstan.grpc.services.ReflectionClient;
import dev.capstan.net.NetLoop;
import io.grpc.Status;
import java.nio.file.Path;
import java.time.Duration;

/** What a gRPC server tells of its services. */
final class Reflected {
    private static final Duration LONGEST = Duration.ofSeconds(10);

    private Reflected() {}

    /**
     * Asks, over a connection of its own.
     *
     * @throws InputException if a file of TLS cannot be used
     * @throws ExitException if the server does not tell
     */
    static DescriptorPool services(NetLoop net, WireUrl server, TlsOption tls, Path workingFolder)
            throws InputException {
        if (server.wire() != WireUrl.Wire.GRPC) {
            throw new InputException("--reflection: " + server + " is no gRPC server: leave it out.");
        }
        GrpcClient.Builder builder = GrpcClient.on(net);
        if (server.address() instanceof Address.Tcp(String host, int port)) {
            builder.dns(host, port);
        } else {
            builder.to(server.address());
        }
        if (server.tls()) {
            builder.tls(tls.credentials(workingFolder));
            String name = tls.serverName();
            if (name != null) {
                builder.authority(name);
            }
        } else {
            builder.plaintext();
        }
        try (GrpcClient client = builder.build()) {
            return new ReflectionClient(
                            net.loop(), client, CallSettings.DEFAULT.within(LONGEST), Limits.Reflection.DEFAULT)
                    .schemas()
                    .await();
        } catch (GrpcFailure e) {
            if (e.code() == Status.Code.UNAVAILABLE || e.code() == Status.Code.DEADLINE_EXCEEDED) {
                throw new ExitException(
                        ExitException.UNREACHABLE, "no gRPC server at " + server + ": " + e.getMessage());
            }
            throw new ExitException(
                    ExitException.SCHEMA,
                    server + " does not tell its services (" + e.code() + "): name them with --protoset FILE");
        }
    }
}

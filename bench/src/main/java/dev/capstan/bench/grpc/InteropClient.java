package dev.capstan.bench.grpc;

import dev.capstan.async.Address;
import dev.capstan.grpc.Limits;
import dev.capstan.grpc.client.GrpcClient;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.testprotos.ChannelCaller;
import dev.capstan.testprotos.InteropCases;
import io.grpc.ChannelCredentials;
import io.grpc.TlsChannelCredentials;
import java.io.File;
import java.time.Duration;
import java.util.List;

/**
 * Runs one of the official cases, as the runners of the tests say it: {@code --server_host=HOST --server_port=N --test_case=NAME}, {@code --port} being another name for the port. With
 * {@code --use_tls} the server's certificate must come from the authorities of the file {@code --ca}, or those that the JDK trusts, and be for {@code --server_host_override} or the
 * host. Prints how it went; exits with 1 if the case does not hold.
 */
public final class InteropClient {
    private static final List<String> FLAGS = List.of(
            "--server_host",
            "--server_host_override",
            "--server_port",
            "--port",
            "--test_case",
            "--use_tls",
            "--ca",
            "--soak_iterations");

    private InteropClient() {}

    /** Runs the case. */
    public static void main(String[] args) throws Exception {
        Flags flags = new Flags(FLAGS, args);
        String host = flags.text("--server_host", "127.0.0.1");
        Address server = new Address.Tcp(host, flags.number("--server_port", flags.number("--port", 8080)));
        ChannelCredentials tls = flags.is("--use_tls") ? trusting(flags.text("--ca", "")) : null;
        String name = flags.text("--test_case", "empty_unary");
        try (NetLoop net = NetLoop.open("grpc-interop-client", Transport.AUTO)) {
            InteropCases cases = new InteropCases(
                    witness -> {
                        GrpcClient.Builder builder = GrpcClient.on(net)
                                .to(server)
                                .authority(flags.text("--server_host_override", host))
                                .limits(Limits.DEFAULT.withInboundMessageBytes(16 << 20))
                                .intercept(witness);
                        GrpcClient client = (tls == null ? builder.plaintext() : builder.tls(tls)).build();
                        return new ChannelCaller(
                                client.channel(),
                                () -> client.drain(Duration.ZERO).await());
                    },
                    flags.number("--soak_iterations", 10));
            cases.run(name);
            System.out.println(name + ": passed");
        } catch (AssertionError | RuntimeException e) {
            System.out.println(name + ": failed: " + e.getMessage());
            e.printStackTrace();
            System.exit(1);
        }
    }

    private static ChannelCredentials trusting(String authorities) throws Exception {
        return authorities.isEmpty()
                ? TlsChannelCredentials.create()
                : TlsChannelCredentials.newBuilder()
                        .trustManager(new File(authorities))
                        .build();
    }
}

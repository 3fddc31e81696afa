package dev.capstan.grpc.interop;

import dev.capstan.async.Address;
import dev.capstan.async.Loop;
import dev.capstan.async.Network;
import dev.capstan.grpc.Limits;
import dev.capstan.grpc.server.GrpcServer;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.HttpServer;
import dev.capstan.net.tls.TlsNetwork;
import dev.capstan.testprotos.InteropService;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The official service on a port of 127.0.0.1, with TLS if there are certificates. */
public record Serving(int port, Runnable closing) implements AutoCloseable {
    /** The cases have messages of up to 10 MiB. */
    static final int MESSAGE_BYTES = 16 << 20;

    /** How the service waits, on {@code loop}. */
    public static BiConsumer<Duration, Runnable> later(Loop loop) {
        return (time, action) -> loop.timer().after(time).listen(loop, (done, failure) -> {
            if (failure == null) {
                action.run();
            }
        });
    }

    /** On our server. */
    static Serving own(@Nullable TestCertificates certificates) throws Exception {
        NetLoop net = NetLoop.open("grpc-interop", Transport.AUTO);
        GrpcServer grpc = GrpcServer.on(net.loop())
                .service(new InteropService(later(net.loop())))
                .intercept(new InteropService.Echo())
                .intercept(InteropService.telling(GrpcServer::encodingOfMessage))
                .limits(Limits.DEFAULT.withInboundMessageBytes(MESSAGE_BYTES))
                .build();
        Network network = certificates == null
                ? net.network()
                : new TlsNetwork(net.loop(), net.network(), certificates.context(), dev.capstan.net.Limits.Tls.DEFAULT)
                        .offering("h2", "http/1.1");
        HttpServer http = net.loop()
                .fetch(() -> HttpServer.listen(
                        net.loop(),
                        network,
                        new Address.Tcp("127.0.0.1", 0),
                        grpc.routes(),
                        dev.capstan.net.Limits.Http.DEFAULT))
                .await();
        return new Serving(((Address.Tcp) http.address()).port(), net::close);
    }

    /** On grpc-java's server, which is told by grpc-java how messages were compressed. */
    static Serving grpcJava(@Nullable TestCertificates certificates) throws Exception {
        ScheduledExecutorService one = Executors.newSingleThreadScheduledExecutor();
        Server server = NettyServerBuilder.forAddress(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        certificates == null ? InsecureServerCredentials.create() : certificates.server())
                .addService(new InteropService((time, action) -> {
                    Future<?> _ = one.schedule(action, time.toNanos(), TimeUnit.NANOSECONDS);
                }))
                .intercept(new InteropService.Echo())
                .addStreamTracerFactory(InteropService.watching())
                .maxInboundMessageSize(MESSAGE_BYTES)
                .executor(one)
                .build()
                .start();
        return new Serving(server.getPort(), () -> {
            server.shutdownNow();
            try {
                server.awaitTermination(10, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            one.shutdownNow();
        });
    }

    @Override
    public void close() {
        closing.run();
    }
}

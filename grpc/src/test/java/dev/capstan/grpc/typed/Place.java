package dev.capstan.grpc.typed;

import dev.capstan.async.Address;
import dev.capstan.grpc.Limits;
import dev.capstan.grpc.client.GrpcClient;
import dev.capstan.grpc.server.GrpcServer;
import dev.capstan.grpc.server.Handling;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.HttpServer;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A loop, and servers and clients on it. */
final class Place {
    /** Whose server serves. */
    enum Kind {
        OWN,
        GRPC_JAVA
    }

    final NetLoop net = NetLoop.open("typed", Transport.AUTO);
    private final List<GrpcClient> clients = new ArrayList<>();
    private final List<Server> servers = new ArrayList<>();

    Handling how() {
        return Handling.on(net.loop());
    }

    /** A client before a server of {@code service}. */
    GrpcClient client(Kind kind, ServerServiceDefinition service) throws Exception {
        return client(kind, service, Limits.DEFAULT);
    }

    GrpcClient client(Kind kind, ServerServiceDefinition service, Limits limits) throws Exception {
        int port = switch (kind) {
            case OWN ->
                listen(GrpcServer.on(net.loop()).service(service).limits(limits).build());
            case GRPC_JAVA -> listen(service, limits);
        };
        return client(port);
    }

    GrpcClient client(int port) {
        GrpcClient client = GrpcClient.on(net)
                .to(new Address.Tcp("127.0.0.1", port))
                .plaintext()
                .build();
        clients.add(client);
        return client;
    }

    int listen(GrpcServer grpc) {
        HttpServer server = net.loop()
                .fetch(() -> HttpServer.listen(
                        net.loop(),
                        net.network(),
                        new Address.Tcp("127.0.0.1", 0),
                        grpc.routes(),
                        dev.capstan.net.Limits.Http.DEFAULT))
                .await();
        return ((Address.Tcp) server.address()).port();
    }

    private int listen(ServerServiceDefinition service, Limits limits) throws Exception {
        Server server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(service)
                .maxInboundMessageSize(limits.inboundMessageBytes())
                .build()
                .start();
        servers.add(server);
        return server.getPort();
    }

    void close() throws Exception {
        clients.forEach(each -> each.drain(Duration.ZERO).await());
        for (Server each : servers) {
            each.shutdownNow();
            each.awaitTermination(10, TimeUnit.SECONDS);
        }
        net.close();
    }
}

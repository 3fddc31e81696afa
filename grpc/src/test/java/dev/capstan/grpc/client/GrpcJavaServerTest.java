package dev.capstan.grpc.client;

import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;

/** Our client before grpc-java's server, which knows what is right. */
class GrpcJavaServerTest extends ClientContract {
    private final List<Server> servers = new ArrayList<>();

    @Override
    int listen(ServerServiceDefinition service) throws IOException {
        Server server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(service)
                .build()
                .start();
        servers.add(server);
        return server.getPort();
    }

    @AfterEach
    void closeServers() throws Exception {
        for (Server each : servers) {
            each.shutdownNow();
            each.awaitTermination(10, TimeUnit.SECONDS);
        }
    }
}

package dev.capstan.grpc.client;

import dev.capstan.async.Address;
import dev.capstan.grpc.server.GrpcServer;
import dev.capstan.net.http.HttpServer;
import io.grpc.ServerServiceDefinition;

/** Our client before our server. */
class OwnServerTest extends ClientContract {
    @Override
    int listen(ServerServiceDefinition service) {
        GrpcServer grpc = GrpcServer.on(net.loop()).service(service).build();
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
}

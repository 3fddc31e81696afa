package dev.capstan.grpc.peers;

import dev.capstan.async.Address;
import dev.capstan.grpc.interop.Serving;
import dev.capstan.grpc.server.GrpcServer;
import dev.capstan.net.Limits.Http;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.HttpServer;
import dev.capstan.testprotos.InteropService;
import io.grpc.ServerInterceptor;

/** The official service on our server, on a port of 127.0.0.1. */
record OwnServer(NetLoop net, int port) implements AutoCloseable {
    static OwnServer open(ServerInterceptor watching) {
        NetLoop net = NetLoop.open("server", Transport.AUTO);
        GrpcServer grpc = GrpcServer.on(net.loop())
                .service(new InteropService(Serving.later(net.loop())))
                .intercept(new InteropService.Echo())
                .intercept(InteropService.telling(GrpcServer::encodingOfMessage))
                .intercept(watching)
                .build();
        HttpServer http = net.loop()
                .fetch(() -> HttpServer.listen(
                        net.loop(), net.network(), new Address.Tcp("127.0.0.1", 0), grpc.routes(), Http.DEFAULT))
                .await();
        return new OwnServer(net, ((Address.Tcp) http.address()).port());
    }

    @Override
    public void close() {
        net.close();
    }
}

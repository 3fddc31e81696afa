package org.example.greeter;

import dev.capstan.async.Address;
import dev.capstan.grpc.Messages;
import dev.capstan.grpc.server.GrpcServer;
import dev.capstan.net.Limits;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.HttpServer;

/** The service, and a program that serves it. */
// snippet server
public final class GreeterServer implements GreeterRpc.Blocking {
    @Override
    public Greeting greet(Name request) {
        return Greeting.newBuilder().setText("Hello, " + request.getText()).build();
    }

    @Override
    public Messages<Greeting> greetOften(Name request) {
        return Messages.writing(out -> {
            for (int i = 1; i <= 3; i++) {
                out.write(Greeting.newBuilder().setText("Hello " + i + ", " + request.getText()).build());
            }
        });
    }

    /** Serves on a port of this machine, 0 for any, until {@code net} is closed. */
    static HttpServer listen(NetLoop net, int port) {
        var grpc = GrpcServer.on(net.loop()).service(GreeterRpc.bind(new GreeterServer())).build();
        var at = new Address.Tcp("127.0.0.1", port);
        return net.loop()
                .fetch(() -> HttpServer.listen(net.loop(), net.network(), at, grpc.routes(), Limits.Http.DEFAULT))
                .await();
    }

    public static void main(String[] args) throws InterruptedException {
        try (var net = NetLoop.open("greeter", Transport.AUTO)) {
            System.out.println("READY " + listen(net, Integer.parseInt(args[0])).address());
            Thread.currentThread().join();
        }
    }
}
// end snippet

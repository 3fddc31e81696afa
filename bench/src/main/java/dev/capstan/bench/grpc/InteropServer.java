package dev.capstan.bench.grpc;

import dev.capstan.async.Address;
import dev.capstan.bench.Nets;
import dev.capstan.grpc.server.GrpcServer;
import dev.capstan.net.Limits.Http;
import dev.capstan.net.NetLoop;
import dev.capstan.net.http.HttpServer;
import java.util.concurrent.CountDownLatch;

/** Serves the official service: {@code --port N}, as the runners of the tests say it; prints {@code READY port} and ends on SIGTERM. */
public final class InteropServer {
    private InteropServer() {}

    /** Serves until the process is told to end. */
    public static void main(String[] args) throws Exception {
        int port = 0;
        for (String arg : args) {
            if (arg.startsWith("--port=")) {
                port = Integer.parseInt(arg.substring("--port=".length()));
            }
        }
        for (int i = 0; i + 1 < args.length; i++) {
            if (args[i].equals("--port")) {
                port = Integer.parseInt(args[i + 1]);
            }
        }
        Address address = new Address.Tcp("127.0.0.1", port);
        CountDownLatch stop = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(stop::countDown));
        try (NetLoop net = Nets.open("grpc-interop-server")) {
            GrpcServer grpc = GrpcServer.on(net.loop())
                    .service(new InteropService(net.loop()))
                    .intercept(new InteropService.Echo())
                    .limits(dev.capstan.grpc.Limits.DEFAULT.withInboundMessageBytes(16 << 20))
                    .build();
            HttpServer http = net.loop()
                    .fetch(() -> HttpServer.listen(net.loop(), net.network(), address, grpc.routes(), Http.DEFAULT))
                    .await();
            System.out.println("READY " + ((Address.Tcp) http.address()).port());
            System.out.flush();
            stop.await();
        }
    }
}

package dev.capstan.bench.grpc;

import dev.capstan.async.Address;
import dev.capstan.bench.Nets;
import dev.capstan.grpc.Limits;
import dev.capstan.grpc.server.GrpcServer;
import dev.capstan.net.Limits.Http;
import dev.capstan.net.NetLoop;
import dev.capstan.net.http.HttpServer;
import dev.capstan.testprotos.InteropService;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Serves the official service: {@code --port=N}, as the runners of the tests say it; prints {@code READY port} and ends on SIGTERM. Without TLS. */
public final class InteropServer {
    private InteropServer() {}

    /** Serves until the process is told to end. */
    public static void main(String[] args) throws Exception {
        Flags flags = new Flags(List.of("--port", "--use_tls"), args);
        if (flags.is("--use_tls")) {
            throw new IllegalArgumentException("this server has no certificate: leave --use_tls out");
        }
        Address address = new Address.Tcp("127.0.0.1", flags.number("--port", 0));
        CountDownLatch stop = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(stop::countDown));
        try (NetLoop net = Nets.open("grpc-interop-server")) {
            GrpcServer grpc = GrpcServer.on(net.loop())
                    .service(new InteropService((time, action) -> net.loop()
                            .timer()
                            .after(time)
                            .listen(net.loop(), (done, failure) -> {
                                if (failure == null) {
                                    action.run();
                                }
                            })))
                    .intercept(new InteropService.Echo())
                    .intercept(InteropService.telling(GrpcServer::encodingOfMessage))
                    .limits(Limits.DEFAULT.withInboundMessageBytes(16 << 20))
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

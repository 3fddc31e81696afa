package dev.capstan.grpc.security;

import dev.capstan.async.Address;
import dev.capstan.grpc.EchoService;
import dev.capstan.grpc.Served;
import dev.capstan.grpc.ServerKind;
import dev.capstan.grpc.client.GrpcClient;
import dev.capstan.net.Limits;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.tls.TlsNetwork;
import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.ServerInterceptor;
import io.grpc.TlsServerCredentials;
import io.grpc.netty.NettyServerBuilder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;

/** A server of either kind that encrypts, at 127.0.0.1, and clients of it, all of which are closed with it. */
final class TlsServed implements AutoCloseable {
    /** Which clients have to show a certificate. */
    enum Asked {
        NOBODY,
        WHO_HAS_ONE,
        EVERYBODY
    }

    private final NetLoop net = NetLoop.open("clients", Transport.AUTO);
    private final List<GrpcClient> clients = new ArrayList<>();
    private final int port;
    private final Runnable stop;

    TlsServed(ServerKind kind, Authority authority, KeyManager own, Asked asked, ServerInterceptor interceptor)
            throws Exception {
        this(kind, authority, own, asked, interceptor, new EchoService());
    }

    TlsServed(
            ServerKind kind,
            Authority authority,
            KeyManager own,
            Asked asked,
            ServerInterceptor interceptor,
            BindableService service)
            throws Exception {
        if (kind == ServerKind.OURS) {
            SSLContext context = authority.server(own);
            UnaryOperator<TlsNetwork> with = asked == Asked.NOBODY
                    ? network -> network
                    : network -> network.clientCertificates(asked == Asked.EVERYBODY);
            Served served = new Served(
                    builder -> builder.service(service).intercept(interceptor),
                    loop -> tls(loop, context, with),
                    Served.ANY_PORT,
                    Limits.Http2.DEFAULT);
            stop = served::close;
            port = served.port();
        } else {
            TlsServerCredentials.ClientAuth auth = switch (asked) {
                case NOBODY -> TlsServerCredentials.ClientAuth.NONE;
                case WHO_HAS_ONE -> TlsServerCredentials.ClientAuth.OPTIONAL;
                case EVERYBODY -> TlsServerCredentials.ClientAuth.REQUIRE;
            };
            Server foreign = NettyServerBuilder.forAddress(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                            TlsServerCredentials.newBuilder()
                                    .keyManager(own)
                                    .trustManager(authority.trust())
                                    .clientAuth(auth)
                                    .build())
                    .addService(service)
                    .intercept(interceptor)
                    .build()
                    .start();
            stop = () -> stop(foreign);
            port = foreign.getPort();
        }
    }

    private static void stop(Server foreign) {
        try {
            foreign.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while a server was closed", e);
        }
    }

    // snippet network
    private static TlsNetwork tls(NetLoop net, SSLContext context, UnaryOperator<TlsNetwork> with) {
        return with.apply(
                new TlsNetwork(net.loop(), net.network(), context, Limits.Tls.DEFAULT).offering("h2", "http/1.1"));
    }
    // end snippet

    NetLoop net() {
        return net;
    }

    int port() {
        return port;
    }

    GrpcClient client(UnaryOperator<GrpcClient.Builder> with) {
        return keep(with.apply(GrpcClient.on(net.loop()).to(new Address.Tcp("127.0.0.1", port)))
                .build());
    }

    GrpcClient keep(GrpcClient client) {
        clients.add(client);
        return client;
    }

    @Override
    public void close() {
        for (GrpcClient each : clients) {
            each.drain(Duration.ZERO).await();
        }
        stop.run();
        net.close();
    }
}

package dev.capstan.grpc;

import dev.capstan.async.Address;
import dev.capstan.async.Network;
import dev.capstan.grpc.client.GrpcClient;
import dev.capstan.grpc.server.GrpcServer;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.HttpServer;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** A server of ours on a loop of its own, and clients of it, all of which are closed with it. */
public final class Served implements AutoCloseable {
    public static final Address ANY_PORT = new Address.Tcp("127.0.0.1", 0);

    public final NetLoop net = NetLoop.open("served", Transport.AUTO);
    public final GrpcServer grpc;
    public final HttpServer http;
    private final List<GrpcClient> clients = new ArrayList<>();
    private final List<ManagedChannel> channels = new ArrayList<>();

    /** On a port of 127.0.0.1, in plain text. */
    public Served(UnaryOperator<GrpcServer.Builder> with) {
        this(with, NetLoop::network, ANY_PORT, dev.capstan.net.Limits.Http2.DEFAULT);
    }

    public Served(
            UnaryOperator<GrpcServer.Builder> with,
            Function<NetLoop, Network> network,
            Address at,
            dev.capstan.net.Limits.Http2 limits) {
        grpc = with.apply(GrpcServer.on(net.loop())).build();
        http = net.loop()
                .fetch(() -> HttpServer.listen(
                        net.loop(), network.apply(net), at, grpc.routes(), dev.capstan.net.Limits.Http.DEFAULT, limits))
                .await();
    }

    public int port() {
        return ((Address.Tcp) http.address()).port();
    }

    /** A client of ours, in plain text. */
    public GrpcClient client() {
        return client(builder -> builder.plaintext());
    }

    /** A client of ours of the server. */
    public GrpcClient client(UnaryOperator<GrpcClient.Builder> with) {
        return keep(with.apply(GrpcClient.on(net).to(http.address())).build());
    }

    public GrpcClient keep(GrpcClient client) {
        clients.add(client);
        return client;
    }

    /** A channel of grpc-java, in plain text. */
    public ManagedChannel channel() {
        return keep(NettyChannelBuilder.forAddress("127.0.0.1", port())
                .usePlaintext()
                .build());
    }

    public ManagedChannel keep(ManagedChannel channel) {
        channels.add(channel);
        return channel;
    }

    @Override
    public void close() {
        for (GrpcClient each : clients) {
            each.drain(Duration.ZERO).await();
        }
        for (ManagedChannel each : channels) {
            each.shutdownNow();
            try {
                each.awaitTermination(10, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted while a channel was closed", e);
            }
        }
        net.close();
    }
}

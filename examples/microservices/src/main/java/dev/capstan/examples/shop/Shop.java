package dev.capstan.examples.shop;

import dev.capstan.async.Address;
import dev.capstan.async.Promise;
import dev.capstan.capnp.rpc.Vat;
import dev.capstan.capnweb.WebClient;
import dev.capstan.capnweb.WebServer;
import dev.capstan.capnweb.bind.Binder;
import dev.capstan.examples.proto.shop.StockRpc;
import dev.capstan.grpc.client.GrpcClient;
import dev.capstan.grpc.server.GrpcServer;
import dev.capstan.grpc.telemetry.CorrelationIds;
import dev.capstan.net.Limits;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.HttpClient;
import dev.capstan.net.http.HttpRoutes;
import dev.capstan.net.http.HttpServer;
import java.lang.invoke.MethodHandles;
import java.net.URI;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.UUID;
import java.util.function.Consumer;

/** The three services, each on a loop and a port of its own, as if they were three processes. */
public final class Shop implements AutoCloseable {
    private static final Address ANY_PORT = new Address.Tcp("127.0.0.1", 0);

    private final Deque<Runnable> opened = new ArrayDeque<>();
    private final URI orders;

    private Shop(Consumer<LogLine> log) {
        Address prices = prices(log);
        Address stock = stock(prices, log);
        orders = URI.create("http://127.0.0.1:" + ((Address.Tcp) orders(stock, log)).port() + "/");
    }

    static Shop open(Consumer<LogLine> log) {
        return new Shop(log);
    }

    /** Notes how {@code resource} is closed when the shop is, after what was opened later. */
    private <T> T keep(T resource, Consumer<T> close) {
        opened.push(() -> close.accept(resource));
        return resource;
    }

    private NetLoop loop(String name) {
        return keep(NetLoop.open(name, Transport.AUTO), NetLoop::close);
    }

    // snippet services
    private Address prices(Consumer<LogLine> log) {
        NetLoop net = loop("prices");
        var vat = keep(Vat.on(net.loop()).serving(new PricesService(log)).build(), Vat::close);
        return vat.listen(net.network(), ANY_PORT).await().address();
    }

    private Address stock(Address prices, Consumer<LogLine> log) {
        NetLoop net = loop("stock");
        var vat = keep(Vat.on(net.loop()).build(), Vat::close);
        var peer = vat.connect(net.network(), prices).await();
        var service = new StockService(keep(peer.bootstrap(Prices.TYPE), Prices.Client::close), log);
        var grpc = GrpcServer.on(net.loop())
                .service(StockRpc.bind(service))
                .intercept(CorrelationIds.telemetry(new SecureRandom()).server())
                .build();
        return listen(net, grpc.routes());
    }

    private Address orders(Address stock, Consumer<LogLine> log) {
        NetLoop net = loop("orders");
        var client = keep(GrpcClient.on(net).to(stock).plaintext().build(), GrpcClient::close);
        Binder binder = Binder.of(MethodHandles.lookup());
        var web = new WebServer(
                net.loop(), visitor -> Promise.of(binder.serve(net.loop(), new OrdersService(client, log))));
        return listen(net, web.routes("/"));
    }
    // end snippet

    private static Address listen(NetLoop net, HttpRoutes routes) {
        return net.loop()
                .fetch(() -> HttpServer.listen(net.loop(), net.network(), ANY_PORT, routes, Limits.Http.DEFAULT))
                .await()
                .address();
    }

    /** Where orders are taken. */
    URI orders() {
        return orders;
    }

    /** Orders as a customer does. */
    static Orders.Receipt order(NetLoop net, URI shop, String item, int count, String correlationId) {
        var http = new HttpClient(net.loop(), net.network(), new SecureRandom(), Limits.Http.DEFAULT);
        try (var peer = new WebClient(net.loop(), http).batch(shop)) {
            Orders orders = Binder.of(MethodHandles.lookup()).stub(Orders.class, net.loop(), peer.main());
            return orders.order(item, count, correlationId).promise().await();
        }
    }

    @Override
    public void close() {
        while (!opened.isEmpty()) {
            opened.pop().run();
        }
    }

    public static void main(String[] args) {
        try (var shop = open(line -> System.out.println(line));
                var net = NetLoop.open("customer", Transport.AUTO)) {
            String id = UUID.randomUUID().toString();
            System.out.println(order(net, shop.orders(), args[0], Integer.parseInt(args[1]), id));
        }
    }
}

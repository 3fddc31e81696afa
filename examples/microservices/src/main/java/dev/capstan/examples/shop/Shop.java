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
import dev.capstan.grpc.telemetry.OpenTelemetryCalls;
import dev.capstan.net.Limits;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.HttpClient;
import dev.capstan.net.http.HttpRoutes;
import dev.capstan.net.http.HttpServer;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.lang.invoke.MethodHandles;
import java.net.URI;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.function.Consumer;

/** The three services, each on a loop and a port of its own, as if they were three processes. */
public final class Shop implements AutoCloseable {
    private static final Address ANY_PORT = new Address.Tcp("127.0.0.1", 0);

    private final Deque<Runnable> opened = new ArrayDeque<>();
    private final OpenTelemetry telemetry;
    private final Traces traces;
    private final URI orders;

    private Shop(OpenTelemetry telemetry, Consumer<LogLine> log) {
        this.telemetry = telemetry;
        this.traces = Traces.of(telemetry);
        Address prices = prices(log);
        Address stock = stock(prices, log);
        orders = URI.create("http://127.0.0.1:" + ((Address.Tcp) orders(stock, log)).port() + "/");
    }

    static Shop open(OpenTelemetry telemetry, Consumer<LogLine> log) {
        return new Shop(telemetry, log);
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
        var vat =
                keep(Vat.on(net.loop()).serving(new PricesService(traces, log)).build(), Vat::close);
        return vat.listen(net.network(), ANY_PORT).await().address();
    }

    private Address stock(Address prices, Consumer<LogLine> log) {
        NetLoop net = loop("stock");
        var vat = keep(Vat.on(net.loop()).build(), Vat::close);
        var peer = vat.connect(net.network(), prices).await();
        var service = new StockService(keep(peer.bootstrap(Prices.TYPE), Prices.Client::close), traces, log);
        var grpc = GrpcServer.on(net.loop())
                .service(StockRpc.bind(service))
                .intercept(OpenTelemetryCalls.traces(telemetry).server())
                .build();
        return listen(net, grpc.routes());
    }

    private Address orders(Address stock, Consumer<LogLine> log) {
        NetLoop net = loop("orders");
        var client = keep(
                GrpcClient.on(net)
                        .to(stock)
                        .plaintext()
                        .intercept(OpenTelemetryCalls.traces(telemetry).client())
                        .build(),
                GrpcClient::close);
        Binder binder = Binder.of(MethodHandles.lookup());
        var web = new WebServer(
                net.loop(), visitor -> Promise.of(binder.serve(net.loop(), new OrdersService(client, traces, log))));
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

    /** Orders as a customer does, within a span of the customer's own. */
    static Orders.Receipt order(NetLoop net, URI shop, String item, int count, OpenTelemetry telemetry)
            throws Exception {
        Traces traces = Traces.of(telemetry);
        var http = new HttpClient(net.loop(), net.network(), new SecureRandom(), Limits.Http.DEFAULT);
        try (var peer = new WebClient(net.loop(), http).batch(shop)) {
            Orders orders = Binder.of(MethodHandles.lookup()).stub(Orders.class, net.loop(), peer.main());
            return traces.within(
                    "",
                    "customer",
                    SpanKind.CLIENT,
                    () -> orders.order(item, count, traces.traceparent(Context.current()))
                            .promise()
                            .await());
        }
    }

    @Override
    public void close() {
        while (!opened.isEmpty()) {
            opened.pop().run();
        }
    }

    public static void main(String[] args) throws Exception {
        var spans = SdkTracerProvider.builder()
                .addSpanProcessor(SimpleSpanProcessor.create(new Printed()))
                .build();
        var telemetry = OpenTelemetrySdk.builder()
                .setTracerProvider(spans)
                .setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
                .build();
        try (telemetry;
                var shop = open(telemetry, line -> System.out.println(line));
                var net = NetLoop.open("customer", Transport.AUTO)) {
            System.out.println(order(net, shop.orders(), args[0], Integer.parseInt(args[1]), telemetry));
        }
    }

    /** Prints spans, where a program would send them to its collector. */
    private static final class Printed implements SpanExporter {
        @Override
        public CompletableResultCode export(Collection<SpanData> spans) {
            spans.forEach(each -> System.out.println("span [" + each.getTraceId() + "] " + each.getSpanId() + " of "
                    + each.getParentSpanId() + ": " + each.getName() + ", " + each.getKind()));
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode flush() {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode shutdown() {
            return CompletableResultCode.ofSuccess();
        }
    }
}

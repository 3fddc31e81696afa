package dev.capstan.examples.shop;

import dev.capstan.capnweb.bind.Pending;
import dev.capstan.examples.proto.shop.StockRpc;
import dev.capstan.examples.proto.shop.Wanted;
import dev.capstan.grpc.CallMetadata;
import dev.capstan.grpc.GrpcFailure;
import dev.capstan.grpc.client.CallSettings;
import dev.capstan.grpc.client.GrpcClient;
import java.util.function.Consumer;

/** Orders, over Cap'n Web, which asks the stock over gRPC. */
// snippet service
final class OrdersService implements Orders {
    private final GrpcClient stock;
    private final Consumer<LogLine> log;

    /** Borrows {@code stock}. */
    OrdersService(GrpcClient stock, Consumer<LogLine> log) {
        this.stock = stock;
        this.log = log;
    }

    @Override
    public Pending<Receipt> order(String item, int count, String correlationId) {
        log.accept(new LogLine("orders", correlationId, "an order of " + count + " of " + item));
        var settings = CallSettings.DEFAULT.with(CallMetadata.EMPTY.with("x-correlation-id", correlationId));
        var wanted = Wanted.newBuilder().setItem(item).setCount(count).build();
        try {
            var reserved = StockRpc.blocking(stock, settings).reserve(wanted);
            return Pending.of(new Receipt(item, count, reserved.getCents()));
        } catch (GrpcFailure e) {
            throw e.toFailure();
        }
    }
}
// end snippet

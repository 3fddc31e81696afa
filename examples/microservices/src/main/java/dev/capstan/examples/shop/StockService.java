package dev.capstan.examples.shop;

import dev.capstan.examples.proto.shop.Reserved;
import dev.capstan.examples.proto.shop.StockRpc;
import dev.capstan.examples.proto.shop.Wanted;
import dev.capstan.grpc.telemetry.CorrelationIds;
import io.grpc.Context;
import java.util.function.Consumer;

/** The stock, over gRPC, which asks for prices over Cap'n Proto. Its server takes the id from the call's metadata. */
// snippet stock
final class StockService implements StockRpc.Blocking {
    private final Prices.Client prices;
    private final Consumer<LogLine> log;

    /** Borrows {@code prices}. */
    StockService(Prices.Client prices, Consumer<LogLine> log) {
        this.prices = prices;
        this.log = log;
    }

    @Override
    public Reserved reserve(Wanted request) {
        String id = CorrelationIds.of(Context.current()).orElseThrow().correlationId();
        log.accept(new LogLine("stock", id, request.getCount() + " of " + request.getItem()));
        try (var answer = prices.price(params -> {
            params.setItem(request.getItem());
            params.setCorrelationId(id);
        })) {
            long each = answer.await().getCents();
            return Reserved.newBuilder()
                    .setCents(Math.multiplyExact(each, request.getCount()))
                    .build();
        }
    }
}
// end snippet

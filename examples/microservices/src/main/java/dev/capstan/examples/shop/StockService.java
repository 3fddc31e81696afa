package dev.capstan.examples.shop;

import dev.capstan.examples.proto.shop.Reserved;
import dev.capstan.examples.proto.shop.StockRpc;
import dev.capstan.examples.proto.shop.Wanted;
import dev.capstan.grpc.telemetry.OpenTelemetryCalls;
import io.grpc.Context;
import java.util.function.Consumer;

/** The stock, over gRPC, which asks for prices over Cap'n Proto. Its server takes the trace from the call's metadata. */
// snippet stock
final class StockService implements StockRpc.Blocking {
    private final Prices.Client prices;
    private final Traces traces;
    private final Consumer<LogLine> log;

    /** Borrows {@code prices}. */
    StockService(Prices.Client prices, Traces traces, Consumer<LogLine> log) {
        this.prices = prices;
        this.traces = traces;
        this.log = log;
    }

    @Override
    public Reserved reserve(Wanted request) {
        var trace = OpenTelemetryCalls.contextOf(Context.current());
        log.accept(new LogLine("stock", Traces.idOf(trace), request.getCount() + " of " + request.getItem()));
        try (var answer = prices.price(params -> {
            params.setItem(request.getItem());
            params.setTraceparent(traces.traceparent(trace));
        })) {
            long each = answer.await().getCents();
            return Reserved.newBuilder()
                    .setCents(Math.multiplyExact(each, request.getCount()))
                    .build();
        }
    }
}
// end snippet

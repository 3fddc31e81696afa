package dev.capstan.examples.shop;

import dev.capstan.capnweb.bind.Pending;
import dev.capstan.examples.proto.shop.StockRpc;
import dev.capstan.examples.proto.shop.Wanted;
import dev.capstan.grpc.GrpcFailure;
import dev.capstan.grpc.client.GrpcClient;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import java.util.function.Consumer;

/** Orders, over Cap'n Web, which asks the stock over gRPC. Its client takes the trace from where it is called. */
// snippet service
final class OrdersService implements Orders {
    private final GrpcClient stock;
    private final Traces traces;
    private final Consumer<LogLine> log;

    /** Borrows {@code stock}. */
    OrdersService(GrpcClient stock, Traces traces, Consumer<LogLine> log) {
        this.stock = stock;
        this.traces = traces;
        this.log = log;
    }

    @Override
    public Pending<Receipt> order(String item, int count, String traceparent) throws Exception {
        return traces.within(traceparent, "orders", SpanKind.SERVER, () -> {
            log.accept(new LogLine("orders", Traces.idOf(Context.current()), "an order of " + count + " of " + item));
            var wanted = Wanted.newBuilder().setItem(item).setCount(count).build();
            try {
                var reserved = StockRpc.blocking(stock).reserve(wanted);
                return Pending.of(new Receipt(item, count, reserved.getCents()));
            } catch (GrpcFailure e) {
                throw e.toFailure();
            }
        });
    }
}
// end snippet
